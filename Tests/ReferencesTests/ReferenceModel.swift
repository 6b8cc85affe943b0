import Foundation
import References

/// The whole model's forward pass made of the references, under the names of a fixture.
struct ReferenceModel {
  let fixture: ModelFixture
  private var options: ModelFixture.Options.Model { fixture.options.model }

  private func linear(
    _ x: [Double], _ name: String, inputs: Int, _ activation: Reference.Activation = .identity
  ) throws -> [Double] {
    Reference.linear(
      x, weight: try fixture.parameter("\(name).weight"),
      bias: try fixture.parameter("\(name).bias"), rows: x.count / inputs, inputs: inputs,
      activation: activation)
  }

  private func norm(_ x: [Double], _ name: String, _ epsilon: Double) throws -> [Double] {
    Reference.layerNorm(
      x, weight: try fixture.parameter("\(name).weight"),
      bias: try fixture.parameter("\(name).bias"), epsilon: epsilon)
  }

  private func activation(_ name: String) -> Reference.Activation { name == "relu" ? .relu : .gelu }

  /// [1 + N, D] of one radiograph.
  func tokens(of gray: [Double]) throws -> [Double] {
    let (radiograph, prefix) = (options.radiograph, "visual.vit.transformer")
    let width = radiograph.width
    let patches = Reference.PatchEmbedding(
      crop: fixture.options.image.crop, patch: radiograph.patch, width: width)
    var x = try fixture.parameter("\(prefix).embeddings.cls_token")
    x += patches.forward(
      gray, weight: try fixture.parameter("\(prefix).embeddings.patch_embeddings.weight"),
      bias: try fixture.parameter("\(prefix).embeddings.patch_embeddings.bias"))
    let positions = try fixture.parameter("\(prefix).embeddings.position_embeddings")
    if radiograph.position == "add" {
      x = Reference.sum(x, positions)
    } else {
      let pairs = stride(from: 0, to: x.count, by: width).flatMap {
        x[$0..<$0 + width] + positions[$0..<$0 + width]
      }
      x = try linear(pairs, "\(prefix).embeddings.position_projection", inputs: 2 * width)
    }
    for block in 0..<radiograph.blocks {
      let name = "\(prefix).encoder.layer.\(block)"
      let a = try norm(x, "\(name).attention_norm", 1e-6)
      let seen = Reference.attention(
        query: try linear(a, "\(name).attn.query", inputs: width),
        key: try linear(a, "\(name).attn.key", inputs: width),
        value: try linear(a, "\(name).attn.value", inputs: width), width: width,
        layout: .init(queries: [x.count / width], heads: radiograph.heads))
      x = Reference.residual(x, branch: try linear(seen, "\(name).attn.out", inputs: width))
      let f = try linear(
        try norm(x, "\(name).ffn_norm", 1e-6), "\(name).ffn.fc1", inputs: width,
        activation(radiograph.activation))
      x = Reference.residual(
        x, branch: try linear(f, "\(name).ffn.fc2", inputs: f.count / (x.count / width)))
    }
    return try norm(x, "\(prefix).encoder.encoder_norm", 1e-6)
  }

  func views(slots: [Int]) -> Reference.Views {
    let recurrent: [String: Reference.Views.Recurrent] = [
      "add": .add, "concat_linear": .concatLinear, "interleave": .interleave,
    ]
    let fusion: [String: Reference.Views.Fusion] = [
      "softmax_global": .softmaxGlobal, "sigmoid_patch": .sigmoidPatch,
      "sigmoid_patch_shared": .sigmoidPatchShared,
    ]
    let side = fixture.options.image.crop / options.radiograph.patch
    return Reference.Views(
      recurrent: recurrent[options.recurrentConcatenation] ?? .none,
      fusion: fusion[options.fusion] ?? .none, fused: options.contrastFeature == "fused",
      patches: side * side, width: options.radiograph.width, slots: slots)
  }

  var viewParameters: Reference.ViewParameters {
    let find = { (name: String) in fixture.tensors["parameter.\(name)"] ?? [] }
    var result = Reference.ViewParameters()
    (result.recurrentWeight, result.recurrentBias) = (
      find("recurrent.weight"), find("recurrent.bias")
    )
    (result.hiddenWeight, result.hiddenBias) = (
      find("fusion.mlp.0.weight"), find("fusion.mlp.0.bias")
    )
    (result.scoreWeight, result.scoreBias) = (
      find("fusion.mlp.2.weight"), find("fusion.mlp.2.bias")
    )
    result.patchWeight = (1...3).flatMap { find("fusion.fc\($0).weight") }
    result.patchBias = (1...3).flatMap { find("fusion.fc\($0).bias") }
    return result
  }

