import Diagnostics
import Foundation

/// A thread that runs one closure and can be waited for.
final class Worker {
  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  private let thread: pthread_t

  /// Starts a thread; it must be joined once.
  init(_ run: @escaping @Sendable () -> Void) throws {
    let body = Unmanaged.passRetained(Body(run))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Glibc) || canImport(Musl)
          guard let argument else { return nil }
        #endif
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      body.release()
      throw Failure(
        .memory, "A loader thread cannot be made: \(String(cString: strerror(code))).",
        remedy: "Ask for fewer workers, or raise the limit of processes.")
    }
    self.thread = thread
  }

  /// Waits for the thread's end.
  func join() { pthread_join(thread, nil) }
}
