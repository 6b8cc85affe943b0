/// The minimum of a smooth convex function by limited-memory BFGS (Nocedal and Wright, Numerical
/// Optimization, algorithm 7.4), in double precision and one order of sums.
struct LBFGS {
  /// Pairs of steps and changes of the gradient that are kept.
  var memory = 10
  var maximumIterations = 1000
  /// Ends where no part of the gradient is larger.
  var tolerance = 1e-9

  /// A function's value and gradient at a point.
  typealias Objective = (_ point: [Double]) -> (value: Double, gradient: [Double])

  /// The point reached from `start`; it is the start itself where the function is not finite there.
  ///
  /// - Cost: about one evaluation an iteration, and 4 · memory · n operations.
  func minimum(of objective: Objective, from start: [Double]) -> [Double] {
    var point = start
    var (value, gradient) = objective(point)
    var history: [(step: [Double], change: [Double], scale: Double)] = []
    for iteration in 0..<maximumIterations {
      guard value.isFinite, gradient.contains(where: { abs($0) > tolerance }) else { break }
      var direction = descent(gradient, history)
      if dot(direction, gradient) >= 0 {
        history = []
        direction = gradient.map { -$0 }
      }
      let length = dot(gradient, gradient).squareRoot()
      let next = search(
        objective, point, value, gradient, direction,
        first: history.isEmpty && iteration == 0 ? min(1, 1 / length) : 1)
      guard let next else { break }
      let step = zip(next.point, point).map { $0 - $1 }
      let change = zip(next.gradient, gradient).map { $0 - $1 }
      let curvature = dot(step, change)
      if curvature > 1e-14 * dot(change, change).squareRoot() * dot(step, step).squareRoot() {
        history.append((step, change, 1 / curvature))
        if history.count > memory { history.removeFirst() }
      }
      (point, value, gradient) = next
    }
    return point
  }

  /// -H g, with H the inverse of the curvature that the history tells.
  private func descent(
    _ gradient: [Double], _ history: [(step: [Double], change: [Double], scale: Double)]
  ) -> [Double] {
    var direction = gradient.map { -$0 }
    var shares: [Double] = []
    for pair in history.reversed() {
      let share = pair.scale * dot(pair.step, direction)
      shares.append(share)
      add(-share, pair.change, to: &direction)
    }
    if let last = history.last {
      let scale = 1 / (last.scale * dot(last.change, last.change))
      for i in direction.indices { direction[i] *= scale }
    }
    for (pair, share) in zip(history, shares.reversed()) {
      add(share - pair.scale * dot(pair.change, direction), pair.step, to: &direction)
    }
    return direction
  }

  /// A step that meets the weak conditions of Wolfe, by bisection; nil where rounding hides any.
  private func search(
    _ objective: Objective, _ point: [Double], _ value: Double, _ gradient: [Double],
    _ direction: [Double], first: Double
  ) -> (point: [Double], value: Double, gradient: [Double])? {
    let slope = dot(direction, gradient)
    let rounding = 4 * value.ulp
    var (low, high, step) = (0.0, Double.infinity, first)
    for _ in 0..<60 {
      var next = point
      add(step, direction, to: &next)
      let (there, gradientThere) = objective(next)
      if !(there <= value + 1e-4 * step * slope + rounding) {
        high = step
      } else if dot(direction, gradientThere) < 0.9 * slope {
        low = step
      } else {
        return next == point ? nil : (next, there, gradientThere)
      }
      step = high.isFinite ? (low + high) / 2 : 2 * low
    }
    return nil
  }
}

/// Σ a b, in the order of places.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in dot(a, b) } }
}

/// Σ a b over eight running sums, whatever the processor.
func dot(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>) -> Double {
  let count = min(a.count, b.count)
  let (left, right) = (UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
  var sums = SIMD8<Double>(repeating: 0)
  var i = 0
  while i + 8 <= count {
    sums +=
      left.loadUnaligned(fromByteOffset: i * 8, as: SIMD8<Double>.self)
      * right.loadUnaligned(fromByteOffset: i * 8, as: SIMD8<Double>.self)
    i += 8
  }
  var rest = 0.0
  while i < count {
    rest += a[i] * b[i]
    i += 1
  }
  return sums.sum() + rest
}

/// y += s x
private func add(_ s: Double, _ x: [Double], to y: inout [Double]) {
  for i in y.indices { y[i] += s * x[i] }
}
