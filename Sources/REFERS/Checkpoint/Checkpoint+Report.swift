extension Checkpoint {
  /// What a person asks of a checkpoint: where the run stood, by what it was saved, every file with
  /// its tensors, and the configuration.
  ///
  /// - Throws: `Failure` that names a file which is not as it was written.
  /// - Complexity: reads the whole checkpoint.
  public func report() throws -> String {
    try verify()
    let state: TrainingState = try state()
    var lines = Self.aligned(Self.facts(of: state, path: path))
    for (name, digest) in try digests() {
      lines += ["", "\(name)  SHA-256 \(digest)"]
      guard name.hasSuffix(".safetensors") else { continue }
      lines += Self.lines(of: try SafetensorsFile(path: path + "/" + name))
    }
    lines += ["", "configuration", try state.configuration.yaml()]
    return lines.joined(separator: "\n")
  }

  private static func facts(of state: TrainingState, path: String) -> [(String, String)] {
    let progress = state.progress
    var facts = [
      ("checkpoint", path + " (every file is as it was written)"),
      ("step", "\(progress.step) of \(state.configuration.training.steps)"),
      ("epoch", "\(progress.epoch)"), ("seed", "\(state.seed)"),
      (
        "weights",
        state.weightsAgree
          ? "those that are validated"
          : "the fast ones of Lookahead, \(state.optimizer.age) updates after the slow ones"
      ),
    ]
    if let losses = progress.validation {
      facts.append(
        (
          "validation",
          losses.named.map { "\($0.name) \(Amounts.short($0.value))" }.joined(separator: "  ")
        ))
    }
    if let loss = progress.bestLoss, let step = progress.bestStep {
      facts.append(("best", "loss \(Amounts.short(loss)) at step \(step)"))
    }
    let build = state.build
    return facts + [
      ("program", "refers-mpi \(state.versions.program)"), ("MPI", state.versions.mpi),
      ("build", "\(build.blasLibrary) (\(build.blasKernel)), \(build.simd)"),
      ("studies", "SHA-256 \(state.dataDigest)"),
    ]
  }

  private static func lines(of file: SafetensorsFile) -> [String] {
    let values = file.entries.reduce(0) { $0 + $1.range.count / $1.element.size }
    let bytes = file.entries.reduce(0) { $0 + $1.range.count }
    let total =
      "\(Amounts.count(file.entries.count)) tensors, \(Amounts.count(values)) values, "
      + "\(Amounts.count(bytes)) bytes"
    let rows = file.entries.map {
      ("  \($0.element.rawValue)  \($0.shape)", displayed($0.name).dropFirst().dropLast())
    }
    return ["  " + total] + aligned(rows.map { ($0.0, String($0.1)) })
  }

  private static func aligned(_ rows: [(String, String)]) -> [String] {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, value in
      name + String(repeating: " ", count: width - name.count) + "  " + value
    }
  }
}
