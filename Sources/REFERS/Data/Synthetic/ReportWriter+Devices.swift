import Determinism

extension ReportWriter {
  /// A sentence for each device.
  mutating func devices() -> [ReportStatement] {
    var sentences: [String] = []
    if let height = condition.endotracheal {
      sentences.append(
        pick([
          "The endotracheal tube terminates \(height) cm above the carina.",
          "Endotracheal tube tip is \(height) cm above the carina.",
        ]))
    }
    if condition.gastricTube {
      sentences.append(
        pick([
          "An enteric tube courses into the stomach.",
          "Nasogastric tube with its tip in the stomach.",
        ]))
    }
    if let line = condition.line { sentences.append(central(line)) }
    if let device = condition.pacemaker { sentences.append(pacemaker(device)) }
    if let side = condition.chestTube {
      sentences.append(
        pick([
          "A \(side.name) chest tube is in place.",
          "\(side == .right ? "Right" : "Left") chest tube.",
        ]))
    }
    if condition.sternotomy {
      sentences.append(
        condition.valve
          ? pick([
            "Median sternotomy wires and a prosthetic valve are noted.",
            "Status post sternotomy and valve replacement.",
          ])
          : pick([
            "Median sternotomy wires are intact.", "Patient is status post median sternotomy.",
          ]))
    }
    if let side = condition.prosthesis {
      sentences.append(
        pick([
          "There is a \(side.name) shoulder arthroplasty.",
          "A \(side.name) shoulder prosthesis is noted.",
        ]))
    }
    return sentences.map { ReportStatement(sentence: $0, summary: "", weight: 0) }
  }

  private mutating func central(_ line: ChestCondition.CentralLine) -> String {
    let side = line.side.name
    let place = line.atrial ? "right atrium" : "superior vena cava"
    switch line.line {
    case .jugular:
      return pick([
        "A \(side) internal jugular line terminates in the \(place).",
        "\(SyntheticReport.capitalised(side)) IJ catheter tip is in the \(place).",
      ])
    case .subclavian:
      return pick([
        "A \(side) subclavian line terminates in the \(place).",
        "\(SyntheticReport.capitalised(side)) subclavian catheter tip is in the \(place).",
      ])
    case .peripheral: return "A \(side) PICC terminates in the \(place)."
    case .port:
      return pick([
        "A \(side) chest port terminates in the \(place).",
        "\(SyntheticReport.capitalised(side)) Port-A-Cath tip is in the \(place).",
      ])
    }
  }

  private mutating func pacemaker(_ device: ChestCondition.Pacemaker) -> String {
    let side = device.side.name
    let chambers = device.leads == 2 ? "dual" : "single"
    let name = device.defibrillator ? "ICD" : "pacemaker"
    return pick([
      "A \(side) \(chambers) lead \(name) is in place.",
      "\(SyntheticReport.capitalised(side)) chest wall \(chambers) chamber \(name) is unchanged in "
        + "position.",
      "\(SyntheticReport.capitalised(side))-sided \(chambers) lead \(name).",
    ])
  }

  /// Sentences on what is not there, in a random order.
  mutating func negatives() -> [String] {
    let c = condition
    let fluid = c.effusion.right != nil || c.effusion.left != nil
    var all: [String] = []
    let focal = !c.consolidations.isEmpty
    switch (fluid, c.pneumothorax != nil) {
    case (false, false):
      all.append(
        pick([
          "There is no pleural effusion or pneumothorax.", "No pleural effusion or pneumothorax.",
          "No pneumothorax. No pleural effusion.",
        ]))
    case (true, false): all.append(pick(["No pneumothorax.", "There is no pneumothorax."]))
    case (false, true): all.append(pick(["No pleural effusion.", "There is no pleural effusion."]))
    case (true, true): break
    }
    if !focal, c.edema < .moderate {
      all.append(
        pick([
          "No focal consolidation.", "There is no focal consolidation.",
          "The lungs are free of focal consolidation.",
        ]))
    }
    if c.edema == .none {
      all.append(pick(["No pulmonary edema.", "There is no evidence of pulmonary edema."]))
    }
    if c.heart == .none {
      all.append(
        pick([
          "The cardiomediastinal silhouette is normal.", "Heart size is normal.",
          "The cardiac and mediastinal contours are within normal limits.",
        ]))
    }
    if c.fracture == nil, c.scoliosis == nil {
      all.append(
        pick(["No acute osseous abnormality.", "The bony structures are intact."]))
    }
    if !c.freeAir { all.append("No free air below the right hemidiaphragm.") }
    let order = random.permutation(all.count)
    // The first, on the pleura, opens as a rule.
    return random.chance(0.6) ? all : order.map { all[$0] }
  }
}
