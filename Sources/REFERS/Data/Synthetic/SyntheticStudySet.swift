import Determinism

/// Synthetic studies cut into train, validate and test, with patients and file names in the manner
/// of MIMIC-CXR-JPG.
///
/// The studies of a split do not change with the sizes of the others, and no patient is in two.
public struct SyntheticStudySet: Sendable {
  /// Raised whenever the same seed would give other files than before.
  public static let generatorVersion = 1

  public let train, validate, test: Int
  public let studies: SyntheticStudies

  /// One study of the set.
  public struct Entry: Sendable {
    /// The number by which ``SyntheticStudies`` knows the study.
    public let index: UInt64
    /// `train`, `validate` or `test`.
    public let split: String
    /// Eight digits.
    public let patient, study: Int

    /// The folder of the images, below the root of the set.
    public var folder: String { "files/p\(patient / 1_000_000)/p\(patient)/s\(study)" }
    /// The file of the report, below the root of the set.
    public var reportFile: String { folder + ".txt" }
  }

  /// The studies, split after split.
  public let entries: [Entry]

  public init(train: Int, validate: Int, test: Int = 0, seed: UInt64) {
    (self.train, self.validate, self.test) = (max(0, train), max(0, validate), max(0, test))
    studies = SyntheticStudies(seed: seed)
    var entries: [Entry] = []
    entries.reserveCapacity(self.train + self.validate + self.test)
    let splits = [("train", self.train), ("validate", self.validate), ("test", self.test)]
    for (number, (split, count)) in splits.enumerated() {
      // Four in five patients have one study, the others two or three.
      var (patient, left) = (0, 0)
      for k in 0..<count {
        if left == 0 {
          var r = CounterRandom(
            seed: seed, CounterRandom.word("synthetic patient"), UInt64(number), UInt64(k))
          let u = r.uniform()
          left = u < 0.80 ? 1 : u < 0.95 ? 2 : 3
          patient = k
        }
        left -= 1
        entries.append(
          Entry(
            index: UInt64(number) << 32 + UInt64(k), split: split,
            patient: 10_000_000 + Self.scatter(patient, number),
            study: 50_000_000 + Self.scatter(k, number)))
      }
    }
    self.entries = entries
  }

  /// Distinct numbers below ten million: multiplication modulo a prime.
  private static func scatter(_ k: Int, _ split: Int) -> Int {
    (3 * k + split + 1) % 9_999_991 * 4_294_967 % 9_999_991
  }

  /// The name of a radiograph: forty hexadecimal digits in five groups.
  public func radiographName(_ entry: Entry, _ radiograph: Int) -> String {
    var r = CounterRandom(
      seed: studies.seed, CounterRandom.word("synthetic radiograph"), entry.index,
      UInt64(radiograph))
    let groups = (0..<5).map { _ in
      let digits = String(r.next() >> 32, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }
    return groups.joined(separator: "-")
  }
}
