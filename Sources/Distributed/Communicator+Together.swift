import Diagnostics

extension Communicator {
  /// Runs the body on every rank, then throws on every rank if it threw on any.
  ///
  /// The lowest rank that failed says what and in which phase; the failures of the others are
  /// ``Failure/shared(by:)`` with it. A rank that fails while others are in a collective call of
  /// the body ends their wait as well, if calls are checked.
  ///
  /// - Parameter phase: what is being done, the same on every rank.
  /// - Communication: one message of 32 bytes to each rank.
  public func together<Result>(_ phase: String, _ body: () throws -> Result) throws -> Result {
    let outcome = Swift.Result { try body() }
    var own: Failure?
    if case .failure(let error) = outcome {
      let failure =
        error as? Failure ?? Failure(.library, String(describing: error), cause: error)
      own = failure.within(phase)
      // The others have met it alike, or do not answer.
      if failure.isShared { throw failure }
    }
    guard size > 1 else {
      if let own { throw own }
      return try outcome.get()
    }
    let all = try tell([Call.together.rawValue, own == nil ? 0 : 1, 0, 0])
    let speaker = Self.firstFailed(all)
    if let own { throw speaker == rank || speaker == nil ? own : own.shared(by: speaker ?? rank) }
    if let speaker { throw heard(from: speaker, in: phase) }
    guard all.allSatisfy({ $0[0] == Call.together.rawValue }) else { throw otherCall(.together) }
    return try outcome.get()
  }

  /// Throws if the words of any rank say that it has failed.
  func requireNoneFailed(_ words: [[Int64]]) throws {
    if let speaker = Self.firstFailed(words) { throw heard(from: speaker, in: nil) }
  }

  /// The words of every rank, in the order of ranks.
  ///
  /// Each rank tells every other, not by an allreduce, so that one that stays away has a name.
  func tell(_ words: [Int64]) throws -> [[Int64]] {
    let count = words.count
    var all = [Int64](repeating: 0, count: size * count)
    try words.withUnsafeBufferPointer { words in
      try all.withUnsafeMutableBufferPointer { all in
        let exchange = Exchange(self, tag: .agreement)
        try exchange.receive(into: all, counts: Array(repeating: count, count: size))
        for peer in 0..<size where peer != rank { try exchange.send(words, to: peer) }
        for (index, word) in words.enumerated() { all[rank * count + index] = word }
        try exchange.wait(in: Call(rawValue: words[0])?.name ?? "agree")
      }
    }
    return (0..<size).map { Array(all[$0 * count..<($0 + 1) * count]) }
  }

  private static func firstFailed(_ words: [[Int64]]) -> Int? {
    words.firstIndex { $0[0] == Call.together.rawValue && $0[1] != 0 }
  }

  private func heard(from speaker: Int, in phase: String?) -> Failure {
    Failure(
      .communication, "Rank \(speaker) of \(size) has failed.",
      remedy: "See its own message.", context: phase.map { [$0] } ?? []
    ).shared(by: speaker)
  }
}
