/// What both the progress bar and the lines of a log say of a step.
struct StepLine {
  let record: StepRecord
  let steps: Int
  /// Mean speed lately.
  let studiesPerSecond: Double
  let secondsLeft: Double

  var parts: [String] {
    record.losses.named.map { "\($0.name) \(Amounts.short($0.value))" } + [
      "\(Amounts.short(studiesPerSecond)) \(record.noun)/s",
      "\(Amounts.duration(secondsLeft)) left",
      "lr \(Amounts.rate(record.learningRate.radiograph))",
    ]
  }

  /// One line of a log, complete.
  var text: String {
    let width = String(steps).count
    let number = String(record.step)
    let padded = String(repeating: " ", count: max(width - number.count, 0)) + number
    return "step \(padded)/\(steps)  epoch \(record.epoch)  " + parts.joined(separator: "  ")
  }

  /// A bar with as many of the parts as fit the width.
  func bar(columns: Int) -> String {
    let number = "\(record.step)/\(steps)"
    // All but the rate fits 80 columns.
    let gap = columns < 100 ? " " : "  "
    var tail = number
    for part in parts where tail.count + gap.count + part.count + Self.narrowest + 3 <= columns {
      tail += gap + part
    }
    let room = columns - tail.count - 3
    guard room >= 5 else { return tail }
    let width = min(room, Self.widest)
    let filled = steps > 0 ? min(max(record.step * width / steps, 0), width) : width
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "▕\(bar)▏ " + tail
  }

  private static let narrowest = 5
  private static let widest = 30
}

/// The speed of the last steps, from which the time left is told.
struct Pace {
  private var seconds = 0.0
  private var studies = 0.0
  private var steps = 0.0

  /// Each step counts a little less than the one after it.
  private static let memory = 0.95

  mutating func add(_ record: StepRecord) {
    seconds = seconds * Self.memory + record.time.total
    studies = studies * Self.memory + Double(record.studies)
    steps = steps * Self.memory + 1
  }

  var studiesPerSecond: Double { seconds > 0 ? studies / seconds : 0 }

  func secondsLeft(steps left: Int) -> Double { steps > 0 ? Double(left) * seconds / steps : 0 }
}
