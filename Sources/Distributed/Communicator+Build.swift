import Diagnostics

/// One thing in which the builds or the processors of ranks may differ, and then their results.
public struct BuildTrait: Equatable, Sendable {
  /// Such as "BLAS kernel".
  public let name: String
  public let value: String
  /// How to make it one.
  public let remedy: String

  public init(
    _ name: String, _ value: String,
    remedy: String = "Install the same program and libraries on every host."
  ) {
    self.name = name
    self.value = value
    self.remedy = remedy
  }
}

extension Communicator {
  /// Throws on every rank unless all ranks have the same traits and the same MPI library.
  ///
  /// - Parameter traits: the same names in the same order on every rank.
  /// - Throws: `library`, naming the first rank that differs from rank 0, and both values.
  /// - Communication: two gathers, of a few hundred bytes.
  public func agreeOnBuild(_ traits: [BuildTrait]) throws {
    let traits =
      [BuildTrait("MPI library", Self.libraryVersion, remedy: "Install one MPI on every host.")]
      + traits
    let texts = try allGather(traits.map(\.value).joined(separator: "\n"))
    let values = texts.map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    for (index, trait) in traits.enumerated() {
      for other in values.indices {
        let pair = [values[0], values[other]].map { index < $0.count ? $0[index] : "nothing" }
        guard pair[0] != pair[1] else { continue }
        throw Failure(
          .library,
          "The \(trait.name) is \(pair[0]) on rank 0 and \(pair[1]) on rank \(other) of \(size): "
            + "their results would differ.", remedy: trait.remedy
        ).shared()
      }
    }
  }
}
