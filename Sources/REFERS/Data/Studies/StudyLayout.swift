import Diagnostics
import Foundation

/// The layouts of directories that studies are read from.
public enum StudyLayout {
  /// Whether a directory has tables of MIMIC-CXR-JPG.
  static func isMIMIC(_ directory: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.contains(where: isMIMICTable)
  }

  private static func isMIMICTable(_ name: String) -> Bool {
    name.hasPrefix("mimic-cxr-") && name.contains(".csv")
  }

  /// The studies of a directory, whose layout is known by the tables in it.
  ///
  /// - Parameter readsReports: whether reports are wanted, so that studies without one are left out.
  /// - Throws: `Failure(.file)` where the directory is missing, `Failure(.input)` where it has none
  ///   of the layouts.
  public static func open(
    _ directory: String, readsReports: Bool = true, seed: UInt64
  ) throws -> any StudySource {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder) else {
      throw Failure(
        .file, "The directory \(directory) does not exist.", remedy: "See that the path is right.")
    }
    guard isFolder.boolValue else {
      throw Failure(
        .input, "\(directory) is a file.", remedy: "Give a CSV of studies with --manifest.")
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      throw Failure(
        .file, "The directory \(directory) cannot be read.", remedy: "May you read it?",
        cause: error)
    }
    if names.contains(where: isMIMICTable) {
      return try MIMICSource(directory: directory, readsReports: readsReports)
    }
    if try OpenITables.isIn(directory) || OpenITree(directory).hasReports {
      return try OpenISource(directory: directory, readsReports: readsReports, seed: seed)
    }
    throw Failure(
      .input,
      "\(directory) has no layout that is known: neither the tables of MIMIC-CXR-JPG "
        + "(mimic-cxr-*-metadata.csv and -split.csv, or .csv.gz) nor those of Open-i "
        + "(indiana_reports.csv and indiana_projections.csv, or XML reports).",
      remedy: "List other studies in a CSV and give it with --manifest.")
  }
}
