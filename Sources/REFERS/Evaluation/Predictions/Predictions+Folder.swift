import Diagnostics
import Foundation

extension Predictions {
  /// The most bytes of one file of a folder.
  private static let fileLimit = 1 << 30

  /// Reads a folder with one text file for each class, `label<TAB or space>score` line by line, as
  /// the method's authors publish theirs (REFERS sec. 8.1).
  ///
  /// The class is the file's name without what follows its last point; classes come in the order
  /// of their bytes. Images have no names and are numbered from 1. A label of -1 or nan is not
  /// known.
  ///
  /// - Throws: `Failure(.input)` for an empty folder or file, a line of another form, and files of
  ///   unequal length.
  public init(directory path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw Failure(.file, "\(path) is not a folder.", remedy: "Name a folder of predictions.")
    }
    let names = try Folder.names(in: path).filter { !$0.hasPrefix(".") }
    guard !names.isEmpty else {
      throw Failure(
        .input, "\(path) holds no predictions.",
        remedy: "It is to hold one file for each class, `label<TAB>score` line by line.")
    }
    var columns: [(labels: [Float], scores: [Double])] = []
    for name in names {
      let column = try Self.column(path + "/" + name)
      guard column.labels.count == columns.first?.labels.count ?? column.labels.count else {
        throw Failure(
          .input,
          "\(names[0]) has \(columns[0].labels.count) lines, \(name) has \(column.labels.count).",
          remedy: "The files of \(path) must be of the same images in the same order.")
      }
      columns.append(column)
    }
    let count = columns[0].labels.count
    try self.init(
      task: .multiLabel, classes: names.map { PathName($0).stem },
      images: (1...count).map { "\($0)" },
      probabilities: (0..<count).flatMap { row in columns.map { $0.scores[row] } },
      labels: (0..<count).flatMap { row in columns.map { $0.labels[row] } })
  }

  private static func column(_ path: String) throws -> (labels: [Float], scores: [Double]) {
    let bytes = try ReadableFile.bytes(of: path, limit: fileLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.input, "\(path) is not UTF-8 text.", remedy: "Is it the right file?")
    }
    var labels: [Float] = []
    var scores: [Double] = []
    for (number, line) in text.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      let fields = line.split(whereSeparator: \.isWhitespace)
      if fields.isEmpty { continue }
      guard fields.count == 2, let label = label(fields[0]), let score = Double(fields[1]),
        (0...1).contains(score)
      else {
        throw Failure(
          .input, "Line \(number + 1) of \(path) is not a label and a probability.",
          remedy: "Write 0 or 1, a tab, and a number from 0 to 1.")
      }
      labels.append(label)
      scores.append(score)
    }
    guard !labels.isEmpty else {
      throw Failure(.input, "\(path) is empty.", remedy: "Remove it, or fetch it again.")
    }
    return (labels, scores)
  }
}
