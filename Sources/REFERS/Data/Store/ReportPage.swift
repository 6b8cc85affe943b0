import Foundation

/// The report of a store as one HTML page without links: tables, histograms, sample images.
struct ReportPage {
  /// A radiograph of the store.
  struct Sample {
    let study: Int
    let image: Int
    let jpeg: Data
  }

  let report: PreparationReport
  let samples: [Sample]

  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Prepared studies</title>
    <style>
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2em auto; padding: 0 1em;
      color: #1b2430; }
    h2 { font-size: 1.1em; margin: 1.6em 0 .4em; }
    table { border-collapse: collapse; }
    td { padding: .1em 1.5em .1em 0; }
    td:last-child { text-align: right; font-variant-numeric: tabular-nums; }
    .private { border-left: 4px solid #b3261e; background: #fbeceb; padding: .6em 1em; }
    .samples { display: flex; flex-wrap: wrap; gap: 8px; }
    figure { margin: 0; width: 150px; }
    figure img { width: 100%; display: block; background: #000; }
    figcaption, svg text { font-size: 12px; fill: #1b2430; }
    </style>
    </head>
    <body>
    <h1>Prepared studies</h1>
    <p class="private">This page shows images of patients. Keep it as private as the data.</p>
    \(report.summary.map(section).joined(separator: "\n"))
    \(report.histograms.map { histogram($0.title, $0.bars) }.joined(separator: "\n"))
    <h2>samples, \(report.size) x \(report.size) pixels</h2>
    <div class="samples">
    \(samples.map(figure).joined(separator: "\n"))
    </div>
    </body>
    </html>

    """
  }

  private func section(_ section: PreparationReport.Section) -> String {
    let rows = section.rows.map { name, value in
      "<tr><td>\(Self.escaped(name))</td><td>\(value)</td></tr>"
    }
    return "<h2>\(Self.escaped(section.title))</h2>\n<table>\n"
      + rows.joined(separator: "\n") + "\n</table>"
  }

  private func histogram(_ title: String, _ bars: [PreparationReport.Bar]) -> String {
    let (row, names, width) = (22, 180, 560)
    let most = max(1, bars.map(\.count).max() ?? 1)
    let shown = bars.prefix(40).enumerated().map { place, bar in
      let length = bar.count * width / most
      let (top, line) = (place * row, place * row + 15)
      return """
        <text x="\(names - 8)" y="\(line)" text-anchor="end">\(Self.escaped(bar.name))</text>\
        <rect x="\(names)" y="\(top + 3)" width="\(max(1, length))" height="\(row - 6)" \
        fill="#3b6ea5"/><text x="\(names + length + 6)" y="\(line)">\
        \(Amounts.count(bar.count))</text>
        """
    }
    return """
      <h2>\(Self.escaped(title))</h2>
      <svg width="\(names + width + 90)" height="\(shown.count * row)" role="img" \
      aria-label="\(Self.escaped(title))">
      \(shown.joined(separator: "\n"))
      </svg>
      """
  }

  private func figure(_ sample: Sample) -> String {
    let name = "study \(sample.study), image \(sample.image)"
    return """
      <figure><img alt="\(name)" src="data:image/jpeg;base64,\(sample.jpeg.base64EncodedString())">\
      <figcaption>\(name)</figcaption></figure>
      """
  }

  /// Text as HTML; views are whatever a table of anyone's says.
  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }
}
