/// A finding of the COVID-19 Image Data Collection, in the old form (`COVID-19, ARDS`,
/// `Streptococcus`) or the new one (`Pneumonia/Viral/COVID-19`).
struct COVIDFinding {
  private let words: Set<Substring>

  init(_ text: String) {
    words = Set(text.lowercased().split { $0 == "/" || $0 == "," || $0.isWhitespace })
  }

  private static let unknown: Set<Substring> = ["todo", "unknown", "unclear"]
  private static let viruses: Set<Substring> = [
    "viral", "covid-19", "sars", "mers", "mers-cov", "varicella", "influenza", "h1n1", "herpes",
  ]
  private static let bacteria: Set<Substring> = [
    "bacterial", "streptococcus", "klebsiella", "legionella", "e.coli", "mycoplasma",
    "chlamydophila", "nocardia", "staphylococcus", "mrsa",
  ]

  /// 1 positive, 0 negative, NaN where the task leaves the finding out (REFERS sec. 8.6).
  func label(_ task: Configuration.Target.Task) -> Float {
    guard !words.isEmpty, words.isDisjoint(with: Self.unknown) else { return .nan }
    switch task {
    case .ct1: return words.contains("covid-19") ? 1 : 0
    case .ct2:
      let isViral = !words.isDisjoint(with: Self.viruses)
      return isViral == !words.isDisjoint(with: Self.bacteria) ? .nan : isViral ? 1 : 0
    }
  }
}
