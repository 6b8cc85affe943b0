/// Where a run is to go on.
public enum ResumeRequest: Equatable, Sendable {
  /// At the newest whole checkpoint of the run's own folder; at step 0 where it has none yet.
  case last
  /// At a checkpoint, a link to one, or the newest of a run's folder.
  case path(String)
}

/// What a run may differ in from the checkpoint that it goes on from, if allowed by name.
public enum ResumeAllowance: String, CaseIterable, Sendable {
  /// Another BLAS library or kernel, or other instructions: the bits may differ from then on.
  case otherBuild = "other-build"
}
