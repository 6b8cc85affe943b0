import Diagnostics
import Foundation

/// What a finished fine-tuning run has found: the result.json of its folder.
public struct TargetResult: Codable, Equatable, Sendable {
  /// What a table calls the way the model started, such as `REFERS` or `scratch`.
  public var method: String
  /// The name of the labelled set.
  public var target: String
  public var task: LabelTask
  public var classes: [String]
  public var labelRatio: Double
  /// The number of the draw of that share, from 1.
  public var draw: Int
  public var seed: Int
  /// Nil for a linear probe, which is fitted without one.
  public var learningRate: Double?
  public var trainingImages: Int
  public var validationImages: Int
  public var testImages: Int
  /// The step of the weights that were tested, and the steps made.
  public var bestStep: Int
  public var steps: Int
  /// Means over the classes that have an area; nil where none has.
  public var validationAUC: Double?
  public var testAUC: Double?
  /// In nats, over all known labels of the validation part.
  public var validationLoss: Double?
  /// A SHA-256 of names and labels of the test images, in hexadecimal; results of one are compared.
  public var testDigest: String?
  /// On the test part, by class; nil for a class whose labels have one value.
  public var classAUC: [String: Double?]

  public init(
    method: String, target: String, task: LabelTask, classes: [String], labelRatio: Double,
    draw: Int, seed: Int, learningRate: Double?, trainingImages: Int, validationImages: Int,
    testImages: Int, bestStep: Int, steps: Int, validationAUC: Double?, testAUC: Double?,
    classAUC: [String: Double?], validationLoss: Double? = nil, testDigest: String? = nil
  ) {
    self.method = method
    self.target = target
    self.task = task
    self.classes = classes
    self.labelRatio = labelRatio
    self.draw = draw
    self.seed = seed
    self.learningRate = learningRate
    self.trainingImages = trainingImages
    self.validationImages = validationImages
    self.testImages = testImages
    self.bestStep = bestStep
    self.steps = steps
    self.validationAUC = validationAUC
    self.testAUC = testAUC
    self.classAUC = classAUC
    self.validationLoss = validationLoss
    self.testDigest = testDigest
  }

  private enum CodingKeys: String, CodingKey {
    case method, target, task, classes, draw, seed, steps
    case labelRatio = "label_ratio"
    case learningRate = "learning_rate"
    case trainingImages = "training_images"
    case validationImages = "validation_images"
    case testImages = "test_images"
    case bestStep = "best_step"
    case validationAUC = "validation_auc"
    case testAUC = "test_auc"
    case validationLoss = "validation_loss"
    case testDigest = "test_digest"
    case classAUC = "class_auc"
  }
}

extension TargetResult {
  /// What is higher for the better of two: the area on validation or, where no class has one, the
  /// loss.
  public var validationScore: Double {
    validationAUC ?? validationLoss.map { -$0 } ?? -.infinity
  }

  /// The method as tables have it: a linear probe is one of its own.
  var methodName: String { learningRate == nil ? Self.probe(of: method) : method }

  static func probe(of method: String) -> String { method + " (linear probe)" }

  /// The name of its file in the folder of a run.
  public static let fileName = "result.json"

  /// The most bytes that are read of a file.
  private static let fileLimit = 1 << 24

  public func write(to path: String) throws {
    try PrivateFile.write(orderedJSON(self), to: path)
  }

  public init(contentsOf path: String) throws {
    let bytes = try ReadableFile.bytes(of: path, limit: Self.fileLimit)
    do {
      self = try JSONDecoder().decode(TargetResult.self, from: Data(bytes))
      let areas = [validationAUC, testAUC] + classAUC.values
      guard areas.allSatisfy({ $0.map((0...1).contains) ?? true }), labelRatio > 0,
        labelRatio <= 1
      else {
        throw Failure(.input, "An area or the share of labels is not from 0 to 1.")
      }
    } catch {
      throw Failure(
        .input, "\(path) is not the result of a fine-tuning run.",
        remedy: "Remove it, or repeat the run.", cause: error)
    }
  }
}
