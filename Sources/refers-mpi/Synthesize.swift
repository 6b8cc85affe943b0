import ArgumentParser
import Diagnostics
import Distributed
import Foundation
import REFERS

/// `refers-mpi synthesize`
struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write synthetic studies to disk in the layout of MIMIC-CXR-JPG.",
    discussion: """
      Images as JPEG, reports as text, and the tables: metadata, splits, labels, and the boxes of \
      what is seen. The files are a function of the counts and the seed alone.
      """)

  @Option(
    help: ArgumentHelp("The directory to write.", valueName: "directory"), completion: .directory)
  var output = "synthetic"

  @Option(parsing: .unconditional, help: ArgumentHelp("Studies to train on.", valueName: "number"))
  var train = 4096

  @Option(
    name: .customLong("validate"), parsing: .unconditional,
    help: ArgumentHelp("Studies to validate on.", valueName: "number"))
  var validation = 256

  @Option(parsing: .unconditional, help: ArgumentHelp("Studies to test on.", valueName: "number"))
  var test = 256

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The seed of every random number.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads; 0 takes all cores.", valueName: "number"))
  var workers = 0

  func validate() throws {
    for (name, count) in [("--train", train), ("--validate", validation), ("--test", test)]
    where !(0...1_000_000).contains(count) {
      throw ValidationError("\(name) must be from 0 to 1000000.")
    }
    guard train + validation + test > 0 else {
      throw ValidationError("One of --train, --validate and --test must be above 0.")
    }
    guard (0...1024).contains(workers) else {
      throw ValidationError("--workers must be from 0 to 1024.")
    }
  }

  func run() throws {
    if let ranks = Launcher().size, ranks > 1 {
      throw Failure(
        .configuration, "synthesize was started on \(ranks) ranks, but writes on one.",
        remedy: "Start it without mpirun.")
    }
    let set = SyntheticStudySet(train: train, validate: validation, test: test, seed: seed)
    let writer = SyntheticStudyWriter(set, to: output)
    let total = set.entries.count
    let console = Console.standardError
    try writer.write(
      workers: workers > 0 ? workers : ProcessInfo.processInfo.activeProcessorCount,
      progress: { done in console.redraw { _ in "\(done)/\(total) studies" } })
    try writer.finish()
    console.clear()
    console.line("\(total) studies in \(output)")
  }
}