  /// The text feature of packed reports: [reports, width of the image feature].
  func text(_ reports: [[Int]]) throws -> [Double] {
    let (text, prefix) = (options.textEncoder, "contrastive_bert.text_encoder")
    let (width, lengths) = (text.width, reports.map(\.count))
    let table = { (name: String, indices: [Int]) in
      Reference.embedding(
        indices, table: try fixture.parameter("\(prefix).embeddings.\(name).weight"), width: width)
    }
    var x = Reference.sum(
      try table("word_embeddings", reports.flatMap { $0 }),
      try table("position_embeddings", lengths.flatMap { 0..<$0 }))
    x = Reference.sum(
      x, try table("token_type_embeddings", lengths.flatMap { 0..<$0 }.map { _ in 0 }))
    x = try norm(x, "\(prefix).embeddings.LayerNorm", 1e-12)
    for layer in 0..<text.layers {
      let name = "\(prefix).encoder.layer.\(layer)"
      let seen = Reference.attention(
        query: try linear(x, "\(name).attention.self.query", inputs: width),
        key: try linear(x, "\(name).attention.self.key", inputs: width),
        value: try linear(x, "\(name).attention.self.value", inputs: width), width: width,
        layout: .init(queries: lengths, heads: text.heads))
      let out = try linear(seen, "\(name).attention.output.dense", inputs: width)
      x = try norm(Reference.residual(x, branch: out), "\(name).attention.output.LayerNorm", 1e-12)
      let f = try linear(x, "\(name).intermediate.dense", inputs: width, .gelu)
      let g = try linear(f, "\(name).output.dense", inputs: f.count / (x.count / width))
      x = try norm(Reference.residual(x, branch: g), "\(name).output.LayerNorm", 1e-12)
    }
    let firsts = lengths.indices.map { lengths[..<$0].reduce(0, +) }
    var feature = Reference.embedding(firsts, table: x, width: width)
    if text.feature == "pooler" {
      feature = try linear(feature, "\(prefix).pooler.dense", inputs: width, .tanh)
    } else if text.feature == "mean" {
      feature = Reference.sequenceMean(x, lengths: lengths, width: width)
    }
    return try linear(feature, "contrastive_bert.fc", inputs: width)
  }

  /// The negative log-likelihood of each target of packed reports, in one direction.
  func report(
    _ reports: [[Int]], memory: [[Double]], keyBias: [Double], layers prefix: String
  ) throws -> [Double] {
    let decoder = options.decoder
    let width = decoder.width
    let lengths = reports.map { $0.count - 1 }
    let rows = memory.map { $0.count / options.radiograph.width }
    let seen = try linear(
      memory.flatMap { $0 }, "textual.visual_projection", inputs: options.radiograph.width)
    let words = try fixture.parameter("textual.embedding.words.weight")
    let positions = try fixture.parameter("textual.embedding.positions.weight")
    var x = Reference.sum(
      Reference.embedding(reports.flatMap { $0.dropLast() }, table: words, width: width),
      Reference.embedding(lengths.flatMap { 0..<$0 }, table: positions, width: width))
    x = try norm(x, "textual.embedding.layer_norm", 1e-8)
    for layer in 0..<decoder.layers {
      let name = "\(prefix).layers.\(layer)"
      x = try around(x, "\(name).norm1") { y in
        try packedAttention(
          y, y, "\(name).self_attn", .init(queries: lengths, heads: decoder.heads, causal: true))
      }
      x = try around(x, "\(name).norm2") { y in
        try packedAttention(
          y, seen, "\(name).multihead_attn",
          .init(queries: lengths, keys: rows, heads: decoder.heads, keyBias: keyBias))
      }
      x = try around(x, "\(name).norm3") { y in
        let f = try linear(y, "\(name).linear1", inputs: width, activation(decoder.activation))
        return try linear(f, "\(name).linear2", inputs: f.count / (y.count / width))
      }
    }
    let logits = Reference.linear(
      x, weight: words, bias: try fixture.parameter("textual.output.bias"),
      rows: x.count / width, inputs: width)
    let targets = reports.flatMap { $0.dropFirst() }
    return Reference.crossEntropy(
      logits: logits, targets: targets, weights: targets.map { _ in 1 },
      classes: words.count / width
    ).rows
  }

  /// norm(x + f(x)), or x + f(norm(x)).
  private func around(
    _ x: [Double], _ name: String, _ branch: ([Double]) throws -> [Double]
  ) throws -> [Double] {
    options.decoder.norm == "pre"
      ? Reference.residual(x, branch: try branch(try norm(x, name, 1e-5)))
      : try norm(Reference.residual(x, branch: try branch(x)), name, 1e-5)
  }

  private func packedAttention(
    _ x: [Double], _ memory: [Double], _ name: String, _ layout: Reference.AttentionLayout
  ) throws -> [Double] {
    let width = options.decoder.width
    let weight = try fixture.parameter("\(name).in_proj_weight")
    let bias = try fixture.parameter("\(name).in_proj_bias")
    let part = { (input: [Double], i: Int) in
      Reference.linear(
        input, weight: Array(weight[i * width * width..<(i + 1) * width * width]),
        bias: Array(bias[i * width..<(i + 1) * width]), rows: input.count / width, inputs: width)
    }
    let seen = Reference.attention(
      query: part(x, 0), key: part(memory, 1), value: part(memory, 2), width: width,
      layout: layout)
    return try linear(seen, "\(name).out_proj", inputs: width)
  }
}
