import Diagnostics
import Foundation

/// A call to the system on a file that failed, with its error number.
public struct DiskFault: Error {
  /// What was being done, such as "opened".
  public let doing: String
  public let number: CInt

  public init(doing: String, number: CInt) {
    self.doing = doing
    self.number = number
  }

  /// Whether the next try may succeed: the disk or the network failed, not the request.
  public var isPassing: Bool {
    [
      EIO, ESTALE, ETIMEDOUT, EAGAIN, EBUSY, EMFILE, ENFILE, ENOMEM, ENETDOWN, ENETUNREACH,
      EHOSTDOWN, EHOSTUNREACH, ECONNRESET, EREMOTEIO,
    ].contains(number)
  }
}

/// Tries once more what a disk or a network file system has failed to do.
public enum DiskPatience {
  /// Seconds before each further try.
  public static let waits = [0.1, 0.5, 2.0]

  public static func trying<Result>(
    waits: [Double] = waits, _ body: () throws(DiskFault) -> Result
  ) throws(DiskFault) -> Result {
    for wait in waits {
      do throws(DiskFault) {
        return try body()
      } catch {
        guard error.isPassing else { throw error }
        Thread.sleep(forTimeInterval: wait)
      }
    }
    return try body()
  }
}
