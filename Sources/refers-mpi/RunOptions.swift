import ArgumentParser
import Diagnostics
import REFERS

/// The flags that decide a configuration, of every command that trains.
struct RunOptions: ParsableArguments {
  @OptionGroup var values: ValueOptions

  @Option(
    help: ArgumentHelp("Where the run writes.", valueName: "directory"), completion: .directory)
  var output: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Updates of the whole run.", valueName: "number"))
  var steps: Int?

  /// What was given: file, then flags, those of the command first, then `--set`; the later ones win.
  func loader(flags: [ConfigurationAssignment?]) throws -> ConfigurationLoader {
    try values.loader(
      flags: flags + [
        .flag("output", output.map { .text($0) }, "--output"),
        .flag("training.steps", steps.map { .int($0) }, "--steps"),
      ])
  }
}

/// The flags that decide values of a configuration, whatever is done with it.
struct ValueOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Take values from a YAML file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(help: "The size of the model, with its optimizer and duration (default: tiny).")
  var preset: Configuration.Preset?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Studies, or images, in a step, over all ranks.", valueName: "number"))
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

  /// What was given: file, then flags, those of the command first, then `--set`; the later ones win.
  func loader(flags: [ConfigurationAssignment?]) throws -> ConfigurationLoader {
    var loader = ConfigurationLoader()
    if let config { try loader.add(file: config) }
    for case let flag? in flags + own { loader.add(flag) }
    for text in assignments {
      loader.add(try ConfigurationAssignment(argument: text, origin: "--set"))
    }
    return loader
  }

  private var own: [ConfigurationAssignment?] {
    [
      .flag("preset", preset.map { .text($0.rawValue) }, "--preset"),
      .flag("training.batch", batch.map { .int($0) }, "--batch"),
      .flag("seed", seed.map { .int($0) }, "--seed"),
      .flag("threads", threads.map { .int($0) }, "--threads"),
    ]
  }
}

extension ConfigurationAssignment {
  /// What a flag gives to a path; nil where it was not given.
  static func flag(
    _ path: String, _ value: ConfigurationValue?, _ flag: String
  ) -> ConfigurationAssignment? {
    value.map { ConfigurationAssignment(path: path, value: $0, origin: flag) }
  }
}

extension Configuration.Preset: ExpressibleByArgument {}
