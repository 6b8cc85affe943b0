import Diagnostics

/// Labels of the Shenzhen set, which its file names end with: `CHNCXR_0001_0.png` is normal,
/// `CHNCXR_0330_1.png` shows tuberculosis.
///
/// Images stand in the folder, in `CXR_png` or in `images`. Each is of a patient of its own.
enum ShenzhenLabels {
  private static let prefix = "CHNCXR_"

  static func isIn(_ path: String) throws -> Bool {
    try folders(path).names.contains { PublishedClasses.shenzhenLabel($0) != nil }
  }

  static func read(_ path: String, _ options: Configuration.Target) throws -> LabelTable {
    let folders = try folders(options.images ?? path)
    var table = LabelTable(name: "shenzhen", classes: PublishedClasses.shenzhen, rows: [])
    var others = 0
    for name in folders.names where name.hasPrefix(prefix) && !name.contains("_mask.") {
      guard let label = PublishedClasses.shenzhenLabel(name), let file = folders.path(of: name)
      else {
        others += 1
        continue
      }
      table.rows.append(
        LabelTable.Row(
          identifier: name, patient: name, radiograph: Radiograph(file: file), split: nil,
          place: "image \(table.rows.count + 1) of the folder", labels: [label]))
    }
    guard others == 0 else {
      throw Failure(
        .input, LabelTable.counted(others, "file", "named \(prefix)... without a label, _0 or _1."),
        remedy: "Keep the names as published.")
    }
    guard !table.rows.isEmpty else {
      throw Failure(
        .file, "There is no image \(prefix)*_0.png or _1.png.",
        remedy: "Name the folder of the images with --data.")
    }
    return table
  }

  private static func folders(_ path: String) throws -> ImageFolders {
    try ImageFolders(path, foldersBeginning: ["CXR_png", "images"])
  }
}
