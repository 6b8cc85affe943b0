extension StudyLayout {
  /// The studies of a directory, or of a store, for a model of this configuration.
  ///
  /// - Throws: `Failure(.configuration)` for a store whose images are smaller than the model's.
  public static func open(
    _ directory: String, seed: UInt64, for configuration: Configuration
  ) throws -> any StudySource {
    guard StudyStore.isStore(directory) else { return try open(directory, seed: seed) }
    let store = try StudyStore(directory: directory)
    try store.side(of: BaseSize(configuration))
    return store
  }
}
