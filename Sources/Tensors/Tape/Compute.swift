/// What kernels run on: threads, the library for matrix products, memory.
public final class Compute {
  public let team: ThreadTeam
  public let blas: any MatrixMultiply
  public let workspace: Workspace
  /// Scratch of each worker, grown between kernels, never inside them.
  private var scratch: [Buffer] = []
  private var scratchCount = 0

  public init(
    threads: Int = 1, blas: any MatrixMultiply = OpenBLAS(), workspace: Workspace = Workspace()
  ) {
    self.team = ThreadTeam(count: threads)
    self.blas = blas
    self.workspace = workspace
  }

  /// A function from worker to its own scratch of at least `count` floats.
  func scratch(_ count: Int) throws -> (Int) -> UnsafeMutablePointer<Float> {
    if count > scratchCount {
      scratch = []
      scratch = try (0..<team.count).map { _ in try workspace.allocate(count) }
      scratchCount = count
    }
    let pointers = scratch.map(\.pointer)
    return { pointers[$0] }
  }
}
