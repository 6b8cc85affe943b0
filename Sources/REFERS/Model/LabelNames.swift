/// What the numbers of a classifier mean.
public struct LabelNames: Codable, Equatable, Sendable {
  public var task: LabelTask
  /// The name of each number that the classifier answers with.
  public var classes: [String]

  public init(task: LabelTask, classes: [String]) {
    self.task = task
    self.classes = classes
  }
}
