import Determinism

extension ChestCondition {
  /// Draws the state of one study; one study in twelve is normal.
  init(portable: Bool, random r: inout CounterRandom) {
    let stature = r.uniform()
    habitus = stature < 0.28 ? .thin : stature < 0.68 ? .average : .large
    let girth: Float
    switch habitus {
    case .thin: girth = r.uniform(0.55, 0.68)
    case .average: girth = r.uniform(0.88, 1.08)
    case .large: girth = r.uniform(1.40, 1.70)
    }
    let beam = r.uniform()
    penetration = beam < 0.27 ? .under : beam < 0.73 ? .normal : .over
    build = Build(
      breadth: r.uniform(0.90, 1.08), height: r.uniform(0.97, 1.03), girth: girth,
      wall: r.uniform(0.02, 0.08), breasts: r.chance(0.5) ? r.uniform(0.3, 1) : 0,
      bone: r.uniform(0.7, 1.3), vessels: r.uniform(0.75, 1.25), arms: r.uniform(0, 1),
      top: r.uniform(-0.02, 0.03), base: r.uniform(-0.025, 0.025), slant: r.uniform(-0.02, 0.02))
    self.portable = portable
    supine = portable && r.chance(0.35)
    let ill: Float = r.chance(0.92) ? 1 : 0
    rotated = ill > 0 && r.chance(0.16) ? Self.side(&r) : nil

    volume = .normal
    emphysema = false
    let breath = r.uniform()
    if ill > 0, breath < (portable ? 0.40 : 0.30) {
      volume = .low
    } else if ill > 0, breath > 0.66 {
      volume = .large
      emphysema = r.chance(0.5)
    }

    heart = Self.grade(&r, ill * 0.5, [0.25, 0.35, 0.4])
    switch heart {
    case .none: heartScale = r.uniform(0.86, 0.98)
    case .mild: heartScale = r.uniform(1.11, 1.18)
    case .moderate: heartScale = r.uniform(1.27, 1.38)
    case .severe: heartScale = r.uniform(1.50, 1.68)
    }
    let age = r.uniform()
    aorta = ill == 0 || age < 0.84 ? .normal : age < 0.95 ? .tortuous : .calcified
    edema = Self.grade(&r, ill * (heart > .none ? 0.34 : 0.12), [0.4, 0.35, 0.25])

    effusion = Sided(right: nil, left: nil)
    let wet: Float = edema > .none ? 0.45 : 0.34
    for side in BodySide.allCases where r.chance(ill * wet) {
      effusion[side] = Self.drawEffusion(supine: supine, &r)
    }
    pneumothorax = r.chance(ill * 0.17) ? Self.drawPneumothorax(&r) : nil
    if let air = pneumothorax, air.grade == .severe { effusion[air.side] = nil }

    consolidations = []
    if r.chance(ill * 0.34) {
      consolidations.append(Self.drawConsolidation(&r))
      if r.chance(0.25) {
        let second = Self.drawConsolidation(&r)
        if second.lobe != consolidations[0].lobe { consolidations.append(second) }
      }
    }
    let (fluid, air) = (effusion, pneumothorax)
    consolidations.removeAll { Self.hides($0.lobe.side, fluid, air) }
    atelectasis = Sided(right: nil, left: nil)
    let flat: Float = volume == .low ? 0.4 : 0.14
    for side in BodySide.allCases where r.chance(ill * flat) {
      let drawn = Self.drawAtelectasis(&r)
      if (effusion[side]?.grade ?? .none) <= .mild { atelectasis[side] = drawn }
    }
    nodule = r.chance(ill * 0.12) ? Self.drawNodule(&r) : nil
    if let seen = nodule, Self.hides(seen.side, effusion, pneumothorax) { nodule = nil }
    fibrosis = edema == .none && r.chance(ill * 0.07)
    apicalScar = r.chance(ill * 0.04) ? Self.side(&r) : nil
    hilum = r.chance(ill * 0.05) ? Self.side(&r) : nil
    elevated = r.chance(ill * 0.13) ? Self.side(&r) : nil
    if let side = elevated, effusion[side] != nil || volume == .large { elevated = nil }
    hernia = r.chance(ill * 0.05)
    stomach = r.chance(ill * 0.13)
    freeAir = r.chance(ill * 0.03)
    scoliosis = r.chance(ill * 0.10) ? Self.side(&r) : nil
    fracture = nil
    if r.chance(ill * 0.06) {
      let clavicle = r.chance(0.35)
      fracture = Fracture(
        side: Self.side(&r), rib: clavicle ? 0 : 4 + r.integer(below: 5), healed: r.chance(0.5))
    }
    prosthesis = r.chance(ill * 0.06) ? Self.side(&r) : nil

    let care: Float = portable ? ill : ill * 0.25
    pacemaker = r.chance(ill * 0.28) ? Self.drawPacemaker(&r) : nil
    line = nil
    if r.chance(ill * (portable ? 0.38 : 0.13)) {
      let kinds: [Line] =
        portable ? [.jugular, .jugular, .subclavian, .peripheral] : [.port, .port, .peripheral]
      line = CentralLine(
        side: r.chance(0.65) ? .right : .left, line: kinds[r.integer(below: kinds.count)],
        tip: r.uniform(0.34, 0.56))
    }
    endotracheal = portable && r.chance(care * 0.28) ? 2 + r.integer(below: 5) : nil
    gastricTube = r.chance(endotracheal != nil ? 0.75 : care * 0.08)
    sternotomy = r.chance(ill * 0.12)
    valve = sternotomy && r.chance(0.3)
    chestTube = nil
    if let air = pneumothorax, r.chance(0.35) { chestTube = air.side }
    for side in BodySide.allCases where effusion[side]?.grade == .moderate && r.chance(0.2 * care) {
      chestTube = side
    }
  }

