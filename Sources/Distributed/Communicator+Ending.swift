import CMPI
import Diagnostics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Communicator {
  /// Ends MPI on this rank at the regular end of a run; returns at once if it has ended already.
  ///
  /// Every rank must come here; one that gives up calls ``fail(_:code:)`` or ``abort(code:)``.
  ///
  /// - Throws: `communication` if another rank makes another call, or none.
  public func finalize() throws {
    guard !isFinalized() else { return }
    // `MPI_Finalize` waits for ever for a rank that does not come.
    try meet(in: .finalize)
    try rollCall.listen(on: self)
    try check(MPI_Finalize(), "MPI_Finalize")
  }

  /// Ends all ranks with an exit code, without waiting for any of them.
  public static func abort(code: Int32 = 1) -> Never {
    fflush(nil)
    // Alone, there is nobody to end, and MPI's own words would only bury ours.
    let ranks = placeInWorld()?.1 ?? 1
    if ranks > 1, isInitialized(), !isFinalized() { MPI_Abort(cmpi_world().handle, code) }
    _exit(code)
  }

  /// Prints one message (rank, what went wrong, remedy) to standard error and ends all ranks.
  ///
  /// Where another rank is to say a shared failure, this one is silent, and speaks only if that one
  /// has not ended all ranks within seconds. Also serves before MPI has started, for a failure to
  /// start it, and where it does not connect the ranks.
  public static func fail(_ error: any Error, code: Int32 = 1) -> Never {
    fflush(nil)
    let (rank, size) = placeAmongRanks()
    let isConnected = (placeInWorld()?.size ?? 1) > 1
    if size > 1, let speaker = (error as? Failure)?.speaker, speaker != rank {
      // In the order of ranks, should more of them come to speak.
      wait(isConnected ? 3 + 0.25 * Double(min(rank, 40)) : 1)
      if !isConnected { _exit(code) }
    } else if isConnected, rank > 0 {
      // Lower ranks may have met the same, such as a disk that is gone: the lowest says it, and
      // its end ends the others.
      wait(0.7 + 0.1 * Double(min(rank, 20)))
    }
    say("error\(size > 1 ? " (rank \(rank) of \(size))" : ""): \(error)\n")
    // A launcher drops what it has not read when it hears of the end.
    if size > 1 || Launcher().size != nil { usleep(200_000) }
    abort(code: code)
  }

  /// A signal with a handler, such as the launcher's TERM, ends a sleep, but not this wait.
  private static func wait(_ seconds: Double) {
    let end = now() + seconds
    while now() < end { usleep(50_000) }
  }

  /// One write, so that messages of ranks do not mix.
  private static func say(_ text: String) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      written += count
    }
  }
}

/// The rank and the number of ranks, as MPI sees them, or, where it has not started or sees each
/// rank alone, as the launcher does.
private func placeAmongRanks() -> (rank: Int, size: Int) {
  if let place = placeInWorld(), place.size > 1 { return place }
  let launcher = Launcher()
  guard let rank = launcher.rank, let size = launcher.size else { return (0, 1) }
  return (rank, size)
}
