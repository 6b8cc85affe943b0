import Diagnostics
import Foundation

/// The files below a directory of Open-i: images by their names, reports as XML.
struct OpenITree {
  /// Paths of images by file name without its folder; nil where two have one name.
  private var images: [String: String?] = [:]
  private var reports: [String] = []

  /// - Complexity: lists all folders below the directory.
  init(_ root: String) throws {
    guard let files = FileManager.default.enumerator(atPath: root) else {
      throw Failure(.file, "The directory \(root) cannot be listed.", remedy: "May you read it?")
    }
    for case let file as String in files {
      let name = (file as NSString).lastPathComponent
      switch (name as NSString).pathExtension.lowercased() {
      case "png", "jpg", "jpeg":
        images.updateValue(images[name] == nil ? root + "/" + file : nil, forKey: name)
      case "xml": reports.append(root + "/" + file)
      default: break
      }
    }
    reports.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The path of an image named with or without its ending.
  func image(_ name: String, ofStudy index: Int) throws -> String {
    for candidate in [name, name + ".png", name + ".jpg"] {
      guard let path = images[candidate] else { continue }
      if let path { return path }
      throw Failure(
        .input, "Two files have the name of an image of study \(index).",
        remedy: "Keep one copy of the images in the directory.")
    }
    throw Failure(
      .input, "An image of study \(index) is in no folder of the directory.",
      remedy: "Unpack all images of Open-i into the directory.")
  }

  /// The reports of all XML files, of which each is one.
  func readReports() throws -> [OpenISource.Entry] {
    var seen: Set<String> = []
    return try reports.enumerated().map { number, path in
      do {
        let entry = try OpenIReport.read(
          ImageFile.read(path, what: "report", limit: ReportFile.limit))
        guard seen.insert(entry.number).inserted else {
          throw Failure(
            .input, "It repeats the number of another report.", remedy: "Keep one of them.")
        }
        return entry
      } catch let failure as Failure {
        throw failure.within("XML file \(number + 1) of \(reports.count), by name")
      }
    }
  }

  var hasReports: Bool { !reports.isEmpty }
}
