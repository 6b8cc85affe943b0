import Diagnostics

/// Radiographs with labels: what a classifier is trained and tested on (REFERS sec. 8, 9.6).
///
/// Each radiograph is a study of its own without a report, so that what loads, augments and checks
/// studies serves here too. No identifier appears in a log or an error.
public struct LabeledSet: StudySource {
  /// nih, vinbigdata, shenzhen, covid-c-t1, covid-c-t2, studies, or of a manifest or lists their
  /// folder and name, as in `kermany/labels`.
  public let name: String
  public let task: LabelTask
  public let classes: [String]
  /// One radiograph each; the identifier is the image's name in its table.
  public private(set) var studies: [Study]
  /// Labels of one image: the number of classes, 1 where one of several classes is true.
  public let columns: Int
  /// studies x columns: 0 or 1, or the number of the class; NaN where it is not known.
  public let labels: [Float]
  public let notices: [String]

  /// The labels of one image.
  public func labels(of index: Int) -> ArraySlice<Float> {
    labels[index * columns..<(index + 1) * columns]
  }

  public var dropped: Int { 0 }

  /// Nothing: these images have no reports.
  public func report(of index: Int) throws -> String { "" }

  /// The classes whose known labels among some images are all alike, or that have none there.
  public func uniformClasses(among images: [Int]) -> [String] {
    switch task {
    case .multiLabel:
      classes.indices.filter { place in
        Set(images.lazy.map { labels[$0 * columns + place] }.filter { !$0.isNaN }).count < 2
      }.map { classes[$0] }
    case .multiClass:
      classes.indices.filter { place in
        let own = images.lazy.filter { labels[$0] == Float(place) }.count
        return own == 0 || own == images.lazy.filter { !labels[$0].isNaN }.count
      }.map { classes[$0] }
    }
  }

  /// A set of rows that all have a part.
  init(_ table: LabelTable) {
    name = table.name
    task = table.task
    classes = table.classes
    columns = table.task == .multiLabel ? table.classes.count : 1
    studies = table.rows.map { row in
      Study(
        identifier: row.identifier, patient: row.patient, radiographs: [row.radiograph],
        split: row.split ?? .train, place: row.place)
    }
    labels = table.rows.flatMap(\.labels)
    notices = table.notices
  }
}

extension LabeledSet {
  /// What a set is opened for.
  public enum Use: Sendable {
    /// It needs images to train, to validate and to test on.
    case training
    /// It needs images to test on.
    case testing
  }
}
