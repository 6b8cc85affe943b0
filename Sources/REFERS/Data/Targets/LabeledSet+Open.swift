import Diagnostics
import Foundation

extension LabeledSet {
  /// Reads the labels of a target and divides its images.
  ///
  /// Images come in the order of their table. Those of which no label is known are left out; the
  /// notices count them. That the image files are there is not looked at.
  ///
  /// - Parameters:
  ///   - seed: decides splits that are not published.
  ///   - use: which parts there must be.
  /// - Throws: `Failure(.configuration)`, `Failure(.file)` or `Failure(.input)` that names the
  ///   setting, or the table and the line, at fault.
  public static func open(
    _ options: Configuration.Target, seed: UInt64, for use: Use = .training
  ) throws -> LabeledSet {
    guard let path = options.path else {
      throw Failure(
        .configuration, "No labelled images are named (--data).",
        remedy: "Name the folder or the table of the labelled images.")
    }
    let layout = try TargetLayout.of(options, path: path)
    guard layout == .manifest || layout == .mimic || options.only == nil else {
      throw Failure(
        .configuration,
        "--only chooses rows of a manifest; these labels are of another layout.",
        remedy: "Leave --only out, or give --layout manifest.")
    }
    var table = try read(layout, path, options)
    if table.rows.contains(where: { isDICOM($0.radiograph.file) }) { throw ImageFolders.dicom }
    if layout == .manifest || layout == .lists { table.name = name(ofSet: path) }
    try table.task.requireNames(table.classes)
    table.dropUnknown()
    try table.divide(options, seed: seed, for: use)
    return LabeledSet(table)
  }

  /// The name of a table without its ending behind that of its folder; that of a folder alone.
  private static func name(ofSet path: String) -> String {
    let whole = PathName(URL(fileURLWithPath: path).standardizedFileURL.path)
    return TargetLayout.isFolder(path)
      ? whole.last : PathName.join(PathName(whole.parent).last, whole.stem)
  }

  private static func read(
    _ layout: Configuration.Target.Layout, _ path: String, _ options: Configuration.Target
  ) throws -> LabelTable {
    var table: LabelTable
    switch layout {
    case .mimic: return try readMIMIC(path, options)
    case .auto, .manifest: return try ManifestLabels.read(path, options)
    case .lists: return try ListLabels.read(path, options)
    case .nih: table = try NIHLabels.read(path, options)
    case .vinbigdata: table = try VinBigDataLabels.read(path, options)
    case .shenzhen: table = try ShenzhenLabels.read(path, options)
    case .covid: table = try COVIDLabels.read(path, options)
    }
    if let names = try LabelTable.names(in: options.columns) { try table.keep(names) }
    return table
  }

  private static func readMIMIC(
    _ path: String, _ options: Configuration.Target
  ) throws -> LabelTable {
    guard options.images == nil else {
      throw Failure(
        .configuration, "--images is given, but a MIMIC tree has its images in its own folders.",
        remedy: "Leave --images out.")
    }
    var table = try LabelTable(
      flattening: MIMICSource(directory: path, readsReports: false),
      labels: StudyLabels(path: path, options: options))
    table.hasLists = true
    return table
  }

  private static func isDICOM(_ file: String) -> Bool {
    [".dcm", ".dicom"].contains { file.lowercased().hasSuffix($0) }
  }
}
