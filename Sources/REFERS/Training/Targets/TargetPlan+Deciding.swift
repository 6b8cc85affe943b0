import Diagnostics

extension TargetPlan {
  /// What the options mean on this machine, for rank 0; makes the folder and claims it.
  ///
  /// - Parameter resumes: whether the folder may hold the same plan already.
  /// - Returns: also the table of the configuration.
  /// - Throws: `Failure` where the folder holds another plan, or any plan that is not resumed.
  public static func decided(
    _ loader: ConfigurationLoader, draws: Int, rates: [Double], resumes: Bool
  ) throws -> (plan: TargetPlan, table: String) {
    var resolved = try loader.resolveWithFreeFolder()
    try TargetPlan(resolved.configuration, draws: draws, rates: rates).requireDifference()
    if resumes {
      try RunFolder.enter(resolved.configuration.output)
    } else {
      // Another run may take the free folder first; then the next one is looked for.
      while try !RunFolder.prepare(resolved.configuration.output) {
        resolved = try loader.resolveWithFreeFolder()
      }
    }
    let plan = TargetPlan(resolved.configuration, draws: draws, rates: rates)
    if resumes, RunFolder.hasRun(plan.output), let saved = try saved(in: plan.output) {
      try RunStart.requireSameResult(resolved, as: saved.configuration, of: plan.output)
      guard (saved.draws, saved.rates) == (draws, rates) else {
        throw Failure(
          .configuration, "\(plan.output) holds runs with other --repeats or --learning-rates.",
          remedy: "Give the same ones, or name another folder with --output.")
      }
    }
    try plan.write()
    return (plan, resolved.table)
  }

  /// Requires that runs of the plan can differ: a linear probe draws nothing but its images, and
  /// has no learning rate.
  private func requireDifference() throws {
    guard configuration.target.linearProbe else { return }
    guard rates.isEmpty else {
      throw Failure(
        .configuration, "A linear probe has no learning rate, but --learning-rates is given.",
        remedy: "Leave out --learning-rates, or --linear-probe.")
    }
    guard draws == 1 || configuration.target.labelRatio < 1 else {
      throw Failure(
        .configuration, "A linear probe on all images is the same in each of \(draws) repeats.",
        remedy: "Leave out --repeats, or give a --label-ratio below 1.")
    }
  }
}
