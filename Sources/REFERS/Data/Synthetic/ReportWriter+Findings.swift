import Determinism

extension ReportWriter {
  /// A sentence for each thing that is there, those that matter most first, then shuffled a little.
  mutating func positives() -> [ReportStatement] {
    var all: [ReportStatement] = []
    volumes(&all)
    heart(&all)
    edema(&all)
    pneumothorax(&all)
    effusions(&all)
    for focus in condition.consolidations { consolidation(focus, &all) }
    atelectasis(&all)
    nodule(&all)
    others(&all)
    bones(&all)
    guard all.count > 2, random.chance(0.4) else { return all }
    let turn = 1 + random.integer(below: all.count - 1)
    return Array(all[turn...] + all[..<turn])
  }

  private mutating func say(
    _ all: inout [ReportStatement], _ weight: Int, _ sentences: [String], _ summary: [String]
  ) {
    all.append(ReportStatement(sentence: pick(sentences), summary: pick(summary), weight: weight))
  }

  private mutating func volumes(_ all: inout [ReportStatement]) {
    switch condition.volume {
    case .low:
      say(
        &all, 1,
        [
          "Lung volumes are low.", "There are low lung volumes.",
          "The lungs are poorly inflated with low volumes.",
        ], ["low lung volumes"])
    case .large where condition.emphysema:
      say(
        &all, 3,
        [
          "The lungs are hyperinflated and lucent, consistent with emphysema.",
          "Hyperinflation with flattened diaphragms and emphysematous change.",
        ], ["hyperinflation and emphysema", "emphysema"])
    case .large:
      say(
        &all, 2,
        [
          "The lungs are hyperinflated.", "The lungs are hyperinflated with flattened diaphragms.",
          "Hyperinflation of the lungs is noted.",
        ], ["hyperinflated lungs", "hyperinflation"])
    case .normal: break
    }
    if let side = condition.rotated {
      say(
        &all, 0,
        ["The patient is rotated to the \(side.name).", "Patient rotation to the \(side.name)."],
        ["rotated study"])
    }
    if let side = condition.elevated {
      say(
        &all, 2,
        [
          "The \(side.name) hemidiaphragm is elevated.",
          "There is elevation of the \(side.name) hemidiaphragm.",
        ], ["elevated \(side.name) hemidiaphragm"])
    }
  }

  private mutating func heart(_ all: inout [ReportStatement]) {
    switch condition.heart {
    case .none: break
    case .mild:
      say(
        &all, 3,
        [
          "The heart is mildly enlarged.", "Mild cardiomegaly.",
          "Heart size is mildly enlarged.",
        ], ["mild cardiomegaly"])
    case .moderate:
      say(
        &all, 4,
        [
          "The heart is moderately enlarged.", "Moderate cardiomegaly is present.",
          "There is moderate cardiomegaly.",
        ], ["moderate cardiomegaly"])
    case .severe:
      say(
        &all, 5,
        [
          "The heart is severely enlarged.", "There is severe cardiomegaly.",
          "Massive cardiomegaly.",
        ], ["severe cardiomegaly"])
    }
    switch condition.aorta {
    case .normal: break
    case .tortuous:
      say(
        &all, 1,
        ["The aorta is tortuous.", "The thoracic aorta is tortuous and unfolded."],
        ["tortuous aorta"])
    case .calcified:
      say(
        &all, 1,
        [
          "The aortic knob is calcified.", "There are atherosclerotic calcifications of the aorta.",
        ],
        ["calcified aorta"])
    }
  }

  private mutating func edema(_ all: inout [ReportStatement]) {
    switch condition.edema {
    case .none: break
    case .mild:
      say(
        &all, 4,
        [
          "Mild pulmonary vascular congestion.", "There is mild interstitial edema.",
          "Mild interstitial pulmonary edema cannot be excluded.",
        ], ["mild pulmonary edema", "possible mild pulmonary edema"])
    case .moderate:
      say(
        &all, 6,
        [
          "Perihilar haziness is consistent with moderate pulmonary edema.",
          "There is moderate pulmonary edema.",
        ], ["moderate pulmonary edema"])
    case .severe:
      say(
        &all, 8,
        [
          "Diffuse bilateral opacities are consistent with severe pulmonary edema.",
          "There is severe pulmonary edema.",
        ], ["severe pulmonary edema"])
    }
  }

