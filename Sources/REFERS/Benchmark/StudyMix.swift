import Determinism

/// What made-up studies look like: how many radiographs and how many words.
public enum StudyMix: Equatable, Sendable {
  /// As in MIMIC-CXR-JPG: 1, 2, 3 or 4 radiographs in 46, 44, 8 and 2 % of the studies, and
  /// reports of 30 to 100 tokens, each length as frequent.
  case mimic
  /// So many in each.
  case alike(radiographs: Int, tokens: Int)

  /// Three radiographs and 65 tokens in each.
  public static let equal = StudyMix.alike(radiographs: 3, tokens: 65)

  /// The shares of studies with 1, 2, 3 and 4 radiographs.
  static let radiographs: [Float] = [0.46, 0.44, 0.08, 0.02]
  /// The tokens of a report, `[CLS]` and `[SEP]` included.
  static let tokens = 30...100

  /// A step of `count` studies, drawn by seed and number alone.
  public func step(_ number: Int, count: Int, seed: UInt64) -> StepWorkload {
    var random = CounterRandom(
      seed: seed, UInt64(bitPattern: Int64(number)), RandomPurpose.benchmark.rawValue)
    var workload = StepWorkload()
    for _ in 0..<count {
      if case .alike(let radiographs, let tokens) = self {
        workload.radiographs.append(radiographs)
        workload.tokens.append(tokens)
        continue
      }
      let draw = random.uniform()
      let length = Self.tokens.lowerBound + random.integer(below: Self.tokens.count)
      var radiographs = 1
      var share = Self.radiographs[0]
      while draw >= share, radiographs < Self.radiographs.count {
        share += Self.radiographs[radiographs]
        radiographs += 1
      }
      workload.radiographs.append(radiographs)
      workload.tokens.append(length)
    }
    return workload
  }
}

extension StudyMix: RawRepresentable {
  /// `mimic`, `equal`, or such as `2x65`: two radiographs, 65 tokens.
  public init?(rawValue: String) {
    switch rawValue {
    case "mimic": self = .mimic
    case "equal": self = .equal
    default:
      let numbers = rawValue.split(separator: "x", omittingEmptySubsequences: false).map {
        Int($0) ?? 0
      }
      guard numbers.count == 2, (1...4).contains(numbers[0]), (3...10_000).contains(numbers[1])
      else { return nil }
      self = .alike(radiographs: numbers[0], tokens: numbers[1])
    }
  }

  public var rawValue: String {
    switch self {
    case .mimic: "mimic"
    // By its parts: comparing mixes compares these very names.
    case .alike(radiographs: 3, tokens: 65): "equal"
    case .alike(let radiographs, let tokens): "\(radiographs)x\(tokens)"
    }
  }
}

/// What the studies of a step have, one entry each.
public struct StepWorkload: Codable, Equatable, Sendable {
  public var radiographs: [Int] = []
  /// The tokens of the report; none where reports are not read.
  public var tokens: [Int] = []

  public init(radiographs: [Int] = [], tokens: [Int] = []) {
    self.radiographs = radiographs
    self.tokens = tokens
  }

  public var count: Int { radiographs.count }
}
