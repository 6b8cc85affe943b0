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

      On USR1, TERM or near a time limit the run saves and exits with 75; --resume goes on.
      """)

  @OptionGroup(title: "Configuration")
  var options: ConfigurationOptions

  @OptionGroup(title: "Continuing")
  var resuming: ResumeOptions

  @Option(
    help: ArgumentHelp(
      "Save and exit with 75 before this time is over: minutes, H:M:S or D-H:M:S. "
        + "A Slurm job's own end counts as well.", valueName: "time"))
  var timeLimit: String?

  func validate() throws {
    if let timeLimit { _ = try TimeLimit.seconds(timeLimit) }
  }

  func run() throws {
    do {
      let began = ContinuousClock.now
      try StopSignals.install()
      let communicator = try Communicator.world()
      guard let start = try sharedStart(communicator) else {
        try communicator.finalize()
        throw ExitCode.failure
      }
      communicator.timeout = Double(start.configuration.exchange.timeout)
      let isFirst = communicator.rank == 0
      let reason = try PretrainingRun(
        start, program: builtCommit, communicator: communicator,
        observer: isFirst ? RunLog(configuration: start.configuration) : nil,
        timeLimit: isFirst ? try TimeLimit.ofRun(option: timeLimit, start: began) : nil
      ).run()
      try communicator.finalize()
      if reason != nil { throw ExitCode(StopReason.exitStatus) }
    } catch let code as ExitCode {
      throw code
    } catch {
      // The other ranks may be waiting for this one.
      Communicator.fail(error)
    }
  }

  /// What rank 0 has made of options and checkpoints, on every rank; nil where that cannot be used,
  /// which rank 0 has said by then.
  ///
  /// - Communication: two broadcasts.
  private func sharedStart(_ communicator: Communicator) throws -> RunStart? {
    var own: RunStart?
    if communicator.rank == 0 {
      do {
        let (start, resolved) = try resuming.start(options)
        guard communicator.size <= start.configuration.shards else {
          throw Failure(
            .configuration,
            "\(communicator.size) ranks share \(start.configuration.shards) shards.",
            remedy: "Start at most \(start.configuration.shards) ranks, or raise `shards`.")
        }
        print(resolved.table + "\n")
        fflush(nil)
        own = start
      } catch {
        FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      }
    }
    return try RunStart(sharing: own, over: communicator)
  }
}
