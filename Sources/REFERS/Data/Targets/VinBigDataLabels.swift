import Diagnostics

/// Labels of VinBigData's Kaggle set: `train.csv`, a box a line, of three readers for each image.
///
/// An image has a label where any of its readers marked it (REFERS sec. 8.2). Images are PNG files
/// named by `image_id`, beside the table, in `train` or in `images`. Each is of a patient of its own.
enum VinBigDataLabels {
  private static let noFinding = "No finding"

  static func read(_ path: String, _ options: Configuration.Target) throws -> LabelTable {
    let files = try TargetFiles(path, called: "train.csv", isTable: { $0 == "train.csv" })
    let reader = try CSVReader(path: files.table, name: "The table of VinBigData")
    let image = try reader.requiredColumn("image_id")
    let finding = try reader.requiredColumn("class_name")
    let folders = try ImageFolders(
      options.images ?? files.folder, foldersBeginning: ["train", "images"])
    let classes = PublishedClasses.vinbigdata
    let places = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
    var table = LabelTable(name: "vinbigdata", classes: classes, rows: [])
    var rows: [String: Int] = [:]
    var found = 0
    while let row = try reader.next() {
      let name = row[image].trimmed
      let finding = row[finding].trimmed
      let place = places[finding]
      guard place != nil || finding == noFinding else {
        throw reader.failure(
          "has a class that is none of the 14.", remedy: "Take the table as published.")
      }
      if rows[name] == nil {
        let file = ["png", "jpg", "jpeg"].map { "\(name).\($0)" }.first { folders.contains($0) }
        guard !name.isEmpty, let path = folders.path(of: file ?? name + ".png") else {
          throw reader.failure("has no image_id.", remedy: "Take the table as published.")
        }
        if file != nil { found += 1 }
        rows[name] = table.rows.count
        table.rows.append(
          LabelTable.Row(
            identifier: name, patient: name, radiograph: Radiograph(file: path), split: nil,
            place: "line \(reader.line) of the table",
            labels: [Float](repeating: 0, count: classes.count)))
      }
      if let place, let row = rows[name] { table.rows[row].labels[place] = 1 }
    }
    if found == 0, folders.dicomFiles > 0 { throw ImageFolders.dicom }
    return table
  }
}
