import Foundation

extension SyntheticStudyWriter {
  private static let prefix = "/mimic-cxr-2.0.0-"

  /// Writes the tables of the whole set.
  func writeTables() throws {
    var metadata =
      "dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition,Rows,Columns,"
      + "StudyDate,StudyTime,ProcedureCodeSequence_CodeMeaning,ViewCodeSequence_CodeMeaning,"
      + "PatientOrientationCodeSequence_CodeMeaning\n"
    var split = "dicom_id,study_id,subject_id,split\n"
    var labels = "subject_id,study_id," + SyntheticLabels.names.joined(separator: ",") + "\n"
    var boxes = "dicom_id,finding,x,y,w,h\n"
    let side = SyntheticRadiograph.side
    for (number, entry) in set.entries.enumerated() {
      let study = set.studies.study(at: entry.index)
      let row = SyntheticLabels(study.condition).values.map { $0.map { "\($0)" } ?? "" }
      labels += "\(entry.patient),\(entry.study)," + row.joined(separator: ",") + "\n"
      for (k, view) in study.views.enumerated() {
        let name = set.radiographName(entry, k)
        let meaning = Self.meaning(view)
        let orientation = study.condition.supine ? "Recumbent" : "Erect"
        metadata +=
          "\(name),\(entry.patient),\(entry.study),\(study.report.examination),\(view.rawValue),"
          + "\(side),\(side),2180\(Self.twoDigits(number / 28 % 12 + 1))"
          + "\(Self.twoDigits(number % 28 + 1)),\(Self.twoDigits(number % 24))0000.0,"
          + "\(study.report.examination),\(meaning),\(orientation)\n"
        split += "\(name),\(entry.study),\(entry.patient),\(entry.split)\n"
        for place in set.studies.boxes(of: study, radiograph: k) {
          let b = place.box
          boxes += "\(name),\(place.finding),\(b.x),\(b.y),\(b.width),\(b.height)\n"
        }
      }
    }
    for (name, text) in [("metadata", metadata), ("split", split), ("chexpert", labels)] {
      try SyntheticFiles.write(
        SyntheticFiles.gzip(text), partial + Self.prefix + name + ".csv.gz")
    }
    try SyntheticFiles.write(Data(boxes.utf8), partial + "/boxes.csv")
  }

  private static func meaning(_ view: SyntheticStudy.View) -> String {
    switch view {
    case .pa: "postero-anterior"
    case .ap: "antero-posterior"
    case .lateral: "lateral"
    }
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension SyntheticReport {
  /// The report as a file: banner, headings and hard line breaks.
  public var document: String {
    var text = " " + String(repeating: " ", count: 30) + "FINAL REPORT\n"
    let sections = [
      ("EXAMINATION", examination), ("INDICATION", indication), ("FINDINGS", findings),
      ("IMPRESSION", impression),
    ]
    for (heading, body) in sections {
      text += " \(heading):"
      var column = heading.count + 2
      for word in body.split(separator: " ") {
        if column + word.count + 1 > 78 {
          text += "\n"
          column = 0
        }
        text += " " + word
        column += word.count + 1
      }
      text += "\n\n"
    }
    return text
  }
}
