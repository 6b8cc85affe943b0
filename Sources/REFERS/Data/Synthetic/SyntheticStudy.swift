/// A study made from nothing but a seed and a number.
public struct SyntheticStudy: Sendable {
  /// How a radiograph was taken.
  public enum View: String, Sendable {
    case pa = "PA"
    case ap = "AP"
    case lateral = "LATERAL"
  }

  public let index: UInt64
  public let condition: ChestCondition
  /// The views of its radiographs, one to four.
  public let views: [View]
  public let report: SyntheticReport
}

/// A finding and where a radiograph shows it.
public struct FindingBox: Sendable, Equatable {
  public let finding: String
  public let box: PixelBox
}

/// What one radiograph shows.
public struct SyntheticRadiograph: Sendable {
  public static let side = RadiographCanvas.imageSide
  /// 8-bit gray, row-major, `side` x `side`.
  public let pixels: [UInt8]
  public let boxes: [FindingBox]
}
