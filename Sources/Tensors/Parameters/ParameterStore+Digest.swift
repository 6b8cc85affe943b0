import Determinism

extension ParameterStore {
  /// A hash of the bits of each parameter, or of what an arena holds in its place; the same for any
  /// number of threads.
  ///
  /// Each value goes through a bijection of its lane, so that no single change of any bit is lost.
  ///
  /// - Complexity: one pass over all values.
  public func digests(
    of arena: UnsafePointer<Float>? = nil, team: ThreadTeam
  ) -> [UInt64] {
    let arena = arena ?? UnsafePointer(values)
    let block = 1 << 16
    let pieces = all.flatMap { parameter in
      stride(from: 0, to: parameter.count, by: block).map {
        (parameter.index, parameter.offset + $0, min(block, parameter.count - $0))
      }
    }
    var hashes = [UInt64](repeating: 0, count: pieces.count)
    hashes.withUnsafeMutableBufferPointer { hashes in
      guard let hashes = hashes.baseAddress else { return }
      team.forEach(pieces.count) { index, _ in
        let (_, start, count) = pieces[index]
        hashes[index] = ParameterStore.digest(arena + start, count: count)
      }
    }
    var digests = [UInt64](repeating: 0, count: all.count)
    for ((parameter, _, _), hash) in zip(pieces, hashes) {
      digests[parameter] = CounterRandom.combine(digests[parameter], hash)
    }
    return digests
  }

  private static func digest(_ values: UnsafePointer<Float>, count: Int) -> UInt64 {
    var lanes = SIMD16<UInt32>(repeating: 0x811C_9DC5)
    var i = 0
    while i + 16 <= count {
      let bits = UnsafeRawPointer(values + i).loadUnaligned(as: SIMD16<UInt32>.self)
      lanes = (lanes ^ bits) &* SIMD16(repeating: 0x0100_0193)
      i += 16
    }
    var hash = UInt64(count)
    for lane in 0..<16 { hash = CounterRandom.combine(hash, UInt64(lanes[lane])) }
    while i < count {
      hash = CounterRandom.combine(hash, UInt64(values[i].bitPattern))
      i += 1
    }
    return hash
  }

  /// The first parameter with a value in `arena` that is not finite; nil where all are.
  ///
  /// - Parameter arena: laid out like the parameters; their own values by default.
  public func firstNotFinite(
    in arena: UnsafePointer<Float>? = nil, team: ThreadTeam
  ) -> Parameter? {
    let arena = arena ?? UnsafePointer(values)
    let parameters = all
    var found = [Bool](repeating: false, count: parameters.count)
    found.withUnsafeMutableBufferPointer { found in
      guard let found = found.baseAddress else { return }
      team.forEach(parameters.count) { index, _ in
        let parameter = parameters[index]
        for i in parameter.offset..<parameter.offset + parameter.count where !arena[i].isFinite {
          found[index] = true
          return
        }
      }
    }
    return found.firstIndex(of: true).map { parameters[$0] }
  }

  /// The name under which a parameter is saved, the first where it is several tensors.
  public func name(of parameter: Parameter) -> String {
    declarations[parameter.index].slices.first?.name ?? "parameter \(parameter.index)"
  }
}
