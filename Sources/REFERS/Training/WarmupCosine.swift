import Foundation

/// The course of the learning rate: linear up, then half a cosine down to zero.
///
/// At update t, counted from 0, with warm-up W and T updates in all, the share of the largest rate
/// is `(t + 1) / W` for t < W and `(1 + cos(π (t - W) / (T - W))) / 2` after it (REFERS sec. 6,
/// without the wasted first update at rate 0).
public struct WarmupCosine: Sendable, Equatable {
  public let warmup: Int
  public let steps: Int

  public init(warmup: Int, steps: Int) {
    self.warmup = warmup
    self.steps = steps
  }

  /// The share of the largest rate at an update.
  public func factor(at update: Int) -> Double {
    if update < warmup { return Double(update + 1) / Double(warmup) }
    let progress = Double(update - warmup) / Double(max(1, steps - warmup))
    return 0.5 * (1 + cos(.pi * min(1, progress)))
  }
}