  private static func side(_ r: inout CounterRandom) -> BodySide { r.chance(0.5) ? .right : .left }

  /// None but with the given probability; else mild, moderate or severe by weight.
  private static func grade(
    _ r: inout CounterRandom, _ probability: Float, _ weights: [Float]
  ) -> Grade {
    guard r.chance(probability) else { return .none }
    let u = r.uniform()
    return u < weights[0] ? .mild : u < weights[0] + weights[1] ? .moderate : .severe
  }

  /// Whether fluid or air of this side leaves no lung to see a finding in.
  private static func hides(
    _ side: BodySide, _ effusion: Sided<Effusion?>, _ air: Pneumothorax?
  ) -> Bool {
    effusion[side]?.grade == .severe || (air?.side == side && (air?.grade ?? .none) >= .moderate)
  }

  private static func drawEffusion(supine: Bool, _ r: inout CounterRandom) -> Effusion {
    let grade = grade(&r, 1, [0.25, 0.35, 0.4])
    let level: Float
    switch grade {
    case .moderate: level = r.uniform(0.28, 0.40)
    case .severe: level = r.uniform(0.56, 0.82)
    default: level = r.uniform(0.10, 0.17)
    }
    return Effusion(
      grade: grade, level: level, rise: r.uniform(0.05, 0.11),
      layering: supine && grade == .moderate)
  }

  private static func drawPneumothorax(_ r: inout CounterRandom) -> Pneumothorax {
    let grade = grade(&r, 1, [0.25, 0.35, 0.4])
    let collapse: Float
    switch grade {
    case .moderate: collapse = r.uniform(0.26, 0.38)
    case .severe: collapse = r.uniform(0.52, 0.74)
    default: collapse = r.uniform(0.09, 0.15)
    }
    return Pneumothorax(
      side: side(&r), grade: grade, collapse: collapse, tension: grade == .severe && r.chance(0.4))
  }

  private static func drawConsolidation(_ r: inout CounterRandom) -> Consolidation {
    let lobe = Lobe.allCases[r.integer(below: 6)]
    let dense = r.chance(0.55)
    let certain = dense || r.chance(0.55)
    return Consolidation(
      lobe: lobe, dense: dense, certain: certain, radius: r.uniform(0.085, 0.135),
      across: r.uniform(-0.12, 0.12), down: r.uniform(-0.06, 0.06),
      strength: dense ? r.uniform(0.8, 0.95) : certain ? r.uniform(0.5, 0.65) : 0.35)
  }

  private static func drawAtelectasis(_ r: inout CounterRandom) -> Atelectasis {
    Atelectasis(
      linear: r.chance(0.5), across: r.uniform(0.4, 0.65), down: r.uniform(0.84, 0.93),
      length: r.uniform(0.07, 0.11), tilt: r.uniform(-0.35, 0.35), strength: r.uniform(0.5, 0.8))
  }

  private static func drawNodule(_ r: inout CounterRandom) -> Nodule {
    let kinds: [Nodule.Kind] = [.nodule, .nodule, .mass, .mass, .granuloma, .cavity]
    let kind = kinds[r.integer(below: kinds.count)]
    let radius: Float
    switch kind {
    case .nodule: radius = r.uniform(0.016, 0.034)
    case .granuloma: radius = r.uniform(0.010, 0.016)
    case .mass, .cavity: radius = r.uniform(0.045, 0.08)
    }
    let zone = Float(r.integer(below: 3))
    return Nodule(
      side: side(&r), kind: kind, radius: radius, across: r.uniform(0.35, 0.75),
      down: 0.22 + 0.25 * zone + r.uniform(-0.06, 0.06), depth: r.uniform(-0.6, 0.6))
  }

  private static func drawPacemaker(_ r: inout CounterRandom) -> Pacemaker {
    Pacemaker(
      side: r.chance(0.75) ? .left : .right, leads: 1 + r.integer(below: 2),
      defibrillator: r.chance(0.35), across: r.uniform(0.22, 0.31), down: r.uniform(0.20, 0.28))
  }
}
