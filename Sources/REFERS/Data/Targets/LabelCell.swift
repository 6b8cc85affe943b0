/// One field of a column of labels: 1, 0, -1 for uncertain (each also with `.0`), or nothing.
enum LabelCell: Equatable {
  case known(Float)
  case uncertain
  case blank

  /// Nil for any other text.
  init?(_ text: String) {
    switch text {
    case "": self = .blank
    case "0", "0.0": self = .known(0)
    case "1", "1.0": self = .known(1)
    case "-1", "-1.0": self = .uncertain
    default:
      let text = text.trimmed
      switch Double(text) {
      case 0: self = .known(0)
      case 1: self = .known(1)
      case -1: self = .uncertain
      default:
        guard text.isEmpty else { return nil }
        self = .blank
      }
    }
  }

  /// The label: 0, 1, or NaN where it is not known.
  func label(uncertain: Configuration.Target.Uncertain, blank: Float = .nan) -> Float {
    switch self {
    case .known(let value): value
    case .blank: blank
    case .uncertain:
      switch uncertain {
      case .ignore: .nan
      case .negative: 0
      case .positive: 1
      }
    }
  }
}
