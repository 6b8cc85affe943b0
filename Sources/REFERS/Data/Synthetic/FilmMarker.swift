import Determinism

/// The letters that a technician leaves on a film: the side, or how it was taken.
///
/// They stand anywhere along the upper or lower edge, in the side's half of a frontal view: a
/// portable film says so, others show the patient's left, on the right of the image.
struct FilmMarker {
  private let text: [Character]
  private let x, y, scale: Int
  private let gray: UInt8

  /// Rows of five pixels, the leftmost in the highest bit.
  private static let letters: [Character: [UInt8]] = [
    "A": [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
    "L": [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
    "O": [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
    "P": [0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000],
    "R": [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
    "T": [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
  ]

  init(portable: Bool, lateral: Bool, random r: inout CounterRandom) {
    let side = RadiographCanvas.imageSide
    text = Array(portable && !lateral ? "PORT AP" : "L")
    scale = portable && !lateral ? 2 : 3
    gray = UInt8(225 + r.integer(below: 31))
    let width = text.count * 6 * scale
    let edge = 24 + r.integer(below: 16)
    let upper = r.chance(0.7)
    y = upper ? edge : side - edge - 7 * scale
    x = r.chance(0.75) || !portable ? side - edge - width : edge
  }

  /// Writes the letters into an image of `RadiographCanvas.imageSide` pixels a side.
  func burn(into pixels: inout [UInt8]) {
    let side = RadiographCanvas.imageSide
    for (place, letter) in text.enumerated() {
      guard let rows = FilmMarker.letters[letter] else { continue }
      for row in 0..<7 * scale {
        for column in 0..<5 * scale where rows[row / scale] >> (4 - column / scale) & 1 == 1 {
          pixels[(y + row) * side + x + place * 6 * scale + column] = gray
        }
      }
    }
  }
}
