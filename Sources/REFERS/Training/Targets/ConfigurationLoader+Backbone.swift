extension ConfigurationLoader {
  /// Lets a classifier have the sizes of the checkpoint that it starts from, and be called by what
  /// that was trained for, or by the name of another classifier's run. A file of weights alone says
  /// nothing of sizes, and gives its name.
  ///
  /// - Throws: `Failure` where there is no such checkpoint.
  public mutating func takeBackbone() throws {
    guard case .text(let path)? = given("target.start") else { return }
    guard let checkpoint = try BackboneFile.checkpoint(meantBy: path) else {
      return addFirst(
        ConfigurationAssignment(
          path: "target.method", value: .text(PathName(path).stem), origin: path))
    }
    let state: TrainingState = try checkpoint.state()
    try requirePreset(of: state.configuration, at: path)
    addFirst(backboneOf: state.configuration, origin: path)
    let name =
      switch state.configuration.objective {
      case .reports: "REFERS"
      case .labels: "LSP (Transformer)"
      case .target: RunFolder.name(of: state.configuration.output)
      }
    addFirst(ConfigurationAssignment(path: "target.method", value: .text(name), origin: path))
  }
}
