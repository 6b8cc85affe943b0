import Determinism

extension FrontalThorax {
  /// Hila and the vessels that branch from them.
  func drawVessels(_ canvas: RadiographCanvas, random r: inout CounterRandom) {
    let c = condition
    let full = c.build.vessels * (1 + 0.35 * Float(c.edema.rawValue)) * (c.emphysema ? 0.55 : 1)
    for side in BodySide.allCases {
      let s = side.sign
      let root = CanvasPoint(
        s * 0.088 + shift - turn * 0.4, carina.y + (side == .right ? 0.075 : 0.055))
      let swollen = c.hilum == side
      canvas.add(
        swollen ? 0.30 : 0.10 * full, to: swollen ? .extra : .markings, ellipse: root,
        swollen ? 0.062 : 0.035, swollen ? 0.075 : 0.055, tilt: s * -0.3, edge: 0.6)
      if swollen {
        canvas.fill(0.8, ellipse: root, 0.062, 0.075, tilt: s * -0.3, edge: 0.5)
      }
      for branch in 0..<9 {
        // Direction from up to down through outwards.
        let part = (Float(branch) + r.uniform(0, 1)) / 9
        let down = -0.9 + 1.9 * part
        let out = 1 - abs(down) * 0.62
        let upper = down < 0
        let length = (upper ? 0.22 : 0.30) * r.uniform(0.75, 1.1)
        let thick = (upper && c.edema == .none ? 0.0055 : 0.0085) * r.uniform(0.8, 1.2)
        twig(
          canvas, from: CanvasPoint(root.x + s * 0.012 * out, root.y + 0.045 * down),
          CanvasPoint(s * out, down), length: length, radius: thick,
          amount: 0.075 * full, depth: 2, side: s, &r)
      }
    }
  }

  private func twig(
    _ canvas: RadiographCanvas, from start: CanvasPoint, _ towards: CanvasPoint, length: Float,
    radius: Float, amount: Float, depth: Int, side s: Float, _ r: inout CounterRandom
  ) {
    var points = [start]
    var (p, dx, dy) = (start, towards.x, towards.y)
    for _ in 0..<4 {
      dx += r.uniform(-0.16, 0.16)
      dy += r.uniform(-0.16, 0.16) + 0.03
      let n = 1 / max((dx * dx + dy * dy).squareRoot(), 0.01)
      (dx, dy) = (dx * n, dy * n)
      p = CanvasPoint(p.x + dx * length * 0.25, p.y + dy * length * 0.25)
      points.append(p)
    }
    canvas.stroke(amount, on: .markings, points, radius: radius, to: radius * 0.3)
    guard depth > 0 else { return }
    for k in 1...2 {
      let turn: Float = r.chance(0.5) ? 0.55 : -0.55
      let from = points[k + (depth == 2 ? 0 : 1)]
      twig(
        canvas, from: from, CanvasPoint(dx - dy * turn, dy + dx * turn), length: length * 0.55,
        radius: radius * 0.62, amount: amount * 0.85, depth: depth - 1, side: s, &r)
    }
  }

  /// What fills, scars or empties the lungs.
  func drawLungFindings(_ canvas: RadiographCanvas, random r: inout CounterRandom) {
    let c = condition
    if c.edema > .none {
      let amount: Float = [0, 0.22, 0.42, 0.68][c.edema.rawValue]
      for side in BodySide.allCases {
        canvas.fill(
          amount, ellipse: point(side, 0.25, 0.58), 0.30, 0.38, edge: 0.9, grain: 0.4)
        for k in 0..<(3 * c.edema.rawValue) {
          let p = point(side, 0.90, 0.66 + 0.025 * Float(k))
          canvas.stroke(
            0.10, on: .markings, [p, CanvasPoint(p.x + side.sign * 0.045, p.y)], radius: 0.0022)
        }
      }
    }
    if c.fibrosis {
      let (markings, fine) = (canvas.plane(.markings), canvas.plane(.fine))
      for side in BodySide.allCases {
        canvas.ellipse(at: point(side, 0.6, 0.82), 0.2, 0.27, edge: 0.8) { i, m in
          markings[i] += m * (0.10 + 0.34 * magnitude(fine[i]))
        }
      }
    }
    if c.emphysema {
      for side in BodySide.allCases {
        for _ in 0..<3 {
          let p = point(side, r.uniform(0.3, 0.8), r.uniform(0.15, 0.4))
          canvas.fill(-0.10, ellipse: p, r.uniform(0.05, 0.09), r.uniform(0.05, 0.09))
        }
      }
    }
    if let side = c.apicalScar {
      canvas.fill(0.75, ellipse: point(side, 0.45, 0.09), 0.11, 0.055, edge: 0.7, grain: 0.7)
    }
    for focus in c.consolidations { drawConsolidation(focus, canvas, &r) }
    for side in BodySide.allCases {
      if let plate = c.atelectasis[side] { drawAtelectasis(plate, side, canvas) }
    }
    if let nodule = c.nodule { drawNodule(nodule, canvas) }
    for side in BodySide.allCases {
      if let fluid = c.effusion[side] { drawEffusion(fluid, side, canvas) }
    }
  }

