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
    let parameters = engine.parameters
    let team = engine.compute.team
    let norm = GradientNorm.global(engine.gradients, count: parameters.count, team: team)
    guard losses.total.isFinite, norm.isFinite else {
      try refuse(losses, studies, in: step)
      return norm
    }
    let rates = rates(of: step)
    optimizer.update(
      gradients: engine.gradients,
      scale: GradientNorm.clippingScale(norm: norm, limit: configuration.optimizer.clipNorm),
      rate: { Float(rates.value(of: $0)) }, team: team)
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
