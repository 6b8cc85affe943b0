/// ROC curves, a panel for each class, a curve for each set of predictions.
public enum ROCFigure {
  private static let side = 210.0
  private static let columns = 4
  /// The most points drawn of a curve: more than there are pixels.
  private static let pointLimit = 600

  /// - Parameter predictions: of the same classes, with the name of each in the legend.
  /// - Returns: nil where no class has a curve.
  public static func svg(_ predictions: [(name: String, predictions: Predictions)]) -> String? {
    let classes = predictions.first?.predictions.classes ?? []
    let panels = classes.indices.filter { place in
      predictions.contains { curve($0.predictions, place) != nil }
    }
    guard !panels.isEmpty else { return nil }
    let perRow = min(columns, panels.count)
    let rows = (panels.count + perRow - 1) / perRow
    let (stepX, stepY) = (side + 70, side + 80 + 16 * Double(predictions.count))
    var svg = SVG(
      width: 20 + stepX * Double(perRow), height: 30 + stepY * Double(rows), title: "ROC curves",
      description: panels.map { place in
        classes[place] + ": "
          + predictions.map { "\($0.name) AUC \(area($0.predictions, place))" }
          .joined(separator: ", ")
      }.joined(separator: "; "))
    for (number, place) in panels.enumerated() {
      let area = PlotArea(
        left: 60 + stepX * Double(number % perRow), top: 34 + stepY * Double(number / perRow),
        width: side, height: side, horizontal: axis("1 − specificity"),
        vertical: axis("sensitivity"))
      draw(predictions, place, in: area, on: &svg)
    }
    return svg.document
  }

  private static func draw(
    _ predictions: [(name: String, predictions: Predictions)], _ place: Int, in area: PlotArea,
    on svg: inout SVG
  ) {
    area.draw(on: &svg, small: true)
    svg.text(
      predictions[0].predictions.classes[place], area.left + side / 2, area.top - 10,
      anchor: .middle, style: "head")
    let (start, end) = (area.point(0, 0), area.point(1, 1))
    svg.line(start.x, start.y, end.x, end.y, style: "chance")
    for (series, (name, predictions)) in predictions.enumerated() {
      let style = SVG.style(series)
      if let curve = curve(predictions, place) {
        svg.path(thinned(curve).map { area.point($0.x, $0.y) }, style: style.line + " thin")
      }
      let y = area.top + side + 50 + 16 * Double(series)
      svg.line(area.left, y - 4, area.left + 22, y - 4, style: style.line)
      svg.text("\(name): AUC \(Self.area(predictions, place))", area.left + 28, y, style: "small")
    }
  }

  private static func axis(_ label: String) -> PlotArea.Axis {
    PlotArea.Axis(
      label: label, range: 0...1, ticks: [(0, "0"), (0.5, "0.5"), (1, "1")])
  }

  private static func curve(_ predictions: Predictions, _ place: Int) -> ROCCurve? {
    ROCCurve(scores: predictions.scores(of: place), labels: predictions.labels(of: place))
  }

  private static func area(_ predictions: Predictions, _ place: Int) -> String {
    FigureFormat.plain(
      AreaUnderCurve.value(
        scores: predictions.scores(of: place), labels: predictions.labels(of: place)))
  }

  /// Ends and corners, points on a straight line between others left out.
  private static func thinned(_ curve: ROCCurve) -> [(x: Double, y: Double)] {
    let all = curve.points.map { (x: 1 - curve.specificity($0), y: curve.sensitivity($0)) }
    let corners = all.indices.filter { place in
      guard place > 0, place < all.count - 1 else { return true }
      let (before, here, after) = (all[place - 1], all[place], all[place + 1])
      return (here.x - before.x) * (after.y - here.y) != (after.x - here.x) * (here.y - before.y)
    }
    let stride = max(1, corners.count / pointLimit)
    return corners.enumerated().compactMap { number, place in
      number % stride == 0 || number == corners.count - 1 ? all[place] : nil
    }
  }
}
