/// The part of the model a parameter belongs to; each has a learning rate (REFERS sec. 6).
public enum ParameterGroup: String, CaseIterable, Sendable {
  case radiograph
  /// Recurrent concatenation and view fusion.
  case fusion
  case textEncoder = "text_encoder"
  case decoder
  /// The classifier's.
  case head
}
