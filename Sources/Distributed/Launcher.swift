import Diagnostics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who started this process, as the launcher's environment variables tell, how many ranks it
/// promised, and which of them this is.
///
/// A program under the `mpirun` of another MPI starts as so many separate worlds of one rank, each
/// of which would train the whole model; ``check(worldSize:library:)`` ends that at the start.
public struct Launcher: Equatable, Sendable {
  public enum Kind: String, Sendable {
    case openMPI = "Open MPI's mpirun"
    case mpich = "MPICH's mpirun"
    case slurm = "srun"
    case none = "no launcher"
  }

  public let kind: Kind
  /// The number of ranks promised; nil without a launcher.
  public let size: Int?
  /// The rank of this process, before MPI has started; nil without a launcher.
  public let rank: Int?

  public init(kind: Kind, size: Int?, rank: Int? = nil) {
    self.kind = kind
    self.size = size
    self.rank = rank
  }

  /// Reads the launcher's variables.
  ///
  /// Under `mpirun` inside a Slurm job Slurm's variables describe mpirun's own helpers, hence they
  /// come last; only those of a job step count, since a job script is not a rank.
  ///
  /// - Parameter variable: looks a variable up; the environment of the process by default.
  public init(variable: (String) -> String? = Launcher.environment) {
    func number(_ name: String) -> Int? { variable(name).flatMap(Int.init) }
    if let size = number("OMPI_COMM_WORLD_SIZE") {
      self.init(kind: .openMPI, size: size, rank: number("OMPI_COMM_WORLD_RANK"))
    } else if let size = number("PMI_SIZE") {
      let kind: Kind = variable("SLURM_STEP_ID") == nil ? .mpich : .slurm
      self.init(kind: kind, size: size, rank: number("PMI_RANK"))
    } else if variable("SLURM_STEP_ID") != nil, let size = number("SLURM_STEP_NUM_TASKS") {
      self.init(kind: .slurm, size: size, rank: number("SLURM_PROCID"))
    } else {
      self.init(kind: .none, size: nil)
    }
  }

  /// A variable of the process's environment.
  public static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Throws unless MPI's world has the size the launcher promised.
  public func check(worldSize: Int, library: String) throws {
    guard let size, size != worldSize else { return }
    let remedy =
      switch kind {
      case .slurm:
        "Use `srun --mpi=pmix` with Open MPI or `srun --mpi=pmi2` with MPICH (`srun --mpi=list`)."
      default: "Start it with the mpirun of that MPI."
      }
    throw Failure(
      .communication,
      "\(kind.rawValue) promised \(size) ranks, but MPI sees \(worldSize): "
        + "this program was built on \(library).",
      remedy: remedy
    ).shared()
  }
}
