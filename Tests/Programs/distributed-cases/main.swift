// One named case on all ranks: `mpirun -np 3 distributed-cases tree [--piece-limit 1000]`.
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
  var pieceLimit = 1 << 26
  if let option = arguments.firstIndex(of: "--piece-limit"), option + 1 < arguments.endIndex {
    pieceLimit = Int(arguments[option + 1]) ?? 0
    arguments.removeSubrange(option...option + 1)
  }
  guard let name = arguments.first, let run = cases[name] else {
    let names = cases.keys.sorted().joined(separator: ", ")
    throw Failure(.configuration, "Name one case.", remedy: "Cases: \(names).")
  }
  let communicator = try Communicator.world(
    pieceLimit: pieceLimit, checksAgreement: !["truncation", "missing-elements"].contains(name))
  try run(communicator)
  try communicator.barrier()
  try communicator.finalize()
} catch {
  Communicator.fail(error)
}
