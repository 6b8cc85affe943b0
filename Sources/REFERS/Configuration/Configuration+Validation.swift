import Diagnostics

extension Configuration {
  /// Checks that the values go together; the range of each is checked when it is set.
  ///
  /// - Parameter origin: Where the value of a path came from, named in the error.
  /// - Throws: `Failure` that names the values concerned.
  public func validate(origin: (String) -> String = { _ in "" }) throws {
    for rule in ConfigurationRule.all where !rule.holds(self) {
      let values = rule.paths.map { path -> String in
        let field = ConfigurationField.all.first { $0.path == path }
        let value = field?.read(self).description ?? ""
        let origin = origin(path)
        return "\(path) is \(value)" + (origin.isEmpty ? "" : " (\(origin))")
      }
      throw Failure(
        .configuration, values.joined(separator: ", ") + ".", remedy: rule.requirement)
    }
  }
}

/// A condition on several values of a configuration, or on one that no range expresses.
private struct ConfigurationRule: Sendable {
  let paths: [String]
  let requirement: String
  let holds: @Sendable (Configuration) -> Bool

  static let all: [ConfigurationRule] = [
    ConfigurationRule(
      paths: ["shards"], requirement: "Shards must be a power of two.",
      holds: { $0.shards & ($0.shards - 1) == 0 }),
    ConfigurationRule(
      paths: ["data.path", "data.manifest"], requirement: "Give one of them.",
      holds: { $0.data.path == nil || $0.data.manifest == nil }),
    ConfigurationRule(
      paths: ["target.path"], requirement: "Name the folder or table of the labelled images.",
      holds: { $0.objective != .target || $0.target.path != nil }),
    ConfigurationRule(
      paths: ["target.recipe", "target.layout"],
      requirement: "Name the set whose recipe is taken: nih, vinbigdata, shenzhen or covid.",
      holds: {
        $0.objective != .target || $0.target.recipe != .code
          || [.nih, .vinbigdata, .shenzhen, .covid, .lists].contains($0.target.layout)
      }),
    ConfigurationRule(
      paths: ["target.splits"],
      requirement: "It leaves nothing to train on: `all` is for `evaluate --checkpoint`.",
      holds: { $0.target.splits != .all }),
    ConfigurationRule(
      paths: ["target.method", "target.start"],
      requirement: "Name another method: this one does not start from scratch.",
      holds: { $0.target.start == nil || $0.target.method != Configuration().target.method }),
    ConfigurationRule(
      paths: ["text.pretrained", "text.vocabulary"],
      requirement: "Give one of them: a pretrained text encoder has a vocabulary of its own.",
      holds: { $0.text.pretrained == nil || $0.text.vocabulary == nil }),
    ConfigurationRule(
      paths: ["text.freeze_layers", "model.text_encoder.layers"],
      requirement: "No more layers can keep their weights than there are.",
      holds: { $0.text.freezeLayers <= $0.model.textEncoder.layers }),
    ConfigurationRule(
      paths: ["text.max_tokens", "model.text_encoder.positions"],
      requirement: "A report may have as many tokens as the text encoder has positions.",
      holds: { $0.text.maxTokens <= $0.model.textEncoder.positions }),
    ConfigurationRule(
      paths: ["text.decoder_vocabulary_size"],
      requirement: "Give 0 to share the text encoder's vocabulary, or at least 100.",
      holds: { $0.text.decoderVocabularySize == 0 || $0.text.decoderVocabularySize >= 100 }),
    ConfigurationRule(
      paths: ["image.resize", "image.crop"],
      requirement: "The resized image must be at least as large as the crop.",
      holds: { $0.image.resize >= $0.image.crop }),
    ConfigurationRule(
      paths: ["image.crop", "model.radiograph.patch"],
      requirement: "The patch must divide the crop.",
      holds: { $0.image.crop % $0.model.radiograph.patch == 0 }),
    heads("model.radiograph") { ($0.model.radiograph.width, $0.model.radiograph.heads) },
    heads("model.text_encoder") { ($0.model.textEncoder.width, $0.model.textEncoder.heads) },
    heads("model.decoder") { ($0.model.decoder.width, $0.model.decoder.heads) },
    ConfigurationRule(
      paths: ["model.radiograph.channels"], requirement: "Give 1 or 3.",
      holds: { [1, 3].contains($0.model.radiograph.channels) }),
    ConfigurationRule(
      paths: ["loss.contrast_weight", "loss.language_weight"],
      requirement: "One of them must be above 0.",
      holds: { $0.loss.contrastWeight > 0 || $0.loss.languageWeight > 0 }),
  ]

  private static func heads(
    _ group: String, _ sizes: @escaping @Sendable (Configuration) -> (width: Int, heads: Int)
  ) -> ConfigurationRule {
    ConfigurationRule(
      paths: ["\(group).width", "\(group).heads"], requirement: "The heads must divide the width.",
      holds: { sizes($0).width % sizes($0).heads == 0 })
  }
}
