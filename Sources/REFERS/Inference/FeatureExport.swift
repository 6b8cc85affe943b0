import Diagnostics

/// Features of images, studies and reports as matrices for NumPy, each with an index of its rows.
///
/// | file | a row | index |
/// |---|---|---|
/// | `images.npy` | class token of a radiograph, [width] | `images.csv` |
/// | `studies.npy` | fused views of a study, [slots · width] | `studies.csv` |
/// | `reports.npy` | its report in the space of studies, [slots · width] | `studies.csv` |
///
/// Images of studies are named by their paths as in the table of the studies, or by their number.
/// A study and its report are compared by the cosine of their rows. All files are for their owner
/// alone.
public struct FeatureExport {
  private let saved: SavedModel
  private let session: InferenceSession
  private let directory: String
  private let badImages: Double

  /// - Parameters:
  ///   - directory: made if it is not there; files in it are replaced.
  ///   - badImages: the largest share of images that cannot be decoded that is put up with.
  public init(
    _ saved: SavedModel, _ session: InferenceSession, to directory: String, badImages: Double
  ) throws {
    self.saved = saved
    self.session = session
    self.directory = directory
    self.badImages = badImages
    try session.communicator.together("making the folder") {
      if session.communicator.rank == 0 { try Folder.create(directory) }
    }
  }

  /// The number of images written.
  public func write(_ list: ImageList) throws -> Int {
    let (source, usable) = try session.decodable(
      Array(0..<list.count), of: list, base: BaseSize(saved.configuration), share: badImages)
    try writeImages(usable, of: source, columns: ["image"]) { [list.names[$0]] }
    return usable.count
  }

  /// The numbers of radiographs and of studies written; a classifier gives no features of studies.
  public func write(
    _ studies: [Int], of source: any StudySource
  ) throws -> (images: Int, studies: Int) {
    let (source, usable) = try session.decodable(
      studies, of: source, base: BaseSize(saved.configuration), share: badImages)
    let single = SingleRadiographs(of: usable, in: source)
    try writeImages(
      Array(single.origins.indices), of: single, columns: ["study", "study_id", "image"]
    ) { index in
      let (study, image) = single.origins[index]
      let own = single.study(index)
      let name = source.name(of: own.radiographs[0])
      return ["\(study)", own.identifier, name.isEmpty ? "\(image + 1)" : name]
    }
    guard saved.hasReports else {
      session.observer?.notice("a classifier has features of images alone, not of studies")
      return (single.count, 0)
    }
    let features = try StudyFeatures(of: usable, in: source, by: saved, session)
    try session.communicator.together("writing the features") {
      guard session.communicator.rank == 0 else { return }
      try NPYFile.write(features.studies, columns: features.width, to: path("studies.npy"))
      try NPYFile.write(features.reports, columns: features.width, to: path("reports.npy"))
      try writeIndex("studies.csv", ["study", "study_id"], usable.count) {
        ["\(usable[$0])", source.study(usable[$0]).identifier]
      }
    }
    return (single.count, usable.count)
  }

  private func writeImages(
    _ images: [Int], of source: any StudySource, columns: [String], name: (Int) -> [String]
  ) throws {
    let model = try saved.radiographModel(over: session.communicator)
    let width = model.radiograph.width
    let rows = try session.inference(
      model.parameters, patches: model.radiograph.patches,
      preparer: try StudyPreparer(images: source, saved.configuration)
    ).rows(of: images, width: width, progress: session.progress("images", of: images.count)) {
      try model.features($0, on: $1)
    }
    try session.communicator.together("writing the features") {
      guard session.communicator.rank == 0 else { return }
      try NPYFile.write(rows, columns: width, to: path("images.npy"))
      try writeIndex("images.csv", columns, images.count) { name(images[$0]) }
    }
  }

  /// One line for each row: its number from 0, and what it is of.
  private func writeIndex(
    _ file: String, _ columns: [String], _ count: Int, _ name: (Int) -> [String]
  ) throws {
    var text = (["row"] + columns).joined(separator: ",") + "\n"
    for row in 0..<count {
      text += (["\(row)"] + name(row)).map(\.asCSVField).joined(separator: ",") + "\n"
    }
    try PrivateFile.write(Array(text.utf8), to: path(file))
  }

  private func path(_ name: String) -> String { directory + "/" + name }
}
