/// The studies of a source without the images that cannot be decoded; indices stay as they are.
///
/// Views are drawn among the images that are left. A study that has none left keeps its place, but
/// is ``isUsable(_:)`` no more.
public struct DecodableStudies: StudySource {
  public let studies: [Study]
  private let source: any StudySource
  private let empty: Set<Int>

  /// - Parameter unusable: images of the source, in any order.
  public init(_ source: any StudySource, without unusable: [UnusableImage]) {
    self.source = source
    var studies = source.studies
    var empty: Set<Int> = []
    for (index, images) in Dictionary(grouping: unusable, by: \.study) {
      let bad = Set(images.map(\.image))
      let study = studies[index]
      let left = study.radiographs.indices.filter { !bad.contains($0) }
      if left.isEmpty { empty.insert(index) }
      studies[index] = Study(
        identifier: study.identifier, patient: study.patient,
        radiographs: left.map { study.radiographs[$0] }, split: study.split, place: study.place)
    }
    self.studies = studies
    self.empty = empty
  }

  public var dropped: Int { source.dropped }
  public var imageFolder: String { source.imageFolder }
  public var leftOut: [LeftOut] { source.leftOut }
  public var notices: [String] { source.notices }
  /// The number of studies without an image that can be decoded.
  public var emptied: Int { empty.count }

  /// Whether the study has an image.
  public func isUsable(_ index: Int) -> Bool { !empty.contains(index) }

  public func report(of index: Int) throws -> String { try source.report(of: index) }
}
