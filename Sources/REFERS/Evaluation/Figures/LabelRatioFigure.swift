/// The mean area under the curve over the share of labels, a line for each method: the form of the
/// paper's Fig. 2.
public enum LabelRatioFigure {
  /// Nil where no run has an area.
  public static func svg(_ target: Experiment.Target) -> String? {
    let series = target.methods.map { method in
      (
        method,
        target.labelRatios.compactMap { ratio in
          target.cell(method, ratio).flatMap { Spread($0.areas) }.map { (ratio, $0) }
        }
      )
    }.filter { !$0.1.isEmpty }
    guard let range = range(series.flatMap { $0.1.map(\.1) }),
      let low = target.labelRatios.first, let high = target.labelRatios.last
    else { return nil }
    let title = "Mean area under the curve over the share of labels, \(target.name)"
    var svg = SVG(
      width: 640, height: 420 + 18 * Double(series.count), title: title,
      description: series.map { name, points in
        name + ": "
          + points.map {
            "\(FigureFormat.percent($1)) at \(Experiment.Target.percentage($0))"
          }.joined(separator: ", ")
      }.joined(separator: "; "))
    let area = PlotArea(
      left: 70, top: 46, width: 540, height: 310,
      horizontal: PlotArea.Axis(
        label: "share of labels", range: low / 1.3...high * 1.3,
        ticks: target.labelRatios.map { ($0, Experiment.Target.percentage($0)) },
        logarithmic: low > 0),
      vertical: PlotArea.Axis(label: "AUC x 100", range: range, ticks: ticks(range)))
    svg.text(title, 340, 24, anchor: .middle, style: "head")
    area.draw(on: &svg, small: false)
    for (number, (method, points)) in series.enumerated() {
      draw(method, points, number, in: area, on: &svg)
    }
    return svg.document
  }

  private static func draw(
    _ method: String, _ points: [(Double, Spread)], _ number: Int, in area: PlotArea,
    on svg: inout SVG
  ) {
    let style = SVG.style(number)
    svg.path(points.map { area.point($0, 100 * $1.mean) }, style: style.line)
    for (ratio, spread) in points {
      let middle = area.point(ratio, 100 * spread.mean)
      svg.mark(middle.x, middle.y, series: number)
      guard let deviation = spread.deviation else { continue }
      let (low, high) = (
        area.point(ratio, 100 * (spread.mean - deviation)),
        area.point(ratio, 100 * (spread.mean + deviation))
      )
      svg.line(middle.x, low.y, middle.x, high.y, style: style.line + " thin")
      for y in [low.y, high.y] {
        svg.line(middle.x - 4, y, middle.x + 4, y, style: style.line + " thin")
      }
    }
    let y = area.top + area.height + 62 + 18 * Double(number)
    svg.line(area.left, y - 4, area.left + 26, y - 4, style: style.line)
    svg.mark(area.left + 13, y - 4, series: number)
    svg.text(method, area.left + 34, y)
  }

  /// All means and deviations, in whole steps of five points.
  private static func range(_ spreads: [Spread]) -> ClosedRange<Double>? {
    let lows = spreads.map { 100 * ($0.mean - ($0.deviation ?? 0)) }
    let highs = spreads.map { 100 * ($0.mean + ($0.deviation ?? 0)) }
    guard let low = lows.min(), let high = highs.max() else { return nil }
    let start = (low / 5).rounded(.down) * 5
    return start...max((high / 5).rounded(.up) * 5, start + 5)
  }

  private static func ticks(_ range: ClosedRange<Double>) -> [(value: Double, text: String)] {
    let step = range.upperBound - range.lowerBound > 30 ? 10.0 : 5.0
    return stride(from: range.lowerBound, through: range.upperBound, by: step)
      .map { ($0, "\(Int($0))") }
  }
}
