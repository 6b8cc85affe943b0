/// What the numbers that go into a model and come out of it mean; saved with every checkpoint.
public struct ModelMeaning: Sendable {
  /// That of the text encoder, and of the decoder if it has none of its own.
  public var vocabulary: WordPieceVocabulary?
  public var decoderVocabulary: WordPieceVocabulary?
  public var labels: LabelNames?

  public init(
    vocabulary: WordPieceVocabulary? = nil, decoderVocabulary: WordPieceVocabulary? = nil,
    labels: LabelNames? = nil
  ) {
    self.vocabulary = vocabulary
    self.decoderVocabulary = decoderVocabulary
    self.labels = labels
  }

  /// Those there are, by the name of their file.
  var vocabularies: [(name: String, vocabulary: WordPieceVocabulary)] {
    [
      (Checkpoint.vocabularyName, vocabulary),
      (Checkpoint.decoderVocabularyName, decoderVocabulary),
    ].compactMap { name, vocabulary in vocabulary.map { (name, $0) } }
  }
}
