import CMPI
import Diagnostics

/// The ranks of one run and the collective calls between them, over plain buffers.
///
/// Every rank makes the same calls in the same order, from one thread at a time. Counts and
/// datatypes come from the buffers; counts beyond ``pieceLimit`` are cut into pieces, because MPI
/// counts in 32 bits. Without `mpirun` there is one rank, and nothing above need know.
///
/// Each call first makes sure that all ranks make that very call (unless made with
/// `checksAgreement: false`), so that a mistake is a failure on every rank instead of a wait
/// without end. A failure of MPI itself leaves the other ranks waiting: the program must then end
/// by ``fail(_:code:)``.
public final class Communicator: @unchecked Sendable {
  /// The number of this rank, from 0.
  public let rank: Int
  /// The number of ranks.
  public let size: Int
  /// The number of this rank among those on its host, from 0.
  public let rankOnHost: Int
  /// The number of ranks on this host.
  public let ranksOnHost: Int
  /// The lowest rank of this host.
  let firstOnHost: Int
  /// Which threads may call MPI.
  public let threads: ThreadSupport
  /// Seconds without an answer from another rank after which a wait is given up.
  public var timeout: Double
  /// The largest count MPI is given in one call.
  public let pieceLimit: Int
  /// Whether each call is preceded by an exchange of its name and count.
  public let checksAgreement: Bool

  let handle: CMPICommunicator
  /// Which ranks are waiting, for a wait that is given up to name those that are not.
  let rollCall = RollCall()

  private init(
    _ handle: CMPICommunicator, timeout: Double, pieceLimit: Int, checksAgreement: Bool,
    threads: ThreadSupport
  ) throws {
    self.handle = handle
    self.timeout = timeout
    self.pieceLimit = pieceLimit
    self.checksAgreement = checksAgreement
    self.threads = threads
    (rank, size) = try place(in: handle)

    var host = cmpi_no_communicator()
    try check(
      MPI_Comm_split_type(
        handle.handle, cmpi_same_host(), 0, cmpi_no_info().handle, &host.handle),
      "MPI_Comm_split_type")
    (rankOnHost, ranksOnHost) = try place(in: host)
    var first = Int64(rank)
    try check(
      MPI_Bcast(&first, 1, Int64.kind.datatype.handle, 0, host.handle), "MPI_Bcast")
    firstOnHost = Int(first)
    try check(MPI_Comm_free(&host.handle), "MPI_Comm_free")
  }

  /// All ranks of the run; starts MPI at the first call.
  ///
  /// - Parameters:
  ///   - timeout: seconds without an answer from another rank after which a wait is given up.
  ///   - pieceLimit: the largest count of one MPI call, equal on all ranks; tests take a small one.
  ///   - checksAgreement: whether each call first compares itself with those of the other ranks.
  ///   - threads: what MPI is asked for as it starts; it may grant less.
  /// - Throws: `communication` if MPI does not start, allows no second thread in the process, or
  ///   has another number of ranks than the launcher promised.
  /// - Communication: a new communicator, so that no other user of MPI can mix messages with ours.
  public static func world(
    timeout: Double = 1800, pieceLimit: Int = 1 << 26, checksAgreement: Bool = true,
    threads: ThreadSupport = .many
  ) throws -> Communicator {
    guard pieceLimit > 0, pieceLimit <= Int(Int32.max) else {
      throw Failure(
        .configuration, "A piece limit of \(pieceLimit) elements is outside 1 ... 2³¹ - 1.",
        remedy: "Leave it at its default.")
    }
    let level = try start(threads)
    try check(
      MPI_Comm_set_errhandler(cmpi_world().handle, cmpi_errors_return().handle),
      "MPI_Comm_set_errhandler")
    let (_, size) = try place(in: cmpi_world())
    try Launcher().check(worldSize: size, library: libraryVersion)

    var copy = cmpi_no_communicator()
    try check(MPI_Comm_dup(cmpi_world().handle, &copy.handle), "MPI_Comm_dup")
    return try Communicator(
      copy, timeout: timeout, pieceLimit: pieceLimit, checksAgreement: checksAgreement,
      threads: level)
  }

  /// The name and version of the MPI library, on one line.
  public static var libraryVersion: String {
    let text = cString(capacity: cmpi_longest_version()) { MPI_Get_library_version($0, $1) }
    let line = text?.split(whereSeparator: \.isNewline).first ?? "an unknown MPI"
    let words = line.prefix { $0 != "," }.split(whereSeparator: \.isWhitespace)
    return words.filter { $0 != "Version:" }.joined(separator: " ")
  }
}

/// Which threads of a rank may call MPI.
public enum ThreadSupport: Int, Comparable, Sendable {
  /// The one that started it.
  case one
  /// Any, one at a time.
  case inTurns
  /// Several at once.
  case many

  fileprivate var level: Int32 {
    switch self {
    case .one: cmpi_thread_funneled()
    case .inTurns: cmpi_thread_serialized()
    case .many: cmpi_thread_multiple()
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Starts MPI unless it runs already; returns what it grants.
private func start(_ threads: ThreadSupport) throws -> ThreadSupport {
  guard !isFinalized() else {
    throw Failure(
      .communication, "MPI was ended in this process and cannot start again.",
      remedy: "Take the communicator once and keep it to the end.")
  }
  var level: Int32 = cmpi_thread_single()
  if isInitialized() {
    try check(MPI_Query_thread(&level), "MPI_Query_thread")
  } else {
    try check(MPI_Init_thread(nil, nil, threads.level, &level), "MPI_Init_thread")
  }
  let granted = [ThreadSupport.many, .inTurns, .one].first { $0.level <= level }
  guard let granted else {
    throw Failure(
      .communication, "This MPI allows no thread beside the one that calls it.",
      remedy: "Use an MPI built with thread support, such as Debian's Open MPI or MPICH.")
  }
  return granted
}

private func place(in communicator: CMPICommunicator) throws -> (rank: Int, size: Int) {
  var rank: Int32 = 0
  var size: Int32 = 0
  try check(MPI_Comm_rank(communicator.handle, &rank), "MPI_Comm_rank")
  try check(MPI_Comm_size(communicator.handle, &size), "MPI_Comm_size")
  return (Int(rank), Int(size))
}
