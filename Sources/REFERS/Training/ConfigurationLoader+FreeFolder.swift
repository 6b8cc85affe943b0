extension ConfigurationLoader {
  /// The configuration; where nobody named a folder, with one that is free.
  public func resolveWithFreeFolder() throws -> ResolvedConfiguration {
    var loader = self
    let resolved = try loader.resolve()
    let origin = resolved.origin(of: "output")
    guard origin == "default" || origin.hasPrefix("recipe") else { return resolved }
    // A second run must not end at the first one's.
    let free = RunFolder.free(resolved.configuration.output)
    loader.add(ConfigurationAssignment(path: "output", value: .text(free), origin: "default"))
    return try loader.resolve()
  }
}
