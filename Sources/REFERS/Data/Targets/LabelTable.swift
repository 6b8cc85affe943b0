import Diagnostics
import Foundation

/// Labelled images as their publisher lists them, before they are divided.
struct LabelTable {
  /// One image.
  struct Row {
    /// The image's name in its table; never logged.
    let identifier: String
    /// The patient's name, the image's own where none is given; never logged.
    let patient: String
    let radiograph: Radiograph
    /// The published part; nil where the table names none.
    var split: StudySplit?
    /// Such as "line 7 of the manifest".
    let place: String
    /// One for each class, or the number of the class; NaN where it is not known.
    var labels: [Float]
  }

  var name: String
  var task = LabelTask.multiLabel
  var classes: [String]
  var rows: [Row]
  /// Whether lists of the publisher divide the images, rather than a column.
  var hasLists = false
  /// What a person should know of how the table was read, in sentences without names.
  var notices: [String] = []

  /// Keeps the given classes, in the order they are named in.
  ///
  /// - Throws: `Failure(.configuration)` that names the nearest class for one there is not.
  mutating func keep(_ names: [String]) throws {
    guard task == .multiLabel else {
      throw Failure(
        .configuration, "--labels cannot choose among classes of which one is true.",
        remedy: "Leave --labels out.")
    }
    let places = try names.map { name in
      guard let place = classes.firstIndex(of: name) else {
        throw Self.missing(name, among: classes, what: "class")
      }
      return place
    }
    classes = names
    for row in rows.indices {
      let labels = rows[row].labels
      rows[row].labels = places.map { labels[$0] }
    }
  }

  /// Leaves the images out of which no label is known.
  mutating func dropUnknown() {
    let count = rows.count
    rows.removeAll { $0.labels.allSatisfy(\.isNaN) }
    if rows.count < count {
      notices.append(Self.counted(count - rows.count, "image", "left out: no label is known"))
    }
  }

  /// The names in a list joined by commas; nil for no list.
  ///
  /// - Throws: `Failure(.configuration)` for an empty name or one given twice.
  static func names(in columns: String?) throws -> [String]? {
    guard let columns, !columns.trimmed.isEmpty else { return nil }
    let names = columns.components(separatedBy: ",").map(\.trimmed)
    guard !names.contains(""), Set(names).count == names.count else {
      throw Failure(
        .configuration, "--labels has an empty name, or one twice.",
        remedy: "Give names joined by commas, each once.")
    }
    return names
  }

  /// The failure about a name that is not there, with those that may have been meant.
  static func missing(_ name: String, among names: [String], what: String) -> Failure {
    let near = NearestName.suggestions(for: name, among: names)
    return Failure(
      .configuration, "There is no \(what) \(name).",
      remedy: near.isEmpty
        ? "There are \(names.joined(separator: ", "))."
        : "Did you mean \(near.joined(separator: " or "))?")
  }

  /// "1 image left out", "2 images left out".
  static func counted(_ count: Int, _ noun: String, _ what: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s") \(what)"
  }
}
