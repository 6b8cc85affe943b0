/// The losses of a step or of a validation.
public struct Losses: Codable, Sendable, Equatable {
  /// The weighted sum that is minimised.
  public var total: Double
  /// That of finding the report among others; nil where it is not trained.
  public var contrast: Double?
  /// That of writing the report; nil where it is not trained.
  public var language: Double?

  public init(total: Double, contrast: Double? = nil, language: Double? = nil) {
    self.total = total
    self.contrast = contrast
    self.language = language
  }

  /// All that there are, by name.
  public var named: [(name: String, value: Double)] {
    [("loss", total)]
      + [("contrast", contrast), ("language", language)].compactMap { name, value in
        value.map { (name, $0) }
      }
  }

  var areFinite: Bool { named.allSatisfy { $0.value.isFinite } }
}

/// A figure of a validation.
public struct Measure: Sendable, Equatable {
  /// As in metrics.jsonl and TensorBoard.
  public let name: String
  public let value: Double
  /// As a line of the log says it; empty where it does not.
  public let text: String
  /// True for a number of things.
  public let isCount: Bool
  /// What TensorBoard draws; nil for nothing.
  public let share: Double?

  /// A number of things, drawn as a share of all of them.
  public init(_ name: String, count: Int, of all: Int?, text: String = "") {
    self.name = name
    value = Double(count)
    self.text = text
    isCount = true
    share = all.map { $0 > 0 ? Double(count) / Double($0) : 0 }
  }

  public init(_ name: String, _ value: Double, text: String = "") {
    self.name = name
    self.value = value
    self.text = text
    isCount = false
    share = value
  }
}

extension Retrieval {
  /// The figures of a validation's retrieval.
  public var measures: [Measure] {
    [
      Measure(
        "retrieved_first", count: first, of: candidates, text: "retrieved \(first)/\(candidates)"),
      Measure("retrieval_candidates", count: candidates, of: nil),
    ]
  }
}
