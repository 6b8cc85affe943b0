import Diagnostics
import Foundation
import SwiftProtobuf

/// Writes an event file that TensorBoard reads.
public final class TensorBoardWriter {
  private let file: LogFile

  /// Begins a file `events.out.tfevents.TIME.HOST.PID` in a directory that is there.
  ///
  /// - Parameter restart: the first step of a run that goes on; TensorBoard then drops what
  ///   earlier files hold of this step and later ones.
  public init(directory: String, restartingAt restart: Int? = nil) throws {
    var host = [CChar](repeating: 0, count: 256)
    let known = gethostname(&host, host.count - 1) == 0 ? String(cString: host) : ""
    let name = known.isEmpty || known.contains("/") ? "localhost" : known
    let time = Int(Date().timeIntervalSince1970)
    file = try LogFile(path: "\(directory)/events.out.tfevents.\(time).\(name).\(getpid())")
    try write(step: 0) { $0.fileVersion = "brain.Event:2" }
    if let restart { try write(step: restart) { $0.sessionLog.status = .start } }
  }

  /// The path of the event file.
  public var path: String { file.path }

  /// Adds numbers of one step, each under its tag.
  public func write(step: Int, _ scalars: [(tag: String, value: Double)]) throws {
    try write(step: step) { event in
      event.summary.value = scalars.map { scalar in
        var value = TensorBoardSummary.Value()
        value.tag = scalar.tag
        value.simpleValue = Float(scalar.value)
        return value
      }
    }
  }

  public func write(_ record: StepRecord) throws {
    try write(
      step: record.step,
      Self.scalars(record.losses, "train") + [("train/gradient_norm", record.gradientNorm)]
        + record.learningRates.map { ("learning_rate/\($0.group)", $0.rate) } + [
          ("speed/studies_per_second", record.studiesPerSecond),
          ("speed/data_seconds", record.time.data),
          ("speed/compute_seconds", record.time.compute),
          ("speed/exchange_seconds", record.time.exchange),
        ])
  }

  public func write(_ record: ValidationRecord) throws {
    try write(
      step: record.step,
      Self.scalars(record.losses, "validation")
        + record.measures.compactMap { measure in
          measure.share.map { ("validation/\(measure.name)", $0) }
        })
  }

  private static func scalars(
    _ losses: Losses, _ part: String
  ) -> [(tag: String, value: Double)] {
    losses.named.map { name, value in
      (name == "loss" ? "\(part)/loss" : "\(part)/\(name)_loss", value)
    }
  }

  private func write(step: Int, _ fill: (inout TensorBoardEvent) -> Void) throws {
    var event = TensorBoardEvent()
    event.wallTime = Date().timeIntervalSince1970
    event.step = Int64(step)
    fill(&event)
    let data: [UInt8]
    do {
      data = try event.serializedBytes()
    } catch {
      throw Failure(.file, "A TensorBoard event cannot be encoded.", cause: error)
    }
    try file.append(TFRecord.framed(data))
  }
}
