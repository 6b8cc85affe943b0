import Diagnostics
import Foundation

/// Images by themselves, each as a study of one radiograph: files, folders and tables as they are
/// named, or the radiographs of studies.
public struct ImageList: StudySource {
  /// Each image as its user knows it: a path as given, or one below the folder given.
  public let names: [String]
  public let notices: [String]
  private let files: [String]
  private let places: [String]

  /// The endings of files that a folder is searched for.
  private static let endings: Set<String> = ["jpg", "jpeg", "png"]

  /// Images in the order of the arguments: a file by itself, those of a folder and of the folders
  /// below it by the bytes of their paths, those of a CSV line by line.
  ///
  /// A CSV is read as one of labelled images is: the same columns, paths relative to its own folder
  /// or to `root`, which they may not leave. In a folder, JPEG and PNG files are known by their
  /// endings.
  ///
  /// - Throws: `Failure(.file)` where nothing has such a name, `Failure(.input)` where there is no
  ///   image or a table is irregular.
  public init(_ arguments: [String], root: String? = nil) throws {
    var found: [Item] = []
    var others = 0
    for argument in arguments {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) else {
        throw Failure(.file, "There is no \(argument).", remedy: "See that the path is right.")
      }
      if isFolder.boolValue {
        let (images, rest) = try Self.images(in: argument)
        found += images
        others += rest
      } else if Self.isTable(argument) {
        found += try Self.images(ofTable: argument, root: root)
      } else {
        found.append(Item(name: argument, file: argument))
      }
    }
    guard !found.isEmpty else {
      throw Failure(
        .input, "There is no image in \(arguments.joined(separator: ", ")).",
        remedy: "Name JPEG or PNG files, folders with them, or a CSV with a column image.")
    }
    names = found.map(\.name)
    files = found.map { URL(fileURLWithPath: $0.file).path }
    places = found.map(\.place)
    notices =
      others > 0
      ? [
        "\(others) file\(others == 1 ? " that ends" : "s that end") otherwise than JPEG and PNG "
          + "\(others == 1 ? "is" : "are") passed over"
      ]
      : []
  }

  private struct Item {
    let name: String
    let file: String
    var place = ""
  }

  public var count: Int { names.count }
  public var dropped: Int { 0 }
  public var studies: [Study] { names.indices.map { study($0) } }

  public func study(_ index: Int) -> Study {
    Study(
      identifier: names[index], patient: names[index],
      radiographs: [Radiograph(file: files[index])], split: .test, place: places[index])
  }

  /// Nothing is said of it.
  public func report(of index: Int) throws -> String { "" }

  /// Whether a file is a table of images by its ending.
  public static func isTable(_ file: String) -> Bool {
    [".csv", ".csv.gz"].contains { file.lowercased().hasSuffix($0) }
  }

  private static func images(in folder: String) throws -> (images: [Item], others: Int) {
    let paths: [String]
    do {
      paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
    } catch {
      throw Failure(
        .file, "The folder \(folder) cannot be read.", remedy: "May you read it?", cause: error)
    }
    var images: [String] = []
    var others = 0
    for path in paths {
      let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
      var isFolder: ObjCBool = false
      guard !isHidden,
        FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      if endings.contains(PathName(path).pathExtension) {
        images.append(path)
      } else {
        others += 1
      }
    }
    images.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return (images.map { Item(name: $0, file: folder + "/" + $0) }, others)
  }

  private static func images(ofTable path: String, root: String?) throws -> [Item] {
    let reader = try CSVReader(path: path, name: "The table \(path)")
    let column = try ManifestColumns.image(in: reader, of: "The table \(path)")
    let root = ImageRoot(root ?? URL(fileURLWithPath: path).deletingLastPathComponent().path)
    var items: [Item] = []
    while let row = try reader.next() {
      let names = ManifestColumns.paths(in: row[column], ofColumn: reader.header[column])
      guard !names.isEmpty else {
        throw reader.failure(
          "names no image, or has an empty path.", remedy: "Give each line a path.")
      }
      items += try names.map { name in
        guard let file = root.path(of: name) else {
          throw reader.failure(
            "names an image outside of the folder that images are in.",
            remedy: "Name that folder with --images; paths are relative to it.")
        }
        return Item(name: name, file: file, place: "line \(reader.line) of the table")
      }
    }
    return items
  }
}
