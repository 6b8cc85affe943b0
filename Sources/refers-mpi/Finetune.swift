import ArgumentParser
import Distributed
import REFERS

/// `refers-mpi finetune`
struct Finetune: TrainingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a classifier on labelled radiographs, and test it.",
    discussion: """
      Starts from a checkpoint of `pretrain`, from weights, or from scratch. Into --output go the \
      checkpoints, the list of the training images, the predictions for the validation and the test \
      part, and result.json. Several draws have folders of their own below it, and so have the \
      learning rates that are compared.

      On USR1, TERM or near a time limit the run saves and exits with 75; the same command with \
      --resume and that --output goes on, and skips the runs that have finished.
      """)

  @OptionGroup(title: "Target and configuration")
  var options: FinetuneOptions

  @Flag(help: "Go on in --output: finished runs are skipped, others resumed.")
  var resume = false

  @Option(help: "What may differ from the checkpoint, though other bits may follow.")
  var allow: [ResumeAllowance] = []

  @Option(
    help: ArgumentHelp(
      "Save and exit with 75 before this time is over: minutes, H:M:S or D-H:M:S. "
        + "A Slurm job's own end counts as well.", valueName: "time"))
  var timeLimit: String?

  func validate() throws {
    if let timeLimit { _ = try TimeLimit.seconds(timeLimit) }
    guard resume || allow.isEmpty else { throw ValidationError("--allow goes with --resume.") }
    guard !resume || options.run.output != nil else {
      throw ValidationError("--resume goes with --output.")
    }
  }

  func decided() throws -> (plan: TargetPlan, configuration: Configuration, table: String) {
    let (plan, table) = try TargetPlan.decided(
      options.loader(), draws: options.repeats, rates: options.learningRates(), resumes: resume)
    return (plan, plan.configuration, table)
  }

  func shared(_ plan: TargetPlan?, over communicator: Communicator) throws -> TargetPlan? {
    try TargetPlan(sharing: plan, over: communicator)
  }

  func train(
    _ plan: TargetPlan, over communicator: Communicator, timeLimit: TimeLimit?
  ) throws -> StopReason? {
    communicator.timeout = Double(plan.configuration.exchange.timeout)
    let runs = TargetRuns(plan, program: builtCommit, communicator: communicator, allowing: allow)
    let reason = try runs.run(timeLimit: timeLimit)
    if reason == nil, communicator.rank == 0 { print(try runs.summary()) }
    return reason
  }
}
