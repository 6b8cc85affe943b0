extension Reference {
  /// Rows of `table` [entries, width] by index: [indices, width].
  public static func embedding(_ indices: [Int], table: [Double], width: Int) -> [Double] {
    indices.flatMap { table[$0 * width..<($0 + 1) * width] }
  }

  /// The gradient of the table: the rows of the output's gradient, summed where an index repeats.
  public static func embeddingBackward(
    _ gradient: [Double], indices: [Int], entries: Int, width: Int
  ) -> [Double] {
    var result = zeros(entries * width)
    for (row, index) in indices.enumerated() {
      for i in 0..<width { result[index * width + i] += gradient[row * width + i] }
    }
    return result
  }

  /// y = x + m ⊙ u, a residual branch u under dropout; without multipliers, y = x + u.
  public static func residual(
    _ input: [Double], branch: [Double], multipliers: [Double] = []
  ) -> [Double] {
    sum(input, multipliers.isEmpty ? branch : product(multipliers, branch))
  }

  /// The backward pass of `residual`: dx = dy, du = m ⊙ dy.
  public static func residualBackward(
    _ gradient: [Double], multipliers: [Double] = []
  ) -> (input: [Double], branch: [Double]) {
    (gradient, multipliers.isEmpty ? gradient : product(multipliers, gradient))
  }

  /// The mean over the rows of each packed sequence: [Σ lengths, width] -> [sequences, width].
  public static func sequenceMean(_ input: [Double], lengths: [Int], width: Int) -> [Double] {
    var (result, row) = (zeros(lengths.count * width), 0)
    for (sequence, length) in lengths.enumerated() {
      for _ in 0..<length {
        for i in 0..<width {
          result[sequence * width + i] += input[row * width + i] / Double(length)
        }
        row += 1
      }
    }
    return result
  }

  /// The backward pass of `sequenceMean`.
  public static func sequenceMeanBackward(
    _ gradient: [Double], lengths: [Int], width: Int
  ) -> [Double] {
    var result: [Double] = []
    for (sequence, length) in lengths.enumerated() {
      for _ in 0..<length {
        for i in 0..<width { result.append(gradient[sequence * width + i] / Double(length)) }
      }
    }
    return result
  }
}
