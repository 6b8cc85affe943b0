/// A figure over several classes, those without it left out.
public struct ClassMean: Sendable, Equatable {
  /// The plain mean over the classes that have the figure; nil where none has.
  public let value: Double?
  /// The numbers of the classes left out.
  public let leftOut: [Int]

  public init(_ values: [Double?]) {
    let present = values.compactMap(\.self)
    value = present.isEmpty ? nil : present.reduce(0, +) / Double(present.count)
    leftOut = values.indices.filter { values[$0] == nil }
  }
}
