import ArgumentParser
import Diagnostics
import Distributed
import Foundation
import REFERS

/// `refers-mpi evaluate`
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print how good predictions are, and compare methods.",
    discussion: """
      Takes prediction files, folders of finished fine-tuning runs, or folders with one text file \
      for each class, `label<TAB>score` line by line. Several are repeats of one method, and so are the draws of \
      `finetune --repeats`. A class \
      whose labels have one value is left out and named; labels that are not known are skipped.

      One run against one other is compared by DeLong's paired test, several by Student's t-test. \
      --experiment makes the paper's tables from all finished runs below a folder.
      """)

  @Argument(help: "Prediction files, or folders of runs.", completion: .file())
  var runs: [String] = []

  @Option(
    help: ArgumentHelp(
      "A folder with one text file for each class; may be given many times.",
      valueName: "directory"), completion: .directory)
  var predictions: [String] = []

  @OptionGroup(title: "A classifier and its data")
  var classifier: ClassifierOptions

  @Option(
    help: ArgumentHelp(
      "What another method says of the same images; may be given many times.", valueName: "path"),
    completion: .file())
  var against: [String] = []

  @Option(
    help: ArgumentHelp(
      "Predictions on the validation part, which thresholds are chosen on: one file for each run "
        + "(default: a run's own, else all thresholds are 0.5).", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var validation: [String] = []

  @Option(help: "Which threshold is chosen: of the highest F1, or of Youden's index.")
  var threshold = ThresholdRule.f1

  @Option(
    help: ArgumentHelp(
      "The specificity at which sensitivity is given.", valueName: "number"))
  var specificity = 0.9

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples of images that intervals are made from; 0 for none.", valueName: "number"))
  var samples = 1000

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The seed of the samples.", valueName: "number"))
  var seed: UInt64 = 1

  @OptionGroup(title: "Experiments")
  var experiment: ExperimentOptions

  @Option(
    help: ArgumentHelp("Write all numbers as JSON.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var json: String?

  @Option(
    help: ArgumentHelp("Write the tables as Markdown.", valueName: "file"),
    completion: .file(extensions: ["md"]))
  var markdown: String?

  @Option(
    help: ArgumentHelp(
      "Write SVG figures: ROC curves, or areas over the share of labels.", valueName: "directory"),
    completion: .directory)
  var figures: String?

  func validate() throws {
    let isGiven = [
      !(runs.isEmpty && predictions.isEmpty), classifier.checkpoint != nil,
      experiment.experiment != nil,
    ]
    guard isGiven.count(where: \.self) == 1 else {
      throw ValidationError("Give predictions, --checkpoint, or --experiment.")
    }
    guard experiment.experiment == nil || (against.isEmpty && validation.isEmpty) else {
      throw ValidationError("--against and --validation go with predictions.")
    }
    guard classifier.checkpoint == nil || validation.isEmpty else {
      throw ValidationError("--validation goes with predictions.")
    }
    guard experiment.experiment != nil || (!experiment.published && experiment.reference == nil)
    else {
      throw ValidationError("--published and --reference go with --experiment.")
    }
    guard validation.isEmpty || validation.count >= runs.count + predictions.count else {
      throw ValidationError("Give one --validation for each run.")
    }
    guard (0...1).contains(specificity) else {
      throw ValidationError("--specificity must be from 0 to 1.")
    }
    guard (0...1_000_000).contains(samples) else {
      throw ValidationError("--samples must be from 0 to 1000000.")
    }
  }

  func run() throws {
    if let checkpoint = classifier.checkpoint {
      guard let own = try classifier.predictions(of: checkpoint) else { return }
      return try report(on: [own], against: others())
    }
    if let ranks = Launcher().size, ranks > 1 {
      guard Launcher().rank ?? 0 == 0 else { throw ExitCode.failure }
      throw Failure(
        .configuration, "evaluate was started on \(ranks) ranks, but computes on one.",
        remedy: "Start it without mpirun, or give it a --checkpoint.")
    }
    if let folder = experiment.experiment {
      try summarize(folder)
    } else {
      try evaluate()
    }
  }

  private func evaluate() throws {
    var own = try (runs + predictions).flatMap { try NamedPredictions.runs(at: $0) }
    guard validation.isEmpty || validation.count == own.count else {
      throw ValidationError("Give one --validation for each run.")
    }
    for (place, path) in validation.enumerated() {
      let named = try NamedPredictions(at: path)
      own[place].validation = named.validation ?? named.predictions
    }
    try report(on: own, against: others())
  }

  private func others() throws -> [NamedPredictions] {
    try against.flatMap { try NamedPredictions.runs(at: $0) }
  }

  /// Prints and writes what is found of predictions, wherever they come from.
  private func report(
    on own: [NamedPredictions], against others: [NamedPredictions]
  ) throws {
    var options = EvaluationOptions()
    options.bootstrap = Bootstrap(seed: seed, samples: samples)
    options.specificity = specificity
    options.rule = threshold
    let evaluated = try EvaluatedRuns(own, against: others, options: options)
    try finish(evaluated.report, json: evaluated)
    if let figures {
      let path = try EvaluationFiles.writeCurves(of: own + others, into: figures)
      Console.standardError.line(path.map { "ROC curves are in \($0)." } ?? "No class has a curve.")
    }
  }

  private func summarize(_ folder: String) throws {
    let found = try Experiment(directory: folder, reference: experiment.reference)
    var report = found.report
    if experiment.published { report.append(PublishedResults.report) }
    try finish(report, json: ExperimentSummary(found))
    if let figures {
      for path in try EvaluationFiles.writeLabelRatios(of: found, into: figures) {
        Console.standardError.line("Areas over the share of labels are in \(path).")
      }
    }
  }

  private func finish(_ report: ReportText, json value: some Encodable) throws {
    print(report.terminal, terminator: "")
    fflush(nil)
    if let json { try EvaluationFiles.write(json: value, to: json) }
    if let markdown { try EvaluationFiles.write(report.markdown, to: markdown) }
  }
}

/// The flags for the runs of an experiment.
struct ExperimentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read every result.json below a folder; of runs that differ in learning rate alone the best "
        + "on validation counts.", valueName: "directory"), completion: .directory)
  var experiment: String?

  @Option(
    help: ArgumentHelp(
      "The method that others are compared with (default: REFERS).", valueName: "method"))
  var reference: String?

  @Flag(help: "Add the paper's numbers, which are of other data.")
  var published = false
}

extension ThresholdRule: ExpressibleByArgument {}
