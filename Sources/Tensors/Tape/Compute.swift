/// What kernels run on: threads, the library for matrix products, memory.
public final class Compute {
  public let team: ThreadTeam
  public let blas: any MatrixMultiply
  public let workspace: Workspace
  /// Scratch of each worker, grown between kernels, never inside them.
  private var scratch: [Buffer] = []
  private var scratchCount = 0

  /// - Parameter blas: the library there is where nothing else is given.
  /// - Throws: `Failure(.library)` where there is no library for matrix products.
  public init(
    threads: Int = 1, blas: (any MatrixMultiply)? = nil, workspace: Workspace = Workspace()
  ) throws {
    self.team = ThreadTeam(count: threads)
    self.blas = try blas ?? MatrixLibrary.auto.open()
    self.workspace = workspace
  }

  private init(idle other: Compute) {
    team = .idle(count: other.team.count)
    blas = other.blas
    workspace = Workspace(growth: other.workspace.growth)
  }

  /// The same with idle threads and a workspace of its own: a step computed on it takes and gives
  /// back its memory as in earnest, but touches none, so that ``Workspace/reserved`` tells in
  /// milliseconds what the step needs. Values are left without meaning.
  public func rehearsal() -> Compute { Compute(idle: self) }

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
