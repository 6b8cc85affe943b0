import Diagnostics
import Distributed
import Foundation

/// What rank 0 has decided before a run begins: its configuration, and where it goes on.
public struct RunStart: Codable, Sendable {
  public let configuration: Configuration
  /// The checkpoint the run goes on from; nil for a run that starts at step 0.
  public let point: ResumePoint?
  /// Whether the run's folder may hold an earlier part of it.
  public let resumes: Bool
  /// What a person should know, in sentences.
  public let notices: [String]

  /// The step after which the run's logs go on; nil for a run that begins them.
  public var resumedAfter: Int? { point?.state.step ?? (resumes ? 0 : nil) }

  public init(
    configuration: Configuration, point: ResumePoint? = nil, resumes: Bool = false,
    notices: [String] = []
  ) {
    self.configuration = configuration
    self.point = point
    self.resumes = resumes
    self.notices = notices
  }

  /// Rank 0's, on every rank; nil where rank 0 has none.
  ///
  /// - Communication: one broadcast of a few kilobytes.
  public init?(sharing start: RunStart?, over communicator: Communicator) throws {
    var text = ""
    do {
      if let start { text = String(decoding: try JSONEncoder().encode(start), as: UTF8.self) }
      text = try communicator.broadcast(text)
      if text.isEmpty { return nil }
      self = try JSONDecoder().decode(RunStart.self, from: Data(text.utf8))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(
        .communication, "What rank 0 has decided cannot be handed to rank \(communicator.rank).",
        remedy: "Give every rank the same program.", cause: error)
    }
  }
}
