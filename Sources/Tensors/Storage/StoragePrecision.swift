/// How values are kept or sent that were computed in single precision.
public enum StoragePrecision: String, CaseIterable, Codable, Sendable {
  /// As they were computed.
  case float32
  /// Rounded to bfloat16, in half the memory.
  case bfloat16
}
