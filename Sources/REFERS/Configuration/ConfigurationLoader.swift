import Diagnostics
import Foundation

/// Puts a configuration together: preset, then mode, then what is added, in that order.
///
/// What is added later wins. `preset`, `mode`, `objective`, and a target's recipe, path and layout
/// are taken from the last place that names them, before anything else; a recipe that depends on an
/// unnamed layout looks at the target's files:
///
///     var loader = ConfigurationLoader()
///     try loader.add(file: "run.yaml")
///     loader.add(ConfigurationAssignment(path: "training.batch", value: .int(64), origin: "--batch"))
///     let resolved = try loader.resolve()
public struct ConfigurationLoader: Sendable {
  /// What is taken where nothing names a preset.
  public static let defaultPreset = Configuration.Preset.tiny

  /// What decides values besides its own.
  private static let leading = [
    "preset", "mode", "objective", "target.recipe", "target.path", "target.layout",
  ]

  private var assignments: [ConfigurationAssignment] = []
  /// False where a checkpoint holds what a pretrained text encoder once decided.
  var readsPretrained = true

  public init() {}

  /// Puts every value of a configuration before what has been added.
  mutating func addFirst(_ configuration: Configuration, origin: String) {
    assignments.insert(
      contentsOf: ConfigurationField.all.map {
        ConfigurationAssignment(path: $0.path, value: $0.read(configuration), origin: origin)
      }, at: 0)
  }

  /// Puts what a checkpoint says of the radiograph transformer and its images before what has been
  /// added: a classifier that starts from it has its sizes.
  public mutating func addFirst(backboneOf configuration: Configuration, origin: String) {
    let own = ["preset", "image.", "model.radiograph."]
    assignments.insert(
      contentsOf: ConfigurationField.all.filter { field in
        own.contains { field.path.hasPrefix($0) } && field.path != "model.radiograph.pretrained"
      }.map {
        ConfigurationAssignment(path: $0.path, value: $0.read(configuration), origin: origin)
      }, at: 0)
  }

  /// Puts one value before what has been added.
  mutating func addFirst(_ assignment: ConfigurationAssignment) {
    assignments.insert(assignment, at: 0)
  }

  /// What was last given to a path; nil where nothing was.
  func given(_ path: String) -> ConfigurationValue? { assignment(of: path)?.value }

  /// What was last given to a path, with its origin; nil where nothing was.
  func assignment(of path: String) -> ConfigurationAssignment? {
    assignments.last { $0.path == path }
  }

  /// Adds one value.
  public mutating func add(_ assignment: ConfigurationAssignment) {
    assignments.append(assignment)
  }

  /// Adds the values of a YAML file.
  ///
  /// - Throws: `Failure` where the file cannot be read or has an unknown name.
  public mutating func add(file: String) throws {
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .file, "\(file): The configuration cannot be read.",
        remedy: "Check that the file exists and that you may read it.")
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw Failure(.file, "\(file): The configuration is not UTF-8.")
    }
    try add(yaml: text, name: file)
  }

  /// Adds the values of a YAML text that errors call by the given name.
  public mutating func add(yaml: String, name: String) throws {
    assignments += try ConfigurationDocument.assignments(yaml: yaml, name: name)
  }

  /// The configuration, with where each value came from.
  ///
  /// - Throws: `Failure` for an unknown path, a value that is not allowed, or values that do not
  ///   go together.
  public func resolve() throws -> ResolvedConfiguration {
    var named = Configuration()
    named.preset = Self.defaultPreset
    for assignment in assignments where Self.leading.contains(assignment.path) {
      _ = try assignment.apply(to: &named)
    }

    var configuration = Configuration()
    var origins = ConfigurationField.all.map { _ in "default" }
    /// Notes whose values a change has replaced; `preset` and `mode` have origins of their own.
    func change(_ origin: String, _ change: (inout Configuration) -> Void) {
      let before = configuration
      change(&configuration)
      for (index, field) in ConfigurationField.all.enumerated()
      where field.read(before) != field.read(configuration)
        && !Self.leading.contains(field.path)
      {
        origins[index] = origin
      }
    }
    change("preset \(named.preset.rawValue)") { $0.take(named.preset) }
    change("mode \(named.mode.rawValue)") { $0.take(named.mode) }
    change("objective \(named.objective.rawValue)") { $0.take(named.objective) }
    let layout = try Self.layoutOfFiles(named)
    if named.objective == .target {
      named.target.layout = layout ?? named.target.layout
      let set = try Self.publishedSet(named)
      change("recipe \(named.target.recipe.rawValue)") {
        $0.target.layout = named.target.layout
        $0.take(named.target.recipe, of: set)
      }
    }
    var decided: [ConfigurationAssignment] = []
    if readsPretrained, case .text(let directory)? = given("text.pretrained") {
      let files = try BERTDirectory(path: directory)
      _ = try files.vocabulary()
      decided = files.assignments
    }
    for assignment in decided + assignments {
      origins[try assignment.apply(to: &configuration)] = assignment.origin
    }
    if let layout {
      configuration.target.layout = layout
      for (index, field) in ConfigurationField.all.enumerated() where field.path == "target.layout"
      {
        origins[index] = "files of target.path"
      }
    }
    try requireUnchanged(decided, in: configuration, origins: origins)
    let resolved = ResolvedConfiguration(configuration: configuration, origins: origins)
    try configuration.validate { resolved.origin(of: $0) }
    return resolved
  }

  /// The layout of a target whose recipe depends on it, by its files; nil where it was said, or does
  /// not matter yet.
  private static func layoutOfFiles(
    _ named: Configuration
  ) throws -> Configuration.Target.Layout? {
    guard named.objective == .target, named.followsPublished, named.target.layout == .auto,
      let path = named.target.path
    else { return nil }
    return try TargetLayout.of(named.target, path: path)
  }

  /// The set whose recipe a target takes: that of its layout, of lists the one that their images are
  /// named like.
  ///
  /// - Throws: `Failure(.configuration)` where the public code has no recipe for it.
  private static func publishedSet(_ named: Configuration) throws -> Configuration.Target.Layout {
    guard named.target.layout == .lists, named.followsPublished, let path = named.target.path else {
      return named.target.layout
    }
    if let set = try ListLabels.publishedSet(path) { return set }
    guard named.target.recipe != .code else {
      throw Failure(
        .configuration,
        "target.recipe is code, which has no recipe for the set of the lists in \(path).",
        remedy: "Name files of NIH, VinBigData, Shenzhen or COVID-19 as they are published, or "
          + "give --recipe paper.")
    }
    return .lists
  }

  /// Requires that nothing given contradicts what the files of a pretrained model say.
  ///
  /// - Throws: one `Failure` that names each value with both of its origins.
  private func requireUnchanged(
    _ decided: [ConfigurationAssignment], in configuration: Configuration, origins: [String]
  ) throws {
    var saying = Configuration()
    let contradictions = try decided.compactMap { assignment -> String? in
      let index = try assignment.apply(to: &saying)
      let field = ConfigurationField.all[index]
      let (theirs, ours) = (field.read(saying), field.read(configuration))
      guard theirs != ours else { return nil }
      return "\(field.path) is \(theirs) in \(assignment.origin), but \(ours) by \(origins[index])"
    }
    guard contradictions.isEmpty else {
      throw Failure(
        .configuration, contradictions.joined(separator: "; ") + ".",
        remedy: "Leave out what the pretrained text encoder decides, or name another.")
    }
  }
}
