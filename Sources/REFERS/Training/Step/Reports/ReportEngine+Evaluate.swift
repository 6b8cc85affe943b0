import Tensors

extension ReportEngine {
  /// The losses of a batch without a gradient, and its features.
  public func evaluate(
    _ studies: [PreparedStudy], count: Int
  ) throws -> (losses: Losses, features: Features) {
    var own = LocalFeatures()
    var sums: [Double] = []
    for pass in core.arena.passes {
      let tape = Tape(compute: compute, parameters: parameters)
      let outputs = try model.forward(core.batch(pass.shards, of: studies, count: count), on: tape)
      own.append(outputs.image, outputs.text)
      sums += outputs.shardSums
    }
    var features = try gather(own, count: count)
    let contrast = contrast(
      image: features.image, text: features.text, width: features.width, blas: compute.blas)
    features.tokens = try core.communicator.allReduce(Double(tokens(of: studies)), .sum)
    features.language = try core.gather(
      StepEnd(common: contrast.loss, name: Self.common, stop: nil, sums: sums),
      width: directions, step: monitor.step
    ).totals
    return (
      losses(
        contrast: contrast.loss, features.language, tokens: features.tokens, studies: count),
      features
    )
  }
}
