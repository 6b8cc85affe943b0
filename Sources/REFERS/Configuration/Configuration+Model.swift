extension Configuration {
  /// The activation function of a feed-forward block.
  public enum Activation: String, CaseIterable, Codable, Sendable {
    /// x Phi(x), in the erf form.
    case gelu
    /// max(x, 0).
    case relu
  }

  /// The model: radiograph transformer, fusion, text encoder, report decoder (REFERS sec. 1-4).
  public struct Model: Codable, Equatable, Sendable {
    /// How the aggregation token g joins the patch tokens l_i (REFERS sec. 1.3).
    public enum RecurrentConcatenation: String, CaseIterable, Codable, Sendable {
      /// l_i + g.
      case add
      /// W [g; l_i] + b, which starts as `add`.
      case concatLinear = "concat_linear"
      /// The sequence g, l_1, g, l_2, ..., as a bias of the attention to one g.
      case interleave
      /// The sequence g, l_1, l_2, ... of a plain vision transformer.
      case none
    }

    /// How views are weighed (REFERS sec. 2).
    public enum Fusion: String, CaseIterable, Codable, Sendable {
      /// One weight a view: softmax of an MLP over the three aggregation tokens.
      case softmaxGlobal = "softmax_global"
      /// One weight a patch and view: sigmoid of a linear layer.
      case sigmoidPatch = "sigmoid_patch"
      /// As `sigmoidPatch`, all views with the weights of the first (the public code until 2022).
      case sigmoidPatchShared = "sigmoid_patch_shared"
      /// One radiograph a study.
      case none
    }

    /// What the contrastive loss compares with the report (REFERS sec. 2).
    public enum ContrastFeature: String, CaseIterable, Codable, Sendable {
      /// The weighted aggregation tokens.
      case fused
      /// The aggregation tokens as they are.
      case unfused
    }

    public var radiograph = Radiograph()
    public var recurrentConcatenation = RecurrentConcatenation.add
    public var fusion = Fusion.softmaxGlobal
    public var contrastFeature = ContrastFeature.fused
    public var textEncoder = TextEncoder()
    public var decoder = Decoder()
  }
}

extension Configuration.Model {
  /// The vision transformer every view passes through (REFERS sec. 1).
  public struct Radiograph: Codable, Equatable, Sendable {
    /// How positions enter (REFERS sec. 1.2).
    public enum Position: String, CaseIterable, Codable, Sendable {
      /// E x + e + p.
      case add
      /// W [E x + e; p] + b.
      case concatLinear = "concat_linear"
    }

    /// A safetensors file of a radiograph transformer to start from, its tensors named as in the
    /// public checkpoints; positions are resized where the grid differs.
    public var pretrained: String?
    /// The side of a patch in pixels.
    public var patch = 16
    public var width = 768
    public var blocks = 12
    public var heads = 12
    /// The width of the feed-forward layer.
    public var mlp = 3072
    public var activation = Configuration.Activation.gelu
    public var dropout = 0.1
    public var position = Position.add
    /// The standard deviation of the position embeddings at the start.
    public var positionDeviation = 0.02
    /// 3 repeats the grey image as the public checkpoints expect; 1 is exact folding (sec. 1.6).
    public var channels = 3
  }

  /// The BERT encoder of the report (REFERS sec. 4).
  public struct TextEncoder: Codable, Equatable, Sendable {
    /// What stands for the whole report.
    public enum Feature: String, CaseIterable, Codable, Sendable {
      /// tanh of a linear layer of the first token.
      case pooler
      /// The first token.
      case cls
      /// The mean over all tokens.
      case mean
    }

    public var width = 768
    public var layers = 12
    public var heads = 12
    public var mlp = 3072
    public var dropout = 0.1
    /// Rows of the position table, the most tokens of a report.
    public var positions = 512
    /// What LayerNorm adds to the variance.
    public var normEpsilon = 1e-12
    public var feature = Feature.pooler
  }

  /// The transformer that writes the report (REFERS sec. 3).
  public struct Decoder: Codable, Equatable, Sendable {
    /// Where LayerNorm stands in a layer.
    public enum Norm: String, CaseIterable, Codable, Sendable {
      /// After each residual sum.
      case post
      /// Before each branch.
      case pre
    }

    public enum Direction: String, CaseIterable, Codable, Sendable {
      /// Left to right.
      case forward
      /// Left to right and right to left, with a layer for each.
      case bidirectional
    }

    public var width = 1024
    public var layers = 1
    public var heads = 16
    public var mlp = 4096
    public var dropout = 0.1
    public var activation = Configuration.Activation.gelu
    public var norm = Norm.post
    public var direction = Direction.forward
  }
}
