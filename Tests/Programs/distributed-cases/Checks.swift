import Determinism
import Diagnostics
import Distributed

/// Counts on both sides of a piece limit of 1,000.
let counts = [0, 1, 999, 1000, 1001, 5003]

func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  guard !condition else { return }
  throw Failure(.numerics, message())
}

/// The failure the body ends in; throws if it ends in none, or in one of another kind.
@discardableResult
func requireFailure(
  _ code: Failure.Code, mentioning words: String..., body: () throws -> Void
) throws -> Failure {
  do {
    try body()
  } catch let failure as Failure {
    try require(failure.code == code, "A failure of another kind: \(failure)")
    for word in words {
      try require(failure.message.contains(word), "No `\(word)` in: \(failure)")
    }
    try require(!failure.remedy.isEmpty, "No remedy in: \(failure)")
    return failure
  }
  throw Failure(.numerics, "No failure where there had to be one.")
}

/// An element type whose values the cases can make up and hash.
protocol CaseElement: MPIElement, Comparable {
  /// Exact, and small enough that sums over eight ranks stay exact.
  static func small(_ value: Int) -> Self
  var word: UInt64 { get }
  static func + (left: Self, right: Self) -> Self
}

extension Float: CaseElement {
  static func small(_ value: Int) -> Self { Float(value) - 3.5 }
  var word: UInt64 { UInt64(bitPattern) }
}
extension Double: CaseElement {
  static func small(_ value: Int) -> Self { Double(value) - 7.25 }
  var word: UInt64 { bitPattern }
}
extension Int32: CaseElement {
  static func small(_ value: Int) -> Self { Int32(value) - 9 }
  var word: UInt64 { UInt64(UInt32(bitPattern: self)) }
}
extension Int64: CaseElement {
  static func small(_ value: Int) -> Self { Int64(value) - 1 << 40 }
  var word: UInt64 { UInt64(bitPattern: self) }
}
extension UInt64: CaseElement {
  static func small(_ value: Int) -> Self { UInt64(value) + 1 << 60 }
  var word: UInt64 { self }
}
extension UInt8: CaseElement {
  static func small(_ value: Int) -> Self { UInt8(value) }
  var word: UInt64 { UInt64(self) }
}

/// The element that a rank holds at an index.
func element<Element: CaseElement>(_ type: Element.Type, rank: Int, _ index: Int) -> Element {
  var random = CounterRandom(seed: 11, UInt64(rank), UInt64(index))
  return Element.small(random.integer(below: 31))
}

func elements<Element: CaseElement>(
  _ type: Element.Type, rank: Int, count: Int
) -> [Element] {
  (0..<count).map { element(type, rank: rank, $0) }
}

/// A hash of bits: signs of zero count.
func hash<Element: CaseElement>(_ values: [Element]) -> String {
  let hash = values.reduce(UInt64(values.count)) { CounterRandom.combine($0, $1.word) }
  return String(hash, radix: 16)
}

func sameBits<Element: CaseElement>(_ left: [Element], _ right: [Element]) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { $0.word == $1.word }
}
