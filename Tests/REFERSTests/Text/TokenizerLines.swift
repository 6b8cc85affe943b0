import Determinism
import REFERS

/// The lines and the vocabulary of scripts/fixtures/make_tokenizer_hashes.py, by the same rules.
enum TokenizerLines {
  /// The first lines hold every character of Unicode.
  static let sweep = 17_408
  static let count = 40_960
  static let block = 256
  static let limits = [16, 100, 512]

  typealias Bounds = (first: UInt32, last: UInt32)

  private static let words =
    ("The LUNGS are clear; no focal consolidation, pleural effusion or pneumothorax. Left-sided "
    + "upright AP/PA 2.3cm ___ naïve Übergröße ﬁbrosis ẞ İstanbul ΣΊΣΥΦΟΣ Ёлка й 胸部X線 한국어 "
    + "don't (sic) [MASK] [SEP] ##s °C ½ µg ﷺ Å K Ω ǅ ŉ ﬃ नमस्ते สวัสดี שָׁלוֹם مَرْحَبًا ½")
    .unicodeScalars.split(separator: " ").map { $0.map(\.value) }
  private static let spaces: [UInt32] = [
    0x20, 0x09, 0x0A, 0x0D, 0x0B, 0x0C, 0x1C, 0x1F, 0x85, 0xA0, 0x1680, 0x180E, 0x2000, 0x2003,
    0x200A, 0x200B, 0x200D, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF, 0x00, 0x7F,
  ]
  private static let edges: [UInt32] = [
    0x00, 0x7F, 0x80, 0x9F, 0xAD, 0x2FF, 0x300, 0x36F, 0x370, 0x1100, 0x1161, 0x11A8, 0x33FF,
    0x3400, 0x4DBF, 0x4DC0, 0x4DFF, 0x4E00, 0x9FFF, 0xA000, 0xABFF, 0xAC00, 0xD7A3, 0xD7A4, 0xD7FF,
    0xE000, 0xF8FF, 0xF900, 0xFAFF, 0xFB00, 0xFDD0, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000,
    0x1FFFF, 0x20000, 0x2A6DF, 0x2A6E0, 0x2A700, 0x2B73F, 0x2B740, 0x2B81F, 0x2B820, 0x2B91F,
    0x2B920, 0x2CEAF, 0x2CEB0, 0x2F7FF, 0x2F800, 0x2FA1F, 0x2FA20, 0xE0001, 0xE0020, 0xEFFFF,
    0xF0000, 0xFFFFD, 0xFFFFE, 0x10FFFF,
  ]
  private static let marks: [Bounds] = [
    (0x300, 0x36F), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x6D6, 0x6ED), (0x93C, 0x94D),
    (0x1AB0, 0x1ACE), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0x302A, 0x302F), (0x3099, 0x309A),
    (0xFE20, 0xFE2F), (0x1D165, 0x1D172), (0x10EAB, 0x10EAC), (0x1E130, 0x1E136),
    (0x16FF0, 0x16FF1),
  ]
  private static let letters: [Bounds] = [
    (0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x17F), (0x386, 0x3CE), (0x401, 0x451), (0x5D0, 0x5EA),
    (0x621, 0x64A), (0x905, 0x939), (0x1E00, 0x1EFF), (0x1F00, 0x1FFC), (0x212A, 0x212B),
    (0x10400, 0x1044F), (0x1E900, 0x1E943),
  ]
  private static let syllables: [Bounds] = [
    (0x1100, 0x11FF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x2F800, 0x2FA1D),
  ]
  private static let pieces: [Bounds] = [
    (0x21, 0x17F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x45F), (0x5D0, 0x5EA), (0x621, 0x64A),
    (0x900, 0x97F), (0x1100, 0x11FF), (0x2000, 0x206F), (0x4E00, 0x4EFF), (0xAC00, 0xACFF),
    (0x1F900, 0x1F9FF), (0x20000, 0x200FF),
  ]

  /// The pieces of the vocabulary, each as its scalars.
  static func vocabulary() -> [[UInt32]] {
    var tokens = WordPieceVocabulary.specialTokens.map { $0.unicodeScalars.map(\.value) }
    var seen = Set(tokens)
    func add(_ piece: [UInt32]) {
      if seen.insert(piece).inserted { tokens.append(piece) }
    }
    for (first, last) in pieces {
      for code in first...last {
        add([code])
        add([0x23, 0x23, code])
      }
    }
    var random = CounterRandom(key: 1)
    for _ in 0..<2000 {
      let length = 2 + random.below(4)
      let piece = (0..<length).map { _ in 0x61 + UInt32(random.below(8)) }
      add((random.below(2) == 1 ? [0x23, 0x23] : []) + piece)
    }
    return tokens
  }

  static func text(_ codes: [UInt32]) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: codes.compactMap(Unicode.Scalar.init))
    return String(scalars)
  }

  /// One line; `tokens` is the vocabulary.
  static func line(_ number: Int, _ tokens: [[UInt32]]) -> String {
    text(number < sweep ? swept(UInt32(number)) : drawn(number, tokens))
  }

  private static func swept(_ line: UInt32) -> [UInt32] {
    var codes: [UInt32] = []
    for place in UInt32(0)..<64 {
      codes.append(64 * line + place)
      if place % 4 == 1 { codes.append(0x78) }
      if place % 4 == 3 { codes.append(0x20) }
    }
    return codes
  }

  private static func drawn(_ line: Int, _ tokens: [[UInt32]]) -> [UInt32] {
    var random = CounterRandom(key: UInt64(line))
    var codes: [UInt32] = []
    func repeated(_ count: Int, _ body: () -> Void) { for _ in 0..<count { body() } }
    switch line % 8 {
    case 0:
      let window = UInt32(random.below(0x1100)) * 0x100
      repeated(40) { codes.append(window + UInt32(random.below(0x100))) }
    case 1:
      repeated(20) {
        codes += random.element(of: words)
        codes.append(random.below(4) == 0 ? random.element(of: spaces) : 0x20)
      }
    case 2:
      repeated(20) {
        codes.append(random.code(in: letters))
        repeated(random.below(5)) { codes.append(random.code(in: marks)) }
        if random.below(4) == 0 { codes.append(0x20) }
      }
    case 3:
      repeated(30) {
        codes.append(random.code(in: letters))
        repeated(random.below(3)) { codes.append(random.element(of: spaces)) }
      }
    case 4:
      repeated(3) {
        let extra = random.below(2) == 1
        repeated(95 + random.below(11)) { codes.append(0x61 + UInt32(random.below(8))) }
        repeated(random.below(4)) { codes.append(random.code(in: extra ? marks : letters)) }
        codes.append(0x20)
      }
    case 5:
      repeated(30) {
        codes.append(random.element(of: edges))
        repeated(random.below(2)) { codes.append(0x61) }
      }
    case 6:
      repeated(20) {
        codes.append(random.code(in: syllables))
        repeated(random.below(2)) { codes.append(random.code(in: marks)) }
      }
    default:
      repeated(12) {
        var piece = random.element(of: tokens)
        if piece.starts(with: [0x23, 0x23]), random.below(2) == 1 { piece.removeFirst(2) }
        let upper = random.below(2) == 1
        codes += piece.map { upper && (0x61...0x7A).contains($0) ? $0 - 32 : $0 }
        repeated(random.below(2)) { codes.append(0x20) }
      }
    }
    return codes
  }
}

extension CounterRandom {
  fileprivate mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  fileprivate mutating func element<Element>(of values: [Element]) -> Element {
    values[below(values.count)]
  }

  fileprivate mutating func code(in ranges: [TokenizerLines.Bounds]) -> UInt32 {
    let (first, last) = element(of: ranges)
    return first + UInt32(below(Int(last - first) + 1))
  }
}
