import Diagnostics
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The signals by which schedulers and users ask a run to save and end: USR1 and TERM.
///
/// A signal sets a flag and does nothing else, at whatever moment it comes; the run looks at the
/// flag between two steps. The first signal stays, later ones change nothing. INT keeps its
/// meaning: it ends the program at once.
public enum StopSignals {
  /// Takes the two signals over for the rest of the process.
  ///
  /// Before MPI starts, so that none finds the program without it. Open MPI and MPICH leave these
  /// two alone.
  public static func install() throws {
    // Makes sure of the flag's own initialization, which no handler may run.
    _ = received.load(ordering: .relaxed)
    for number in [SIGUSR1, SIGTERM] {
      var action = sigaction()
      sigemptyset(&action.sa_mask)
      action.sa_flags = SA_RESTART
      let handler: @convention(c) (Int32) -> Void = { number in
        _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
      }
      #if canImport(Glibc)
        action.__sigaction_handler.sa_handler = handler
      #else
        action.__sigaction_u.__sa_handler = handler
      #endif
      guard sigaction(number, &action, nil) == 0 else {
        throw Failure(
          .library, "signal \(number) cannot be handled: \(String(cString: strerror(errno))).")
      }
    }
  }

  /// Whether one of them has come.
  public static var isRequested: Bool { number != nil }

  /// The first that came.
  public static var number: Int32? {
    let value = received.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }
}

/// The first signal that came; 0 before.
private let received = Atomic<Int32>(0)
