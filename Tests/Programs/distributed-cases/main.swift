// One named case on all ranks: `mpirun -np 3 distributed-cases tree [--piece-limit 1000]
// [--threads one|inTurns|many]`.
// Exit code 0 and lines of hashes from rank 0, or an error that ends all ranks.

import Diagnostics
import Distributed

let cases: [String: (Communicator) throws -> Void] = [
  "hello": hello,
  "collectives": collectives,
  "gathers": gathers,
  "values": values,
  "tree": tree,
  "tree-short": shortTree,
  "tree-rounded": roundedTree,
  "plain-sum": plainSum,
  "tree-ranks": treeNeedsLeaves,
  "exchange": exchange,
  "overlap": overlap,
  "fail-in-exchange": failInExchange,
  "silence": silence,
  "silence-in-exchange": silenceInExchange,
  "together": together,
  "fail-together": failTogether,
  "fail-alike": failAlike,
  "fail-beside-a-call": failBesideACall,
  "mute-speaker": muteSpeaker,
  "other-build": otherBuild,
  "cores": cores,
  "hosts": hosts,
  "probe": probe,
  "tree-speed": treeSpeed,
  "disagreement": disagreement,
  "wrong-counts": wrongCounts,
  "truncation": truncation,
  "missing-elements": missingElements,
  "fail": failOnOneRank,
  "abort": abortOnOneRank,
]

do {
  var arguments = CommandLine.arguments.dropFirst()
  func option(_ name: String) -> String? {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.endIndex else {
      return nil
    }
    defer { arguments.removeSubrange(place...place + 1) }
    return arguments[place + 1]
  }
  let pieceLimit = option("--piece-limit").flatMap(Int.init) ?? 1 << 26
  let support = option("--threads")
  let threads = [ThreadSupport.one, .inTurns].first { String(describing: $0) == support }
  guard let name = arguments.first, let run = cases[name] else {
    let names = cases.keys.sorted().joined(separator: ", ")
    throw Failure(.configuration, "Name one case.", remedy: "Cases: \(names).").shared()
  }
  let communicator = try Communicator.world(
    pieceLimit: pieceLimit, checksAgreement: !["truncation", "missing-elements"].contains(name),
    threads: threads ?? .many)
  try run(communicator)
  try communicator.barrier()
  try communicator.finalize()
} catch {
  Communicator.fail(error)
}
