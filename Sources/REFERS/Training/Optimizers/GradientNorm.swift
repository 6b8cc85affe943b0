import Tensors

/// The global norm of a gradient, summed in blocks of one size and in their order.
package enum GradientNorm {
  static let block = 1 << 14

  /// √Σ g², in double; the same bits for any number of threads.
  package static func global(
    _ gradients: UnsafePointer<Float>, count: Int, team: ThreadTeam
  ) -> Double {
    let blocks = (count + block - 1) / block
    var sums = [Double](repeating: 0, count: blocks)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      team.forEach(blocks, of: "gradientNorm") { index, _ in
        var lanes = SIMD8<Double>(repeating: 0)
        let start = index * block
        let end = min(count, start + block)
        var i = start
        while i + 8 <= end {
          let g = UnsafeRawPointer(gradients + i).loadUnaligned(as: SIMD8<Float>.self)
          let wide = SIMD8<Double>(
            Double(g[0]), Double(g[1]), Double(g[2]), Double(g[3]), Double(g[4]), Double(g[5]),
            Double(g[6]), Double(g[7]))
          lanes += wide * wide
          i += 8
        }
        var sum = lanes.sum()
        while i < end {
          sum += Double(gradients[i]) * Double(gradients[i])
          i += 1
        }
        sums[index] = sum
      }
    }
    return sums.reduce(0, +).squareRoot()
  }

  /// What a gradient of this norm is multiplied with so that it does not exceed `limit`; 0 does
  /// not limit.
  package static func clippingScale(norm: Double, limit: Double) -> Float {
    limit > 0 && norm > limit ? Float(limit / norm) : 1
  }
}
