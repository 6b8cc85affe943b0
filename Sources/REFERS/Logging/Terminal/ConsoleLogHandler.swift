import Logging

/// Shows the messages of swift-log as lines of the console, with their level unless it is `info`.
public struct ConsoleLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  public var logLevel: Logger.Level = .info
  private let console: Console

  public init(console: Console = .standardError) {
    self.console = console
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let values = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    let level = event.level == .info ? "" : "\(event.level): "
    console.line("\(level)\(event.message)\(values)")
  }
}
