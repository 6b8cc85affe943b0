/// The part of a data set that a study belongs to.
public enum StudySplit: String, Sendable, CaseIterable {
  case train, validate, test

  /// The part named by a table in one of the usual spellings; nil for any other word.
  public init?(name: String) {
    switch name.lowercased() {
    case "train": self = .train
    case "val", "validate", "validation": self = .validate
    case "test": self = .test
    default: return nil
    }
  }
}

/// Which studies a run is validated on.
public enum ValidationSet: String, Sendable, CaseIterable {
  /// The official `validate` split.
  case validate
  /// `validate` and `test` together, the larger set of the paper (REFERS sec. 7.1).
  case paper

  /// The splits the set is made of.
  public var splits: [StudySplit] { self == .validate ? [.validate] : [.validate, .test] }
}

/// One study as its source lists it; nothing is decoded yet.
///
/// The identifiers are private: they never appear in a log or an error, where a study is named by
/// its index in the source.
public struct Study: Sendable {
  /// The study's name in its source; never logged.
  public let identifier: String
  /// The patient's name in its source, the study's own where none is given; never logged.
  public let patient: String
  /// At least one radiograph, sorted by file name.
  public let radiographs: [Radiograph]
  public let split: StudySplit
  /// Where its source lists it, such as a line of a table; for errors.
  public let place: String

  /// A study; its radiographs are sorted here.
  public init(
    identifier: String, patient: String, radiographs: [Radiograph], split: StudySplit,
    place: String = ""
  ) {
    self.place = place
    self.identifier = identifier
    self.patient = patient
    self.radiographs = radiographs.sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
    self.split = split
  }
}

/// One image of a study.
public struct Radiograph: Sendable, Hashable {
  /// Absolute path of a JPEG or PNG file.
  public let file: String
  /// The view as its source writes it (PA, AP, LATERAL, ...); empty where unknown.
  public let view: String

  public init(file: String, view: String = "") {
    self.file = file
    self.view = view
  }
}
