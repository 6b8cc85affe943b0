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
}
