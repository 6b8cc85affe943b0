import Foundation
import XCTest

/// The MPI the tests run under: what the package was built on (`REFERS_MPI`).
public enum MPIFlavour: String, Sendable {
  case openMPI, mpich

  public static var built: MPIFlavour {
    ProcessInfo.processInfo.environment["REFERS_MPI"] == "mpich" ? .mpich : .openMPI
  }

  /// What lets root start Open MPI's mpirun.
  public static let asRoot = [
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
  ]

  /// Its mpirun; Debian tells two installed ones apart by their endings.
  public var launcher: String? {
    switch self {
    case .openMPI: installedProgram("mpirun.openmpi") ?? installedProgram("mpirun")
    case .mpich: installedProgram("mpirun.mpich") ?? installedProgram("mpiexec.hydra")
    }
  }
}

/// Runs a program on `np` ranks under mpirun, more than there are cores if need be.
///
/// - Throws: `XCTSkip` where there is no mpirun.
public func mpirun(
  np: Int, _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
  directory: String? = nil, timeout: Double = 120, flavour: MPIFlavour = .built
) throws -> ProgramResult {
  try RunningProgram(
    np: np, program, arguments, environment: environment, directory: directory, flavour: flavour
  ).wait(timeout: timeout)
}

extension RunningProgram {
  /// Starts a program on `np` ranks under mpirun, more than there are cores if need be.
  ///
  /// - Throws: `XCTSkip` where there is no mpirun.
  public convenience init(
    np: Int, _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
    directory: String? = nil, flavour: MPIFlavour = .built
  ) throws {
    guard let launcher = flavour.launcher else {
      throw XCTSkip("mpirun is not installed: apt-get install openmpi-bin")
    }
    var options = ["-np", String(np)]
    var variables = environment
    if flavour == .openMPI {
      // Free ranks from single cores, of which their threads would share one.
      options = ["--oversubscribe", "--bind-to", "none"] + options
      variables.merge(MPIFlavour.asRoot) { $1 }
    }
    try self.init(
      launcher, options + [program] + arguments, environment: variables, directory: directory)
  }
}
