import Foundation

/// A frame with axes, into which values are put.
struct PlotArea {
  /// An axis from one value to another.
  struct Axis {
    let label: String
    let range: ClosedRange<Double>
    let ticks: [(value: Double, text: String)]
    var logarithmic = false

    /// 0 at the start, 1 at the end.
    func place(_ value: Double) -> Double {
      func scaled(_ value: Double) -> Double { logarithmic ? Foundation.log(value) : value }
      let (low, high) = (scaled(range.lowerBound), scaled(range.upperBound))
      return high > low ? (scaled(value) - low) / (high - low) : 0.5
    }
  }

  let left: Double
  let top: Double
  let width: Double
  let height: Double
  let horizontal: Axis
  let vertical: Axis

  func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (left + horizontal.place(x) * width, top + (1 - vertical.place(y)) * height)
  }

  /// Draws grid, axes, ticks and labels; the text is small where the frame is.
  func draw(on svg: inout SVG, small: Bool) {
    let style = small ? "small" : ""
    let bottom = top + height
    for tick in horizontal.ticks {
      let x = left + horizontal.place(tick.value) * width
      svg.line(x, top, x, bottom, style: "grid")
      svg.text(tick.text, x, bottom + 16, anchor: .middle, style: style)
    }
    for tick in vertical.ticks {
      let y = top + (1 - vertical.place(tick.value)) * height
      svg.line(left, y, left + width, y, style: "grid")
      svg.text(tick.text, left - 6, y + 4, anchor: .end, style: style)
    }
    svg.line(left, bottom, left + width, bottom, style: "axis")
    svg.line(left, top, left, bottom, style: "axis")
    svg.text(
      horizontal.label, left + width / 2, bottom + (small ? 31 : 38), anchor: .middle, style: style)
    svg.text(
      vertical.label, left - (small ? 30 : 42), top + height / 2, anchor: .middle, style: style,
      turned: true)
  }
}
