extension Configuration {
  /// The two losses and their weights (REFERS sec. 3, 5).
  public struct Loss: Codable, Equatable, Sendable {
    public enum Contrast: String, CaseIterable, Codable, Sendable {
      /// Equation 2: each study finds its report.
      case imageToText = "image_to_text"
      /// w (image to text) + (1 - w) (text to image), with w = `symmetric_weight`.
      case symmetric
      /// The value of `symmetric`, but only its first term has a gradient, as in the public code.
      case code
    }

    public enum Language: String, CaseIterable, Codable, Sendable {
      /// The mean over all tokens of the step.
      case tokenMean = "token_mean"
      /// Equation 1: the sum over a report's tokens, then the mean over reports.
      case reportSum = "report_sum"
    }

    public var contrastWeight = 1.0
    public var languageWeight = 1.0
    public var temperature = 0.1
    public var contrast = Contrast.imageToText
    public var symmetricWeight = 0.75
    public var language = Language.tokenMean
  }

  /// The optimizer, its learning rates and their schedule (REFERS sec. 6).
  public struct Optimizer: Codable, Equatable, Sendable {
    public enum Name: String, CaseIterable, Codable, Sendable {
      /// Stochastic gradient descent with momentum.
      case sgd
      /// Adam with decoupled weight decay.
      case adamw
    }

    /// Which LayerNorm weights decay; biases never do.
    public enum NormDecay: String, CaseIterable, Codable, Sendable {
      case none
      /// Those of the text encoder, as in the public code.
      case bert
    }

    public enum Schedule: String, CaseIterable, Codable, Sendable {
      /// Linear warm-up, then half a cosine to zero at the last step.
      case cosine
    }

    /// slow <- slow + alpha (fast - slow), fast <- slow, every `steps` updates.
    public struct Lookahead: Codable, Equatable, Sendable {
      public var enabled = true
      public var steps = 5
      public var alpha = 0.5
    }

    /// The largest learning rate of each group of parameters.
    public struct LearningRate: Codable, Equatable, Sendable {
      public var radiograph = 3e-3
      public var fusion = 3e-3
      public var textEncoder = 3e-4
      public var decoder = 3e-4
      public var head = 3e-3

      /// The same with another rate of the radiograph transformer: the others as they are to it.
      func with(radiograph rate: Double) -> Self {
        var other = Self(all: rate)
        if radiograph > 0 { other.head = head / radiograph * rate }
        return other
      }

      init() {}

      init(all rate: Double) {
        radiograph = rate
        fusion = rate
        textEncoder = rate
        decoder = rate
        head = rate
      }
    }

    public var name = Name.sgd
    public var momentum = 0.9
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8
    public var weightDecay = 1e-4
    public var decayNorms = NormDecay.none
    /// The largest global norm of the gradient; 0 does not clip.
    public var clipNorm = 10.0
    public var lookahead = Lookahead()
    public var learningRate = LearningRate()
    public var warmupSteps = 10_000
    public var schedule = Schedule.cosine
  }
}
