import Diagnostics

/// Pieces of vectors on their way through an ``ExchangeSchedule``, a few at a time, so that one
/// travels while another is added or waits for its answer.
///
/// Nothing here waits: ``advance()`` does what can be done now. Piece `i` goes through lane
/// `i mod lanes` on every rank, whose messages have a tag of their own, so that pieces never mix.
final class ExchangeLanes<Element: MPISummable> {
  private struct Lane {
    let exchange: Exchange
    /// What was received, before it is added.
    let slots: UnsafeMutablePointer<Element>
    /// The place in the queue of the piece on its way, or of the one to come.
    var next: Int
    var step: Int?
  }

  private let schedule: ExchangeSchedule
  private let sliceLimit: Int
  private var lanes: [Lane] = []
  private var partials: [UnsafeMutablePointer<Element>] = []
  private var queue: [Range<Int>] = []
  private var finished = 0
  private var operands: [UnsafeMutablePointer<Element>] = []

  private(set) var bytesSent = 0

  /// - Parameter messageElements: the most elements of one message.
  init(
    _ communicator: Communicator, schedule: ExchangeSchedule, messageElements: Int, count: Int = 4
  ) {
    self.schedule = schedule
    sliceLimit = max(1, messageElements / schedule.messageSlices)
    let capacity = schedule.slots * schedule.slotSlices * sliceLimit
    lanes = (0..<count).map {
      Lane(
        exchange: Exchange(communicator, tag: .lane($0)), slots: .allocate(capacity: capacity),
        next: $0)
    }
  }

  deinit { for lane in lanes { lane.slots.deallocate() } }

  var isIdle: Bool { finished == queue.count }
  /// The number of pieces queued since ``begin(_:)``.
  var pieces: Int { queue.count }
  /// The ranks that are waited for.
  var peers: [Int] { lanes.flatMap(\.exchange.peers) }

  /// Takes the vectors of a new round, none of whose pieces is queued yet.
  func begin(_ partials: [UnsafeMutablePointer<Element>]) {
    self.partials = partials
    queue.removeAll(keepingCapacity: true)
    finished = 0
    bytesSent = 0
    for index in lanes.indices { lanes[index].next = index }
  }

  /// Queues a range of the vectors, cut into pieces.
  func add(_ range: Range<Int>) {
    let span = schedule.slices * sliceLimit
    for start in stride(from: range.lowerBound, to: range.upperBound, by: span) {
      queue.append(start..<min(range.upperBound, start + span))
    }
  }

  /// Moves every piece as far as it goes without waiting; whether any moved.
  ///
  /// - Throws: `communication`; messages may then still be under way, and the run must end.
  func advance() throws -> Bool {
    var hasMoved = false
    for index in lanes.indices where lanes[index].next < queue.count {
      let piece = slices(of: queue[lanes[index].next])
      if lanes[index].step == nil {
        try post(0, of: piece, on: index)
        hasMoved = true
      }
      while let step = lanes[index].step {
        let under = lanes[index].exchange.count
        let isThrough = try lanes[index].exchange.test()
        hasMoved = hasMoved || lanes[index].exchange.count < under
        guard isThrough else { break }
        add(schedule.steps[step], of: piece, on: index)
        if step + 1 < schedule.steps.count {
          try post(step + 1, of: piece, on: index)
        } else {
          lanes[index].step = nil
          lanes[index].next += lanes.count
          finished += 1
        }
        hasMoved = true
      }
    }
    return hasMoved
  }

  private func slices(of range: Range<Int>) -> Slices {
    // Whole cache lines, save in the last slice.
    let even = (range.count + schedule.slices - 1) / schedule.slices
    return Slices(range: range, length: min(sliceLimit, (even + 15) / 16 * 16))
  }

  private func start(
    _ place: ExchangeSchedule.Place, _ range: Range<Int>, on lane: Int
  ) -> UnsafeMutablePointer<Element> {
    switch place {
    case .partial(let index): partials[index] + range.lowerBound
    case .slot(let slot): lanes[lane].slots + slot * schedule.slotSlices * sliceLimit
    }
  }

  private func post(_ step: Int, of piece: Slices, on lane: Int) throws {
    let exchange = lanes[lane].exchange
    for transfer in schedule.steps[step].receives {
      let range = piece[transfer.slices]
      try exchange.receive(
        UnsafeMutableBufferPointer(
          start: start(transfer.place, range, on: lane), count: range.count),
        from: transfer.peer)
    }
    for transfer in schedule.steps[step].sends {
      let range = piece[transfer.slices]
      try exchange.send(
        UnsafeBufferPointer(start: start(transfer.place, range, on: lane), count: range.count),
        to: transfer.peer)
      bytesSent += range.count * MemoryLayout<Element>.stride
    }
    lanes[lane].step = step
  }

  private func add(_ step: ExchangeSchedule.Step, of piece: Slices, on lane: Int) {
    let range = piece[step.slices]
    guard !range.isEmpty, !step.additions.isEmpty else { return }
    let result = partials[0] + range.lowerBound
    operands.removeAll(keepingCapacity: true)
    for place in step.operands { operands.append(start(place, range, on: lane)) }
    // Tiles that stay in the first-level cache from one addition to the next.
    let tile = 1024
    for start in stride(from: 0, to: range.count, by: tile) {
      let count = min(tile, range.count - start)
      for (index, addition) in step.additions.enumerated() {
        let left = operands[addition.left] + start
        let target = index == step.additions.count - 1 ? result + start : left
        Element.add(left, operands[addition.right] + start, into: target, count: count)
      }
    }
  }
}

/// A piece of a vector in slices of one length but for the last, which may be short or empty.
private struct Slices {
  let range: Range<Int>
  let length: Int

  subscript(_ slices: Range<Int>) -> Range<Int> {
    border(slices.lowerBound)..<border(slices.upperBound)
  }

  private func border(_ slice: Int) -> Int {
    min(range.upperBound, range.lowerBound + slice * length)
  }
}
