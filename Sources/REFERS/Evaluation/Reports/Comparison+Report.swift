extension Comparison {
  /// A table of areas, differences and p values.
  public var report: ReportText {
    var text = ReportText()
    let single = (mean?.first.count ?? 1) == 1 && (mean?.second.count ?? 1) == 1
    var table = TextTable(
      ["AUC", "this", "other", "difference"]
        + (single ? ["95 % interval", "p (DeLong)"] : ["p (t-test)", "p (paired)"]))
    typealias Format = FigureFormat
    let means = classes.count > 1 ? mean.map { [$0] } ?? [] : []
    for row in classes + means {
      table.add(
        [
          row.name, Format.spread(row.first), Format.spread(row.second),
          Format.plain(row.difference),
        ]
          + (single
            ? [Format.interval(row.interval), Format.p(row.deLong?.p)]
            : [Format.p(row.tTest?.p), Format.p(row.pairedTTest?.p)]))
    }
    text.table(table)
    text.sentence(
      single
        ? "DeLong's paired test for each class; the mean's interval is a bootstrap over images."
        : "Student's t-tests over runs, two-sided: independent with one variance as in the paper, "
          + "and paired in the order given.")
    return text
  }
}
