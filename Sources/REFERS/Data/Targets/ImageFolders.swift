import Diagnostics
import Foundation

/// The image files of a folder and of some folders in it, by name.
struct ImageFolders {
  private let root: ImageRoot
  private var files: [String: String] = [:]
  private var repeated: Set<String> = []
  /// The number of DICOM files, which are not read.
  private(set) var dicomFiles = 0

  /// Lists a folder, and those in it whose names begin so, each with its own folder `images`.
  ///
  /// Of two files of one name, the one in the earlier folder is taken.
  init(_ path: String, foldersBeginning prefixes: [String]) throws {
    root = ImageRoot(path)
    let top = try Self.list(path)
    add(top, in: path)
    for name in top where prefixes.contains(where: { name.hasPrefix($0) }) {
      let folder = path + "/" + name
      guard let files = try? Self.list(folder) else { continue }
      add(files, in: folder)
      if files.contains("images"), let inner = try? Self.list(folder + "/images") {
        add(inner, in: folder + "/images")
      }
    }
  }

  /// The names of all images, sorted.
  var names: [String] {
    files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  func contains(_ name: String) -> Bool { files[name] != nil }

  /// The path of an image, in the folder itself where none has it; nil for a name that leads out.
  func path(of name: String) -> String? {
    files[name] ?? root.path(of: name)
  }

  /// The path of an image that one folder alone has.
  func onlyPath(of name: String) -> String? { repeated.contains(name) ? nil : files[name] }

  private mutating func add(_ names: [String], in folder: String) {
    for name in names {
      switch PathName(name).pathExtension {
      case "png", "jpg", "jpeg":
        if files[name] == nil {
          files[name] = folder + "/" + name
        } else {
          repeated.insert(name)
        }
      case "dcm", "dicom": dicomFiles += 1
      default: break
      }
    }
  }

  /// The names in a folder, sorted.
  static func list(_ folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    } catch {
      throw Failure(
        .file, "The folder \(folder) cannot be read.",
        remedy: "Name the folder of the set with --data, that of the images with --images.",
        cause: error)
    }
  }

  /// The failure about images that are DICOM files.
  static let dicom = Failure(
    .input, "DICOM files are not read.",
    remedy: "Convert them to PNG of the same names, 8 or 16 bits, and name their folder with "
      + "--images.")
}
