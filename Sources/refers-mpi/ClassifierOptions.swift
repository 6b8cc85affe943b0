import ArgumentParser
import Diagnostics
import Distributed
import REFERS

/// The flags that let a classifier answer for labelled images.
struct ClassifierOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A run of `finetune` or a checkpoint of it, which answers for the test and the validation part "
        + "of its own data, or of those named below; on all ranks.", valueName: "path"),
    completion: .directory)
  var checkpoint: String?

  @OptionGroup var target: TargetOptions

  @OptionGroup var options: InferenceOptions

  func validate() throws {
    guard checkpoint != nil || target.flags.allSatisfy({ $0 == nil }) else {
      throw ValidationError("--data and what goes with it want a --checkpoint.")
    }
  }

  /// What the classifier says; nil on all ranks but the first.
  func predictions(of checkpoint: String) throws -> NamedPredictions? {
    try options.run(checkpoint) { saved, session in
      let set = try session.communicator.together("reading the labels") {
        try saved.labeledSet(target.flags.compactMap(\.self))
      }
      session.tell(set.notices)
      return try NamedPredictions(
        of: set, by: saved, in: session, badImages: options.badImages)
    }
  }
}
