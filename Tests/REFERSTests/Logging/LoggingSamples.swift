import Foundation
import REFERS
import XCTest

func permissions(of path: String) throws -> Int? {
  let attributes = try FileManager.default.attributesOfItem(atPath: path)
  return (attributes[.posixPermissions] as? NSNumber)?.intValue
}

extension StepRecord {
  /// 32 studies in 2 seconds.
  static func sample(step: Int) -> StepRecord {
    var rate = Configuration().optimizer.learningRate
    rate.radiograph = 0.001
    rate.fusion = 0.002
    rate.textEncoder = 0.003
    rate.decoder = 1e-5
    return StepRecord(
      step: step, epoch: 0, losses: Losses(total: 10.5, contrast: 3.25, language: 7.25),
      learningRate: rate, gradientNorm: 2.5, studies: 32,
      time: StepTime(data: 0.25, compute: 1.5, exchange: 0.25))
  }
}

extension ValidationRecord {
  static func sample(step: Int) -> ValidationRecord {
    ValidationRecord(
      step: step, epoch: 1, losses: Losses(total: 9, contrast: 3, language: 6),
      measures: Retrieval(first: 10, candidates: 256).measures, studies: 256, isBest: true,
      seconds: 12)
  }
}

extension RunRecord {
  static func sample(output: String, steps: Int = 300) -> RunRecord {
    var configuration = Configuration.named(.tiny)
    configuration.output = output
    return RunRecord(
      configuration: configuration, steps: steps, trainingStudies: 4096, validationStudies: 256,
      parameters: 5_123_456, ranks: 2, threads: 1)
  }
}
