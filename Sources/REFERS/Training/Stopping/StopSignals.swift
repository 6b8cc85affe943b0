import Diagnostics
import Foundation
import Synchronization

/// The signals by which schedulers and users ask a run to save and end: USR1 and TERM.
///
/// A thread of its own waits for them and sets a flag; the run looks at the flag between two steps.
/// The first signal stays, later ones change nothing. INT keeps its meaning: it ends the program at
/// once.
///
/// No other thread is interrupted: oneDNN's kernels keep values below the stack's end, where a handler
/// would write over them.
public enum StopSignals {
  /// Takes the two signals over for the rest of the process.
  ///
  /// Before MPI and all other threads start, so that none finds the program without it, and all
  /// threads leave them alone. Open MPI and MPICH do as well.
  public static func install() throws {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGUSR1, SIGTERM] { sigaddset(&signals, number) }
    let status = pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard status == 0 else {
      throw Failure(
        .library, "signals cannot be waited for: \(String(cString: strerror(status))).")
    }
    let awaited = signals
    Thread.detachNewThread {
      var signals = awaited
      var number: Int32 = 0
      while sigwait(&signals, &number) == 0 {
        _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
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