  private mutating func pneumothorax(_ all: inout [ReportStatement]) {
    guard let air = condition.pneumothorax else { return }
    let side = air.side.name
    switch air.grade {
    case .severe where air.tension:
      say(
        &all, 10,
        [
          "There is a large \(side) tension pneumothorax with shift of the mediastinum to the "
            + "\(air.side.opposite.name)."
        ], ["large \(side) tension pneumothorax"])
    case .severe:
      say(
        &all, 10,
        [
          "There is a large \(side) pneumothorax.",
          "Large \(side) pneumothorax with collapse of the lung.",
        ], ["large \(side) pneumothorax"])
    case .moderate:
      say(
        &all, 10,
        ["There is a moderate \(side) pneumothorax.", "Moderate \(side) pneumothorax is present."],
        ["moderate \(side) pneumothorax"])
    default:
      say(
        &all, 10,
        [
          "There is a small \(side) apical pneumothorax.", "Small \(side) pneumothorax.",
          "A small apical pneumothorax is seen on the \(side).",
        ], ["small \(side) pneumothorax"])
    }
  }

  private func size(_ grade: Grade) -> String {
    grade == .severe ? "large" : grade == .moderate ? "moderate" : "small"
  }

  private mutating func effusions(_ all: inout [ReportStatement]) {
    let (right, left) = (condition.effusion.right, condition.effusion.left)
    if let right, let left, right.grade == left.grade, random.chance(0.75) {
      let s = size(right.grade)
      say(
        &all, 5 + right.grade.rawValue,
        [
          "There are \(s) bilateral pleural effusions.", "Bilateral \(s) pleural effusions.",
          "\(SyntheticReport.capitalised(s)) bilateral effusions are present.",
        ], ["\(s) bilateral pleural effusions", "bilateral pleural effusions, \(s)"])
      return
    }
    for side in BodySide.allCases {
      guard let fluid = condition.effusion[side] else { continue }
      let s = size(fluid.grade)
      var sentences = [
        "There is a \(s) \(side.name) pleural effusion.",
        "\(SyntheticReport.capitalised(s)) \(side.name) pleural effusion.",
        "A \(s) pleural effusion is seen on the \(side.name).",
      ]
      if fluid.layering { sentences = ["A layering \(s) \(side.name) pleural effusion is seen."] }
      if fluid.grade == .mild {
        sentences.append(
          "Blunting of the \(side.name) costophrenic angle, likely a small effusion.")
      }
      say(&all, 5 + fluid.grade.rawValue, sentences, ["\(s) \(side.name) pleural effusion"])
    }
  }

  private static let lobes = [
    "right upper lobe", "right middle lobe", "right lower lobe", "left upper lobe", "lingula",
    "left lower lobe",
  ]

  private mutating func consolidation(
    _ focus: ChestCondition.Consolidation, _ all: inout [ReportStatement]
  ) {
    let lobe = Self.lobes[focus.lobe.rawValue]
    if focus.dense {
      say(
        &all, 8,
        [
          "There is dense consolidation in the \(lobe).", "Consolidation in the \(lobe).",
          "Dense opacity in the \(lobe) is consistent with pneumonia.",
        ], ["\(lobe) pneumonia", "\(lobe) consolidation"])
    } else if focus.certain {
      say(
        &all, 7,
        [
          "There is a patchy opacity in the \(lobe).",
          "Patchy opacity in the \(lobe) may represent pneumonia.",
        ], ["\(lobe) opacity, concerning for pneumonia", "patchy \(lobe) opacity"])
    } else {
      say(
        &all, 6,
        [
          "There is a possible faint opacity in the \(lobe).",
          "A developing pneumonia in the \(lobe) cannot be excluded.",
        ], ["possible \(lobe) pneumonia"])
    }
  }

