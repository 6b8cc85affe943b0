extension ConfigurationLoader {
  /// Lets a classifier have the sizes of the checkpoint that it starts from, and be called by what
  /// that was trained for; a file of weights alone says nothing of either.
  ///
  /// - Throws: `Failure` where there is no such checkpoint.
  public mutating func takeBackbone() throws {
    guard case .text(let path)? = given("target.start"),
      let checkpoint = try BackboneFile.checkpoint(meantBy: path)
    else { return }
    let state: TrainingState = try checkpoint.state()
    addFirst(backboneOf: state.configuration, origin: path)
    let name =
      switch state.configuration.objective {
      case .reports: "REFERS"
      case .labels: "LSP (Transformer)"
      case .target: state.configuration.target.method
      }
    addFirst(ConfigurationAssignment(path: "target.method", value: .text(name), origin: path))
  }
}
