import Determinism
import Distributed
import Tensors

/// What is trained on what: the studies, the model, its steps and its validation.
protocol TrainingSubject: AnyObject {
  var model: any TrainedModel { get }
  var meaning: ModelMeaning { get }
  var source: any StudySource { get }
  /// Indices of studies in the source.
  var training: [Int] { get }
  var validation: [Int] { get }

  /// A SHA-256 of what decides the data, in hexadecimal.
  func digest() throws -> String
  /// Gives parameters the values that files hold, on all ranks; returns what a person should know.
  func startPretrained(over communicator: Communicator) throws -> [String]
  func engine(_ parts: EngineParts) throws -> any StepEngine
  func preparer(cacheBytes: Int) throws -> StudyPreparer
  func validation(_ parts: ValidationParts) throws -> any Validation
  /// Writes what a run leaves besides its logs, before the first step; on rank 0.
  func begin() throws
  /// Fits a linear head to the features of a backbone that stays as it is; validates it.
  func fitHead(_ parts: ValidationParts) throws -> ValidationResult
  /// Does what follows the last step, on all ranks.
  func conclude(
    _ parts: ValidationParts, _ progress: TrainingProgress, communicator: Communicator,
    observer: (any TrainingObserver)?
  ) throws
}

/// What an engine is made of, besides its model.
struct EngineParts {
  let compute: Compute
  let communicator: Communicator
  let tree: SumTree
  let cut: StepCut
  let messageBytes: Int
  let monitor: PhaseMonitor
}

/// What a validation is made of.
struct ValidationParts {
  let engine: any StepEngine
  let preparer: StudyPreparer
  let workers: Int
}
