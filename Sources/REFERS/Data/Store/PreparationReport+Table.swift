extension PreparationReport {
  /// A group of figures: names with what they count.
  struct Section {
    let title: String
    let rows: [(name: String, value: String)]
  }

  /// The report as a table for a terminal.
  public var table: String {
    let sections =
      summary
      + histograms.map { title, bars in
        Section(title: title, rows: bars.map { ($0.name, Amounts.count($0.count)) })
      }
    let names = sections.flatMap(\.rows).map(\.name.count).max() ?? 0
    let values = sections.flatMap(\.rows).map(\.value.count).max() ?? 0
    return sections.filter { !$0.rows.isEmpty }.map { section in
      ([section.title]
        + section.rows.map { name, value in
          "  " + name + String(repeating: " ", count: names - name.count + 2)
            + String(repeating: " ", count: values - value.count) + value
        }).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// The histograms of the report with their titles.
  var histograms: [(title: String, bars: [Bar])] {
    [
      ("radiographs a study", radiographsPerStudy), ("views", views),
      ("tokens of a report (words and punctuation marks)", reportLengths),
    ]
  }

  /// All but the histograms.
  var summary: [Section] {
    func row(_ name: String, _ count: Int) -> (String, String) { (name, Amounts.count(count)) }
    func rows(_ duplicates: Duplicates, _ what: String) -> [(String, String)] {
      [
        row("\(what) that occur again", duplicates.groups),
        row("\(what): repeats", duplicates.repeats),
        row("\(what): repeats of another patient's", duplicates.acrossPatients),
        row("\(what): repeats in another split", duplicates.acrossSplits),
      ]
    }
    return [
      Section(
        title: "studies",
        rows: [row("found", studiesFound), row("in the store", studies), row("patients", patients)]
          + parts.map { row("\($0.split): studies", $0.studies) }
          + parts.map { row("\($0.split): images", $0.images) }),
      Section(title: "studies left out", rows: studiesDropped.map { row($0.name, $0.count) }),
      Section(
        title: "images", rows: [row("found", imagesFound), row("in the store", images)]),
      Section(
        title: "images that cannot be decoded",
        rows: imagesDropped.isEmpty
          ? [row("none", 0)] : imagesDropped.map { row($0.name, $0.count) }),
      Section(
        title: "reports",
        rows: [
          row("tokens, median", reportLengthMedian), ("tokens, mean", "\(reportLengthMean)"),
          row("tokens, most", reportLengthMost),
        ]),
      Section(
        title: "duplicates and leaks",
        rows: rows(duplicateImages, "images") + rows(duplicateReports, "reports")
          + [row("patients in more than one split", patientsAcrossSplits)]),
    ]
  }
}
