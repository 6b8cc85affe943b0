import ArgumentParser
import Diagnostics
import Distributed
import Foundation
import REFERS

/// `refers-mpi prepare`
struct Prepare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn studies into a store that training starts from at once.",
    discussion: """
      Images are decoded and brought to one size, reports cut to findings and impression, and all \
      is checked once. What was found is printed, and saved in the store as report.json and \
      report.html. Images that cannot be decoded are left out and listed in quarantine.csv.

      The store is a function of the data and the size alone, and of --seed where the data has no \
      split. Interrupted in any way, the same command goes on where it was. A finished store is \
      looked at, and made anew where it is damaged or image files have changed. \
      `refers-mpi pretrain --data` takes the store.
      """)

  @Option(
    help: ArgumentHelp(
      "Studies in the layout of MIMIC-CXR-JPG or of Open-i.", valueName: "directory"),
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

  @Option(
    help: ArgumentHelp("The store to write.", valueName: "directory"), completion: .directory)
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The side of the images in pixels.", valueName: "number"))
  var size = 256

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Splits the patients of a manifest without a split; that of `pretrain`.",
      valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads; 0 takes all cores.", valueName: "number"))
  var workers = 0

  func validate() throws {
    guard (data == nil) != (manifest == nil) else {
      throw ValidationError("Give one of --data and --manifest.")
    }
    guard root == nil || manifest != nil else {
      throw ValidationError("--root goes with --manifest.")
    }
    guard (16...4096).contains(size) else {
      throw ValidationError("--size must be from 16 to 4096.")
    }
    guard (0...1024).contains(workers) else {
      throw ValidationError("--workers must be from 0 to 1024.")
    }
    guard !output.isEmpty else { throw ValidationError("--output must name a folder.") }
  }

  func run() throws {
    if let ranks = Launcher().size, ranks > 1 {
      guard Launcher().rank ?? 0 == 0 else { throw ExitCode.failure }
      throw Failure(
        .configuration, "prepare was started on \(ranks) ranks, but writes on one.",
        remedy: "Start it without mpirun; --workers gives it threads.")
    }
    let console = Console.standardError
    console.line("reading the list of studies")
    let source = try source()
    for notice in source.notices { console.line("warning: \(notice)") }
    let writer = StoreWriter(source, to: output, size: size)
    let progress = PrepareProgress(console)
    let report = try writer.write(
      workers: workers > 0 ? workers : ProcessInfo.processInfo.activeProcessorCount,
      progress: { progress.show($0, of: $1) }, notice: { console.line($0) })
    console.clear()
    print(report.table)
    fflush(nil)
    if report.imagesFound > report.images {
      console.line(
        "Images that cannot be decoded are listed in \(writer.directory)/quarantine.csv.")
    }
    for part in report.parts where part.split != "test" && part.studies == 0 {
      console.line("warning: the store has no study in \(part.split); `pretrain` needs some.")
    }
    console.line("The store is \(writer.directory); report.html shows patients' images.")
  }

  private func source() throws -> any StudySource {
    if let manifest { return try ManifestSource(path: manifest, root: root, seed: seed) }
    if let data, StudyStore.isStore(data) {
      throw Failure(
        .configuration, "\(data) is a store already.",
        remedy: "Give it to `refers-mpi pretrain --data`, or prepare the data it was made of.")
    }
    return try StudyLayout.open(data ?? "", seed: seed)
  }
}

/// Shows how far a `prepare` is: redrawn on a terminal, every tenth elsewhere.
private final class PrepareProgress: @unchecked Sendable {
  private let console: Console
  private let began = ContinuousClock.now
  private var tenth = 0

  init(_ console: Console) { self.console = console }

  /// Calls come one at a time.
  func show(_ done: Int, of total: Int) {
    let elapsed = (ContinuousClock.now - began) / .seconds(1)
    let left = elapsed / Double(max(1, done)) * Double(total - done)
    let text = "\(done)/\(total) studies, \(Amounts.duration(left)) left"
    console.redraw { _ in text }
    guard !console.isTerminal, done * 10 / max(1, total) > tenth else { return }
    tenth = done * 10 / max(1, total)
    console.line(text)
  }
}
