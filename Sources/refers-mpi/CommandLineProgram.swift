import ArgumentParser
import Diagnostics
import Distributed
import Foundation

/// Reads the command line, runs the command it names, and ends the process.
func runCommandLine() -> Never {
  do {
    var command = try RefersMPI.parseAsRoot()
    try command.run()
    RefersMPI.exit()
  } catch let failure as Failure {
    FileHandle.standardError.write(Data("error: \(failure)\n".utf8))
    exit(1)
  } catch {
    // Help, the version, a mistake on the command line: the same on every rank, so one says it.
    guard Launcher().rank ?? 0 == 0 else {
      // A launcher ends all ranks as soon as one has failed: rank 0 is to have printed by then.
      let code = RefersMPI.exitCode(for: error)
      if code != .success { sleep(1) }
      exit(code.rawValue)
    }
    RefersMPI.exit(withError: error)
  }
}
