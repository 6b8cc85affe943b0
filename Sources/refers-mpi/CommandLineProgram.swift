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
    guard isFirstRank else {
      // A launcher ends all ranks as soon as one has failed: rank 0 is to have printed by then.
      let code = RefersMPI.exitCode(for: error)
      if code != .success { sleep(1) }
      exit(code.rawValue)
    }
    RefersMPI.exit(withError: error)
  }
}

/// Whether this process is rank 0, as the launcher's variables tell before MPI has started.
private var isFirstRank: Bool {
  let names = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"]
  return names.lazy.compactMap(Launcher.environment).first.map { $0 == "0" } ?? true
}
