import ArgumentParser
import Diagnostics
import Foundation
import REFERS

/// The flags that decide a target and how a classifier is trained on it.
struct FinetuneOptions: ParsableArguments {
  @OptionGroup var run: RunOptions

  @OptionGroup var target: TargetOptions

  @Option(
    help: ArgumentHelp(
      "Start from a checkpoint, a run, or a file of weights (default: from scratch).",
      valueName: "path"),
    completion: .file())
  var start: String?

  @Option(
    help: ArgumentHelp("What tables call this way to start.", valueName: "name"))
  var method: String?

  @Flag(help: "Fit a linear head alone, to features that are computed once.")
  var linearProbe = false

  @Option(help: "Steps, rates and augmentation of the paper or the public code.")
  var recipe: Configuration.Target.Recipe?

  @Option(
    help: ArgumentHelp("The share of the training images that is used.", valueName: "ratio"))
  var labelRatio: Double?

  @Option(
    help: ArgumentHelp("Draw that share so many times, each with a run.", valueName: "number"))
  var repeats = 1

  @Option(
    name: .customLong("learning-rates"),
    help: ArgumentHelp(
      "Compare these on the validation part and take the best.", valueName: "rate,rate"))
  var rates: String?

  func validate() throws {
    guard (1...10_000).contains(repeats) else {
      throw ValidationError("--repeats must be from 1 to 10000.")
    }
    _ = try learningRates()
  }

  /// The rates to be compared; empty where none were given.
  func learningRates() throws -> [Double] {
    guard let rates else { return [] }
    let numbers = rates.split(separator: ",").map {
      Double($0.trimmingCharacters(in: .whitespaces))
    }
    let known = numbers.compactMap(\.self).filter { $0 > 0 && $0.isFinite }
    guard known.count == numbers.count, !known.isEmpty, Set(known).count == known.count else {
      throw ValidationError("--learning-rates takes numbers such as 3e-4,1e-3.")
    }
    return known
  }

  /// What was given, behind what the checkpoint says that the classifier starts from.
  func loader() throws -> ConfigurationLoader {
    var loader = try run.loader(
      flags: target.flags + [
        .flag("objective", .text(Configuration.Objective.target.rawValue), "finetune"),
        .flag("target.start", start.map { .text($0) }, "--start"),
        .flag("target.method", method.map { .text($0) }, "--method"),
        .flag("target.linear_probe", linearProbe ? .bool(true) : nil, "--linear-probe"),
        .flag("target.recipe", recipe.map { .text($0.rawValue) }, "--recipe"),
        .flag("target.label_ratio", labelRatio.map { .real($0) }, "--label-ratio"),
      ])
    try loader.takeBackbone()
    return loader
  }
}

extension Configuration.Target.Recipe: ExpressibleByArgument {}
