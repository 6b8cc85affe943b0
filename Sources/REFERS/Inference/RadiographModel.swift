import Tensors

/// The radiograph transformer alone, for what is computed of one image at a time.
public final class RadiographModel {
  public let parameters = ParameterStore()
  public let radiograph: RadiographTransformer

  /// Declares all parameters; the values are set by `parameters.allocate(seed:)` or read from a
  /// checkpoint.
  public init(_ configuration: Configuration) {
    radiograph = RadiographTransformer(configuration, in: parameters)
  }

  /// The class token of each image behind the last norm, [images, width].
  public func features(_ batch: StudyBatch, on tape: Tape) throws -> Variable {
    try radiograph.classTokens(batch, on: tape)
  }
}
