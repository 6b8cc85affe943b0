import Determinism
import Tensors

/// The studies of a step that this rank holds, packed: images, tokens and slots without padding,
/// grouped by shard.
public struct StudyBatch {
  public let studies: [PreparedStudy]
  /// One row for each study.
  public let packing: Packing
  /// One sequence of patches for each distinct image.
  public let images: Packing
  public let pixels: [GrayImage]
  /// For each study its view slots as indices into `pixels`.
  public let slots: [Int]
  /// `[CLS] … [SEP]` of each study, for the text encoder.
  public let encoderTokens: PackedTokens
  /// The decoder's input, all tokens but the last.
  public let decoderTokens: PackedTokens

  /// Packs studies that fall into shards as given; `patches` is the number of patches of an image.
  public init(_ studies: [PreparedStudy], shards: [Range<Int>], patches: Int) {
    self.studies = studies
    let keys = studies.map(\.key)
    packing = .single(keys: keys, shards: shards)

    var first = [0]
    var imageKeys: [UInt64] = []
    var slots: [Int] = []
    for study in studies {
      let start = first[first.count - 1]
      first.append(start + study.images.count)
      imageKeys += study.images.indices.map {
        CounterRandom.combine(study.key, UInt64($0))
      }
      slots += study.slots.map { start + $0 }
    }
    self.slots = slots
    pixels = studies.flatMap(\.images)
    images = Packing(
      lengths: Array(repeating: patches, count: pixels.count), keys: imageKeys,
      shards: shards.map { first[$0.lowerBound]..<first[$0.upperBound] })
    encoderTokens = PackedTokens(studies.map(\.encoderTokens), keys: keys, shards: shards)
    decoderTokens = PackedTokens(studies.map(\.decoderTokens), keys: keys, shards: shards)
  }
}

/// Token sequences, one after the other.
public struct PackedTokens {
  public let ids: [Int32]
  public let packing: Packing

  init(_ sequences: [[Int32]], keys: [UInt64], shards: [Range<Int>]) {
    ids = sequences.flatMap { $0 }
    packing = Packing(lengths: sequences.map(\.count), keys: keys, shards: shards)
  }

  /// Each sequence by itself.
  private var sequences: [ArraySlice<Int32>] {
    (0..<packing.sequences).map { ids[packing.rows(ofSequence: $0)] }
  }

  /// What a language model reads and what it must answer: all tokens but the last, all but the
  /// first. Backward, each sequence is reversed first.
  func shifted(backward: Bool) -> (inputs: PackedTokens, targets: [Int32]) {
    let ordered = sequences.map { backward ? Array($0.reversed()) : Array($0) }
    return (
      PackedTokens(ordered.map { $0.dropLast() }, keys: packing.keys, shards: packing.shards),
      ordered.flatMap { $0.dropFirst() }
    )
  }
}
