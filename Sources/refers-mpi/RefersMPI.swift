import ArgumentParser

/// The program: a list of commands.
struct RefersMPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refers-mpi",
    abstract: "Pre-trains radiograph models from reports, on one process or on many.",
    discussion: """
      The method is REFERS (Zhou et al., Nature Machine Intelligence 2022). Under mpirun or srun \
      the ranks train one model together; the result does not depend on their number.
      """,
    version: Version.text,
    subcommands: [
      Pretrain.self, Finetune.self, Evaluate.self, Predict.self, Embed.self, Retrieve.self,
      Prepare.self, Inspect.self, Synthesize.self, Bench.self,
    ])
}
