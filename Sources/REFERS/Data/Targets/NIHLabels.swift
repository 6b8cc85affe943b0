import Diagnostics

/// Labels of NIH ChestX-ray14: `Data_Entry_2017_v2020.csv` or the older `Data_Entry_2017.csv`.
///
/// Images stand in `images_001/images/` to `images_012/images/`, `images_001/`, `images/` or beside
/// the table. `train_val_list.txt` and `test_list.txt` there are the published split; an eighth of
/// the patients of the first is for validation (REFERS sec. 8.3).
enum NIHLabels {
  static func isTable(_ name: String) -> Bool {
    name.hasPrefix("Data_Entry_2017") && (name.hasSuffix(".csv") || name.hasSuffix(".csv.gz"))
  }

  static func read(_ path: String, _ options: Configuration.Target) throws -> LabelTable {
    let files = try TargetFiles(path, called: "Data_Entry_2017_v2020.csv", isTable: isTable)
    let reader = try CSVReader(path: files.table, name: "The table of NIH ChestX-ray14")
    let image = try reader.requiredColumn("Image Index")
    let finding = try reader.requiredColumn("Finding Labels")
    let patient = try reader.requiredColumn("Patient ID")
    let view = reader.column("View Position")
    let folders = try ImageFolders(
      options.images ?? files.folder, foldersBeginning: ["images"])
    let classes = PublishedClasses.nih
    let places = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
    var lists = options.splits == .patient ? nil : try NIHLists(folder: files.folder)
    var table = LabelTable(name: "nih", classes: classes, rows: [], hasLists: lists != nil)
    var seen: Set<String> = []
    while let row = try reader.next(padded: true) {
      let name = row[image].trimmed
      guard !name.isEmpty, let file = folders.path(of: name) else {
        throw reader.failure("has no file name.", remedy: "Take the table as published.")
      }
      guard seen.insert(name).inserted else {
        throw reader.failure("repeats an image.", remedy: "List each image once.")
      }
      let patient = row[patient].trimmed
      var labels = [Float](repeating: 0, count: classes.count)
      let findings = row[finding].components(separatedBy: "|").map(\.trimmed)
      for finding in findings where finding != "No Finding" || findings.count > 1 {
        guard let place = places[finding] else {
          throw reader.failure(
            "has a finding that is none of the 14.",
            remedy: "Join findings by |, as published; No Finding stands alone.")
        }
        labels[place] = 1
      }
      table.rows.append(
        LabelTable.Row(
          identifier: name, patient: patient.isEmpty ? name : patient,
          radiograph: Radiograph(file: file, view: view.map { row[$0].trimmed } ?? ""),
          split: lists?.take(name), place: "line \(reader.line) of the table", labels: labels))
    }
    if let lists, lists.left > 0 {
      table.notices.append("names of the lists that are not in the table: \(lists.left)")
    }
    return table
  }
}

/// The published split of NIH ChestX-ray14.
private struct NIHLists {
  private var parts: [String: StudySplit] = [:]
  /// The number of names not taken yet.
  var left: Int { parts.count }

  /// Nil where neither list is there.
  init?(folder: String) throws {
    let names = try ImageFolders.list(folder)
    let lists = [("train_val_list.txt", StudySplit.train), ("test_list.txt", .test)]
    let found = lists.filter { names.contains($0.0) }
    if found.isEmpty { return nil }
    guard found.count == 2 else {
      throw Failure(
        .file, "\(folder) has \(found[0].0) without the other list.",
        remedy: "Put train_val_list.txt and test_list.txt there, or divide the patients with "
          + "--splits patient.")
    }
    for (list, part) in lists {
      for line in try TargetFiles.lines(of: folder + "/" + list) {
        guard parts.updateValue(part, forKey: String(line.text)) == nil else {
          throw Failure(
            .input, "Line \(line.number) of \(list) names an image that was listed before.",
            remedy: "List each image once, in one of the lists.")
        }
      }
    }
  }

  mutating func take(_ name: String) -> StudySplit? { parts.removeValue(forKey: name) }
}
