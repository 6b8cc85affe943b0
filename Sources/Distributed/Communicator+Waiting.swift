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
    var patience = Patience(limit: timeout)
    while true {
      var isDone: Int32 = 0
      var status = MPI_Status()
      try check(MPI_Test(&request.handle, &isDone, &status), function)
      guard isDone == 0 else { return }
      guard patience.pause() else { throw silence(of: others, in: function) }
    }
  }

  private var others: [Int] { (0..<size).filter { $0 != rank } }

  /// The failure of a wait in which nothing was heard from the named ranks; the first of those
  /// that wait says it.
  func silence(of peers: [Int], in call: String) -> Failure {
    let silent = Set(peers).sorted()
    let names = silent.map(String.init)
    let peers =
      switch names.count {
      case 1: "rank \(names[0])"
      default: "one of the ranks " + names.joined(separator: ", ")
      }
    return Failure(
      .communication,
      "No answer from \(peers) for \(Int(timeout.rounded(.up))) s, in \(call).",
      remedy: "See whether it still runs and its host can be reached; raise `exchange.timeout` if "
        + "it only needs longer."
    ).shared(by: (0..<size).first { !silent.contains($0) } ?? rank)
  }
}
