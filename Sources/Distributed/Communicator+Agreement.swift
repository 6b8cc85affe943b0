import CMPI
import Diagnostics

extension Communicator {
  enum Call: Int64 {
    case broadcast, allReduce, allGather, gather, treeSum, agree, barrier, finalize, together

    var name: String { String(describing: self) }
  }

  /// Throws on every rank unless all ranks hold the same value, such as a digest of the
  /// configuration or the processor's name.
  ///
  /// - Parameter what: what is compared, for the message.
  /// - Communication: one message of 32 bytes to each rank.
  public func agree(on value: UInt64, _ what: String) throws {
    let value = Int64(bitPattern: value)
    guard let range = try ranges([Call.agree.rawValue, value, 0, 0]) else { return }
    guard range[0].isOne else { throw otherCall(.agree) }
    throw Failure(
      .communication, "The ranks differ in \(what); this is rank \(rank) of \(size).",
      remedy: "Give every rank the same program, configuration, data and kind of processor."
    ).shared()
  }

  /// Throws on every rank unless all ranks make this call with this count.
  func agree(_ call: Call, _ kind: MPIElementKind, detail: Int64, count: Int) throws {
    guard checksAgreement else { return }
    let range = try ranges([call.rawValue, kind.rawValue, detail, Int64(count)])
    guard let range else { return }
    guard range[0].isOne else { throw otherCall(call) }
    let difference =
      if !range[3].isOne {
        "counts go from \(range[3].low) to \(range[3].high), here \(count)"
      } else if !range[1].isOne {
        "types of elements differ, here \(kind)"
      } else {
        "its root, operation or counts differ"
      }
    throw Failure(
      .communication,
      "The ranks disagree in \(call.name): \(difference), on rank \(rank) of \(size).",
      remedy: Self.sameProgram
    ).shared()
  }

  /// Returns once every rank makes this call; throws on every rank if one makes another.
  func meet(in call: Call) throws {
    guard try ranges([call.rawValue, 0, 0, 0]) == nil else { throw otherCall(call) }
  }

  private static let sameProgram = "Give every rank the same program, configuration and data."

  func otherCall(_ call: Call) -> Failure {
    Failure(
      .communication,
      "Rank \(rank) of \(size) is in \(call.name) while another rank is in another call.",
      remedy: Self.sameProgram
    ).shared()
  }

  /// The least and the greatest of each word over the ranks; nil if all are equal.
  private func ranges(_ words: [Int64]) throws -> [Extent]? {
    guard size > 1 else { return nil }
    let all = try tell(words)
    try requireNoneFailed(all)
    let extents = words.indices.map { word in
      let values = all.map { $0[word] }
      return Extent(low: values.min() ?? 0, high: values.max() ?? 0)
    }
    return extents.allSatisfy(\.isOne) ? nil : extents
  }

  private struct Extent {
    let low: Int64
    let high: Int64
    var isOne: Bool { low == high }
  }
}
