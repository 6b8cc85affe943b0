import ArgumentParser
import Distributed
import Foundation
import REFERS

/// `refers-mpi retrieve`
struct Retrieve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how well studies find their reports, and classes by sentences.",
    discussion: """
      The recall at 1, 5 and 10 from study to report and back among all studies of the part. Equal \
      reports count as one; a tie is a miss. With --sentences, a CSV with the columns class, \
      positive and negative, each study is scored for each class by which of the two sentences it \
      is nearer to; where labels are known, the area under the ROC curve is printed.
      """)

  @Argument(
    help: "A checkpoint of `pretrain`, a link to one, or a run's folder, which means its best.",
    completion: .directory)
  var checkpoint: String

  @OptionGroup(title: "Studies")
  var studies: StudyOptions

  @Option(
    help: ArgumentHelp("Two sentences for each class.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var sentences: String?

  @Option(
    help: ArgumentHelp(
      "Labels of the studies: a CSV with study_id and a column for each class, or a folder with "
        + "mimic-cxr-*-chexpert.csv.", valueName: "path"),
    completion: .file())
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Write the scores of each study by the sentences, for the owner alone.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var scores: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @OptionGroup
  var options: InferenceOptions

  func validate() throws {
    guard studies.areGiven else { throw ValidationError("Give one of --data and --manifest.") }
    guard sentences != nil || labels == nil && scores == nil else {
      throw ValidationError("--labels and --scores go with --sentences.")
    }
  }

  func run() throws {
    let report = try options.run(checkpoint) { try found(by: $0, $1) }
    guard let report else { return }
    print(json ? try report.json() : report.table)
  }

  private func found(
    by saved: SavedModel, _ session: InferenceSession
  ) throws -> RetrievalReport {
    let (source, part) = try studies.open(saved, over: session.communicator)
    let (prompts, known) = try session.communicator.together("reading the sentences") {
      let prompts = try sentences.map { try ClassPrompts(contentsOf: $0) }
      let known = try labels.map {
        try ZeroShotLabels(
          contentsOf: $0, classes: prompts?.classes ?? [], studies: part, in: source)
      }
      return (prompts, known)
    }
    session.tell(source.notices)
    let retrieval = try StudyRetrieval(
      of: part, in: source, prompts: prompts, by: saved, session, badImages: options.badImages)
    if let scores, let zeroShot = retrieval.zeroShot {
      try session.writing { try zeroShot.write(retrieval.studies, of: source, to: scores) }
    }
    return RetrievalReport(
      retrieval, labels: known?.rows(of: retrieval.studies, in: source))
  }
}
