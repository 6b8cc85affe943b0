import Diagnostics

/// What the header of a safetensors file says of one tensor.
public struct SafetensorsEntry: Sendable, Equatable {
  public let name: String
  public let element: SafetensorsElement
  /// The extents, row-major; empty for a single number.
  public let shape: [Int]
  /// Where its bytes lie, counted from the end of the header.
  public let range: Range<Int>

  /// Bytes of a tensor of this shape.
  ///
  /// - Throws: a `checkpoint` failure that names the tensor when an extent is negative or the
  ///   product does not fit in 64 bits, even if another extent is zero.
  static func byteCount(
    name: String, element: SafetensorsElement, shape: [Int]
  ) throws -> Int {
    var count = element.size
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else {
        throw Failure(
          .checkpoint, "Tensor \(displayed(name)) has the impossible shape \(shape).",
          remedy: "The file is damaged, or was not written by a safetensors library.")
      }
      count = product
    }
    return count
  }
}

/// A name as an error shows it: quoted, cut to 120 characters, control characters replaced.
func displayed(_ name: String) -> String {
  let visible = name.unicodeScalars.prefix(120).map { scalar in
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) ? "?" : String(scalar)
  }
  return "'" + visible.joined() + (name.unicodeScalars.count > 120 ? "…" : "") + "'"
}

/// Whether `left` comes before `right` byte by byte; two names are one only if their bytes are.
func precedes(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}
