import Diagnostics

/// For each class a sentence that says it is there, and one that says it is not.
public struct ClassPrompts: Sendable, Equatable {
  public let classes: [String]
  public let positive: [String]
  public let negative: [String]

  /// Reads a CSV with the columns `class`, `positive` and `negative`.
  ///
  /// - Throws: `Failure(.input)` for an empty table, a class named twice, an empty sentence.
  public init(contentsOf path: String) throws {
    let reader = try CSVReader(path: path, name: "The table of sentences \(path)")
    let columns = try ["class", "positive", "negative"].map { try reader.requiredColumn($0) }
    var rows: [[String]] = []
    var lines: [String: Int] = [:]
    while let row = try reader.next() {
      let fields = columns.map { row[$0].trimmed }
      guard !fields.contains("") else {
        throw reader.failure(
          "lacks a class or a sentence.", remedy: "Give each class two sentences.")
      }
      if let line = lines.updateValue(reader.line, forKey: fields[0]) {
        throw reader.failure(
          "repeats the class of line \(line).", remedy: "Give each class one line.")
      }
      rows.append(fields)
    }
    guard !rows.isEmpty else {
      throw Failure(
        .input, "The table of sentences \(path) has no class.",
        remedy: "Give one line for each: class, positive, negative.")
    }
    classes = rows.map { $0[0] }
    positive = rows.map { $0[1] }
    negative = rows.map { $0[2] }
  }

  /// All sentences as the reports of studies: those that say so, then those that deny it.
  var reports: [String] { positive + negative }
}

/// Classes told from sentences alone, without a label ever seen.
///
/// With the cosines s⁺ and s⁻ of a study with the two sentences of a class, the score is
/// `exp(s⁺/τ) / (exp(s⁺/τ) + exp(s⁻/τ))`, τ being the temperature of the contrastive loss.
public struct ZeroShot: Sendable {
  public let classes: [String]
  /// Studies x classes, in 0 ... 1.
  public let scores: [Float]

  /// - Parameters:
  ///   - sentences: features of ``ClassPrompts/reports``.
  package init(
    classes: [String], studies: [Float], sentences: [Float], width: Int, temperature: Double
  ) {
    self.classes = classes
    let v = RecallTable.unit(studies, width: width)
    let t = RecallTable.unit(sentences, width: width)
    func cosine(_ study: Int, _ sentence: Int) -> Double {
      v.withUnsafeBufferPointer { v in
        t.withUnsafeBufferPointer { t in
          Double(
            RecallTable.dot(
              UnsafeBufferPointer(rebasing: v[study * width..<(study + 1) * width]),
              UnsafeBufferPointer(rebasing: t[sentence * width..<(sentence + 1) * width])))
        }
      }
    }
    let logits = (0..<v.count / max(1, width)).flatMap { study in
      classes.indices.map { place in
        Float((cosine(study, place) - cosine(study, classes.count + place)) / temperature)
      }
    }
    // Of two, the softmax is the sigmoid of their difference.
    scores = LabelLoss(task: .multiLabel, classes: classes.count)
      .probabilities(ofRows: logits)
  }

  /// The area under each class's curve; nil for a class whose known labels have one value.
  ///
  /// - Parameter labels: studies x classes; NaN is not known.
  public func areas(labels: [Float]) -> [Double?] {
    classes.indices.map { place in
      let places = stride(from: place, to: scores.count, by: classes.count)
      return AreaUnderCurve.value(
        scores: places.map { scores[$0] }, labels: places.map { labels[$0] })
    }
  }
}
