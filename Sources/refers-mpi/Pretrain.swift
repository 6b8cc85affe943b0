import ArgumentParser
import Diagnostics
import Distributed
import Foundation
import REFERS

/// `refers-mpi pretrain`
struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model from radiographs and reports to a checkpoint.",
    discussion: """
      Without --data and --manifest it trains on synthetic studies. Values come from the preset, \
      then the mode, then the file, then the flags, then --set; the later ones win. The resolved \
      configuration is printed and saved beside the checkpoints.
      """)

  @OptionGroup(title: "Configuration")
  var options: ConfigurationOptions

  func run() throws {
    do {
      let communicator = try Communicator.world()
      guard let configuration = try sharedConfiguration(communicator) else {
        try communicator.finalize()
        throw ExitCode.failure
      }
      let observer = communicator.rank == 0 ? RunLog(configuration: configuration) : nil
      try PretrainingRun(
        configuration: configuration, communicator: communicator, observer: observer
      ).run()
      try communicator.finalize()
    } catch let code as ExitCode {
      throw code
    } catch {
      // The other ranks may be waiting for this one.
      Communicator.fail(error)
    }
  }

  /// The configuration that rank 0 has read, on every rank; nil where it cannot be used, which
  /// rank 0 has said by then.
  ///
  /// - Communication: two broadcasts.
  private func sharedConfiguration(_ communicator: Communicator) throws -> Configuration? {
    var yaml = ""
    if communicator.rank == 0 {
      do {
        let resolved = try options.resolve()
        let configuration = resolved.configuration
        guard communicator.size <= configuration.shards else {
          throw Failure(
            .configuration,
            "\(communicator.size) ranks share \(configuration.shards) shards.",
            remedy: "Start at most \(configuration.shards) ranks, or raise `shards`.")
        }
        try RunFolder.prepare(configuration.output)
        yaml = try configuration.yaml()
        print(resolved.table + "\n")
        fflush(nil)
      } catch {
        FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      }
    }
    yaml = try communicator.broadcast(yaml)
    return yaml.isEmpty ? nil : try Configuration(yaml: yaml, name: "configuration")
  }
}
