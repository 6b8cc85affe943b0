import Diagnostics
import Foundation

/// Tells whose files the labels of a target are in.
enum TargetLayout {
  typealias Layout = Configuration.Target.Layout

  /// The layout that is set, or that the names of files or columns tell; `path` must be there.
  static func of(_ options: Configuration.Target, path: String) throws -> Layout {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure(.file, "\(path) does not exist.", remedy: "See that --data is right.")
    }
    guard options.layout == .auto else { return options.layout }
    guard isFolder(path) else { return try layout(ofTable: path) }
    if StudyLayout.isMIMIC(path) { return .mimic }
    let names = try ImageFolders.list(path)
    if names.contains(where: NIHLabels.isTable) { return .nih }
    if names.contains(where: { ListLabels.part(ofList: $0) == .train }) { return .lists }
    for name in ["train.csv", "metadata.csv"] where names.contains(name) {
      let layout = try layout(ofTable: path + "/" + name)
      if layout != .manifest { return layout }
    }
    if try ShenzhenLabels.isIn(path) { return .shenzhen }
    throw Failure(
      .input, "The files of \(path) are of no layout that is known.",
      remedy: "Give --layout, or name a CSV of images and labels with --data.")
  }

  private static func layout(ofTable path: String) throws -> Layout {
    let header = Set(try CSVReader(path: path, name: "The table \(path)").header)
    if header.isSuperset(of: ["Image Index", "Finding Labels"]) { return .nih }
    if header.isSuperset(of: ["image_id", "class_name", "rad_id"]) { return .vinbigdata }
    if header.isSuperset(of: ["finding", "modality", "filename"]) { return .covid }
    return .manifest
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
