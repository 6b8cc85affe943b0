import Determinism

/// The report of a synthetic study in the prose of a radiologist.
public struct SyntheticReport: Sendable {
  public let examination: String
  public let indication: String
  public let findings: String
  public let impression: String

  /// Findings and impression, which is what a model reads.
  public var text: String { findings + " " + impression }

  /// The most words of the findings: positive sentences always, negations up to here.
  private static let wordLimit = 46

  init(_ condition: ChestCondition, views: [SyntheticStudy.View], random r: inout CounterRandom) {
    var writer = ReportWriter(condition: condition, random: r)
    let technique = writer.technique(views)
    let quality = [writer.habitus(), writer.penetration()].compactMap(\.self)
    let device = writer.devices()
    let positive = writer.positives()
    let negative = writer.negatives()

    var sentences = (technique.map { [$0] } ?? []) + quality
    if writer.random.chance(0.5) {
      sentences += device.map(\.sentence) + positive.map(\.sentence)
    } else {
      sentences += positive.map(\.sentence) + device.map(\.sentence)
    }
    var words = sentences.reduce(0) { $0 + Self.words($1) }
    for (k, sentence) in negative.enumerated() where k == 0 || words < Self.wordLimit {
      sentences.append(sentence)
      words += Self.words(sentence)
    }
    findings = sentences.joined(separator: " ")

    let most = words > 55 ? 1 : 2
    let told = positive.sorted { $0.weight > $1.weight }.prefix(most).map(\.summary)
    if told.isEmpty {
      impression = writer.pick([
        "No acute cardiopulmonary process.", "No acute cardiopulmonary abnormality.",
        "No acute intrathoracic process.", "No evidence of acute disease.",
      ])
    } else {
      impression = told.map { Self.capitalised($0) + "." }.joined(separator: " ")
    }
    examination = writer.examination(views)
    indication = writer.indication()
    r = writer.random
  }

  private static func words(_ text: String) -> Int { text.split(separator: " ").count }

  static func capitalised(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }
}

/// One sentence of the findings, with what the impression says of it.
struct ReportStatement {
  let sentence: String
  let summary: String
  /// How much it matters; the impression tells the first two.
  let weight: Int
}

/// Picks words for a condition.
struct ReportWriter {
  let condition: ChestCondition
  var random: CounterRandom

  mutating func pick(_ options: [String]) -> String {
    options[random.integer(below: options.count)]
  }

  mutating func technique(_ views: [SyntheticStudy.View]) -> String? {
    let lateral = views.contains(.lateral)
    if condition.portable {
      if !lateral, views.count == 1 {
        return pick([
          "Single portable AP view of the chest.", "Portable AP chest radiograph.",
          "A single portable frontal view of the chest was obtained.",
          condition.supine
            ? "Portable supine AP view of the chest." : "Portable upright AP view of the chest.",
        ])
      }
      return lateral
        ? pick(["AP and lateral views of the chest.", "AP and lateral chest radiographs."])
        : pick(["Two portable AP views of the chest.", "Two portable frontal views were obtained."])
    }
    if lateral {
      return pick([
        "PA and lateral views of the chest.", "PA and lateral chest radiographs were obtained.",
        "Frontal and lateral views of the chest.",
      ])
    }
    return pick(["Single PA view of the chest.", "A single frontal view of the chest."])
  }

  mutating func habitus() -> String? {
    switch condition.habitus {
    case .thin: pick(["The patient is thin.", "Thin body habitus."])
    case .average: nil
    case .large:
      pick([
        "Evaluation is limited by large body habitus.", "Large body habitus limits evaluation.",
      ])
    }
  }

  mutating func penetration() -> String? {
    switch condition.penetration {
    case .under: pick(["The film is underpenetrated.", "The study is underpenetrated."])
    case .normal: nil
    case .over: pick(["The film is overpenetrated.", "The study is overpenetrated."])
    }
  }

  mutating func examination(_ views: [SyntheticStudy.View]) -> String {
    if condition.portable && !views.contains(.lateral) { return "CHEST (PORTABLE AP)" }
    return views.contains(.lateral) ? "CHEST (PA AND LAT)" : "CHEST (SINGLE VIEW)"
  }

  mutating func indication() -> String {
    let who = pick(["___ year old woman", "___ year old man", "___-year-old with history of ___"])
    if condition.endotracheal != nil { return who + ", intubated. Evaluate tube position." }
    return who + " "
      + pick([
        "with shortness of breath. Evaluate for pneumonia.", "with cough and fever.",
        "with chest pain.", "with dyspnea. Please evaluate for effusion or edema.",
        "after a fall. Evaluate for acute process.", "with hypoxia.",
      ])
  }
}
