/// Random numbers without state: each is a hash of a key and a counter.
///
/// Whoever asks, on whatever rank or thread and in whatever order, gets the same number for the
/// same key; there is no generator state to save or to hand on. The mixing function is the 64-bit
/// finaliser of SplitMix64 (Steele, Lea and Flood, 2014), applied to `key + (counter + 1) * φ`.
///
/// ```swift
/// var random = CounterRandom(seed: 7, epoch, study, Purpose.rotation)
/// let angle = random.uniform(-10, 10)
/// ```
public struct CounterRandom: RandomNumberGenerator, Sendable {
  /// Identifies the stream.
  public let key: UInt64
  /// The number of 64-bit words drawn so far.
  @usableFromInline var counter: UInt64 = 0

  /// The stream named by a seed and any number of words (epoch, study, purpose, ...).
  @inlinable
  public init(seed: UInt64, _ words: UInt64...) {
    var key = CounterRandom.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
    for word in words { key = CounterRandom.combine(key, word) }
    self.key = key
  }

  /// The stream of a key made before.
  @inlinable
  public init(key: UInt64) { self.key = key }

  /// The SplitMix64 finaliser, a bijection of 64-bit words.
  @inlinable @inline(__always)
  public static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  /// A new key from a key and one more word; the order of words matters.
  @inlinable @inline(__always)
  public static func combine(_ key: UInt64, _ word: UInt64) -> UInt64 {
    mix(key ^ mix(word &+ 0x9E37_79B9_7F4A_7C15))
  }

  /// A word from a string, equal on every machine (FNV-1a over its UTF-8).
  @inlinable
  public static func word(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }

  @inlinable
  public mutating func next() -> UInt64 {
    counter &+= 1
    return CounterRandom.mix(key &+ counter &* 0x9E37_79B9_7F4A_7C15)
  }

  /// Uniform in [0, 1), 24 bits.
  @inlinable
  public mutating func uniform() -> Float { Float(next() &>> 40) * 0x1p-24 }

  /// Uniform in [low, high).
  @inlinable
  public mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * uniform()
  }

  /// Uniform integer in 0 ..< bound, without bias beyond 2⁻⁶⁴ times the bound.
  @inlinable
  public mutating func integer(below bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// True with the given probability.
  @inlinable
  public mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

  /// A permutation of 0 ..< count (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    guard count > 1 else { return order }
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, integer(below: i + 1)) }
    return order
  }
}
