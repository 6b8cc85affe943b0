import Diagnostics

extension ConfigurationLoader {
  /// Requires that a preset that was given is that of the run a classifier starts from.
  ///
  /// - Throws: `Failure(.configuration)` that names both.
  func requirePreset(of configuration: Configuration, at path: String) throws {
    guard let given = assignment(of: "preset"),
      given.value != .text(configuration.preset.rawValue)
    else { return }
    throw Failure(
      .configuration,
      "preset is \(configuration.preset.rawValue) in \(path), but \(given.value) by "
        + "\(given.origin).",
      remedy: "Leave it out: a classifier has the size of what it starts from.")
  }
}
