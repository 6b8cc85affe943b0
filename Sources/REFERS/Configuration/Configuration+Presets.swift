extension Configuration {
  /// The sizes of the model, with the optimizer and the duration that go with them.
  public enum Preset: String, CaseIterable, Codable, Sendable {
    /// Trains in minutes on two cores.
    case tiny
    /// Trains in hours on a few nodes.
    case small
    /// The size of the paper (REFERS sec. 10).
    case base
  }

  /// The configuration of a preset in a mode.
  public static func named(_ preset: Preset, mode: Mode = .default) -> Configuration {
    var configuration = Configuration()
    configuration.take(preset)
    configuration.take(mode)
    return configuration
  }

  /// Replaces what the preset decides; the values of `base` are the initial ones.
  mutating func take(_ preset: Preset) {
    self.preset = preset
    switch preset {
    case .tiny: takeTiny()
    case .small: takeSmall()
    case .base: break
    }
  }

  private mutating func takeTiny() {
    image.resize = 146
    image.crop = 128
    text.vocabularySize = 2_000

    model.radiograph.width = 192
    model.radiograph.blocks = 6
    model.radiograph.heads = 3
    model.radiograph.mlp = 768
    model.textEncoder.width = 192
    model.textEncoder.layers = 2
    model.textEncoder.heads = 3
    model.textEncoder.mlp = 768
    model.decoder.width = 192
    model.decoder.heads = 3
    model.decoder.mlp = 768

    // Two or three epochs: nothing is learned by heart yet, and every step has to count.
    // Patches have entries of about 0.5 at the start: beside them 0.02 tells the first layers
    // nothing of place, which costs hundreds of steps.
    model.radiograph.positionDeviation = 0.5
    model.radiograph.dropout = 0
    model.textEncoder.dropout = 0
    model.decoder.dropout = 0
    model.textEncoder.feature = .mean
    augmentation.rotation = 3
    augmentation.brightness = 0.15
    augmentation.contrast = 0.15

    training.steps = 260
    takeAdamW(rate: 1e-3, warmupSteps: 10)
    optimizer.beta2 = 0.98
  }

  private mutating func takeSmall() {
    model.radiograph.width = 384
    model.radiograph.heads = 6
    model.radiograph.mlp = 1536
    model.textEncoder.width = 384
    model.textEncoder.layers = 6
    model.textEncoder.heads = 6
    model.textEncoder.mlp = 1536
    model.decoder.width = 512
    model.decoder.heads = 8
    model.decoder.mlp = 2048

    training.steps = 2_000
    takeAdamW(rate: 5e-4, warmupSteps: 200)
  }

  private mutating func takeAdamW(rate: Double, warmupSteps: Int) {
    optimizer.name = .adamw
    optimizer.weightDecay = 0.05
    optimizer.clipNorm = 1
    optimizer.lookahead.enabled = false
    optimizer.learningRate = .init(all: rate)
    optimizer.warmupSteps = warmupSteps
  }
}