  private mutating func atelectasis(_ all: inout [ReportStatement]) {
    let (right, left) = (condition.atelectasis.right, condition.atelectasis.left)
    if right != nil, left != nil {
      say(
        &all, 2,
        ["There is bibasilar atelectasis.", "Bibasilar opacities likely reflect atelectasis."],
        ["bibasilar atelectasis"])
      return
    }
    for side in BodySide.allCases {
      guard let plate = condition.atelectasis[side] else { continue }
      say(
        &all, 2,
        plate.linear
          ? [
            "Linear atelectasis at the \(side.name) base.",
            "There is plate-like atelectasis at the \(side.name) lung base.",
          ]
          : [
            "Atelectasis at the \(side.name) base.",
            "Opacity at the \(side.name) lung base likely reflects atelectasis.",
          ], ["\(side.name) basilar atelectasis"])
    }
  }

  private mutating func nodule(_ all: inout [ReportStatement]) {
    guard let nodule = condition.nodule else { return }
    let zone = ["upper", "mid", "lower"][nodule.down < 0.345 ? 0 : nodule.down < 0.595 ? 1 : 2]
    let place = "\(nodule.side.name) \(zone) lung"
    let size = max(5, (nodule.millimetres + 2) / 5 * 5)
    switch nodule.kind {
    case .nodule:
      say(
        &all, 7,
        [
          "There is a \(size) mm nodule in the \(place).", "A \(place) nodule measures \(size) mm.",
        ], ["\(place) nodule", "\(size) mm \(place) nodule"])
    case .mass:
      say(
        &all, 9, ["There is a mass in the \(place).", "A large mass projects over the \(place)."],
        ["\(place) mass"])
    case .granuloma:
      say(
        &all, 1,
        ["Calcified granuloma in the \(place).", "A calcified granuloma is seen in the \(place)."],
        ["calcified granuloma"])
    case .cavity:
      say(
        &all, 9,
        [
          "There is a cavitary lesion in the \(place).", "A cavitary mass is seen in the \(place).",
        ],
        ["cavitary lesion in the \(place)"])
    }
  }

  private mutating func others(_ all: inout [ReportStatement]) {
    if condition.fibrosis {
      say(
        &all, 3,
        [
          "Reticular opacities at the bases suggest interstitial fibrosis.",
          "There is basilar predominant pulmonary fibrosis.",
        ], ["interstitial lung disease", "pulmonary fibrosis"])
    }
    if let side = condition.apicalScar {
      say(
        &all, 1,
        ["There is \(side.name) apical scarring.", "Scarring at the \(side.name) apex."],
        ["\(side.name) apical scarring"])
    }
    if let side = condition.hilum {
      say(
        &all, 4,
        [
          "The \(side.name) hilum is enlarged.",
          "There is enlargement of the \(side.name) hilum, possibly lymphadenopathy.",
        ], ["\(side.name) hilar enlargement"])
    }
    if condition.hernia {
      say(
        &all, 2,
        ["There is a hiatal hernia.", "A retrocardiac opacity with air is a hiatal hernia."],
        ["hiatal hernia"])
    }
    if condition.stomach {
      say(
        &all, 1,
        ["The stomach is distended with gas.", "Gaseous distention of the stomach."],
        ["gastric distention"])
    }
    if condition.freeAir {
      say(
        &all, 11,
        ["There is free air under the diaphragm.", "Subdiaphragmatic free air is present."],
        ["free intraperitoneal air"])
    }
  }

  private mutating func bones(_ all: inout [ReportStatement]) {
    if let side = condition.scoliosis {
      say(
        &all, 1,
        [
          "There is scoliosis of the thoracic spine convex to the \(side.name).",
          "\(SyntheticReport.capitalised(side.name)) convex scoliosis.",
        ], ["scoliosis"])
    }
    if let broken = condition.fracture {
      let bone = broken.rib == 0 ? "clavicle" : "rib"
      let age = broken.healed ? "healed" : "displaced"
      say(
        &all, broken.healed ? 1 : 6,
        [
          "There is a \(age) \(broken.side.name) \(bone) fracture.",
          "\(SyntheticReport.capitalised(age)) fracture of a \(broken.side.name) \(bone)."
            .replacingArticle(bone),
        ], ["\(age) \(broken.side.name) \(bone) fracture"])
    }
  }
}

extension String {
  /// "a left clavicle" is "the left clavicle".
  fileprivate func replacingArticle(_ bone: String) -> String {
    guard bone == "clavicle" else { return self }
    return split(separator: " ").map { $0 == "a" ? "the" : String($0) }.joined(separator: " ")
  }
}
