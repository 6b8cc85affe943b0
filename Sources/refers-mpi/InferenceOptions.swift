import ArgumentParser
import Diagnostics
import Distributed
import Foundation
import REFERS

/// The flags of all commands that compute images with a model that is trained.
struct InferenceOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads of a rank; 0 takes the cores given to it.", valueName: "number"))
  var threads = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The largest share of images that cannot be decoded; they are left out.", valueName: "share"))
  var badImages = 0.05

  func validate() throws {
    guard (0...1024).contains(threads) else {
      throw ValidationError("--threads must be from 0 to 1024.")
    }
    guard (0...1).contains(badImages) else {
      throw ValidationError("--bad-images must be from 0 to 1.")
    }
  }

  /// Opens the checkpoint on all ranks, runs the body, and ends MPI.
  ///
  /// - Returns: what the body gives on rank 0, nil on all others.
  func run<Result>(
    _ checkpoint: String, _ body: (SavedModel, InferenceSession) throws -> Result
  ) throws -> Result? {
    do {
      let communicator = try Communicator.world()
      let console = communicator.rank == 0 ? InferenceConsole() : nil
      let session = try InferenceSession(
        communicator: communicator, threads: threads, program: builtCommit, observer: console)
      let result = try body(SavedModel(meantBy: checkpoint, over: communicator), session)
      console?.clear()
      try communicator.finalize()
      return communicator.rank == 0 ? result : nil
    } catch {
      // The other ranks may be waiting for this one.
      Communicator.fail(error)
    }
  }
}

/// The flag that says where the images of tables are.
struct ImageListOptions: ParsableArguments {
  @Option(
    name: .customLong("images"),
    help: ArgumentHelp(
      "The folder that the images of a CSV are in (default: the CSV's own).",
      valueName: "directory"),
    completion: .directory)
  var root: String?

  func validate(_ files: [String]) throws {
    guard root == nil || files.contains(where: ImageList.isTable) else {
      throw ValidationError("--images goes with a CSV.")
    }
  }

  func read(_ files: [String]) throws -> ImageList { try ImageList(files, root: root) }
}

/// The flags that name studies.
struct StudyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Studies in the layout of MIMIC-CXR-JPG or of Open-i, or a store of `prepare`.",
      valueName: "directory"),
    completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp("Studies listed in a CSV.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var manifest: String?

  @Option(
    help: ArgumentHelp(
      "The folder that the images of the manifest are in (default: the manifest's own).",
      valueName: "directory"),
    completion: .directory)
  var root: String?

  @Option(help: "The part of the studies.")
  var split = StudyPart.all

  func validate() throws {
    guard data == nil || manifest == nil else {
      throw ValidationError("Give one of --data and --manifest.")
    }
    guard root == nil || manifest != nil else {
      throw ValidationError("--root goes with --manifest.")
    }
  }

  /// Whether studies were named.
  var areGiven: Bool { data != nil || manifest != nil }

  /// The source, and its studies of the part, as every rank reads them by itself.
  func open(
    _ saved: SavedModel, over communicator: Communicator
  ) throws -> (source: any StudySource, studies: [Int]) {
    try communicator.together("reading the list of studies") {
      let source = try source(saved)
      let studies = source.indices(of: split.splits)
      guard !studies.isEmpty else {
        throw Failure(
          .input, "None of the \(source.count) studies is in the part `\(split.rawValue)`.",
          remedy: "Choose another --split.")
      }
      return (source, studies)
    }
  }

  private func source(_ saved: SavedModel) throws -> any StudySource {
    let seed = UInt64(bitPattern: Int64(saved.configuration.seed))
    if let manifest { return try ManifestSource(path: manifest, root: root, seed: seed) }
    return try StudyLayout.open(data ?? "", seed: seed, for: saved.configuration)
  }
}

/// Which of the studies are computed.
enum StudyPart: String, CaseIterable, ExpressibleByArgument {
  case all, train, validate, test

  var splits: [StudySplit] {
    switch self {
    case .all: StudySplit.allCases
    case .train: [.train]
    case .validate: [.validate]
    case .test: [.test]
    }
  }
}

/// Notices as lines, and how far the images are: redrawn on a terminal, every tenth elsewhere.
final class InferenceConsole: InferenceObserver {
  private let console = Console.standardError
  private var began = ContinuousClock.now
  private var activity = ""
  private var tenth = 0

  func notice(_ text: String) { console.line("warning: \(text)") }

  func progress(_ activity: String, _ done: Int, of total: Int) {
    if activity != self.activity || done == 0 {
      (self.activity, tenth, began) = (activity, 0, .now)
    }
    let elapsed = (ContinuousClock.now - began) / .seconds(1)
    let left = elapsed / Double(max(1, done)) * Double(total - done)
    let text =
      "\(activity): \(done)/\(total)" + (done > 0 ? ", \(Amounts.duration(left)) left" : "")
    console.redraw { _ in text }
    guard !console.isTerminal, done * 10 / max(1, total) > tenth, done < total else { return }
    tenth = done * 10 / max(1, total)
    console.line(text)
  }

  func clear() { console.clear() }
}
