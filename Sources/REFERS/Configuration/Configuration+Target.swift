import Determinism

extension Configuration {
  /// What a model is trained for.
  public enum Objective: String, CaseIterable, Codable, Sendable {
    /// REFERS: write the report, and match study to report (sec. 3-5).
    case reports
    /// LSP (Transformer): labels of each radiograph alone (sec. 9.6).
    case labels
    /// Fine-tuning on the labels of a target (sec. 8).
    case target
  }

  /// Whether a run trains no backbone.
  var fitsHeadAlone: Bool { objective == .target && target.linearProbe }

  /// What initial values, the order of studies, augmentation and dropout are drawn by: `seed`, and in
  /// repeats of fine-tuning another one for each, so that they differ where all images are used too.
  var trainingSeed: UInt64 {
    let seed = UInt64(bitPattern: Int64(seed))
    guard objective == .target, target.draw > 1 else { return seed }
    return CounterRandom(
      seed: seed, RandomPurpose.repetition.rawValue, UInt64(bitPattern: Int64(target.draw))
    ).key
  }

  /// Radiographs with labels, and how a classifier is trained on them (REFERS sec. 8).
  public struct Target: Codable, Equatable, Sendable {
    /// Whose files the labels are in.
    public enum Layout: String, CaseIterable, Codable, Sendable {
      /// As the files themselves tell.
      case auto
      /// NIH ChestX-ray14.
      case nih
      case vinbigdata
      case shenzhen
      /// The COVID-19 Image Data Collection.
      case covid
      /// The lists of the method's authors: a path and one number for each class, line by line.
      case lists
      /// A CSV with one image a line.
      case manifest
      /// MIMIC-CXR-JPG: each radiograph with the CheXpert labels of its study.
      case mimic
    }

    /// The two tasks of the COVID-19 Image Data Collection.
    public enum Task: String, CaseIterable, Codable, Sendable {
      /// COVID-19 against all others.
      case ct1 = "c_t1"
      /// Viral against bacterial pneumonia.
      case ct2 = "c_t2"
    }

    /// What a label that its table calls uncertain (-1) is taken for.
    public enum Uncertain: String, CaseIterable, Codable, Sendable {
      case ignore, negative, positive
    }

    public enum Splits: String, CaseIterable, Codable, Sendable {
      /// The published ones where there are any, else by patient.
      case auto
      case published
      /// Drawn: 70, 10 and 20 % of the patients.
      case patient
      /// Every image is for testing: a set that nothing was trained on.
      case all
    }

    /// How long and how fast a classifier is trained.
    public enum Recipe: String, CaseIterable, Codable, Sendable {
      /// Of this program, for its presets.
      case `default`
      /// The paper's learning rate of 3e-3, with SGD.
      case paper
      /// The public code's steps and learning rate for each data set.
      case code
    }

    public var layout = Layout.auto
    /// A folder, or a table.
    public var path: String?
    /// The folder that the images are in; null takes the one of the tables.
    public var images: String?
    public var task = Task.ct1
    /// The columns of a manifest that are labels, joined by commas; null takes all that hold some.
    /// Of other layouts the classes that are kept; of lists their names.
    public var columns: String?
    /// The rows of a manifest that are used, as column=value or column=a|b; null takes all.
    public var only: String?
    public var uncertain = Uncertain.ignore
    public var splits = Splits.auto
    /// Whether a patient may be in two splits.
    public var sharedPatients = false
    /// The share of the training images that is used.
    public var labelRatio = 1.0
    /// The number of the draw of that share, from 1; the second and later ones are trained by other
    /// random numbers too.
    public var draw = 1
    /// A checkpoint, a run or a file of safetensors that the backbone starts from; null starts from
    /// scratch.
    public var start: String?
    public var recipe = Recipe.default
    /// Whether the backbone stays as it is and only a linear head is fitted to its features.
    public var linearProbe = false
    /// What tables call the way a model starts; `scratch` is of those that start from nothing.
    public var method = "scratch"
    /// Validations without a better one after which training ends; 0 trains to the last step.
    public var patience = 10
  }
}
