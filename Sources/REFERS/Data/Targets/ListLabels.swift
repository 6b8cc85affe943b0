import Diagnostics
import Foundation

/// The lists of the method's authors: a file for each part with a path and one number for each class
/// a line, separated by white space (REFERS sec. 8.2).
///
/// Files are `train.txt`, `val.txt` or `valid.txt`, and `test.txt`, each also with `_list` before
/// the ending. Two columns are one class, by which of them is larger. Classes are named by
/// `target.columns`; else as NIH's or VinBigData's 14 and Shenzhen's one, known by the names of the
/// images, and two columns of other images as the class of `target.task`.
///
/// An image that is not where its line says is looked for by its name in the folders of the
/// published sets, such as `images_001/images`.
enum ListLabels {
  /// The part that a list of this name is of; nil for any other name.
  static func part(ofList name: String) -> StudySplit? {
    switch name {
    case "train.txt", "train_list.txt": .train
    case "val.txt", "valid.txt", "validation.txt", "val_list.txt", "valid_list.txt": .validate
    case "test.txt", "test_list.txt": .test
    default: nil
    }
  }

  static func read(_ path: String, _ options: Configuration.Target) throws -> LabelTable {
    let lists = try lists(in: path)
    let images = try ListedImages(options.images ?? path)
    var columns: Int?
    var rows: [LabelTable.Row] = []
    var seen: [String: String] = [:]
    for (part, list) in lists {
      for line in try TargetFiles.lines(of: path + "/" + list) {
        let place = "line \(line.number) of \(list)"
        var row = try row(String(line.text), columns: &columns, images, place: place)
        row.split = part
        if let earlier = seen.updateValue(place, forKey: row.radiograph.file) {
          throw Self.failure(place, "repeats the image of \(earlier).", "List each image once.")
        }
        rows.append(row)
      }
    }
    guard let columns else {
      throw Failure(
        .file, "\(path) has no list train.txt, val.txt or test.txt with an image.",
        remedy: "Put the lists there; each line is a path and one number for each class.")
    }
    return try table(rows, columns: columns, options)
  }

  /// The published set that the lists are of, by their first image; nil for any other.
  static func publishedSet(_ path: String) throws -> Configuration.Target.Layout? {
    for (_, list) in try lists(in: path) {
      guard let line = try TargetFiles.lines(of: path + "/" + list).first else { continue }
      let (name, numbers) = divided(String(line.text))
      return PublishedClasses.set(ofLists: [name], columns: numbers.count)
    }
    return nil
  }

  /// The lists that are there, in the order of the parts.
  private static func lists(in path: String) throws -> [(part: StudySplit, name: String)] {
    guard TargetLayout.isFolder(path) else {
      throw Failure(
        .input, "\(path) is no folder of lists.", remedy: "Name the folder with --data.")
    }
    let names = try ImageFolders.list(path)
    return try StudySplit.allCases.compactMap { part in
      let lists = names.filter { Self.part(ofList: $0) == part }
      guard lists.count < 2 else {
        throw Failure(
          .input, "\(path) has both \(lists[0]) and \(lists[1]).",
          remedy: "Keep the list that is meant.")
      }
      return lists.first.map { (part, $0) }
    }
  }

  /// A line's image, and the numbers that it ends with.
  private static func divided(_ line: String) -> (name: String, numbers: [Substring]) {
    let fields = line.split(whereSeparator: \.isWhitespace)
    let count = fields.dropFirst().reversed().prefix { LabelCell(String($0)) != nil }.count
    let numbers = fields.suffix(count)
    guard let first = numbers.first else { return (line.trimmed, []) }
    return (String(line[..<first.startIndex]).trimmed, Array(numbers))
  }

  private static func row(
    _ line: String, columns: inout Int?, _ images: ListedImages, place: String
  ) throws -> LabelTable.Row {
    let (name, numbers) = divided(line)
    let count = columns ?? numbers.count
    guard count > 0, numbers.count == count else {
      throw failure(
        place, "has " + (count > 0 ? "no \(count) labels" : "no label") + " that are 0, 1 or -1.",
        "Write the path and then one number for each class, as many in every line.")
    }
    columns = count
    guard let file = images.path(of: name), !name.isEmpty else {
      throw failure(
        place, "names an image outside of the folder that images are in.",
        "Name that folder with --images; paths are relative to it.")
    }
    return LabelTable.Row(
      identifier: name, patient: PublishedClasses.nihPatient(name) ?? name,
      radiograph: Radiograph(file: file), split: nil, place: place,
      labels: numbers.map { Float($0) ?? .nan })
  }

  private static func table(
    _ rows: [LabelTable.Row], columns: Int, _ options: Configuration.Target
  ) throws -> LabelTable {
    var rows = rows
    for row in rows.indices {
      guard columns != 2 else {
        let (negative, positive) = (rows[row].labels[0], rows[row].labels[1])
        guard negative + positive == 1, negative * positive == 0 else {
          throw failure(
            rows[row].place, "has two labels of which not one is 1 and the other 0.",
            "Two columns are one class: 1 0 without it, 0 1 with it.")
        }
        rows[row].labels = [positive]
        continue
      }
      rows[row].labels = rows[row].labels.map { label in
        label == -1 ? LabelCell.uncertain.label(uncertain: options.uncertain) : label
      }
    }
    let names = rows.map(\.identifier)
    let knowsPatients = names.allSatisfy {
      PublishedClasses.nihPatient($0) != nil || PublishedClasses.isVinBigData($0)
        || PublishedClasses.shenzhenLabel($0) != nil
    }
    return LabelTable(
      name: "lists", classes: try classes(columns: columns, images: names, options), rows: rows,
      hasLists: true,
      notices: knowsPatients
        ? [] : ["the lists name no patients; each image is taken for one of its own"])
  }

  /// The names of the classes, two columns being one.
  private static func classes(
    columns: Int, images: [String], _ options: Configuration.Target
  ) throws -> [String] {
    if let names = try LabelTable.names(in: options.columns) {
      let wanted = columns == 2 && names.count == 2 ? [names[1]] : names
      guard wanted.count == (columns == 2 ? 1 : columns) else {
        throw Failure(
          .configuration,
          "--labels has \(names.count) names, the lists have \(columns) columns of labels.",
          remedy: "Give one name for each column.")
      }
      return wanted
    }
    switch PublishedClasses.set(ofLists: images, columns: columns) {
    case .nih: return PublishedClasses.nih
    case .vinbigdata: return PublishedClasses.vinbigdata
    case .shenzhen: return PublishedClasses.shenzhen
    case .covid: return PublishedClasses.covid(options.task)
    default: break
    }
    throw Failure(
      .configuration, "The \(columns) columns of the lists have no names.",
      remedy: "Name them, in order and joined by commas, with --labels.")
  }

  private static func failure(_ place: String, _ what: String, _ remedy: String) -> Failure {
    Failure(.input, place.prefix(1).uppercased() + place.dropFirst() + " " + what, remedy: remedy)
  }
}

/// The images of lists, whose paths may be those of another copy of the set.
private struct ListedImages {
  private let root: ImageRoot
  private let folders: ImageFolders

  init(_ path: String) throws {
    root = ImageRoot(path)
    folders = try ImageFolders(path, foldersBeginning: ["images", "train", "CXR_png"])
  }

  /// Nil for a path that leads out.
  func path(of name: String) -> String? {
    guard let path = root.path(of: name) else { return nil }
    if access(path, F_OK) == 0 { return path }
    return folders.onlyPath(of: PathName(name).last) ?? path
  }
}
