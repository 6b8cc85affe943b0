import ArgumentParser
import REFERS

/// `refers-mpi inspect`
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify a checkpoint and print what it holds.",
    discussion: """
      Every file is compared with its SHA-256; one that is not as it was written is named in an \
      error. Then come step, epoch, seed and versions, the tensors with type and shape, and the \
      configuration of the run.
      """)

  @Argument(
    help: "A checkpoint, a link to one, or the folder of a run, which means its newest.",
    completion: .directory)
  var checkpoint: String

  func run() throws {
    print(try Checkpoint(meantBy: checkpoint).report(), terminator: "")
  }
}
