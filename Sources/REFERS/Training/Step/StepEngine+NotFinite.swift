import Determinism
import Diagnostics
import Tensors

/// Where the first number that is not finite comes from.
enum NotFinite: Equatable {
  /// A weight was so before the step.
  case weight(String)
  /// A study, by its index in the source, alone makes what is named so.
  case study(Int, String)
  /// No study does alone.
  case sum(String)

  /// Whether another step may do better.
  var isSkippable: Bool {
    if case .weight = self { false } else { true }
  }

  /// In words that follow a colon.
  var description: String {
    switch self {
    case .weight(let name): "the weights \(name) were so before it"
    case .study(let index, let part): "study \(index) makes \(part) so"
    case .sum(let part): "\(part), though no study alone makes it so"
    }
  }
}

extension StepEngine {
  /// Seeks what made a step's loss or gradient not finite, the same on all ranks.
  ///
  /// Each study goes through the model alone, forward and back: slow, and done once a mishap.
  ///
  /// - Communication: one word from each rank, and the name of a tensor.
  func findNotFinite(_ studies: [PreparedStudy], in step: Step) throws -> NotFinite {
    if let weight = parameters.firstNotFinite(team: compute.team) {
      return .weight(parameters.name(of: weight))
    }
    let start = plan.studies(ofRank: plan.rank, count: step.studies.count).lowerBound
    let own = try firstNotFinite(among: studies)
    // The first in the order of the step says what it found.
    let place = try core.communicator.allReduce(
      Int64(own.map { start + $0.place } ?? .max), .minimum)
    guard place < .max else {
      let tensor = parameters.firstNotFinite(in: gradients, team: compute.team)
      return .sum(tensor.map { "the gradient of \(parameters.name(of: $0))" } ?? "the loss")
    }
    let owner = (0..<plan.ranks).first {
      plan.studies(ofRank: $0, count: step.studies.count).contains(Int(place))
    }
    return .study(
      step.studies[Int(place)],
      try core.communicator.broadcast(own?.part ?? "", root: owner ?? 0))
  }

  private func firstNotFinite(
    among studies: [PreparedStudy]
  ) throws -> (place: Int, part: String)? {
    guard let tree = SumTree(leaves: 1) else { return nil }
    let arena = try GradientArena(parameters: parameters, tree: tree, shards: 0..<1)
    for (place, study) in studies.enumerated() {
      let tape = Tape(compute: compute, parameters: parameters, gradients: arena)
      arena.begin()
      if let part = try defect(of: study, on: tape) { return (place, part) }
      if let tensor = parameters.firstNotFinite(in: arena.partials[0], team: compute.team) {
        return (place, "the gradient of \(parameters.name(of: tensor))")
      }
    }
    return nil
  }
}
