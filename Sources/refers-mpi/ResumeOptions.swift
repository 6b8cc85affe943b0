import ArgumentParser
import Foundation
import REFERS

/// The flags that let a run go on.
struct ResumeOptions: ParsableArguments {
  @Option(
    defaultAsFlag: ResumeRequest.last,
    help: ArgumentHelp(
      """
      Go on from the newest whole checkpoint in --output, or from the checkpoint or run named.
      """, valueName: "last|path"), completion: .directory)
  var resume: ResumeRequest?

  @Option(
    help: ArgumentHelp("What may differ from the checkpoint, though other bits may follow."))
  var allow: [ResumeAllowance] = []

  func validate() throws {
    guard resume != nil || allow.isEmpty else {
      throw ValidationError("--allow goes with --resume.")
    }
  }

  /// What the flags mean on this machine, for rank 0; makes the folder of the run.
  ///
  /// - Returns: also the configuration with where each value comes from.
  func start(
    _ options: ConfigurationOptions
  ) throws -> (start: RunStart, resolved: ResolvedConfiguration) {
    guard let resume else { return try begin(options) }
    let decided = try RunStart.resuming(
      resume, try options.loader(), build: { try .current($0) }, program: builtCommit,
      allowing: allow)
    try RunFolder.enter(decided.start.configuration.output)
    try RunFolder.record(decided.start.configuration)
    return decided
  }

  private func begin(
    _ options: ConfigurationOptions
  ) throws -> (start: RunStart, resolved: ResolvedConfiguration) {
    var resolved = try options.loader().resolveWithFreeFolder()
    // Another run may take the free folder first; then the next one is looked for.
    while try !RunFolder.prepare(resolved.configuration.output) {
      resolved = try options.loader().resolveWithFreeFolder()
    }
    try RunFolder.record(resolved.configuration)
    return (RunStart(configuration: resolved.configuration), resolved)
  }
}

extension ResumeRequest: ExpressibleByArgument {
  public init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self = argument == "last" ? .last : .path(argument)
  }

  public var defaultValueDescription: String {
    switch self {
    case .last: "last"
    case .path(let path): path
    }
  }
}

extension ResumeAllowance: ExpressibleByArgument {}