  func consolidationPoint(_ focus: ChestCondition.Consolidation) -> CanvasPoint {
    let place: (Float, Float)
    switch focus.lobe {
    case .rightUpper, .leftUpper: place = (0.55, 0.30)
    case .rightMiddle: place = (0.22, 0.70)
    case .lingula: place = (0.50, 0.66)
    case .rightLower: place = (0.62, 0.84)
    case .leftLower: place = (0.40, 0.86)
    }
    return point(focus.lobe.side, place.0 + focus.across, place.1 + focus.down)
  }

  private func drawConsolidation(
    _ focus: ChestCondition.Consolidation, _ canvas: RadiographCanvas, _ r: inout CounterRandom
  ) {
    let p = consolidationPoint(focus)
    let grain: Float = focus.dense ? 0.35 : 0.8
    canvas.fill(
      focus.strength, ellipse: p, focus.radius * 1.1, focus.radius * 0.9,
      tilt: r.uniform(-0.5, 0.5),
      edge: 0.55, grain: grain)
    for _ in 0..<4 {
      let q = CanvasPoint(
        p.x + r.uniform(-1, 1) * focus.radius * 0.8, p.y + r.uniform(-1, 1) * focus.radius * 0.7)
      canvas.fill(
        focus.strength * 0.7, ellipse: q, focus.radius * 0.5, focus.radius * 0.45, edge: 0.8,
        grain: grain)
    }
  }

  private func drawAtelectasis(
    _ plate: ChestCondition.Atelectasis, _ side: BodySide, _ canvas: RadiographCanvas
  ) {
    let p = point(side, plate.across, plate.down)
    if plate.linear {
      for k in 0..<2 {
        let dy = -0.035 * Float(k)
        let slope = plate.length * plate.tilt
        canvas.stroke(
          0.22 * plate.strength, on: .markings,
          [
            CanvasPoint(p.x - plate.length, p.y + dy - slope),
            CanvasPoint(p.x + plate.length, p.y + dy + slope),
          ], radius: 0.009, to: 0.006)
      }
    } else {
      canvas.fill(
        plate.strength, ellipse: CanvasPoint(p.x, p.y + 0.03), plate.length * 1.6, 0.07, edge: 0.8,
        grain: 0.5)
    }
  }

  private func drawNodule(_ nodule: ChestCondition.Nodule, _ canvas: RadiographCanvas) {
    let p = point(nodule.side, nodule.across, nodule.down)
    let r = nodule.radius
    switch nodule.kind {
    case .nodule: canvas.fill(0.85, ellipse: p, r, r * 0.92, edge: 0.45)
    case .granuloma: canvas.add(0.42, to: .extra, ellipse: p, r, r, edge: 0.35)
    case .mass: canvas.fill(0.95, ellipse: p, r, r * 0.86, tilt: 0.4, edge: 0.35, grain: 0.15)
    case .cavity:
      let (air, before) = (canvas.plane(.air), 0.78 as Float)
      canvas.fill(0.92, ellipse: p, r, r * 0.95, edge: 0.3)
      canvas.ellipse(at: p, r * 0.62, r * 0.6, edge: 0.35) { i, m in
        air[i] += m * (before - air[i])
      }
    }
  }

  private func drawEffusion(
    _ fluid: ChestCondition.Effusion, _ side: BodySide, _ canvas: RadiographCanvas
  ) {
    let s = side.sign
    let (air, extra) = (canvas.plane(.air), canvas.plane(.extra))
    let lowest = base[side] + dome
    let level = lowest - fluid.level * (lowest - top)
    let box = CanvasBox(x0: 0, y0: top, x1: s * 0.5, y1: lowest + 0.04)
    if fluid.layering {
      canvas.visit(box) { x, row, i in
        let deep = smooth((RadiographCanvas.y(row) - level + 0.22) * 2.6)
        let here = Lanes(repeating: 0.74 * deep).replacing(with: 0, where: x * s .< 0)
        air[i] *= 1 - here
      }
      return
    }
    let narrow = 1 / wall
    canvas.visit(box) { x, row, i in
      let across = x * s * narrow
      let w = clamped(across)
      let surface = level - fluid.rise * w * w * w * 1.6
      var m = smooth((RadiographCanvas.y(row) - surface) * 32 + 0.5)
      m = m.replacing(with: 0, where: across .< 0)
      extra[i] += m * air[i] * 0.07
      air[i] *= 1 - 0.97 * m
    }
  }
}
