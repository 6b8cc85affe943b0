/// What the labels of a set say, and with that the loss and the measures (REFERS sec. 8).
public enum LabelTask: String, Codable, Sendable {
  /// Each class is true of a radiograph or not; one class alone is the binary task.
  case multiLabel = "multi_label"
  /// Exactly one of the classes is true.
  case multiClass = "multi_class"
}
