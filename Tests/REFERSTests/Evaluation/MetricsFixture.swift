import Foundation

/// Tests/Fixtures/metrics.json: figures by scikit-learn and scipy.
struct MetricsFixture: Decodable {
  struct Interval: Decodable {
    let low, high: Double
    let samples: Int
  }

  struct Curve: Decodable { let falsePositiveRate, sensitivity: [Double] }

  struct Class: Decodable {
    let name: String
    let scores, other: [Double]
    let auc, averagePrecision, brier, calibrationError, accuracy, f1, variance, z, p: Double
    let roc: Curve
    let sensitivityAt, thresholds: [String: Double]
    let aucInterval, averagePrecisionInterval: Interval
    private let labels: [Float?]

    /// NaN where a label is not known.
    var known: [Float] { labels.map { $0 ?? .nan } }
  }

  struct MultiClass: Decodable {
    let labels: [Float]
    let probabilities: [[Double]]
    let areas: [Double]
    let auc, accuracy: Double
  }

  struct Test: Decodable { let statistic, p: Double }

  struct Samples: Decodable {
    let first, second: [Double]
    let deviation: Double
    let independent: Test
    let paired: Test?
  }

  struct Beta: Decodable { let a, b, x, value: Double }

  struct Bootstrap: Decodable {
    let seed: UInt64
    let samples: Int
  }

  let bootstrap: Bootstrap
  let classes: [Class]
  let multiClass: MultiClass
  let tTests: [Samples]
  let incompleteBeta: [Beta]

  static func load() throws -> MetricsFixture {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      MetricsFixture.self,
      from: Data(contentsOf: ModelFixture.folder.appendingPathComponent("metrics.json")))
  }
}
