import ArgumentParser
import Distributed
import REFERS

/// `refers-mpi pretrain`
struct Pretrain: TrainingCommand {
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

  func decided() throws -> (plan: RunStart, configuration: Configuration, table: String) {
    let (start, resolved) = try resuming.start(options)
    return (start, start.configuration, resolved.table)
  }

  func shared(_ start: RunStart?, over communicator: Communicator) throws -> RunStart? {
    try RunStart(sharing: start, over: communicator)
  }

  func train(
    _ start: RunStart, over communicator: Communicator, timeLimit: TimeLimit?
  ) throws -> StopReason? {
    communicator.timeout = Double(start.configuration.exchange.timeout)
    return try TrainingRun(
      start, program: builtCommit, communicator: communicator,
      observer: communicator.rank == 0 ? RunLog(configuration: start.configuration) : nil,
      timeLimit: timeLimit
    ).run()
  }
}
