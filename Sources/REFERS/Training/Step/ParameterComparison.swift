import Diagnostics
import Distributed
import Tensors

/// Whether all ranks hold the same parameters, to the last bit, and the same states of the optimizer
/// where they are given.
struct ParameterComparison {
  /// For each arena those of all parameters.
  private let digests: [UInt64]
  private let arenas: [String]
  /// One word for all parameters, never 0.
  let digest: UInt64

  init(
    _ parameters: ParameterStore,
    states: [(name: String, values: UnsafeMutablePointer<Float>)] = [], team: ThreadTeam
  ) {
    arenas = [""] + states.map { "\($0.name)/" }
    digests = ([parameters.values] + states.map(\.values)).flatMap {
      parameters.digests(of: $0, team: team)
    }
    digest = max(1, digests.reduce(0) { ($0 &* 0x0100_0000_01B3) ^ $1 })
  }

  /// Throws on every rank, naming the first tensor that differs and the rank that stands alone.
  ///
  /// - Parameter all: the digests of all ranks.
  /// - Communication: none where they are equal; else one word for each parameter.
  func requireEqual(
    _ all: [UInt64], step: Int, _ parameters: ParameterStore, _ communicator: Communicator
  ) throws {
    guard all.contains(where: { $0 != all[0] }) else { return }
    let table = try communicator.allGather(
      digests, counts: Array(repeating: digests.count, count: communicator.size))
    for index in digests.indices {
      let values = (0..<communicator.size).map { table[$0 * digests.count + index] }
      guard let odd = Self.minority(values) else { continue }
      throw Failure(
        .numerics,
        "Rank \(odd) holds other values of \(name(index, parameters)) than "
          + "\(values.count > 2 ? "the other ranks" : "rank 0") at step \(step).",
        remedy: "Check that node's memory and processor, then resume from the last checkpoint."
      ).shared()
    }
    throw Failure(.numerics, "The parameters of the ranks differ at step \(step).").shared()
  }

  private func name(_ index: Int, _ parameters: ParameterStore) -> String {
    let (arena, parameter) = index.quotientAndRemainder(dividingBy: parameters.all.count)
    return arenas[arena] + parameters.name(of: parameters.all[parameter])
  }

  /// The first rank whose value fewest others share; nil where all are equal. Of two, the second.
  private static func minority(_ values: [UInt64]) -> Int? {
    guard values.contains(where: { $0 != values[0] }) else { return nil }
    let shares = values.map { value in values.count { $0 == value } }
    let least = shares.min() ?? 0
    return values.count == 2 ? 1 : shares.firstIndex(of: least)
  }
}
