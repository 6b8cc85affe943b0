// The order matters: code built for this kind of processor runs only after the check.
requireProcessor()
runCommandLine()
