/// Options of `pretrain` for a model of a few thousand parameters.
public let smallModelOptions = [
  "image.resize=36", "image.crop=32", "text.vocabulary_size=150", "model.radiograph.patch=8",
  "model.radiograph.width=48", "model.radiograph.blocks=1", "model.radiograph.mlp=96",
  "model.text_encoder.width=48", "model.text_encoder.layers=1", "model.text_encoder.mlp=96",
  "model.decoder.width=48", "model.decoder.mlp=96", "optimizer.warmup_steps=1",
].flatMap { ["--set", $0] }
