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
  /// Seconds without any news after which a wait is given up.
  let limit: Double
  private var since = now()
  private var tries = 0

  init(limit: Double) { self.limit = limit }

  /// Something was heard: the time begins anew.
  mutating func renew() {
    since = now()
    tries = 0
  }

  /// Passes a moment; false once the time is over.
  ///
  /// - Parameter isPressing: whether somebody waits for the outcome; otherwise each moment is
  ///   slept through.
  mutating func pause(isPressing: Bool = true) -> Bool {
    tries += 1
    if isPressing, tries < 64 { return true }
    let waited = now() - since
    if isPressing, waited < 1e-3 {
      sched_yield()
    } else {
      var moment = timespec(tv_sec: 0, tv_nsec: isPressing ? 50_000 : 100_000)
      nanosleep(&moment, nil)
    }
    return waited < limit
  }
}

/// Seconds on a clock that is never set.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
