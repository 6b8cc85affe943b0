extension ConfigurationField {
  /// Every value of a configuration, in the order in which it is printed and saved.
  public static let all: [ConfigurationField] =
    run + studies + target + radiographTransformer + fusion + reportTransformers + losses
    + optimization + operation

  private static let run: [ConfigurationField] = [
    .choice("preset", \.preset),
    .choice("mode", \.mode),
    .choice("objective", \.objective),
    .int("seed", \.seed, in: 0...),
    .file("output", \.output).sparingResult,
    .int("shards", \.shards, in: 1...1024),
    .int("threads", \.threads, in: 0...1024).sparingResult,
  ]

  private static let studies: [ConfigurationField] = [
    .file("data.path", \.data.path).sparingResult,
    .file("data.manifest", \.data.manifest).sparingResult,
    .file("data.root", \.data.root).sparingResult,
    .choice("data.validation", \.data.validation),
    .real("data.bad_images", \.data.badImages, .unit).sparingResult,
    .int("data.workers", \.data.workers, in: 0...1024).sparingResult,
    .int("data.prefetch", \.data.prefetch, in: 1...1024).sparingResult,
    .int("data.overfit", \.data.overfit, in: 0...10_000_000),
    .int("data.synthetic.train", \.data.synthetic.train, in: 1...10_000_000),
    .int("data.synthetic.validate", \.data.synthetic.validate, in: 1...10_000_000),
    .int("data.synthetic.seed", \.data.synthetic.seed, in: 0...),
    .file("text.vocabulary", \.text.vocabulary),
    .file("text.pretrained", \.text.pretrained),
    .int("text.freeze_layers", \.text.freezeLayers, in: 0...1024),
    .int("text.vocabulary_size", \.text.vocabularySize, in: 100...1_000_000),
    .int("text.decoder_vocabulary_size", \.text.decoderVocabularySize, in: 0...1_000_000),
    .int("text.max_tokens", \.text.maxTokens, in: 3...512),
    .bool("text.lower_case", \.text.lowerCase),
    .int("image.resize", \.image.resize, in: 1...16_384),
    .int("image.crop", \.image.crop, in: 1...16_384),
    .bool("augmentation.enabled", \.augmentation.enabled),
    .choice("augmentation.form", \.augmentation.form),
    .real("augmentation.flip", \.augmentation.flip, .unit),
    .real("augmentation.rotation", \.augmentation.rotation, .upTo(180)),
    .real("augmentation.jitter_probability", \.augmentation.jitterProbability, .unit),
    .real("augmentation.brightness", \.augmentation.brightness, .unit),
    .real("augmentation.contrast", \.augmentation.contrast, .unit),
    .choice("views.sampling", \.views.sampling),
    .choice("views.repeat", \.views.repeat),
  ]

  private static let target: [ConfigurationField] = [
    .choice("target.layout", \.target.layout),
    .file("target.path", \.target.path).sparingResult,
    .file("target.images", \.target.images).sparingResult,
    .choice("target.task", \.target.task),
    .text("target.columns", \.target.columns),
    .text("target.only", \.target.only),
    .choice("target.uncertain", \.target.uncertain),
    .choice("target.splits", \.target.splits),
    .bool("target.shared_patients", \.target.sharedPatients),
    .real("target.label_ratio", \.target.labelRatio, .share),
    .int("target.draw", \.target.draw, in: 1...1_000_000),
    .file("target.start", \.target.start).sparingResult,
    .choice("target.recipe", \.target.recipe),
    .bool("target.linear_probe", \.target.linearProbe),
    .file("target.method", \.target.method).sparingResult,
    .int("target.patience", \.target.patience, in: 0...1_000_000),
  ]

  private static let radiographTransformer: [ConfigurationField] = [
    .file("model.radiograph.pretrained", \.model.radiograph.pretrained),
    .int("model.radiograph.patch", \.model.radiograph.patch, in: 1...16_384),
    .int("model.radiograph.width", \.model.radiograph.width, in: 1...65_536),
    .int("model.radiograph.blocks", \.model.radiograph.blocks, in: 1...1024),
    .int("model.radiograph.heads", \.model.radiograph.heads, in: 1...1024),
    .int("model.radiograph.mlp", \.model.radiograph.mlp, in: 1...262_144),
    .choice("model.radiograph.activation", \.model.radiograph.activation),
    .real("model.radiograph.dropout", \.model.radiograph.dropout, .unitBelowOne),
    .choice("model.radiograph.position", \.model.radiograph.position),
    .real(
      "model.radiograph.position_deviation", \.model.radiograph.positionDeviation, .positive),
    .int("model.radiograph.channels", \.model.radiograph.channels, in: 1...3),
  ]

  private static let fusion: [ConfigurationField] = [
    .choice("model.recurrent_concatenation", \.model.recurrentConcatenation),
    .choice("model.fusion", \.model.fusion),
    .choice("model.contrast_feature", \.model.contrastFeature),
  ]

  private static let reportTransformers: [ConfigurationField] = [
    .int("model.text_encoder.width", \.model.textEncoder.width, in: 1...65_536),
    .int("model.text_encoder.layers", \.model.textEncoder.layers, in: 1...1024),
    .int("model.text_encoder.heads", \.model.textEncoder.heads, in: 1...1024),
    .int("model.text_encoder.mlp", \.model.textEncoder.mlp, in: 1...262_144),
    .real("model.text_encoder.dropout", \.model.textEncoder.dropout, .unitBelowOne),
    .int("model.text_encoder.positions", \.model.textEncoder.positions, in: 3...65_536),
    .real("model.text_encoder.norm_epsilon", \.model.textEncoder.normEpsilon, .positive),
    .choice("model.text_encoder.feature", \.model.textEncoder.feature),
    .int("model.decoder.width", \.model.decoder.width, in: 1...65_536),
    .int("model.decoder.layers", \.model.decoder.layers, in: 1...1024),
    .int("model.decoder.heads", \.model.decoder.heads, in: 1...1024),
    .int("model.decoder.mlp", \.model.decoder.mlp, in: 1...262_144),
    .real("model.decoder.dropout", \.model.decoder.dropout, .unitBelowOne),
    .choice("model.decoder.activation", \.model.decoder.activation),
    .choice("model.decoder.norm", \.model.decoder.norm),
    .choice("model.decoder.direction", \.model.decoder.direction),
  ]

  private static let losses: [ConfigurationField] = [
    .real("loss.contrast_weight", \.loss.contrastWeight, .notNegative),
    .real("loss.language_weight", \.loss.languageWeight, .notNegative),
    .real("loss.temperature", \.loss.temperature, .positive),
    .choice("loss.contrast", \.loss.contrast),
    .real("loss.symmetric_weight", \.loss.symmetricWeight, .unit),
    .choice("loss.language", \.loss.language),
  ]

  private static let optimization: [ConfigurationField] = [
    .choice("optimizer.name", \.optimizer.name),
    .real("optimizer.momentum", \.optimizer.momentum, .unitBelowOne),
    .real("optimizer.beta1", \.optimizer.beta1, .unitBelowOne),
    .real("optimizer.beta2", \.optimizer.beta2, .unitBelowOne),
    .real("optimizer.epsilon", \.optimizer.epsilon, .positive),
    .real("optimizer.weight_decay", \.optimizer.weightDecay, .notNegative),
    .choice("optimizer.decay_norms", \.optimizer.decayNorms),
    .real("optimizer.clip_norm", \.optimizer.clipNorm, .notNegative),
    .bool("optimizer.lookahead.enabled", \.optimizer.lookahead.enabled),
    .int("optimizer.lookahead.steps", \.optimizer.lookahead.steps, in: 1...1_000_000),
    .real("optimizer.lookahead.alpha", \.optimizer.lookahead.alpha, .unit),
    .real("optimizer.learning_rate.radiograph", \.optimizer.learningRate.radiograph, .notNegative),
    .real("optimizer.learning_rate.fusion", \.optimizer.learningRate.fusion, .notNegative),
    .real(
      "optimizer.learning_rate.text_encoder", \.optimizer.learningRate.textEncoder, .notNegative),
    .real("optimizer.learning_rate.decoder", \.optimizer.learningRate.decoder, .notNegative),
    .real("optimizer.learning_rate.head", \.optimizer.learningRate.head, .notNegative),
    .int("optimizer.warmup_steps", \.optimizer.warmupSteps, in: 0...),
    .choice("optimizer.schedule", \.optimizer.schedule),
    .int("training.batch", \.training.batch, in: 1...1_000_000),
    .int("training.steps", \.training.steps, in: 1...),
    .int("validation.every_epochs", \.validation.everyEpochs, in: 1...),
    .int("validation.minimum_steps", \.validation.minimumSteps, in: 0...),
  ]

  private static let operation: [ConfigurationField] = [
    // A resumed run is held to its library by the record of its build.
    .choice("compute.blas", \.compute.blas).sparingResult,
    .choice("compute.products", \.compute.products),
    .int("checkpoint.every_steps", \.checkpoint.everySteps, in: 1...).sparingResult,
    .int("checkpoint.keep_last", \.checkpoint.keepLast, in: 1...).sparingResult,
    .int("checkpoint.keep_every", \.checkpoint.keepEvery, in: 0...).sparingResult,
    .real("memory.limit", \.memory.limit, .upTo(1_000_000)).sparingResult,
    .int("memory.parts", \.memory.parts, in: 0...1024).sparingResult,
    .choice("memory.recompute", \.memory.recompute).sparingResult,
    .choice("memory.activations", \.memory.activations),
    .real("exchange.piece", \.exchange.piece, .upTo(1024)).sparingResult,
    .int("exchange.timeout", \.exchange.timeout, in: 1...).sparingResult,
    .choice("exchange.precision", \.exchange.precision),
    .int("checks.parameters_every", \.checks.parametersEvery, in: 0...).sparingResult,
    .choice("checks.non_finite", \.checks.nonFinite),
    .int("logging.every_steps", \.logging.everySteps, in: 1...).sparingResult,
    .bool("logging.tensorboard", \.logging.tensorboard).sparingResult,
  ]
}
