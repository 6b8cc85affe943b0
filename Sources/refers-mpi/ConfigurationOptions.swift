import ArgumentParser
import Diagnostics
import REFERS

/// The flags that decide the configuration of pre-training.
struct ConfigurationOptions: ParsableArguments {
  @OptionGroup var run: RunOptions

  @Option(help: "Where paper and public code differ, which is followed (default: default).")
  var mode: Configuration.Mode?

  @Option(
    help: ArgumentHelp(
      "Learn from reports, or from labels of the studies.", valueName: "reports|labels"),
    transform: PretrainingObjective.init(argument:))
  var objective: PretrainingObjective?

  @Option(
    help: ArgumentHelp(
      "Studies as MIMIC-CXR-JPG or Open-i lay them out, or a store of `prepare`.",
      valueName: "directory"),
    completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp("Studies listed in a CSV.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var manifest: String?

  @Option(
    help: ArgumentHelp(
      "The label columns of the studies, joined by commas, for --objective labels (default: all that "
        + "hold 1, 0, -1 and blanks alone).", valueName: "columns"))
  var labels: String?

  func validate() throws {
    guard labels == nil || objective?.objective == .labels || run.values.config != nil else {
      throw ValidationError("--labels goes with --objective labels.")
    }
  }

  /// What was given: file, flags, `--set`, the later ones winning.
  func loader() throws -> ConfigurationLoader {
    try run.loader(flags: [
      .flag("mode", mode.map { .text($0.rawValue) }, "--mode"),
      .flag("objective", objective.map { .text($0.objective.rawValue) }, "--objective"),
      .flag("data.path", data.map { .text($0) }, "--data"),
      .flag("data.manifest", manifest.map { .text($0) }, "--manifest"),
      .flag("target.columns", labels.map { .text($0) }, "--labels"),
    ])
  }
}

/// What pre-training may learn from.
struct PretrainingObjective {
  let objective: Configuration.Objective

  init(argument: String) throws {
    guard let objective = Configuration.Objective(rawValue: argument), objective != .target else {
      throw ValidationError("Give reports or labels; `finetune` trains on a target.")
    }
    self.objective = objective
  }
}

extension Configuration.Mode: ExpressibleByArgument {}
