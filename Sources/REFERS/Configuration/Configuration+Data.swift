extension Configuration {
  /// Where studies come from. Without `path` and `manifest` synthetic studies are made.
  public struct StudyData: Codable, Equatable, Sendable {
    /// The studies on which a model is validated.
    public enum ValidationSplit: String, CaseIterable, Codable, Sendable {
      /// The official `validate` split.
      case validate
      /// The paper's larger set (REFERS sec. 7.1).
      case paper
    }

    /// How many studies are made where none are given.
    public struct Synthetic: Codable, Equatable, Sendable {
      public var train = 4096
      public var validate = 256
      public var seed = 1
    }

    /// A directory in the layout of MIMIC-CXR-JPG or of Open-i.
    public var path: String?
    /// A CSV with one study a line.
    public var manifest: String?
    /// The folder that the images of the manifest are in; null takes the manifest's own.
    public var root: String?
    public var validation = ValidationSplit.validate
    /// The largest share of images that cannot be decoded with which a run goes on without them.
    public var badImages = 0.05
    /// Threads that decode and augment; 0 derives them from the cores given to this rank.
    public var workers = 0
    /// Steps prepared ahead of training.
    public var prefetch = 2
    /// Trains and validates on the first so many training studies of distinct text, to see that a
    /// model can learn them by heart; 0 uses all.
    public var overfit = 0
    public var synthetic = Synthetic()
  }

  /// How a report becomes tokens (REFERS sec. 3-4).
  public struct Text: Codable, Equatable, Sendable {
    /// A file of WordPiece tokens, one a line; null trains a vocabulary from the training reports.
    public var vocabulary: String?
    /// A directory of Hugging Face with a BERT, from which the text encoder starts: its config.json
    /// decides the encoder's sizes, its vocab.txt the vocabulary.
    public var pretrained: String?
    /// The first layers of the text encoder that keep their weights, and with the first of them the
    /// embeddings; 0 trains all.
    public var freezeLayers = 0
    /// The most tokens of the vocabulary that is trained.
    public var vocabularySize = 10_000
    /// The most tokens of a vocabulary of the decoder's own; 0 shares the text encoder's.
    public var decoderVocabularySize = 0
    /// The most tokens of a report, `[CLS]` and `[SEP]` included.
    public var maxTokens = 100
    public var lowerCase = true
  }

  /// The size of a radiograph in pixels, before and after the crop.
  public struct Image: Codable, Equatable, Sendable {
    public var resize: Int
    public var crop: Int

    public init(resize: Int = 256, crop: Int = 224) {
      self.resize = resize
      self.crop = crop
    }
  }

  /// How training radiographs are varied (REFERS sec. 7.4-7.5).
  public struct Augmentation: Codable, Equatable, Sendable {
    public enum Form: String, CaseIterable, Codable, Sendable {
      /// Resize, crop, one flip a study with the words left and right swapped, rotation, jitter.
      case paper
      /// The public code's: crop of random area, each view flipped for itself, no rotation.
      case code
      /// The public code's for fine-tuning: crop of random area, flip (REFERS sec. 8.1).
      case codeFineTuning = "code_fine_tuning"
    }

    public var enabled = true
    public var form = Form.paper
    /// The probability of a flip.
    public var flip = 0.5
    /// The largest rotation to either side, in degrees.
    public var rotation = 10.0
    /// The probability that brightness and contrast are changed.
    public var jitterProbability = 0.8
    /// Brightness is multiplied by a factor from 1 - brightness to 1 + brightness.
    public var brightness = 0.4
    /// Contrast is multiplied by a factor from 1 - contrast to 1 + contrast.
    public var contrast = 0.4
  }

  /// How the radiographs of a study fill the three view slots (REFERS sec. 2).
  public struct Views: Codable, Equatable, Sendable {
    public enum Sampling: String, CaseIterable, Codable, Sendable {
      /// Without replacement; with fewer than three radiographs, random ones are repeated.
      case paper
      /// Three independent draws, as in the public code.
      case withReplacement = "with_replacement"
    }

    public enum Repeat: String, CaseIterable, Codable, Sendable {
      /// A repeated radiograph is augmented and computed once.
      case reuse
      /// Each slot is augmented and computed for itself.
      case independent
    }

    public var sampling = Sampling.paper
    public var `repeat` = Repeat.reuse
  }
}
