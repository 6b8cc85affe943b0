/// The element types of the safetensors format that this project reads and writes.
///
/// The order of the cases is the order in which the format's own library lays tensors out,
/// reversed: a file begins with its `I64` tensors and ends with its `BOOL` ones, so that every
/// tensor lies at a multiple of its element's size.
public enum SafetensorsElement: String, CaseIterable, Sendable {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The place of this type in a file; larger comes first.
  var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A Swift number with an element type of the same size and meaning.
///
/// The format is little-endian, as are the processors this project is built for.
public protocol SafetensorsScalar: BitwiseCopyable, Sendable {
  static var safetensorsElement: SafetensorsElement { get }
}

extension Float: SafetensorsScalar {
  public static var safetensorsElement: SafetensorsElement { .float32 }
}
extension Double: SafetensorsScalar {
  public static var safetensorsElement: SafetensorsElement { .float64 }
}
extension Int64: SafetensorsScalar {
  public static var safetensorsElement: SafetensorsElement { .int64 }
}
extension UInt64: SafetensorsScalar {
  public static var safetensorsElement: SafetensorsElement { .uint64 }
}
extension Int32: SafetensorsScalar {
  public static var safetensorsElement: SafetensorsElement { .int32 }
}
extension UInt8: SafetensorsScalar {
  public static var safetensorsElement: SafetensorsElement { .uint8 }
}
