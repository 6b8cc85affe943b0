import Diagnostics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a wait passes its time: eagerly at first, then leaving the core to others, and for so long
/// only.
///
/// A wait that spins would take the core from the threads that compute, one that only sleeps would
/// answer late; MPI moves messages only while someone calls it.
struct Patience {
  private let communicator: Communicator
  private let call: String
  private var since = now()
  private var tries = 0
  /// When to tell the others that this rank waits.
  private var nextWord = 0.0

  /// - Parameter call: what is waited for, for the message.
  init(_ communicator: Communicator, call: String) {
    self.communicator = communicator
    self.call = call
    renew()
  }

  /// Something was heard: the time begins anew.
  mutating func renew() {
    since = now()
    tries = 0
    nextWord = since + RollCall.period(of: communicator)
  }

  /// Passes a moment.
  ///
  /// - Parameters:
  ///   - peers: the ranks that are waited for.
  ///   - isPressing: whether somebody waits for the outcome; otherwise each moment is slept through.
  /// - Throws: `communication` once nothing was heard for ``Communicator/timeout``.
  mutating func pause(for peers: @autoclosure () -> [Int], isPressing: Bool = true) throws {
    tries += 1
    if isPressing, tries < 64 { return }
    let time = now()
    if isPressing, time - since < 1e-3 {
      sched_yield()
      return
    }
    if isPressing, time > nextWord {
      nextWord = time + RollCall.period(of: communicator)
      try communicator.rollCall.tell(on: communicator)
    }
    guard time - since < communicator.timeout else {
      let waiting = try communicator.rollCall.waiting(on: communicator)
      throw communicator.silence(of: peers(), waiting: waiting, in: call)
    }
    // The longer it has waited, the longer it sleeps: a wait costs next to no time of the core, and is
    // at most a fiftieth longer than it must be.
    let nap = isPressing ? min(max((time - since) / 50, 50e-6), 2e-3) : 100e-6
    var moment = timespec(tv_sec: 0, tv_nsec: Int(nap * 1e9))
    nanosleep(&moment, nil)
  }
}

/// Seconds on a clock that is never set.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
