import ArgumentParser
import Diagnostics
import REFERS

/// The flags that decide a configuration.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Take values from a YAML file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(help: "The size of the model, with its optimizer and duration (default: tiny).")
  var preset: Configuration.Preset?

  @Option(help: "Where paper and public code differ, which is followed (default: default).")
  var mode: Configuration.Mode?

  @Option(
    help: ArgumentHelp("Studies in the layout of MIMIC-CXR-JPG.", valueName: "directory"),
    completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp("Studies listed in a CSV.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var manifest: String?

  @Option(
    help: ArgumentHelp("Where the run writes.", valueName: "directory"), completion: .directory)
  var output: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Updates of the whole run.", valueName: "number"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Studies in a step, over all ranks.", valueName: "number"))
  var batch: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The seed of every random number.", valueName: "number"))
  var seed: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads of a rank; 0 takes the cores given to it.", valueName: "number"))
  var threads: Int?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set any value of the configuration; may be given many times.", valueName: "path=value"))
  var assignments: [String] = []

  /// What was given: file, flags, `--set`, the later ones winning.
  func loader() throws -> ConfigurationLoader {
    var loader = ConfigurationLoader()
    if let config { try loader.add(file: config) }
    for flag in flags { loader.add(flag) }
    for text in assignments {
      loader.add(try ConfigurationAssignment(argument: text, origin: "--set"))
    }
    return loader
  }

  /// The configuration: preset, mode, and what was given.
  func resolve() throws -> ResolvedConfiguration {
    var loader = try loader()
    let resolved = try loader.resolve()
    guard resolved.origin(of: "output") == "default" else { return resolved }
    // Nobody named a folder: a second run must not end at the first one's.
    let free = RunFolder.free(resolved.configuration.output)
    loader.add(ConfigurationAssignment(path: "output", value: .text(free), origin: "default"))
    return try loader.resolve()
  }

  private var flags: [ConfigurationAssignment] {
    [
      assignment("preset", preset.map { .text($0.rawValue) }, "--preset"),
      assignment("mode", mode.map { .text($0.rawValue) }, "--mode"),
      assignment("data.path", data.map { .text($0) }, "--data"),
      assignment("data.manifest", manifest.map { .text($0) }, "--manifest"),
      assignment("output", output.map { .text($0) }, "--output"),
      assignment("training.steps", steps.map { .int($0) }, "--steps"),
      assignment("training.batch", batch.map { .int($0) }, "--batch"),
      assignment("seed", seed.map { .int($0) }, "--seed"),
      assignment("threads", threads.map { .int($0) }, "--threads"),
    ].compactMap(\.self)
  }

  private func assignment(
    _ path: String, _ value: ConfigurationValue?, _ flag: String
  ) -> ConfigurationAssignment? {
    value.map { ConfigurationAssignment(path: path, value: $0, origin: flag) }
  }
}

extension Configuration.Preset: ExpressibleByArgument {}
extension Configuration.Mode: ExpressibleByArgument {}
