import Diagnostics

/// A parser of bytes that others have made, to be tried with any bytes at all.
///
/// What is found is a trap, a fault seen by AddressSanitizer, or an error that is no `Failure`.
/// scripts/fuzz tries new bytes; the tests replay Tests/Fuzz/Corpora/NAME.
public struct FuzzTarget: Sendable {
  /// The name on the command line and of the folder of its corpus.
  public let name: String
  /// Parses the bytes; throws a `Failure` where they are refused.
  private let parse: @Sendable ([UInt8]) throws -> Void

  init(_ name: String, parse: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.name = name
    self.parse = parse
  }

  /// - Throws: whatever must not happen: an error other than a `Failure`, or a ``Finding``.
  public func run(_ bytes: [UInt8]) throws {
    do {
      try parse(bytes)
    } catch is Failure {
      return
    }
  }

  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

  /// Something a parser has let through that breaks its promise.
  public struct Finding: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Throws: ``Finding`` where the promise does not hold.
  static func require(_ holds: Bool, _ promise: String) throws {
    guard holds else { throw Finding(description: "broken: \(promise)") }
  }
}
