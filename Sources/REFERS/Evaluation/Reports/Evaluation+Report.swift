extension Evaluation {
  /// A table with a line for each class and one for their mean, and what it takes to read it.
  public var report: ReportText {
    var text = ReportText()
    var table = TextTable([
      "", "images", "positive", "AUC", "95 % interval", "AP", "95 % interval",
      sensitivityColumn, "Brier", "ECE", "threshold", "accuracy", "F1",
    ])
    typealias Format = FigureFormat
    for item in classes {
      guard let figures = item.figures else {
        table.add([item.name, "\(item.images)", "\(item.positives)", "-"])
        continue
      }
      table.add([
        item.name, "\(item.images)", "\(item.positives)", Format.plain(figures.auc),
        Format.interval(figures.aucInterval), Format.plain(figures.averagePrecision),
        Format.interval(figures.averagePrecisionInterval),
        Format.plain(figures.sensitivityAtSpecificity), Format.plain(figures.brier),
        Format.plain(figures.calibrationError), Format.plain(figures.threshold),
        Format.plain(figures.accuracy), Format.plain(figures.f1),
      ])
    }
    if let mean, classes.count > 1 {
      table.add([
        "mean of \(mean.classes)", "", "", Format.plain(mean.auc),
        Format.interval(mean.aucInterval), Format.plain(mean.averagePrecision),
        Format.interval(mean.averagePrecisionInterval),
        Format.plain(mean.sensitivityAtSpecificity), Format.plain(mean.brier),
        Format.plain(mean.calibrationError), "", Format.plain(mean.accuracy),
        Format.plain(mean.f1),
      ])
    }
    text.table(table)
    for note in notes { text.sentence(note) }
    return text
  }

  private var sensitivityColumn: String { "sens@\(specificity)" }

  /// What was left out, and where thresholds come from.
  var notes: [String] {
    var notes: [String] = []
    if let accuracy {
      notes.append("The most probable class is right for \(FigureFormat.plain(accuracy)).")
    }
    let leftOut = classes.filter { $0.figures == nil }
    for (cause, members) in [
      ("their labels having one value", leftOut.filter { $0.images > 0 }),
      ("no label of theirs being known", leftOut.filter { $0.images == 0 }),
    ] where !members.isEmpty {
      notes.append("Left out, \(cause): \(members.map(\.name).joined(separator: ", ")).")
    }
    if unknownLabels > 0 {
      notes.append(
        FigureFormat.count(unknownLabels, "label is", plural: "labels are")
          + " not known and left out.")
    }
    switch rule {
    case .f1: notes.append("Thresholds are those of the highest F1 on the validation part.")
    case .youden:
      notes.append("Thresholds are those of the highest Youden index on the validation part.")
    case nil: notes.append("Thresholds are 0.5; --validation chooses them.")
    }
    if !unchosenThresholds.isEmpty {
      notes.append(
        "The validation part has one label value of \(unchosenThresholds.joined(separator: ", ")): "
          + "the threshold is 0.5.")
    }
    return notes
  }
}
