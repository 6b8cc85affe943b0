/// A side of the patient; on a frontal radiograph the patient's left is on the image's right.
public enum BodySide: Int, Sendable, CaseIterable {
  case right, left

  /// The word a report uses.
  public var name: String { self == .right ? "right" : "left" }
  public var opposite: BodySide { self == .right ? .left : .right }
  /// The sign of the horizontal image coordinate of this side in a frontal view.
  var sign: Float { self == .right ? -1 : 1 }
}

/// One value for each side of the patient.
public struct Sided<Value> {
  public var right: Value
  public var left: Value

  public subscript(side: BodySide) -> Value {
    get { side == .right ? right : left }
    set { if side == .right { right = newValue } else { left = newValue } }
  }
}

extension Sided: Sendable where Value: Sendable {}

/// How much of a finding there is.
public enum Grade: Int, Sendable, CaseIterable, Comparable {
  case none, mild, moderate, severe

  public static func < (a: Grade, b: Grade) -> Bool { a.rawValue < b.rawValue }
}

/// The hidden state of a synthetic study: what the radiographs show and the report tells.
///
/// Lengths are in units of the side of the image, fractions of what they belong to otherwise.
public struct ChestCondition: Sendable {
  /// What the report does not tell.
  public struct Build: Sendable {
    var breadth, height, girth, wall, breasts, bone, vessels, arms: Float
    var top, base, slant: Float
  }

  public enum Volume: Sendable { case low, normal, large }
  public enum Aorta: Sendable { case normal, tortuous, calcified }
  public enum Lobe: Int, Sendable, CaseIterable {
    case rightUpper, rightMiddle, rightLower, leftUpper, lingula, leftLower
    public var side: BodySide { rawValue < 3 ? .right : .left }
  }
  public enum Line: Sendable { case jugular, subclavian, peripheral, port }

  public struct Effusion: Sendable {
    public var grade: Grade
    var level, rise: Float
    var layering: Bool
  }
  public struct Pneumothorax: Sendable {
    public var side: BodySide
    public var grade: Grade
    var collapse: Float
    public var tension: Bool
  }
  public struct Consolidation: Sendable {
    public var lobe: Lobe
    public var dense: Bool
    public var certain: Bool
    var radius, across, down, strength: Float
  }
  public struct Atelectasis: Sendable {
    public var linear: Bool
    var across, down, length, tilt, strength: Float
  }
  public struct Nodule: Sendable {
    public enum Kind: Sendable { case nodule, mass, granuloma, cavity }
    public var side: BodySide
    public var kind: Kind
    var radius, across, down, depth: Float
    /// Diameter as the report tells it, 40 cm across the image.
    public var millimetres: Int { Int((radius * 800).rounded()) }
  }
  public struct Fracture: Sendable {
    public var side: BodySide
    /// 0 for the clavicle, else the number of the rib.
    public var rib: Int
    public var healed: Bool
  }
  public struct Pacemaker: Sendable {
    public var side: BodySide
    public var leads: Int
    public var defibrillator: Bool
    var across, down: Float
  }
  public struct CentralLine: Sendable {
    public var side: BodySide
    public var line: Line
    var tip: Float
    public var atrial: Bool { tip > 0.47 }
  }

  public enum Habitus: Sendable { case thin, average, large }
  /// How much of the beam reached the film: under-penetrated films are white.
  public enum Penetration: Sendable { case under, normal, over }

  public var build: Build
  public var habitus: Habitus
  public var penetration: Penetration
  public var portable: Bool
  public var supine: Bool
  public var rotated: BodySide?
  public var volume: Volume
  public var heart: Grade
  var heartScale: Float
  public var aorta: Aorta
  public var effusion: Sided<Effusion?>
  public var pneumothorax: Pneumothorax?
  public var consolidations: [Consolidation]
  public var atelectasis: Sided<Atelectasis?>
  public var nodule: Nodule?
  public var edema: Grade
  public var emphysema: Bool
  public var fibrosis: Bool
  public var apicalScar: BodySide?
  public var hilum: BodySide?
  public var elevated: BodySide?
  public var hernia: Bool
  public var stomach: Bool
  public var freeAir: Bool
  public var scoliosis: BodySide?
  public var fracture: Fracture?
  public var prosthesis: BodySide?
  public var pacemaker: Pacemaker?
  public var line: CentralLine?
  /// Centimetres of the tip of the endotracheal tube above the carina.
  public var endotracheal: Int?
  public var gastricTube: Bool
  public var chestTube: BodySide?
  public var sternotomy: Bool
  public var valve: Bool

  /// Whether any device is in place.
  public var hasDevice: Bool {
    pacemaker != nil || line != nil || endotracheal != nil || gastricTube || chestTube != nil
      || sternotomy || valve || prosthesis != nil
  }

  /// How far the mediastinum lies from the midline, positive towards the patient's left.
  var mediastinalShift: Float {
    var shift: Float = 0
    if let air = pneumothorax {
      shift -= air.side.sign * (air.tension ? 0.07 : air.grade == .severe ? 0.02 : 0)
    }
    for side in BodySide.allCases where effusion[side]?.grade == .severe {
      shift -= side.sign * 0.025
    }
    return shift
  }
}
