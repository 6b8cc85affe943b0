import Determinism

/// An element that ``TreeExchange`` can add.
public protocol MPISummable: MPIElement {
  /// `result[i] = left[i] + right[i]`; the result may be one of the operands.
  static func add(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>,
    into result: UnsafeMutablePointer<Self>, count: Int)
}

extension Float: MPISummable {
  public static func add(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    into result: UnsafeMutablePointer<Float>, count: Int
  ) {
    addVectors(SIMD8<Float>.self, left, right, into: result, count: count)
  }
}

extension Double: MPISummable {
  public static func add(
    _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>,
    into result: UnsafeMutablePointer<Double>, count: Int
  ) {
    addVectors(SIMD4<Double>.self, left, right, into: result, count: count)
  }
}

extension BFloat16: MPISummable {
  public static var kind: MPIElementKind { .bfloat16 }
}

/// Vectors are written out because the compiler, fearing overlap, would leave the loop scalar.
@inline(__always)
private func addVectors<Vector: SIMD>(
  _: Vector.Type, _ left: UnsafePointer<Vector.Scalar>, _ right: UnsafePointer<Vector.Scalar>,
  into result: UnsafeMutablePointer<Vector.Scalar>, count: Int
) where Vector.Scalar: FloatingPoint {
  let stride = Vector.scalarCount
  var i = 0
  while i + stride <= count {
    let a = UnsafeRawPointer(left + i).loadUnaligned(as: Vector.self)
    let b = UnsafeRawPointer(right + i).loadUnaligned(as: Vector.self)
    UnsafeMutableRawPointer(result + i).storeBytes(of: a + b, as: Vector.self)
    i += stride
  }
  while i < count {
    result[i] = left[i] + right[i]
    i += 1
  }
}
