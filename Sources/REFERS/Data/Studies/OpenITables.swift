import Diagnostics
import Foundation

/// The two tables of Open-i.
struct OpenITables {
  private(set) var entries: [OpenISource.Entry] = []

  static func isIn(_ directory: String) -> Bool { path("indiana_reports", directory) != nil }

  init(directory: String) throws {
    guard let reports = Self.path("indiana_reports", directory),
      let projections = Self.path("indiana_projections", directory)
    else {
      throw Failure(
        .file, "\(directory) has one of the tables of Open-i without the other.",
        remedy: "Put indiana_reports.csv and indiana_projections.csv into it.")
    }
    let images = try Self.images(projections)
    let reader = try CSVReader(path: reports, name: "The table of reports")
    let number = try reader.requiredColumn("uid")
    let findings = try reader.requiredColumn("findings")
    let impression = try reader.requiredColumn("impression")
    var seen: Set<String> = []
    while let row = try reader.next() {
      let uid = row[number].trimmed
      guard !uid.isEmpty else {
        throw reader.failure("has no uid.", remedy: "Take the table as published.")
      }
      guard seen.insert(uid).inserted else {
        throw reader.failure("repeats a uid.", remedy: "List each report once.")
      }
      entries.append(
        OpenISource.Entry(
          number: uid, report: ReportSections.squeezed([row[findings], row[impression]]),
          images: images[uid] ?? []))
    }
  }

  private static func images(_ path: String) throws -> [String: [(name: String, view: String)]] {
    let reader = try CSVReader(path: path, name: "The table of projections")
    let number = try reader.requiredColumn("uid")
    let name = try reader.requiredColumn("filename")
    let view = reader.column("projection")
    var images: [String: [(name: String, view: String)]] = [:]
    var seen: Set<String> = []
    while let row = try reader.next() {
      guard seen.insert(row[name]).inserted else {
        throw reader.failure("repeats a filename.", remedy: "List each image once.")
      }
      images[row[number].trimmed, default: []].append(
        (row[name].trimmed, view.map { row[$0].trimmed } ?? ""))
    }
    return images
  }

  private static func path(_ name: String, _ directory: String) -> String? {
    ["csv", "csv.gz"].map { "\(directory)/\(name).\($0)" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }
}
