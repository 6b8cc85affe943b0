extension Configuration {
  /// Replaces what an objective decides of a preset.
  mutating func take(_ objective: Objective) {
    self.objective = objective
    // A step sees about as many radiographs as that of REFERS does.
    if objective == .labels { training.batch = preset == .base ? 128 : 64 }
  }

  /// Replaces what a recipe of fine-tuning decides (REFERS sec. 8.1, 8.2, 8.7).
  ///
  /// - Parameter set: the layout of the published set that the target is of, whatever its own.
  mutating func take(_ recipe: Target.Recipe, of set: Target.Layout) {
    target.recipe = recipe
    output = "runs/finetune"
    optimizer = Optimizer()
    optimizer.weightDecay = 0
    optimizer.clipNorm = 1
    optimizer.lookahead.enabled = false
    training.batch = 128
    guard followsPublished else { return takeSmallRecipe() }
    let base = Configuration()
    model.radiograph.dropout = base.model.radiograph.dropout
    augmentation = base.augmentation
    let published = Published(set)
    training.steps = published.steps
    optimizer.warmupSteps = published.warmupSteps
    if recipe == .default {
      // The published 100 steps are a single epoch of VinBigData.
      training.steps = max(training.steps, 2_000)
      optimizer.warmupSteps = training.steps / 20
    }
    target.patience = published.patience
    optimizer.learningRate = .init(all: recipe == .code ? published.rate : 3e-3)
    if recipe == .code { augmentation.form = .codeFineTuning }
  }

  /// Whether steps and rate are those published for the target's layout.
  var followsPublished: Bool { target.recipe != .default || preset == .base }

  /// Trains in minutes: AdamW, as these presets are pre-trained.
  private mutating func takeSmallRecipe() {
    optimizer.name = .adamw
    optimizer.weightDecay = 0.05
    optimizer.beta2 = 0.98
    optimizer.learningRate = .init(all: 5e-4)
    // A head at random has all to learn, the transformer behind a pre-training little.
    optimizer.learningRate.head = 5e-3
    optimizer.warmupSteps = 20
    training.batch = 32
    training.steps = 400
    validation.minimumSteps = 20
    target.patience = 8
  }

  /// What the public code's pages say of a data set.
  private struct Published {
    var rate = 1e-2
    var steps = 60_000
    var warmupSteps = 1_000
    var patience = 10

    init(_ set: Target.Layout) {
      switch set {
      case .vinbigdata: (rate, steps, warmupSteps) = (3e-2, 100, 10)
      case .shenzhen: (rate, steps, warmupSteps, patience) = (3e-2, 100, 5, 20)
      case .covid: (rate, steps, warmupSteps, patience) = (3e-2, 500, 50, 20)
      case .auto, .nih, .lists, .manifest, .mimic: break  // as NIH's, the largest
      }
    }
  }
}
