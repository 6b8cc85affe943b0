import Foundation

/// What a classifier says of images that have no labels.
public struct ClassPrediction: Sendable {
  public let classes: [String]
  /// The name of each image.
  public let images: [String]
  /// Images x classes: sigmoid of each logit or, where an image is of one class, their softmax.
  public let probabilities: [Float]

  /// Computes the images of a list on all ranks; those that cannot be decoded have no row.
  ///
  /// - Parameter badImages: the largest share of such images that is put up with.
  public init(
    of list: ImageList, by saved: SavedModel, in session: InferenceSession, badImages: Double
  ) throws {
    let model = try saved.classifier(over: session.communicator)
    let (source, usable) = try session.decodable(
      Array(0..<list.count), of: list, base: BaseSize(saved.configuration), share: badImages)
    let logits = try session.inference(
      model.parameters, patches: model.radiograph.patches,
      preparer: try StudyPreparer(images: source, saved.configuration)
    ).rows(
      of: usable, width: model.classes, progress: session.progress("predicted", of: usable.count)
    ) { try model.logits($0, on: $1) }
    classes = saved.labels?.classes ?? []
    images = usable.map { list.names[$0] }
    probabilities = LabelLoss(task: saved.labels?.task ?? .multiLabel, classes: model.classes)
      .probabilities(ofRows: logits)
  }

  /// Writes `image,<class>…`, one image a line, for its owner alone, replacing what was there.
  public func write(to path: String) throws {
    var text = (["image"] + classes).map(\.asCSVField).joined(separator: ",") + "\n"
    for (row, image) in images.enumerated() {
      text += image.asCSVField
      for value in probabilities[row * classes.count..<(row + 1) * classes.count] {
        text += ",\(value)"
      }
      text += "\n"
    }
    try PrivateFile.write(Array(text.utf8), to: path)
  }
}
