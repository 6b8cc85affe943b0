import CMPI
import Diagnostics

/// Turns the return code of an MPI function into a failure that names the function, the rank and
/// MPI's own words.
func check(_ code: Int32, _ function: String) throws {
  guard code != cmpi_success() else { return }
  let (rank, size) = placeInWorld() ?? (0, 1)
  throw Failure(
    .communication,
    "\(function) failed on rank \(rank) of \(size): \(errorText(code)).",
    remedy: "See whether every rank still runs, and runs the same program and configuration.")
}

/// The rank and the number of ranks as MPI sees them; nil outside of MPI's life.
func placeInWorld() -> (rank: Int, size: Int)? {
  guard isInitialized(), !isFinalized() else { return nil }
  var rank: Int32 = 0
  var size: Int32 = 1
  guard MPI_Comm_rank(cmpi_world().handle, &rank) == cmpi_success(),
    MPI_Comm_size(cmpi_world().handle, &size) == cmpi_success()
  else { return nil }
  return (Int(rank), Int(size))
}

func isInitialized() -> Bool {
  var flag: Int32 = 0
  return MPI_Initialized(&flag) == cmpi_success() && flag != 0
}

func isFinalized() -> Bool {
  var flag: Int32 = 0
  return MPI_Finalized(&flag) == cmpi_success() && flag != 0
}

private func errorText(_ code: Int32) -> String {
  let text = cString(capacity: cmpi_longest_error()) { MPI_Error_string(code, $0, $1) }
  return text?.split(whereSeparator: \.isNewline).joined(separator: "; ") ?? "error \(code)"
}

/// The string an MPI function writes into a buffer it is given; nil if the function fails.
func cString(
  capacity: Int32, _ fill: (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int32>) -> Int32
) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(capacity) + 1) { buffer in
    guard let start = buffer.baseAddress else { return nil }
    buffer.initialize(repeating: 0)
    var length: Int32 = 0
    guard fill(start, &length) == cmpi_success() else { return nil }
    return String(cString: start)
  }
}
