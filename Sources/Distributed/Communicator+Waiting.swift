import CMPI
import Diagnostics

extension Communicator {
  /// Starts a call that MPI completes later, and waits for it.
  ///
  /// - Throws: `communication` if MPI fails or ``timeout`` passes; the buffers may then still be
  ///   in use, and the run must end.
  func complete(
    _ function: String, _ start: (UnsafeMutablePointer<CMPIRequest>) -> Int32
  ) throws {
    var request = cmpi_no_request()
    try check(start(&request), function)
    let others = (0..<size).filter { $0 != rank }
    var patience = Patience(self, call: function)
    while true {
      var isDone: Int32 = 0
      var status = MPI_Status()
      try check(MPI_Test(&request.handle, &isDone, &status), function)
      guard isDone == 0 else { return }
      try patience.pause(for: others)
    }
  }

  /// The failure of a wait in which nothing was heard for so long.
  ///
  /// It names the ranks that do not wait themselves, or, if all do, those that this one waits for.
  /// The first of those that wait says it.
  ///
  /// - Parameter waiting: the ranks known to wait as well.
  func silence(of peers: [Int], waiting: Set<Int>, in call: String) -> Failure {
    let absent = (0..<size).filter { $0 != rank && !waiting.contains($0) }
    let silent = absent.isEmpty ? Set(peers).sorted() : absent
    let names = silent.map(String.init).joined(separator: ", ")
    return Failure(
      .communication,
      "No answer from rank\(silent.count == 1 ? "" : "s") \(names) for "
        + "\(Int(timeout.rounded(.up))) s, in \(call).",
      remedy: "See whether it still runs and its host can be reached; raise `exchange.timeout` if "
        + "it only needs longer."
    ).shared(by: (0..<size).first { !silent.contains($0) } ?? rank)
  }
}
