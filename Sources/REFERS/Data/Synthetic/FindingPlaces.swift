/// Where a finding lies on the canvas.
struct FindingPlace {
  let finding: String
  let box: CanvasBox
}

extension FrontalThorax {
  /// The findings of the frontal view that a box can hold.
  var places: [FindingPlace] {
    let c = condition
    var places: [FindingPlace] = []
    func add(_ finding: String, _ p: CanvasPoint, _ rx: Float, _ ry: Float) {
      places.append(FindingPlace(finding: finding, box: CanvasBox(around: p, rx, ry)))
    }
    for side in BodySide.allCases {
      let s = side.sign
      if let fluid = c.effusion[side] {
        let low = base[side] + dome
        let high = low - fluid.level * (low - top) - (fluid.layering ? 0.1 : fluid.rise)
        let box = CanvasBox(x0: s * 0.06, y0: high, x1: s * (wall + 0.01), y1: low)
        places.append(FindingPlace(finding: "Pleural Effusion", box: box))
      }
      if let plate = c.atelectasis[side] {
        add("Atelectasis", point(side, plate.across, plate.down), plate.length * 1.3, 0.06)
      }
    }
    if let air = c.pneumothorax {
      let s = air.side.sign
      let low = air.grade == .mild ? top + 0.25 : base[air.side] + 0.04
      let box = CanvasBox(x0: s * 0.07, y0: top, x1: s * half(low, air.side), y1: low)
      places.append(FindingPlace(finding: "Pneumothorax", box: box))
    }
    if c.heart > .none {
      let h = heartCentre
      let size = c.heartScale
      let box = CanvasBox(
        x0: h.x - 0.165 * size, y0: h.y - 0.15 * size, x1: h.x + 0.155 * size,
        y1: h.y + 0.12 * size)
      places.append(FindingPlace(finding: "Cardiomegaly", box: box))
    }
    for focus in c.consolidations {
      add("Consolidation", consolidationPoint(focus), focus.radius * 1.2, focus.radius * 1.05)
    }
    if let nodule = c.nodule {
      let p = point(nodule.side, nodule.across, nodule.down)
      add("Lung Lesion", p, nodule.radius, nodule.radius)
    }
    if let broken = c.fracture {
      let p = broken.rib == 0 ? claviclePoint(broken.side, 0.5) : ribPoint(broken.rib, broken.side)
      add("Fracture", p, 0.06, 0.045)
    }
    if let device = c.pacemaker { add("Support Devices", generator(device), 0.05, 0.055) }
    if c.hernia { add("Hiatal Hernia", herniaPoint, 0.09, 0.08) }
    return places
  }
}

extension LateralThorax {
  /// The findings of the lateral view that a box can hold.
  var places: [FindingPlace] {
    let c = condition
    var places = c.consolidations.map {
      FindingPlace(
        finding: "Consolidation",
        box: CanvasBox(around: consolidationPoint($0), $0.radius * 1.1, $0.radius))
    }
    if let nodule = c.nodule {
      places.append(
        FindingPlace(
          finding: "Lung Lesion",
          box: CanvasBox(around: nodulePoint(nodule), nodule.radius, nodule.radius)))
    }
    if c.hernia {
      let p = CanvasPoint(0.075, base.left - 0.015)
      places.append(FindingPlace(finding: "Hiatal Hernia", box: CanvasBox(around: p, 0.09, 0.08)))
    }
    return places
  }
}
