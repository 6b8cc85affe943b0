import Determinism
import Foundation
import References
import Tensors
import TestSupport
import XCTest

/// The memory of `interleave`, one g a slot whose logits get ln N, against the sequence it stands
/// for: g, l₁, g, l₂, …, 2N tokens a slot (REFERS sec. 1.3).
final class InterleaveTests: XCTestCase {
  private let width = 24
  private let patches = 9
  private let slots = 3

  func testTheBiasStandsForTwiceTheTokens() throws {
    let query = values(5, seed: 1)
    let tokens = values(slots * (1 + patches), seed: 2)
    // Keys and values differ; both are made of the same rows.
    let key = tokens
    let value = tokens.map { $0 * $0 - 0.5 }
    let bias = (0..<slots * (1 + patches)).map {
      $0 % (1 + patches) == 0 ? log(Float(patches)) : 0
    }
    let own = try attention(query, key, value, bias: bias)
    let literal = Reference.attention(
      query: Reference.double(query), key: interleaved(key), value: interleaved(value),
      width: width, layout: .init(queries: [5], keys: [slots * 2 * patches], heads: 2))
    XCTAssertLessThan(Reference.relativeError(own, literal), 1e-5)
    let plain = try attention(query, key, value, bias: nil)
    XCTAssertGreaterThan(Reference.relativeError(plain, literal), 1e-2)
  }

  private func attention(
    _ query: [Float], _ key: [Float], _ value: [Float], bias: [Float]?
  ) throws -> [Float] {
    let tape = Tape(compute: try Compute(), parameters: ParameterStore())
    func input(_ rows: [Float]) throws -> Variable {
      let packing = Packing(lengths: [rows.count / width], keys: [1], shards: [0..<1])
      return try tape.input(columns: width, packing: packing) { target in
        for (at, value) in rows.enumerated() { target[at] = value }
      }
    }
    return try tape.attention(
      query: Columns(input(query)), key: Columns(input(key)), value: Columns(input(value)),
      options: .init(heads: 2, width: width), keyBias: bias
    ).value.array
  }

  /// g before every patch.
  private func interleaved(_ rows: [Float]) -> [Double] {
    let size = (1 + patches) * width
    return (0..<slots).flatMap { slot -> [Double] in
      let view = rows[slot * size..<(slot + 1) * size].map(Double.init)
      return (1...patches).flatMap { view[..<width] + view[$0 * width..<($0 + 1) * width] }
    }
  }

  private func values(_ rows: Int, seed: UInt64) -> [Float] {
    var random = CounterRandom(seed: seed)
    return (0..<rows * width).map { _ in random.uniform(-1, 1) }
  }
}
