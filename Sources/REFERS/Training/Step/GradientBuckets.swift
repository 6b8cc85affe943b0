import Tensors

/// Neighbouring parameters whose gradients travel together, as soon as all of them are complete.
///
/// Cut in the order of declaration, so that a bucket is one run of the arena and every rank has the
/// same ones.
struct GradientBuckets {
  let ranges: [Range<Int>]
  /// For each parameter its bucket.
  private let places: [Int]
  private let sizes: [Int]
  private var missing: [Int]

  /// - Parameter minimum: the fewest floats of a bucket, the last one excepted.
  init(_ parameters: ParameterStore, minimum: Int) {
    var ranges: [Range<Int>] = []
    var places: [Int] = []
    var sizes: [Int] = []
    for parameter in parameters.all {
      if let last = ranges.last, last.count < minimum {
        ranges[ranges.count - 1] = last.lowerBound..<parameter.offset + parameter.count
        sizes[sizes.count - 1] += 1
      } else {
        // The gap before it, which holds zeros, belongs to nobody.
        ranges.append(parameter.offset..<parameter.offset + parameter.count)
        sizes.append(1)
      }
      places.append(ranges.count - 1)
    }
    self.ranges = ranges
    self.places = places
    self.sizes = sizes
    missing = sizes
  }

  /// Forgets which gradients are complete, before a new step.
  mutating func begin() { missing = sizes }

  /// Notes that a parameter's gradient is complete; returns its bucket if that was the last one.
  mutating func complete(_ parameter: Parameter) -> Range<Int>? {
    let place = places[parameter.index]
    missing[place] -= 1
    return missing[place] == 0 ? ranges[place] : nil
  }
}
