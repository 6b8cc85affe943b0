import Foundation

/// A drawing as SVG, legible on light and on dark ground, with a title and a description for those
/// who cannot see it.
struct SVG {
  enum Anchor: String { case start, middle, end }

  /// How many styles of lines there are before they repeat with another dash.
  static let colours = 6

  let width: Double
  let height: Double
  private let title: String
  private let description: String
  private var body = ""

  init(width: Double, height: Double, title: String, description: String) {
    (self.width, self.height) = (width, height)
    (self.title, self.description) = (title, description)
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
    body +=
      "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
      + "y2=\"\(number(y2))\"/>\n"
  }

  /// A line through points.
  mutating func path(_ points: [(x: Double, y: Double)], style: String) {
    let steps = points.enumerated().map { place, point in
      "\(place == 0 ? "M" : "L")\(number(point.x)) \(number(point.y))"
    }
    body += "<path class=\"\(style)\" d=\"\(steps.joined())\"/>\n"
  }

  /// A disc, square, diamond or triangle around a point, by the number of its series.
  mutating func mark(_ x: Double, _ y: Double, series: Int) {
    let corners: [(Double, Double)]
    switch series % 4 {
    case 1: corners = [(-4, -4), (4, -4), (4, 4), (-4, 4)]
    case 2: corners = [(0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)]
    case 3: corners = [(0, -5.5), (5, 4), (-5, 4)]
    default:
      body +=
        "<circle class=\"\(Self.style(series).mark)\" cx=\"\(number(x))\" cy=\"\(number(y))\" "
        + "r=\"4.5\"/>\n"
      return
    }
    let points = corners.map { "\(number(x + $0)),\(number(y + $1))" }.joined(separator: " ")
    body += "<polygon class=\"\(Self.style(series).mark)\" points=\"\(points)\"/>\n"
  }

  /// - Parameter turned: reads upwards.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, anchor: Anchor = .start, style: String = "",
    turned: Bool = false
  ) {
    let turn = turned ? " transform=\"rotate(-90 \(number(x)) \(number(y)))\"" : ""
    body +=
      "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" "
      + "text-anchor=\"\(anchor.rawValue)\"\(turn)>\(Self.escaped(text))</text>\n"
  }

  /// The classes of the line and of the mark of a series, by its number.
  static func style(_ series: Int) -> (line: String, mark: String) {
    let colour = series % colours
    let dash = series / colours % 3
    return ("line c\(colour) d\(dash)", "mark f\(colour)")
  }

  /// The whole file.
  var document: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
    width="\(number(width))" height="\(number(height))" role="img" aria-labelledby="title desc">
    <title id="title">\(Self.escaped(title))</title>
    <desc id="desc">\(Self.escaped(description))</desc>
    <style>
    \(Self.sheet)
    </style>
    <rect class="ground" width="100%" height="100%"/>
    \(body)</svg>

    """
  }

  // The colours of Okabe and Ito, which those who see few colours can tell apart.
  private static let light = ["#0072b2", "#d55e00", "#009e73", "#aa4499", "#b07a00", "#3a94c9"]
  private static let dark = ["#56a8e8", "#ff8b3d", "#2fc99a", "#e295c4", "#e6b422", "#9fd4f5"]

  private static var sheet: String {
    func colours(_ values: [String]) -> String {
      values.enumerated()
        .map { ".c\($0){stroke:\($1)} .f\($0){fill:\($1)}" }.joined(separator: " ")
    }
    return """
      text{font:13px system-ui,sans-serif;fill:#222} .small{font-size:11px} .head{font-weight:600}
      .ground{fill:#fff} .axis{stroke:#555} .grid{stroke:#ddd} .chance{stroke:#999;stroke-dasharray:3 3}
      .line{fill:none;stroke-width:2} .thin{stroke-width:1.25} .d1{stroke-dasharray:6 3}
      .d2{stroke-dasharray:2 3} \(colours(light))
      @media (prefers-color-scheme:dark){text{fill:#ddd} .ground{fill:#14161a} .axis{stroke:#aaa}
      .grid{stroke:#333} .chance{stroke:#777} \(colours(dark))}
      """
  }

  private func number(_ value: Double) -> String {
    let text = String(format: "%.2f", value)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  static func escaped(_ text: String) -> String {
    text.filter { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } }
      .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
