import Determinism
import Diagnostics
import Distributed

/// What a rank tells the others before a step's contrast, with the features that travel anyway.
///
/// From it every rank finds the same first difference, so that all of them end alike.
struct StepNotice {
  /// A digest of the step's list of studies.
  let studies: UInt64
  let number: UInt64
  /// A digest of all parameters; 0 where they are not compared.
  let parameters: UInt64
  /// The tokens that the rank's studies are to write.
  let tokens: Int

  init(_ step: Step, parameters: UInt64, tokens: Int) {
    number = UInt64(step.number)
    studies = step.studies.reduce(UInt64(step.studies.count)) {
      CounterRandom.combine($0, UInt64($1))
    }
    self.parameters = parameters
    self.tokens = tokens
  }

  private static let words = 4

  private init(words: ArraySlice<UInt64>) {
    let start = words.startIndex
    number = words[start]
    studies = words[start + 1]
    parameters = words[start + 2]
    tokens = Int(words[start + 3])
  }

  /// The notices of all ranks, once they are found to agree.
  ///
  /// - Throws: on every rank, where steps or studies differ.
  func exchanged(_ communicator: Communicator) throws -> [StepNotice] {
    let words = [number, studies, parameters, UInt64(tokens)]
    let all = try communicator.allGather(
      words, counts: Array(repeating: Self.words, count: communicator.size))
    let notices = stride(from: 0, to: all.count, by: Self.words).map {
      StepNotice(words: all[$0..<$0 + Self.words])
    }
    for (rank, notice) in notices.enumerated() {
      let difference =
        if notice.number != notices[0].number {
          "is at step \(notice.number) while rank 0 is at step \(notices[0].number)"
        } else if notice.studies != notices[0].studies {
          "has other studies in step \(notice.number) than rank 0"
        } else {
          ""
        }
      guard !difference.isEmpty else { continue }
      throw Failure(
        .communication, "Rank \(rank) \(difference).",
        remedy: "Give every rank the same program, configuration and data."
      ).shared()
    }
    return notices
  }
}
