/// A row-major block of floats: a view that owns nothing.
public struct Matrix {
  public let pointer: UnsafeMutablePointer<Float>
  public let rows: Int
  public let columns: Int

  @inlinable
  public init(_ pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.pointer = pointer
    self.rows = rows
    self.columns = columns
  }

  @inlinable public var count: Int { rows * columns }

  /// The first element of a row.
  @inlinable @inline(__always)
  public func row(_ index: Int) -> UnsafeMutablePointer<Float> { pointer + index * columns }

  /// The elements as an array, for tests and small results.
  public var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
