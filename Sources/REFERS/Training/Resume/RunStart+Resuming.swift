import Diagnostics
import Foundation

extension RunStart {
  /// Decides how a run goes on.
  ///
  /// The saved configuration is the lowest layer; what has been added to `loader` may repeat it,
  /// and may change what does not decide the result.
  ///
  /// - Parameters:
  ///   - loader: what was given on the command line.
  ///   - build: what runs now, with a library for matrix products.
  ///   - program: the commit of what runs now.
  /// - Returns: also the configuration with the origin of each value.
  /// - Throws: `Failure` where no whole checkpoint is found, or where configuration or build are
  ///   others than saved.
  public static func resuming(
    _ request: ResumeRequest, _ loader: ConfigurationLoader,
    build: (Configuration.Computing) throws -> BuildRecord, program: String,
    allowing allowances: [ResumeAllowance] = []
  ) throws -> (start: RunStart, resolved: ResolvedConfiguration) {
    var loader = loader
    var output: String?
    if case .text(let text)? = loader.given("output") { output = text }
    let found: (point: ResumePoint?, notices: [String])
    switch request {
    case .last:
      let folder = output ?? Configuration().output
      output = folder
      try RunFolder.enter(folder)
      try CheckpointStore(ofRun: folder).recover()
      found = try ResumePoint.newest(inRun: folder)
    case .path(let path):
      let point = try ResumePoint.at(path)
      found = (point, [])
      output = output ?? point.runFolder
    }
    guard let point = found.point else {
      return try starting(&loader, output: output ?? Configuration().output)
    }

    let name = PathName(point.path).last
    loader.addFirst(point.state.configuration, origin: name)
    loader.readsPretrained = false
    let folder = output ?? RunFolder.free(Configuration().output)
    if loader.given("output") != .text(folder) {
      loader.add(ConfigurationAssignment(path: "output", value: .text(folder), origin: "--resume"))
    }
    let isOwnFolder = point.runFolder.map { Folder.isSame($0, folder) } ?? false
    if !isOwnFolder { try RunFolder.requireFree(folder) }
    let resolved = try loader.resolve()
    try requireSameResult(resolved, as: point.state.configuration, of: point.path)
    var notices = found.notices
    let (configuration, own) = try goingOn(with: resolved.configuration, from: point, build)
    notices += try differences(of: own, from: point, allowing: allowances)
    notices += notes(point, program: program, isOwnFolder: isOwnFolder)
    let start = RunStart(
      configuration: configuration, point: point, resumes: isOwnFolder, notices: notices)
    return (start, resolved)
  }

  /// A configuration with the library that the run was saved with, unless one is named or that one
  /// is missing here.
  private static func goingOn(
    with configuration: Configuration, from point: ResumePoint,
    _ build: (Configuration.Computing) throws -> BuildRecord
  ) throws -> (Configuration, BuildRecord) {
    var configuration = configuration
    if configuration.compute.blas == .auto, let library = point.state.build.library {
      configuration.compute.blas = library
      if let record = try? build(configuration.compute) { return (configuration, record) }
      configuration.compute.blas = .auto
    }
    return (configuration, try build(configuration.compute))
  }

  /// A run that goes on in its own folder with a configuration that is known.
  ///
  /// - Throws: `Failure` where configuration or build are others than saved.
  init(
    goingOnWith configuration: Configuration, from point: ResumePoint, notices: [String],
    build: (Configuration.Computing) throws -> BuildRecord, program: String,
    allowing allowances: [ResumeAllowance]
  ) throws {
    let origins = ConfigurationField.all.map { _ in "this run" }
    try Self.requireSameResult(
      ResolvedConfiguration(configuration: configuration, origins: origins),
      as: point.state.configuration, of: point.path)
    let (configuration, own) = try Self.goingOn(with: configuration, from: point, build)
    self.init(
      configuration: configuration, point: point, resumes: true,
      notices: notices + (try Self.differences(of: own, from: point, allowing: allowances))
        + Self.notes(point, program: program, isOwnFolder: true))
  }

  /// A run that was killed before its first checkpoint, or never began.
  private static func starting(
    _ loader: inout ConfigurationLoader, output: String
  ) throws -> (start: RunStart, resolved: ResolvedConfiguration) {
    let file = "\(output)/configuration.yaml"
    if FileManager.default.fileExists(atPath: file) {
      var saved = ConfigurationLoader()
      try saved.add(file: file)
      loader.addFirst(try saved.resolve().configuration, origin: file)
    }
    if loader.given("output") != .text(output) {
      loader.add(ConfigurationAssignment(path: "output", value: .text(output), origin: "--resume"))
    }
    let resolved = try loader.resolve()
    let start = RunStart(
      configuration: resolved.configuration, resumes: true,
      notices: ["\(output) has no checkpoint yet: the run starts at step 0"])
    return (start, resolved)
  }

  private static func notes(
    _ point: ResumePoint, program: String, isOwnFolder: Bool
  ) -> [String] {
    var notes = ["going on after step \(point.state.step), from \(point.path)"]
    if point.state.versions.program != program {
      notes.append("it was saved by refers-mpi \(point.state.versions.program), this is \(program)")
    }
    let folder = PathName(point.path).parent
    let later = (try? CheckpointStore(directory: folder).steps().last) ?? 0
    if isOwnFolder, later > point.state.step {
      notes.append("the checkpoints after it will be removed when the next one is saved")
    }
    return notes
  }

  /// - Throws: `Failure` where a value that decides the result is another than in a run.
  static func requireSameResult(
    _ resolved: ResolvedConfiguration, as saved: Configuration, of run: String
  ) throws {
    let differences = ConfigurationField.all.filter {
      $0.decidesResult && $0.read(saved) != $0.read(resolved.configuration)
    }.map { field in
      "\(field.path) is \(field.read(saved)) there, but \(field.read(resolved.configuration)) by "
        + resolved.origin(of: field.path)
    }
    guard differences.isEmpty else {
      throw Failure(
        .configuration,
        "The run of \(run) cannot go on with other values: "
          + "\(differences.joined(separator: "; ")).",
        remedy: "Leave them out, or begin a new run with another --output.")
    }
  }

  private static func differences(
    of build: BuildRecord, from point: ResumePoint, allowing allowances: [ResumeAllowance]
  ) throws -> [String] {
    let saved = point.state.build
    let differences = [
      (
        "the BLAS kernel", saved.blasKernel, build.blasKernel, saved.kernelRemedy
      ),
      ("the BLAS library", saved.blasLibrary, build.blasLibrary, "Install \(saved.blasLibrary)"),
      (
        "instructions for", saved.simd, build.simd, "Build with REFERS_SIMD for \(saved.simd)"
      ),
    ].filter { $0.1 != $0.2 }
    let texts = differences.map { "\($0.0) \($0.1), this runs with \($0.2)" }
    if allowances.contains(.otherBuild) {
      return texts.map { "other bits may follow: the run was saved with \($0)" }
    }
    guard differences.isEmpty else {
      throw Failure(
        .checkpoint,
        "\(point.path) was saved with \(texts.joined(separator: "; with ")): the bits may differ.",
        remedy: differences.map(\.3).joined(separator: "; ")
          + "; or accept other bits with --allow other-build.")
    }
    return []
  }
}
