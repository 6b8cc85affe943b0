import Diagnostics
import Foundation

/// One image a line: `image,<class>...,label:<class>...`, or `image,<class>...,label` with the name
/// of the class where an image is of one class; the label is blank where it is not known.
extension Predictions {
  /// Writes them for their owner alone; reading gives the same to the bit.
  public func write(to path: String) throws {
    try PrivateFile.write(Array(csv.utf8), to: path)
  }

  private var csv: String {
    var text = task.predictionColumns(classes).map(\.asCSVField).joined(separator: ",") + "\n"
    for (row, image) in images.enumerated() {
      text += image.asCSVField
      for place in classes.indices { text += ",\(probabilities[row * classes.count + place])" }
      for place in row * columns..<(row + 1) * columns { text += "," + field(labels[place]) }
      text += "\n"
    }
    return text
  }

  private func field(_ label: Float) -> String {
    guard !label.isNaN else { return "" }
    return task == .multiLabel ? "\(Int(label))" : classes[Int(label)].asCSVField
  }

  /// Reads a file that ``write(to:)`` has made, or a like one.
  ///
  /// - Throws: `Failure(.file)` where it cannot be read; `Failure(.input)`, naming the line, for
  ///   another header, a probability that is no number from 0 to 1, an unknown label, and an image
  ///   that is listed twice.
  public init(contentsOf path: String) throws {
    let reader = try CSVReader(path: path, name: "The prediction file \(path)")
    let (task, classes) = try Self.columns(reader.header, path: path)
    let numbers = Dictionary(
      classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var images: [String] = []
    var probabilities: [Double] = []
    var labels: [Float] = []
    var lines: [String: Int] = [:]
    while let row = try reader.next() {
      if let earlier = lines.updateValue(reader.line, forKey: row[0]) {
        throw reader.failure(
          "repeats the image of line \(earlier).", remedy: "List each image once.")
      }
      images.append(row[0])
      for field in row[1...classes.count] {
        guard let value = Double(field), (0...1).contains(value) else {
          throw reader.failure(
            "has a probability that is not a number from 0 to 1.", remedy: "See what wrote it.")
        }
        probabilities.append(value)
      }
      for field in row[(classes.count + 1)...] {
        let label = field.trimmed
        let value: Float? =
          label.isEmpty
          ? .nan
          : task == .multiLabel ? Self.label(label) : numbers[label].map { Float($0) }
        guard let value else {
          throw reader.failure(
            "has a label that is \(task == .multiLabel ? "not 0 or 1" : "none of the classes").",
            remedy: "Leave it blank where it is not known.")
        }
        labels.append(value)
      }
    }
    guard !images.isEmpty else {
      throw Failure(
        .input, "The prediction file \(path) has no images.", remedy: "Is it the right file?")
    }
    try self.init(
      task: task, classes: classes, images: images, probabilities: probabilities, labels: labels)
  }

  /// 1, 0, or NaN for a label written as a number; nil for other text.
  static func label(_ text: some StringProtocol) -> Float? {
    guard let value = Float(text) else { return nil }
    if value.isNaN || value == -1 { return .nan }
    return value == 0 || value == 1 ? value : nil
  }

  private static func columns(_ header: [String], path: String) throws -> (LabelTask, [String]) {
    if header.first == "image", header.count >= 3 {
      let several = Array(header[1...(header.count - 1) / 2])
      let one = Array(header[1..<header.count - 1])
      if header == LabelTask.multiLabel.predictionColumns(several) { return (.multiLabel, several) }
      if header == LabelTask.multiClass.predictionColumns(one) { return (.multiClass, one) }
    }
    throw Failure(
      .input, "\(path) has not the columns of predictions.",
      remedy: "They are image, one for each class, and label:<class> for each class, or label.")
  }
}
