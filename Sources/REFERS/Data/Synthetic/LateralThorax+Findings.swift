import Determinism

extension LateralThorax {
  func drawFindings(_ canvas: RadiographCanvas, random r: inout CounterRandom) {
    let c = condition
    if c.edema > .none {
      let amount: Float = [0, 0.17, 0.34, 0.55][c.edema.rawValue]
      canvas.fill(amount, ellipse: point(0.55, 0.52), 0.28, 0.32, edge: 0.9, grain: 0.45)
    }
    if c.fibrosis {
      let (markings, fine) = (canvas.plane(.markings), canvas.plane(.fine))
      canvas.ellipse(at: point(0.68, 0.85), 0.24, 0.22, edge: 0.8) { i, m in
        markings[i] += m * (0.08 + 0.3 * magnitude(fine[i]))
      }
    }
    for focus in c.consolidations {
      canvas.fill(
        focus.strength * 0.7, ellipse: consolidationPoint(focus), focus.radius * 1.1,
        focus.radius * 0.9, tilt: 0.3, edge: 0.6, grain: focus.dense ? 0.3 : 0.8)
    }
    for side in BodySide.allCases {
      guard let plate = c.atelectasis[side] else { continue }
      let p = point(0.70, plate.down)
      if plate.linear {
        canvas.stroke(
          0.14 * plate.strength, on: .markings,
          [
            CanvasPoint(p.x - plate.length, p.y - plate.length * plate.tilt),
            CanvasPoint(p.x + plate.length, p.y + plate.length * plate.tilt),
          ], radius: 0.008)
      } else {
        canvas.fill(
          plate.strength * 0.6, ellipse: p, plate.length * 1.4, 0.06, edge: 0.8, grain: 0.5)
      }
    }
    if let nodule = c.nodule {
      let p = nodulePoint(nodule)
      if nodule.kind == .granuloma {
        canvas.add(0.34, to: .extra, ellipse: p, nodule.radius, nodule.radius, edge: 0.4)
      } else {
        canvas.fill(0.65, ellipse: p, nodule.radius, nodule.radius * 0.95, edge: 0.45)
      }
    }
    for side in BodySide.allCases {
      if let fluid = c.effusion[side] { drawEffusion(fluid, side, canvas) }
    }
    drawDevices(canvas, &r)
  }

  func nodulePoint(_ nodule: ChestCondition.Nodule) -> CanvasPoint {
    point(0.5 + 0.42 * nodule.depth, nodule.down)
  }

  func consolidationPoint(_ focus: ChestCondition.Consolidation) -> CanvasPoint {
    switch focus.lobe {
    case .rightUpper, .leftUpper: point(0.42, 0.32 + focus.down)
    case .rightMiddle, .lingula: point(0.26, 0.74 + focus.down)
    case .rightLower, .leftLower: point(0.76, 0.85 + focus.down)
    }
  }

  /// Fluid gathers behind, and rises along the back.
  private func drawEffusion(
    _ fluid: ChestCondition.Effusion, _ side: BodySide, _ canvas: RadiographCanvas
  ) {
    let (air, extra) = (canvas.plane(.air), canvas.plane(.extra))
    let lowest = base[side] + dome * 1.1
    let level = lowest - fluid.level * 0.8 * (lowest - top)
    let narrow = 1 / (2 * deep)
    let ahead = 0.03 - deep
    let dense: Float = fluid.grade == .severe ? 0.68 : 0.8
    canvas.visit(CanvasBox(x0: -0.4, y0: top, x1: 0.45, y1: 1)) { x, row, i in
      let w = clamped((x - ahead) * narrow)
      let surface = level - fluid.rise * 1.5 * w * w * w + 0.05 * (1 - w)
      let m = smooth((RadiographCanvas.y(row) - surface) * 30 + 0.5)
      extra[i] += m * air[i] * 0.05
      air[i] *= 1 - dense * m
    }
  }

  private func drawDevices(_ canvas: RadiographCanvas, _ r: inout CounterRandom) {
    let c = condition
    let h = heartCentre
    let cava = CanvasPoint(-0.02, top + 0.22)
    if let device = c.pacemaker {
      let box = CanvasPoint(front(0.28) + 0.005, 0.06 + device.down)
      let size: Float = device.defibrillator ? 1.3 : 1
      canvas.add(
        0.75, to: .extra, ellipse: box, 0.020 * size, 0.048 * size, tilt: 0.15, edge: 0.2)
      let tip = CanvasPoint(h.x - 0.075, h.y + 0.06)
      let way = [box, CanvasPoint(-0.04, top + 0.06), cava]
      canvas.stroke(0.36, way + [CanvasPoint(h.x + 0.04, h.y), tip], radius: 0.0042)
      if device.leads > 1 {
        canvas.stroke(
          0.36, [cava, CanvasPoint(h.x + 0.03, h.y - 0.02), CanvasPoint(h.x - 0.045, h.y - 0.06)],
          radius: 0.0042)
      }
    }
    if let line = c.line {
      if line.line == .port {
        canvas.add(
          0.55, to: .extra, ellipse: CanvasPoint(front(0.30) - 0.005, 0.30), 0.013, 0.025,
          edge: 0.3)
      }
      canvas.stroke(
        0.26, [CanvasPoint(-0.05, top + 0.04), cava, CanvasPoint(cava.x, top + line.tip)],
        radius: 0.0045)
    }
    if c.gastricTube {
      canvas.stroke(
        0.30, [CanvasPoint(0.05, -0.1), CanvasPoint(0.085, 0.35), CanvasPoint(0.06, base.left)],
        radius: 0.005)
    }
    if let side = c.chestTube {
      canvas.stroke(
        0.30, [CanvasPoint(side == .right ? 0.0 : 0.05, 0.75), point(0.55, 0.25)], radius: 0.0085)
    }
    if c.sternotomy {
      for k in 0..<6 {
        let y = top + 0.13 + 0.068 * Float(k)
        let x = front(y) - 0.012
        canvas.stroke(
          0.62, [CanvasPoint(x - 0.014, y - 0.005), CanvasPoint(x + 0.010, y + 0.005)],
          radius: 0.0042)
      }
    }
    if c.valve {
      let ring = [(-1, -0.4), (0, -1), (1, 0.4), (0, 1), (-1, -0.4)].map {
        CanvasPoint(h.x + 0.01 + 0.028 * Float($0.0), h.y - 0.03 + 0.020 * Float($0.1))
      }
      canvas.stroke(0.7, ring, radius: 0.0055)
    }
  }
}
