import ArgumentParser
import Diagnostics
import Distributed
import Foundation
import REFERS

/// `refers-mpi bench`
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure kernels, collectives, decoding and whole steps on this machine.",
    discussion: """
      Takes made-up studies, so it needs no data, or those of a store. Under mpirun all ranks \
      measure at the same time, as in a run. Shares are of the peak that is measured first, those \
      of collectives of MPI's own call in the same turns.
      """)

  @Argument(
    help: ArgumentHelp(
      "What is measured; all of it where nothing is named.", valueName: "part"))
  var parts: [Benchmark.Part] = []

  @OptionGroup(title: "Configuration")
  var values: ValueOptions

  @Option(help: "What a step trains: pretrain or finetune.")
  var task = BenchmarkTask.pretrain

  @Option(
    help: """
      What made-up studies look like: those of MIMIC-CXR (mimic), all of three radiographs and 65 \
      tokens (equal), or all of as many as such as 2x100 says (default: mimic).
      """)
  var mix: StudyMix?

  @Option(
    help: ArgumentHelp(
      "A store of `prepare`, whose training studies `data` and `steps` take instead.",
      valueName: "directory"),
    completion: .directory)
  var data: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps that are timed.", valueName: "number"))
  var steps = 5

  @Option(
    help: ArgumentHelp(
      "The folder whose images are decoded (default: synthetic ones).", valueName: "directory"),
    completion: .directory)
  var images: String?

  @Option(
    help: ArgumentHelp("Write all that was measured as JSON.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var json: String?

  @Flag(
    help: """
      Take one step for each line on standard input and print it as a line of JSON, to measure in \
      turns with another program.
      """)
  var turns = false

  func validate() throws {
    guard (1...100_000).contains(steps) else {
      throw ValidationError("--steps must be from 1 to 100000.")
    }
    guard data == nil || images == nil && mix == nil else {
      throw ValidationError("--data takes studies as they are; leave out --images and --mix.")
    }
    guard data == nil || parts.isEmpty || parts.contains(where: [.data, .steps].contains) else {
      throw ValidationError("--data is for the parts data and steps.")
    }
    guard data == nil || task == .pretrain else {
      throw ValidationError("--data goes with --task pretrain.")
    }
    guard mix == nil || task == .pretrain else {
      throw ValidationError("--mix goes with --task pretrain.")
    }
    guard !turns || parts.allSatisfy({ $0 == .steps }) else {
      throw ValidationError("--turns goes with steps alone.")
    }
    guard !turns || json == nil else {
      throw ValidationError("--turns prints JSON by itself; leave out --json.")
    }
  }

  func run() throws {
    do {
      let configuration = try values.loader(flags: task.flags).resolve().configuration
      let communicator = try Communicator.world()
      if turns {
        try takeTurns(configuration, communicator)
      } else {
        try measure(configuration, communicator)
      }
      fflush(nil)
      try communicator.finalize()
    } catch let error as CleanExit {
      throw error
    } catch {
      // The other ranks may be waiting for this one.
      Communicator.fail(error)
    }
  }

  private var source: BenchmarkSource {
    data.map { .store($0) } ?? .mix(mix ?? .mimic)
  }

  private func measure(_ configuration: Configuration, _ communicator: Communicator) throws {
    let isFirst = communicator.rank == 0
    let console = Console.standardError
    let report = try Benchmark(configuration, of: source, communicator: communicator).run(
      parts.isEmpty ? Set(Benchmark.Part.allCases) : Set(parts), steps: steps, images: images
    ) { part in
      if isFirst { console.redraw { _ in "measuring \(part.rawValue)" } }
    }
    guard isFirst else { return }
    console.clear()
    print(report.text, terminator: "")
    guard let json else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(report).write(to: URL(fileURLWithPath: json))
    } catch {
      throw Failure(
        .file, "Cannot write \(json).", remedy: "Check the space and the rights of its folder.",
        cause: error)
    }
  }

  private func takeTurns(_ configuration: Configuration, _ communicator: Communicator) throws {
    let isFirst = communicator.rank == 0
    let benchmark = try StepBenchmark(configuration, of: source, communicator: communicator)
    if isFirst { try say(BenchmarkReady(benchmark, task: task)) }
    while try communicator.broadcast(Int32(isFirst && readLine() != nil ? 1 : 0)) == 1 {
      let measure = try benchmark.step()
      if isFirst { try say(BenchmarkTurn(measure)) }
    }
  }

  private func say(_ line: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .useDefaultKeys
    print(String(decoding: try encoder.encode(line), as: UTF8.self))
    fflush(nil)
  }
}

extension Benchmark.Part: ExpressibleByArgument {}
extension StudyMix: ExpressibleByArgument {
  public var defaultValueDescription: String { rawValue }
}

/// What the steps of a benchmark train.
enum BenchmarkTask: String, CaseIterable, Codable, ExpressibleByArgument {
  case pretrain, finetune

  /// What the task decides of a configuration. No table of labels is looked at.
  var flags: [ConfigurationAssignment?] {
    guard self == .finetune else { return [] }
    return [
      .flag("objective", .text(Configuration.Objective.target.rawValue), "--task"),
      .flag("target.layout", .text(Configuration.Target.Layout.manifest.rawValue), "--task"),
      .flag("target.path", .text("made up"), "--task"),
    ]
  }
}

/// The first line of a benchmark in turns: all that the other program needs to do the same.
private struct BenchmarkReady: Encodable {
  var ready = true
  let task: BenchmarkTask
  let configuration: Configuration
  let vocabulary: Int
  let classes: Int
  let blas: String
  let parameters: Int
  let threads: Int

  init(_ benchmark: StepBenchmark, task: BenchmarkTask) {
    self.task = task
    configuration = benchmark.configuration
    vocabulary = benchmark.vocabulary
    classes = StepBenchmark.classes
    blas = benchmark.identity
    parameters = benchmark.parameters
    threads = benchmark.threads
  }
}

/// The line of a step.
private struct BenchmarkTurn: Encodable {
  let seconds: Double
  let radiographs: [Int]
  let tokens: [Int]
  let exchange: Double
  let products: Double
  let loss: Double

  private enum CodingKeys: String, CodingKey {
    case seconds, radiographs, tokens, loss
    case exchange = "exchange_seconds"
    case products = "product_seconds"
  }

  init(_ measure: StepMeasure) {
    seconds = measure.seconds
    radiographs = measure.workload.radiographs
    tokens = measure.workload.tokens
    exchange = measure.exchange
    products = measure.products
    loss = measure.loss
  }
}
