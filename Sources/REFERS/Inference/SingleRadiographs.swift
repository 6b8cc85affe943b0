/// The radiographs of studies one by one, each as a study of its own, without its report.
public struct SingleRadiographs: StudySource {
  /// For each radiograph its study's index in the source, and its place in the study.
  public let origins: [(study: Int, image: Int)]
  private let source: any StudySource

  /// Those of some studies of a source, in their order.
  public init(of studies: [Int], in source: any StudySource) {
    self.source = source
    origins = studies.flatMap { study in
      source.study(study).radiographs.indices.map { (study, $0) }
    }
  }

  public var count: Int { origins.count }
  public var dropped: Int { 0 }
  public var imageFolder: String { source.imageFolder }
  public var imagesAreChecked: Bool { source.imagesAreChecked }
  public var studies: [Study] { origins.indices.map { study($0) } }

  public func study(_ index: Int) -> Study {
    let origin = origins[index]
    let study = source.study(origin.study)
    return Study(
      identifier: study.identifier, patient: study.patient,
      radiographs: [study.radiographs[origin.image]], split: study.split, place: study.place)
  }

  /// It belongs to the study, not to one of its radiographs.
  public func report(of index: Int) throws -> String { "" }

  public func image(_ number: Int, of study: Int, at size: BaseSize) throws -> GrayBytes? {
    try source.image(origins[study].image, of: origins[study].study, at: size)
  }
}
