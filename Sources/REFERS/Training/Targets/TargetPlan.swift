import Diagnostics
import Distributed
import Foundation

/// The runs that fine-tune on a target: each draw of the training images with each learning rate.
///
/// One draw alone writes into the plan's folder itself, several into `draw-2` and so on. Where
/// learning rates are compared, each writes into a folder `rate-0.001` of its draw, which is given
/// the files of the best by validation.
public struct TargetPlan: Codable, Sendable {
  /// Of the first draw, with the first learning rate.
  public private(set) var configuration: Configuration
  public let draws: Int
  /// Empty where the configuration's own is the only one.
  public let rates: [Double]

  static let fileName = "plan.json"

  /// Whether a folder below that of a plan has the name of one of its runs.
  static func isFolder(_ name: String) -> Bool {
    name.hasPrefix("draw-") || name.hasPrefix("rate-")
  }

  public init(_ configuration: Configuration, draws: Int, rates: [Double]) {
    self.configuration = configuration
    self.draws = draws
    self.rates = rates
  }

  public var output: String { configuration.output }

  /// The draws in order, each with its runs.
  public var trials: [TargetTrial] {
    (0..<draws).map { number in
      var drawn = configuration
      drawn.target.draw += number
      if draws > 1 { drawn.output = "\(output)/draw-\(drawn.target.draw)" }
      let runs =
        rates.isEmpty ? [drawn] : rates.map { drawn.with(rate: $0, apart: rates.count > 1) }
      return TargetTrial(output: drawn.output, runs: runs)
    }
  }

  /// Writes the plan down; reads what an earlier one was.
  public func write() throws {
    try Folder.create(output)
    try PrivateFile.write(orderedJSON(self), to: "\(output)/\(Self.fileName)")
  }

  /// The plan of a folder, wherever that was made; nil where there is none yet.
  public static func saved(in output: String) throws -> TargetPlan? {
    let path = "\(output)/\(fileName)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      var plan = try decoder.decode(
        TargetPlan.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
      plan.configuration.output = output
      return plan
    } catch {
      throw Failure(
        .file, "\(path) is not a plan of fine-tuning.",
        remedy: "Name another folder with --output.", cause: error)
    }
  }

  /// Rank 0's, on every rank; nil where rank 0 has none.
  ///
  /// - Communication: one broadcast of a few kilobytes.
  public init?(sharing plan: TargetPlan?, over communicator: Communicator) throws {
    let own = try plan.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) } ?? ""
    let text = try communicator.broadcast(own)
    guard !text.isEmpty else { return nil }
    self = try JSONDecoder().decode(TargetPlan.self, from: Data(text.utf8))
  }
}

extension Configuration {
  /// The same with another learning rate, in a folder of its own where several are compared.
  fileprivate func with(rate: Double, apart: Bool) -> Configuration {
    var other = self
    other.optimizer.learningRate = optimizer.learningRate.with(radiograph: rate)
    if apart { other.output += "/rate-\(rate)" }
    return other
  }
}
