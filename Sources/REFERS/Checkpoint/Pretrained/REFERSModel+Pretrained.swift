import Diagnostics
import Distributed
import Tensors

extension REFERSModel {
  /// Starts the parts that the configuration names files for from those files: rank 0 reads, the
  /// others are given what it has read.
  ///
  /// - Returns: on rank 0, what a person should know.
  /// - Communication: a broadcast of the parameters, if any file is named.
  func startPretrained(over communicator: Communicator) throws -> [String] {
    let text = configuration.text.pretrained
    let radiograph = configuration.model.radiograph.pretrained
    guard text != nil || radiograph != nil else { return [] }
    var notices: [String] = []
    if communicator.rank == 0 {
      if let text { notices += try readTextEncoder(from: text) }
      if let radiograph { notices += try parameters.readRadiograph(from: radiograph) }
    }
    try communicator.broadcast(
      UnsafeMutableBufferPointer(start: parameters.values, count: parameters.count))
    return notices
  }

  /// Reads BERT's weights from a directory of Hugging Face.
  ///
  /// Names may begin with `bert.`, and norms may hold `gamma` and `beta` instead of weight and bias.
  /// Left out are the position ids, which are counted here, the heads of BERT's own training
  /// (`cls.`), and the pooler if the configuration has none.
  ///
  /// - Throws: one `Failure` that names every tensor that is missing, too many or misshapen.
  package func readTextEncoder(from directory: String) throws -> [String] {
    let file = try SafetensorsFile(path: "\(directory)/model.safetensors")
    let hasPooler = textEncoder.pooler != nil
    let leftOut = try file.read(
      into: parameters.places(below: TextEncoder.prefix + "."),
      named: { name in
        var name = name.hasPrefix("bert.") ? String(name.dropFirst(5)) : name
        for (old, new) in [(".gamma", ".weight"), (".beta", ".bias")] where name.hasSuffix(old) {
          name = name.dropLast(old.count) + new
        }
        return name
      },
      leavingOut: { name in
        name == "embeddings.position_ids" || name.hasPrefix("cls.")
          || !hasPooler && name.hasPrefix("pooler.")
      },
      remedy: hasPooler
        ? "Name another model; or, if only the pooler is missing, set model.text_encoder.feature "
          + "to cls or mean." : "Name another model.")
    return file.notice(ofLeftOut: leftOut)
  }
}
