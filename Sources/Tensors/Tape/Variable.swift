/// A matrix made by an operation of a tape, with the gradient that comes back to it.
public final class Variable {
  public var value: Matrix {
    Matrix(buffer.pointer, rows: packing.rows, columns: columns)
  }
  private let columns: Int
  /// How the rows fall into sequences and shards.
  public let packing: Packing
  /// False for data: no operation computes a gradient for it.
  public let needsGradient: Bool
  let buffer: Buffer
  private(set) var gradientBuffer: Buffer?

  init(_ buffer: Buffer, columns: Int, packing: Packing, needsGradient: Bool) {
    self.buffer = buffer
    self.columns = columns
    self.packing = packing
    self.needsGradient = needsGradient
  }

  /// The gradient, once something has come back.
  public var gradient: Matrix? {
    gradientBuffer.map { Matrix($0.pointer, rows: value.rows, columns: value.columns) }
  }

  /// Takes the gradient buffer away: the operation that made this variable is done with it.
  func takeGradient() -> Buffer? {
    defer { gradientBuffer = nil }
    return gradientBuffer
  }

  /// Where to put a gradient: the matrix, and whether to add to what is there.
  func gradientTarget(_ workspace: Workspace) throws -> (Matrix, accumulate: Bool) {
    if let gradient { return (gradient, true) }
    let buffer = try workspace.allocate(value.count)
    gradientBuffer = buffer
    return (Matrix(buffer.pointer, rows: value.rows, columns: value.columns), false)
  }

  /// Hands over a whole buffer as this variable's gradient, or adds it where there is one already.
  func receive(gradient buffer: Buffer, team: ThreadTeam) {
    guard let own = gradientBuffer else {
      gradientBuffer = buffer
      return
    }
    team.forEachRange(value.count, grain: 1 << 16) { range in
      Elementwise.add(
        buffer.pointer + range.lowerBound, to: own.pointer + range.lowerBound, count: range.count)
    }
  }
}
