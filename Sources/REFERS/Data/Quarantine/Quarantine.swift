import Diagnostics

/// The images that cannot be decoded, as they are told and written down.
public struct Quarantine: Sendable {
  /// In the order of studies and images.
  public let images: [UnusableImage]
  /// The number of images looked at.
  public let total: Int

  public init(_ images: [UnusableImage], of total: Int) {
    self.images = images.sorted()
    self.total = total
  }

  /// The most images that are told one by one; the file lists all.
  static let toldLimit = 20

  /// Throws where the images are more than a share of all.
  ///
  /// - Parameter file: where all of them are listed.
  public func require(share: Double, file: String) throws {
    guard let first = images.first, Double(images.count) > share * Double(total) else { return }
    throw Failure(
      .image,
      "\(images.count) of \(total) images cannot be decoded, more than data.bad_images "
        + "(\(share)) allows; first image \(first.image + 1) of study \(first.study): "
        + first.reason,
      remedy: "See \(file); mend or remove them, or raise data.bad_images.")
  }

  /// One sentence for each image, the first ``toldLimit`` of them; none names a path.
  public func sentences(in source: any StudySource, leftOut: Int, file: String) -> [String] {
    guard !images.isEmpty else { return [] }
    var sentences = images.prefix(Self.toldLimit).map { image in
      let place = source.studies[image.study].place
      return "image \(image.image + 1) of study \(image.study)"
        + (place.isEmpty ? "" : " (\(place))") + " is left out: \(image.reason)"
    }
    sentences.append(
      "\(images.count) of \(total) images cannot be decoded, \(leftOut) "
        + (leftOut == 1 ? "study is" : "studies are") + " left out; see \(file)")
    return sentences
  }

  /// Writes the list, which names files, for its owner alone: study, image, path, reason.
  public func write(to path: String, paths: any StudySource) throws {
    var text = "study,image,path,reason\n"
    for image in images {
      let file = paths.studies[image.study].radiographs[image.image].file
      text +=
        "\(image.study),\(image.image + 1),\(Self.quoted(file)),\(Self.quoted(image.reason))\n"
    }
    try PrivateFile.write(Array(text.utf8), to: path)
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
