import Diagnostics
import Foundation

extension LabeledSet {
  /// Reads the labels of a target and divides its images.
  ///
  /// Images come in the order of their table. Those of which no label is known are left out; the
  /// notices count them. That the image files are there is not looked at.
  ///
  /// - Parameter seed: decides splits that are not published.
  /// - Throws: `Failure(.configuration)`, `Failure(.file)` or `Failure(.input)` that names the
  ///   setting, or the table and the line, at fault.
  public static func open(_ options: Configuration.Target, seed: UInt64) throws -> LabeledSet {
    guard let path = options.path else {
      throw Failure(
        .configuration, "target.path is not set.",
        remedy: "Name the folder or the table of the labelled images.")
    }
    let layout = try TargetLayout.of(options, path: path)
    if layout == .mimic {
      return try LabeledSet(
        flattening: MIMICSource(directory: path), labels: StudyLabels(path: path, options: options))
    }
    guard layout == .manifest || options.only == nil else {
      throw Failure(
        .configuration,
        "target.only chooses rows of a manifest; these labels are of another layout.",
        remedy: "Leave target.only out, or set target.layout=manifest.")
    }
    var table = try read(layout, path, options)
    if table.rows.contains(where: { isDICOM($0.radiograph.file) }) { throw ImageFolders.dicom }
    table.dropUnknown()
    try table.divide(options, seed: seed)
    return LabeledSet(table).noticing()
  }

  private static func read(
    _ layout: Configuration.Target.Layout, _ path: String, _ options: Configuration.Target
  ) throws -> LabelTable {
    var table: LabelTable
    switch layout {
    case .auto, .mimic, .manifest: return try ManifestLabels.read(path, options)
    case .lists: return try ListLabels.read(path, options)
    case .nih: table = try NIHLabels.read(path, options)
    case .vinbigdata: table = try VinBigDataLabels.read(path, options)
    case .shenzhen: table = try ShenzhenLabels.read(path, options)
    case .covid: table = try COVIDLabels.read(path, options)
    }
    if let names = try LabelTable.names(in: options.columns) { try table.keep(names) }
    return table
  }

  private static func isDICOM(_ file: String) -> Bool {
    [".dcm", ".dicom"].contains { file.lowercased().hasSuffix($0) }
  }
}
