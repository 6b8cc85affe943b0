import Diagnostics
import Distributed
import Foundation

extension StudyCollection {
  /// Looks for every image before hours of training end at a missing one.
  static func requireImages(of studies: [Int], in source: any StudySource) throws {
    var missing = MissingImages()
    for index in studies {
      let study = source.studies[index]
      for (number, radiograph) in study.radiographs.enumerated() {
        do {
          guard try ImageFile.size(radiograph.file) == nil else { continue }
        } catch let failure as Failure {
          throw failure.within("study \(index): image \(number + 1)")
        }
        missing.add(number, ofStudy: index, place: study.place)
      }
    }
    if let failure = missing.failure(
      "missing",
      remedy: "Check the paths. Those of a table are relative to its folder, or to the one named: "
        + "--images for labelled images, data.root for a manifest of studies.")
    {
      throw failure
    }
  }

  /// The studies of a source without images whose bytes cannot be decoded.
  ///
  /// The ranks share the looking; what they find is put together, so that all of them train on the
  /// same studies. Rank 0 tells of each image, and lists them in OUTPUT/quarantine.csv.
  ///
  /// - Complexity: decodes every image once; a run that goes on with the same files, by their sizes
  ///   and times, knows already.
  /// - Throws: where an image cannot be read at all, or too many cannot be decoded.
  static func decodable(
    _ studies: [Int], of source: any StudySource, _ configuration: Configuration,
    communicator: Communicator, workers: Int, observer: (any TrainingObserver)?
  ) throws -> DecodableStudies {
    let survey = ImageSurvey(
      of: studies, in: source,
      base: BaseSize(
        augmentation: AugmentationOptions(configuration.augmentation),
        resize: configuration.image.resize))
    let record = SurveyRecord(directory: configuration.output)
    let stamp = communicator.rank == 0 ? survey.stamp() : ""
    var known = try communicator.broadcast(
      communicator.rank == 0 ? record.images(stamp: stamp) ?? "" : "")
    let isKnown = !known.isEmpty
    if !isKnown {
      let own = try found(by: survey, communicator, workers: workers, observer: observer)
      known = try communicator.allGather(SurveyRecord.text(of: own)).joined()
    }
    let quarantine = Quarantine(try SurveyRecord.images(of: known), of: survey.count)
    let result = DecodableStudies(source, without: quarantine.images)
    let file = "\(configuration.output)/quarantine.csv"
    if communicator.rank == 0 {
      if !isKnown { try record.write(quarantine.images, stamp: stamp) }
      if !quarantine.images.isEmpty { try quarantine.write(to: file, paths: source) }
      let sentences = quarantine.sentences(in: source, leftOut: result.emptied, file: file)
      for sentence in isKnown ? sentences.suffix(1) : sentences[...] { observer?.warned(sentence) }
    }
    do {
      try quarantine.require(share: configuration.data.badImages, file: file)
    } catch let failure as Failure {
      throw failure.shared()
    }
    return result
  }
  /// What this rank finds in its part of the images.
  ///
  /// The ranks meet every few images, so that none takes another for one that has gone.
  private static func found(
    by survey: ImageSurvey, _ communicator: Communicator, workers: Int,
    observer: (any TrainingObserver)?
  ) throws -> [UnusableImage] {
    var found: [UnusableImage] = []
    let round = 256 * communicator.size
    var told = 0
    for start in stride(from: 0, to: survey.count, by: round) {
      if start >= told {
        observer?.preparing("looking at \(survey.count) images, \(start) done")
        told = start + max(round, survey.count / 10)
      }
      found += try survey.run(
        start..<start + round, part: communicator.rank, of: communicator.size, workers: workers)
      try communicator.barrier()
    }
    return found
  }
}
