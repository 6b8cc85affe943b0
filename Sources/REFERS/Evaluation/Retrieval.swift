import Foundation

/// How often a study finds its own report among others by the cosine of their features.
public struct Retrieval: Sendable, Equatable {
  /// Studies whose own report ranks first, strictly: a tie is a miss.
  public let first: Int
  /// Studies, and reports to choose from.
  public let candidates: Int

  /// `first` as a share of all, recall at 1.
  public var share: Double { candidates > 0 ? Double(first) / Double(candidates) : 0 }

  public init(first: Int, candidates: Int) {
    self.first = first
    self.candidates = candidates
  }

  /// - Parameters:
  ///   - image: features of studies, rows of `width` floats.
  ///   - text: features of their reports.
  ///   - limit: the most studies that are compared, from the first.
  public init(image: [Float], text: [Float], width: Int, limit: Int = .max) {
    let count = min(image.count / max(1, width), limit)
    let norms = (0..<count).map { row in
      (0..<width).reduce(0.0) {
        $0 + Double(text[row * width + $1]) * Double(text[row * width + $1])
      }
      .squareRoot()
    }
    candidates = count
    first = (0..<count).count { study in
      // The study's own length scales all its cosines alike.
      let scores = (0..<count).map { report -> Double in
        var sum = 0.0
        for i in 0..<width {
          sum += Double(image[study * width + i]) * Double(text[report * width + i])
        }
        return sum / max(norms[report], 1e-8)
      }
      return scores.indices.allSatisfy { $0 == study || scores[$0] < scores[study] }
    }
  }
}
