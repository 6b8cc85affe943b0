import Diagnostics
import Tensors

extension TrainingLoop {
  /// The learning rates of a step.
  func rates(of step: Step) -> Configuration.Optimizer.LearningRate {
    configuration.optimizer.learningRate.scaled(by: schedule.factor(at: step.number - 1))
  }

  /// Updates the weights; returns the norm of the gradient.
  func update(
    _ losses: Losses, _ studies: [PreparedStudy], in step: Step
  ) throws -> Double {
    guard losses.total.isFinite else {
      try refuse(losses, studies, in: step)
      return engine.gradientNorm
    }
    let norm = engine.update(
      optimizer, clipNorm: configuration.optimizer.clipNorm, rates: rates(of: step))
    if !norm.isFinite { try refuse(losses, studies, in: step) }
    return norm
  }

  /// Ends the run at a step that is not finite, or leaves the weights as they are if so configured.
  private func refuse(
    _ losses: Losses, _ studies: [PreparedStudy], in step: Step
  ) throws {
    let cause = try engine.findNotFinite(studies, in: step)
    let what = losses.total.isFinite ? "gradient" : "loss"
    if configuration.checks.nonFinite == .skip, cause.isSkippable {
      observer?.warned(
        "step \(step.number) skipped, its \(what) is not finite: \(cause.description)")
      return
    }
    throw Failure(
      .numerics, "The \(what) is not finite: \(cause.description).",
      remedy: cause.isSkippable
        ? "Look at that study, lower the learning rates, clip the gradient (optimizer.clip_norm), "
          + "or skip such steps (checks.non_finite: skip)."
        : "Lower the learning rates, or clip the gradient (optimizer.clip_norm), and resume."
    ).shared()
  }
}

extension StepEngine {
  /// The global norm of the gradient.
  var gradientNorm: Double {
    GradientNorm.global(gradients, count: parameters.count, team: compute.team)
  }

  /// Updates the weights with the clipped gradient, unless its norm is not finite; returns the norm.
  ///
  /// - Parameter clipNorm: the largest norm that is left as it is; 0 does not limit.
  func update(
    _ optimizer: any Optimizer, clipNorm: Double, rates: Configuration.Optimizer.LearningRate
  ) -> Double {
    let norm = gradientNorm
    guard norm.isFinite else { return norm }
    optimizer.update(
      gradients: gradients, scale: GradientNorm.clippingScale(norm: norm, limit: clipNorm),
      rate: { Float(rates.value(of: $0)) }, team: compute.team)
    return norm
  }
}
