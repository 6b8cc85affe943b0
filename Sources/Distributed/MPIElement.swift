import CMPI

/// A type whose values MPI can carry; the datatype of a call always comes from the buffer's type.
public protocol MPIElement {
  static var kind: MPIElementKind { get }
}

/// The element types MPI is told of.
public enum MPIElementKind: Int64, Sendable {
  case float, double, int32, int64, uint64, uint8
  /// Carried as its sixteen bits.
  case bfloat16

  var datatype: CMPIDatatype {
    switch self {
    case .float: cmpi_float()
    case .double: cmpi_double()
    case .int32: cmpi_int32()
    case .int64: cmpi_int64()
    case .uint64: cmpi_uint64()
    case .uint8: cmpi_uint8()
    case .bfloat16: cmpi_uint16()
    }
  }
}

/// What an allreduce makes of the values of the ranks.
public enum MPIReduction: Int64, Sendable {
  case sum, minimum, maximum

  var operation: CMPIOperation {
    switch self {
    case .sum: cmpi_sum()
    case .minimum: cmpi_minimum()
    case .maximum: cmpi_maximum()
    }
  }
}

extension Float: MPIElement { public static var kind: MPIElementKind { .float } }
extension Double: MPIElement { public static var kind: MPIElementKind { .double } }
extension Int32: MPIElement { public static var kind: MPIElementKind { .int32 } }
extension Int64: MPIElement { public static var kind: MPIElementKind { .int64 } }
extension UInt64: MPIElement { public static var kind: MPIElementKind { .uint64 } }
extension UInt8: MPIElement { public static var kind: MPIElementKind { .uint8 } }
