import Foundation

/// Standard error as a place for lines and, on a terminal, for one line below them that is redrawn.
public final class Console: @unchecked Sendable {
  /// The process's standard error.
  public static let standardError = Console(
    isTerminal: isatty(STDERR_FILENO) == 1, columns: terminalColumns, write: writeToStandardError)

  /// Whether the last line can be redrawn.
  public let isTerminal: Bool
  private let columns: () -> Int
  private let write: (String) -> Void
  private let lock = NSLock()
  private var status = ""

  /// - Parameters:
  ///   - columns: The width of the terminal at the time of the call.
  ///   - write: Takes the bytes to be shown.
  public init(
    isTerminal: Bool, columns: @escaping () -> Int, write: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.write = write
  }

  /// Prints a line; the redrawn line stays below it.
  public func line(_ text: String) {
    lock.withLock { write(erased + text + "\n" + status) }
  }

  /// Replaces the redrawn line with what `draw` makes for the width; nothing happens elsewhere than
  /// on a terminal.
  public func redraw(_ draw: (_ columns: Int) -> String) {
    guard isTerminal else { return }
    lock.withLock {
      // The last column stays empty: some terminals wrap as soon as it is filled.
      let width = max(columns() - 1, 0)
      let before = erased
      status = String(draw(width).prefix(width))
      write(before + status)
    }
  }

  /// Takes the redrawn line away.
  public func clear() {
    lock.withLock {
      let before = erased
      status = ""
      if !before.isEmpty { write(before) }
    }
  }

  /// What takes the redrawn line from the screen: back to its start, and erase to its end.
  private var erased: String { status.isEmpty ? "" : "\r\u{1B}[K" }

  private static func terminalColumns() -> Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static func writeToStandardError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { piece in
        retryingInterrupts { Foundation.write(STDERR_FILENO, piece.baseAddress, piece.count) }
      }
      // A terminal that has gone away does not end the training.
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}
