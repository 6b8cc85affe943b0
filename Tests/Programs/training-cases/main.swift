// One named case on all ranks: `mpirun -np 3 training-cases small --threads 2 --seed 7`.
// Exit code 0 and lines of hashes from rank 0, or an error that ends all ranks.

import Diagnostics
import Distributed

let cases: [String: (Communicator, Options) throws -> Void] = [
  "contrast": contrast,
  "small": smallModels,
  "tiny": tinyModel,
  "base": baseWidths,
  "differing-steps": differingSteps,
  "fault": plantedFault,
  "inference": inference,
  "inference-failure": inferenceFailure,
  "probe": probe,
  "saved-models": savedModels,
]

do {
  let options = try Options(CommandLine.arguments.dropFirst())
  guard let run = cases[options.name] else {
    let names = cases.keys.sorted().joined(separator: ", ")
    throw Failure(.configuration, "Name one case.", remedy: "Cases: \(names).")
  }
  let communicator = try Communicator.world()
  try run(communicator, options)
  try communicator.barrier()
  try communicator.finalize()
} catch {
  Communicator.fail(error)
}
