import ArgumentParser
import Diagnostics
import REFERS

/// The flags that name labelled images.
struct TargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The labelled images: a folder, or a CSV.", valueName: "path"),
    completion: .file())
  var data: String?

  @Option(help: "Whose files the labels are in (default: auto).")
  var layout: Configuration.Target.Layout?

  @Option(
    help: ArgumentHelp(
      "The folder that the images are in (default: that of the tables).", valueName: "directory"),
    completion: .directory)
  var images: String?

  @Option(help: "Which task of the COVID-19 Image Data Collection (default: c_t1).")
  var task: Configuration.Target.Task?

  @Option(
    help: ArgumentHelp("The label columns of a CSV, joined by commas.", valueName: "columns"))
  var labels: String?

  @Option(help: ArgumentHelp("The rows of a CSV that are used.", valueName: "column=value"))
  var only: String?

  @Option(
    help: "Published splits, or drawn by patient (default: auto); `all` tests on every image.")
  var splits: Configuration.Target.Splits?

  /// What was given, as values of a configuration.
  var flags: [ConfigurationAssignment?] {
    [
      .flag("target.path", data.map { .text($0) }, "--data"),
      .flag("target.layout", layout.map { .text($0.rawValue) }, "--layout"),
      .flag("target.images", images.map { .text($0) }, "--images"),
      .flag("target.task", task.map { .text($0.rawValue) }, "--task"),
      .flag("target.columns", labels.map { .text($0) }, "--labels"),
      .flag("target.only", only.map { .text($0) }, "--only"),
      .flag("target.splits", splits.map { .text($0.rawValue) }, "--splits"),
    ]
  }
}

extension Configuration.Target.Layout: ExpressibleByArgument {}
extension Configuration.Target.Task: ExpressibleByArgument {}
extension Configuration.Target.Splits: ExpressibleByArgument {}
