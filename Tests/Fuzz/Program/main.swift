import CFuzzer
import Foundation
import FuzzTargets

// fuzz TARGET [options of libFuzzer] [corpus...]; scripts/fuzz builds and starts it.

nonisolated(unsafe) var target = FuzzTarget.all[0]

// libFuzzer starts the program anew without TARGET, as for -merge=1: the environment keeps it.
let variable = "REFERS_FUZZ_TARGET"
let inherited = ProcessInfo.processInfo.environment[variable].flatMap(FuzzTarget.named)
var arguments = CommandLine.arguments
if let chosen = inherited {
  target = chosen
} else if arguments.count > 1, let chosen = FuzzTarget.named(arguments[1]) {
  target = chosen
  arguments.remove(at: 1)
  guard setenv(variable, chosen.name, 1) == 0 else { exit(1) }
} else {
  let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
  FileHandle.standardError.write(Data("usage: fuzz TARGET [OPTION...]; of \(names)\n".utf8))
  exit(2)
}

var count = CInt(arguments.count)
var pointers = arguments.map { strdup($0) } + [nil]
let status = pointers.withUnsafeMutableBufferPointer { pointers in
  var start = pointers.baseAddress
  return LLVMFuzzerRunDriver(&count, &start) { data, size in
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    do {
      try target.run(bytes)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      abort()
    }
    return 0
  }
}
exit(status)
