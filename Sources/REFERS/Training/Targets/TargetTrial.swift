import Foundation

/// One draw of the training images, and the runs that are compared on it.
public struct TargetTrial: Sendable {
  /// The folder of the draw.
  public let output: String
  /// One for each learning rate.
  public let runs: [Configuration]

  /// What a run of several has found, once that of the draw is chosen among them.
  private static let comparedName = "compared.json"

  /// The result of a folder; nil where its run has not finished.
  public static func result(in output: String) throws -> TargetResult? {
    let paths = [TargetResult.fileName, comparedName].map { "\(output)/\($0)" }
    let path = paths.first { FileManager.default.fileExists(atPath: $0) }
    return try path.map { try TargetResult(contentsOf: $0) }
  }

  /// The run whose validation is the best, the first of equals; nil until all have finished.
  public func best() throws -> (run: Configuration, result: TargetResult)? {
    var best: (run: Configuration, result: TargetResult)?
    for run in runs {
      guard let result = try Self.result(in: run.output) else { return nil }
      if best.map({ result.validationScore > $0.result.validationScore }) ?? true {
        best = (run, result)
      }
    }
    return best
  }

  /// Puts the files of the best run where those of the draw are looked for; may be repeated.
  public func conclude() throws {
    guard let (best, _) = try best(), best.output != output else { return }
    if try Self.result(in: output) == nil {
      let run = PathName(best.output).last
      try Folder.link(
        CheckpointStore(ofRun: output).directory, to: "\(run)/checkpoints",
        aside: "\(output)/.checkpoints.partial")
      let names = [
        LabelSubject.trainingList, Predictions.validationFileName, Predictions.testFileName,
      ]
      for name in names {
        let bytes = try ReadableFile.bytes(of: "\(best.output)/\(name)", limit: 1 << 31)
        try PrivateFile.write(bytes, to: "\(output)/\(name)")
      }
      try Self.result(in: best.output)?.write(to: "\(output)/\(TargetResult.fileName)")
    }
    // The runs that are compared do not count beside the draw.
    for run in runs {
      let result = "\(run.output)/\(TargetResult.fileName)"
      if FileManager.default.fileExists(atPath: result) {
        try Folder.rename(result, to: "\(run.output)/\(Self.comparedName)")
      }
    }
  }

  /// Decides how a run begins or goes on; makes its folder and claims it for this process.
  ///
  /// - Throws: `Failure` where the folder holds a run that cannot go on with this configuration.
  public static func start(
    of run: Configuration, build: (Configuration.Computing) throws -> BuildRecord, program: String,
    allowing: [ResumeAllowance]
  ) throws -> RunStart {
    try RunFolder.enter(run.output)
    try CheckpointStore(ofRun: run.output).recover()
    let (point, notices) = try ResumePoint.newest(inRun: run.output)
    try RunFolder.record(run)
    guard let point else { return RunStart(configuration: run, resumes: true) }
    return try RunStart(
      goingOnWith: run, from: point, notices: notices, build: build, program: program,
      allowing: allowing)
  }
}
