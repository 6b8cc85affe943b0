import Diagnostics
import Foundation

/// The files below a directory of Open-i: images by their names, reports as XML.
struct OpenITree {
  /// Paths of images by file name without its folder; nil where two have one name.
  private var images: [String: String?] = [:]
  private var reports: [String] = []

  /// Symbolic links are followed, and each folder is listed once, however many lead to it.
  ///
  /// - Complexity: lists all folders below the directory.
  init(_ root: String) throws {
    var folders = [root]
    var seen = Set([FileIdentity(root)].compactMap(\.self))
    while let folder = folders.popLast() {
      // A folder of someone else's below, such as `lost+found`, holds no images.
      if folder != root, access(folder, R_OK | X_OK) != 0, errno == EACCES { continue }
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted(by: precedes)
      } catch {
        throw Failure(
          .file, "A folder of \(root) cannot be listed.", remedy: "May you read it?")
      }
      for name in names {
        let path = folder + "/" + name
        // A link that leads nowhere is no file.
        guard let identity = FileIdentity(path) else { continue }
        guard !identity.isFolder else {
          if seen.insert(identity).inserted { folders.append(path) }
          continue
        }
        switch PathName(name).pathExtension {
        case "png", "jpg", "jpeg":
          images.updateValue(images[name] == nil ? path : nil, forKey: name)
        case "xml": reports.append(path)
        default: break
        }
      }
    }
    reports.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The path of an image named with or without its ending; nil where no folder has it.
  func image(_ name: String, ofStudy index: Int) throws -> String? {
    for candidate in [name, name + ".png", name + ".jpg", name + ".jpeg"] {
      guard let path = images[candidate] else { continue }
      if let path { return path }
      throw Failure(
        .input, "Two files have the name of an image of study \(index).",
        remedy: "Keep one copy of the images in the directory.")
    }
    return nil
  }

  /// The reports of all XML files, of which each is one.
  func readReports() throws -> [OpenISource.Entry] {
    var seen: Set<String> = []
    return try reports.enumerated().map { number, path in
      do {
        let entry = try OpenISource.entry(
          xml: ImageFile.read(path, what: "report", limit: ReportFile.limit))
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

/// What a path leads to, by whatever links.
private struct FileIdentity: Hashable {
  let device: UInt64
  let number: UInt64
  let isFolder: Bool

  /// Nil where the path leads nowhere.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
    isFolder = status.st_mode & S_IFMT == S_IFDIR
  }
}
