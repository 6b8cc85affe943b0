/// How a model is validated while it is trained.
protocol Validation {
  /// Validates on all ranks; every rank finds the same.
  func callAsFunction() throws -> ValidationResult
}

/// What a validation finds.
struct ValidationResult {
  let losses: Losses
  /// The higher, the better the model.
  let score: Double
  let measures: [Measure]
  let studies: Int
}
