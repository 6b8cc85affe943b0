/// Writes metrics.jsonl: one JSON object a line, one line an event, complete as soon as it is there.
///
///     {"event":"step","step":1,"epoch":0,"loss":10.9,"contrast_loss":3.4,"language_loss":7.5,...}
///     {"event":"validation","step":128,"epoch":1,"loss":7.2,...,"best":true}
///
/// A number that is not finite is written as null, since JSON has no name for it.
public final class MetricsWriter {
  private let file: LogFile

  /// Begins the file anew, or goes on with one that is there.
  ///
  /// - Parameter step: the last step whose lines stay; later ones and what is no whole line are
  ///   removed. Nil empties the file.
  public init(path: String, keepingThrough step: Int? = nil) throws {
    if let step { try MetricsFile.cut(path, after: step) }
    file = try LogFile(path: path, emptied: step == nil)
  }

  /// Brings what has been written to the disk.
  func synchronize() throws { try file.synchronize() }

  public func write(_ record: StepRecord) throws {
    var line = JSONLine(event: "step")
    line.add("step", record.step)
    line.add("epoch", record.epoch)
    line.add(record.losses)
    for (name, rate) in record.learningRates { line.add("learning_rate_\(name)", rate) }
    line.add("gradient_norm", record.gradientNorm)
    line.add("studies", record.studies)
    line.add("studies_per_second", record.studiesPerSecond)
    line.add("data_seconds", record.time.data)
    line.add("compute_seconds", record.time.compute)
    line.add("exchange_seconds", record.time.exchange)
    line.add("overlapped_exchange_seconds", record.time.overlapped)
    try file.append(line.text)
  }

  public func write(_ record: ValidationRecord) throws {
    var line = JSONLine(event: "validation")
    line.add("step", record.step)
    line.add("epoch", record.epoch)
    line.add(record.losses)
    for measure in record.measures { line.add(measure) }
    line.add("studies", record.studies)
    line.add("best", record.isBest)
    line.add("seconds", record.seconds)
    try file.append(line.text)
  }
}

/// A JSON object on one line; names come in the order in which they are added.
private struct JSONLine {
  private var members: String

  /// - Parameter event: A name of this program's own, without characters JSON must escape.
  init(event: String) { members = "\"event\":\"\(event)\"" }

  var text: String { "{\(members)}\n" }

  mutating func add(_ name: String, _ value: Int) { members += ",\"\(name)\":\(value)" }
  mutating func add(_ name: String, _ value: Bool) { members += ",\"\(name)\":\(value)" }
  mutating func add(_ name: String, _ value: Double) {
    members += ",\"\(name)\":" + (value.isFinite ? "\(value)" : "null")
  }

  mutating func add(_ measure: Measure) {
    if measure.isCount {
      add(measure.name, Int(measure.value))
    } else {
      add(measure.name, measure.value)
    }
  }

  mutating func add(_ losses: Losses) {
    add("loss", losses.total)
    if let contrast = losses.contrast { add("contrast_loss", contrast) }
    if let language = losses.language { add("language_loss", language) }
  }
}
