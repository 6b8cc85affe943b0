/// Separable bilinear resampling with weights computed once for each side.
struct Resampler {
  let source: (width: Int, height: Int)
  let target: (width: Int, height: Int)
  private let columns: Filter
  private let rows: Filter

  /// For each new pixel the first old one it reads and its weights, which sum to 1.
  private struct Filter {
    /// The number of weights a new pixel has, a multiple of 4; unused ones are 0.
    let taps: Int
    let first: [Int]
    let weights: [Float]

    init(from source: Int, to target: Int, antialias: Bool) {
      let scale = Double(source) / Double(max(target, 1))
      let stretch = antialias ? max(scale, 1) : 1
      let taps = (Int((2 * stretch).rounded(.up)) + 1 + 3) / 4 * 4
      var first: [Int] = []
      var weights = [Float](repeating: 0, count: taps * target)
      for index in 0..<target {
        let centre = (Double(index) + 0.5) * scale
        let start = max(0, Int((centre - stretch + 0.5).rounded(.down)))
        let end = min(source, Int((centre + stretch + 0.5).rounded(.down)))
        var values = (start..<max(start, end)).map {
          max(0, 1 - abs((Double($0) + 0.5 - centre) / stretch))
        }
        let sum = values.reduce(0, +)
        if sum > 0 { values = values.map { $0 / sum } }
        for (tap, value) in values.enumerated() { weights[index * taps + tap] = Float(value) }
        first.append(min(start, max(source - 1, 0)))
      }
      self.taps = taps
      self.first = first
      self.weights = weights
    }
  }

  init(source: (Int, Int), target: (Int, Int), antialias: Bool) {
    self.source = source
    self.target = target
    columns = Filter(from: source.0, to: target.0, antialias: antialias)
    rows = Filter(from: source.1, to: target.1, antialias: antialias)
  }

  /// The new pixels; `load` writes one old row as floats.
  func run(_ load: (Int, UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    guard source.width > 0, source.height > 0, target.width > 0, target.height > 0 else {
      return [Float](repeating: 0, count: max(0, target.width) * max(0, target.height))
    }
    let narrow = narrowed(load)
    return [Float](unsafeUninitializedCapacity: target.width * target.height) { values, count in
      narrow.withUnsafeBufferPointer { narrow in
        guard let output = values.baseAddress, let input = narrow.baseAddress else { return }
        for y in 0..<target.height { combineRows(of: input, at: y, into: output) }
      }
      count = target.width * target.height
    }
  }

  /// All old rows at the new width.
  private func narrowed(_ load: (Int, UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    let padded = source.width + columns.taps
    return [Float](unsafeUninitializedCapacity: target.width * source.height) { values, count in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: padded) { scratch in
        scratch.initialize(repeating: 0)
        columns.weights.withUnsafeBufferPointer { weights in
          columns.first.withUnsafeBufferPointer { first in
            guard let row = scratch.baseAddress, let output = values.baseAddress else { return }
            for y in 0..<source.height {
              load(y, row)
              filter(row, first, UnsafeRawBufferPointer(weights), output + y * target.width)
            }
          }
        }
      }
      count = target.width * source.height
    }
  }

  @inline(__always)
  private func filter(
    _ row: UnsafeMutablePointer<Float>, _ first: UnsafeBufferPointer<Int>,
    _ weights: UnsafeRawBufferPointer, _ output: UnsafeMutablePointer<Float>
  ) {
    let stride = columns.taps * MemoryLayout<Float>.stride
    for x in 0..<target.width {
      let input = UnsafeRawPointer(row + first[x])
      var sum = SIMD4<Float>.zero
      for offset in Swift.stride(from: 0, to: stride, by: 16) {
        let weight = weights.loadUnaligned(
          fromByteOffset: x * stride + offset, as: SIMD4<Float>.self)
        sum += weight * input.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self)
      }
      output[x] = (sum.x + sum.y) + (sum.z + sum.w)
    }
  }

  private func combineRows(
    of input: UnsafePointer<Float>, at y: Int, into output: UnsafeMutablePointer<Float>
  ) {
    let width = target.width
    let line = output + y * width
    line.initialize(repeating: 0, count: width)
    for tap in 0..<rows.taps {
      let weight = rows.weights[y * rows.taps + tap]
      guard weight != 0 else { continue }
      let source = input + (rows.first[y] + tap) * width
      for x in 0..<width { line[x] += weight * source[x] }
    }
  }
}
