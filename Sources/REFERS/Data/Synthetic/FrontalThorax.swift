import Determinism

/// The geometry of a chest seen from the front, and its healthy parts.
struct FrontalThorax {
  let condition: ChestCondition
  let top, wall, shift, turn: Float
  let base: Sided<Float>
  let dome: Float

  init(_ condition: ChestCondition) {
    self.condition = condition
    let build = condition.build
    top = 0.125 + build.top
    wall = 0.395 * build.breadth
    turn = condition.rotated.map { $0.sign * 0.045 } ?? 0
    shift = condition.mediastinalShift
    var level = 0.725 * build.height + build.base
    switch condition.volume {
    case .low: level -= 0.155
    case .normal: break
    case .large: level += 0.10
    }
    dome = condition.volume == .large ? 0.035 : 0.11
    base = Sided(
      right: level - 0.012 - build.slant - (condition.elevated == .right ? 0.11 : 0),
      left: level + 0.012 + build.slant - (condition.elevated == .left ? 0.12 : 0))
  }

  /// The distance of the inner chest wall from the midline.
  func half(_ y: Float, _ side: BodySide) -> Float {
    let r = min(max((y - top) / 0.52, 0), 1)
    let left = 1 - r
    let shape = (1 - left * left * left).squareRoot()
    return shape * (wall + 0.02 * (y - 0.6)) * (1 + side.sign * turn)
  }

  /// The height of the diaphragm at a distance from the midline.
  func diaphragm(_ across: Float, _ side: BodySide) -> Float {
    let u = (across / wall - 0.50) * 2
    return base[side] + dome * u * u * (u < 0 ? 0.5 : 1)
  }

  /// The edge of the mediastinum, before the heart.
  func mediastinum(_ y: Float, _ side: BodySide) -> Float {
    let broad: Float = condition.aorta == .normal || side == .left ? 0 : 0.022
    let upper = 0.052 + broad * smooth((y - 0.18) * 8) * smooth((0.52 - y) * 8)
    return upper + (side == .left ? 0.012 : 0) + 0.015 * smooth((y - 0.4) * 4)
  }

  /// A point of a lung: `across` from the midline to the wall, `down` from apex to diaphragm.
  func point(_ side: BodySide, _ across: Float, _ down: Float) -> CanvasPoint {
    let y = top + down * (base[side] + 0.04 - top)
    let inner = mediastinum(y, side) + 0.01
    return CanvasPoint(side.sign * (inner + across * (half(y, side) - inner)), y)
  }

  var heartCentre: CanvasPoint {
    let low = max(base.right, base.left)
    let size = condition.heartScale
    return CanvasPoint(0.052 * size + shift - turn * 0.9, low - 0.075 - 0.02 * size)
  }

  var carina: CanvasPoint { CanvasPoint(shift * 0.9 - turn * 0.4, top + 0.235) }

  func drawBody(_ canvas: RadiographCanvas) {
    let build = condition.build
    let soft = canvas.plane(.soft)
    let outer = wall + build.wall + 0.03
    var girth = [Float](repeating: 0, count: RadiographCanvas.side)
    var reach = girth
    for row in girth.indices {
      let y = RadiographCanvas.y(row)
      let shoulder = smooth((y - 0.0 + 0.03 * build.arms) * 6.5)
      let waist = 1 + 0.05 * smooth((y - 0.5) * 3) - 0.10 * smooth((y - 0.18) * 5)
      reach[row] = 0.11 + (outer * 1.15 * waist - 0.11) * shoulder
      girth[row] = build.girth * (0.62 + 0.10 * smooth((y - 0.1) * 3) + 0.25 * smooth(y - 0.3))
    }
    canvas.visit(.all) { x, row, i in
      let t = x * (1 / reach[row])
      soft[i] = girth[row] * clamped((1 - t * t) * 1.5).squareRoot()
    }
    for side in BodySide.allCases {
      let s = side.sign
      let arm = outer + 0.07 + 0.10 * build.arms
      canvas.add(
        0.42, to: .soft, ellipse: CanvasPoint(s * (arm + 0.03), 0.62), 0.11, 0.62,
        tilt: s * -0.06, edge: 0.7)
      canvas.add(
        0.25, to: .soft, ellipse: CanvasPoint(s * 0.44, 0.14), 0.17, 0.12, tilt: s * 0.4, edge: 0.9)
      if build.breasts > 0 {
        let y = 0.62 + 0.05 * build.girth
        canvas.add(
          0.15 * build.breasts, to: .soft, ellipse: CanvasPoint(s * 0.22, y),
          0.15 + 0.03 * build.breasts, 0.12 + 0.03 * build.breasts, edge: 0.35)
      }
    }
  }

  /// Opens both lungs, a pneumothorax included.
  func drawAir(_ canvas: RadiographCanvas) {
    let (air, extra) = (canvas.plane(.air), canvas.plane(.extra))
    for side in BodySide.allCases {
      let s = side.sign
      let collapse = condition.pneumothorax.flatMap { $0.side == side ? $0 : nil }
      let box = CanvasBox(x0: 0, y0: top - 0.02, x1: s, y1: base[side] + 0.16)
      let free = wall * 0.9
      let level = base[side]
      let (steep, rise) = (2 / wall, dome)
      let falling: Float = condition.emphysema ? 1.1 : 1
      var half = [Float](repeating: 0, count: RadiographCanvas.side)
      var (inner, lung) = (half, half)
      for row in RadiographCanvas.rows(box.y0, box.y1) {
        let y = RadiographCanvas.y(row)
        half[row] = self.half(y, side)
        inner[row] = mediastinum(y, side) + s * (shift * smooth((y - top) * 4) - turn * 0.3)
        if let collapse {
          let c = collapse.collapse
          let y1 = y - c * 0.22
          lung[row] = max(0, self.half(y1, side) * (1 - c * (1 - 0.35 * smooth((y - 0.5) * 3))))
        }
      }
      canvas.visit(box) { x, row, i in
        let across = x * s
        let y = RadiographCanvas.y(row)
        let h = half[row]
        let u = (across - wall * 0.5) * steep
        let bent = u * u * rise
        let floor = level + bent.replacing(with: bent * 0.5, where: u .< 0)
        let lateral = smooth((h - across) * (1 / 0.03))
        let body = clamped((h - across) * 4 + 0.55)
        let medial = smooth((across - inner[row]) * (1 / 0.024))
        let lower = smooth((floor - y) * (1 / 0.022))
        let slope = 0.86 + 0.14 * clamped((across - inner[row]) * (1 / free) * 3)
        var open = lateral * body * medial * lower * slope * falling
        open = open.replacing(with: 0, where: across .< 0)
        if collapse != nil {
          let gap = across - lung[row]
          let outside = smooth(gap * 90)
          let c = collapse?.collapse ?? 0
          let shrunk = 1 - 0.45 * c
          open *= shrunk + outside * (1.22 - shrunk)
          let line = clamped(1 - magnitude(gap) * 150)
          extra[i] += line * lateral * medial * lower * 0.09
        }
        air[i] += open
      }
    }
  }

  func drawMediastinum(_ canvas: RadiographCanvas) {
    let c = condition
    let (air, extra) = (canvas.plane(.air), canvas.plane(.extra))
    // Spine and great vessels.
    let spine = turn * 0.3
    let low = min(base.right, base.left)
    canvas.visit(CanvasBox(x0: -0.12, y0: -0.1, x1: 0.12, y1: 1.2)) { x, row, i in
      let y = RadiographCanvas.y(row)
      let d = magnitude(x - spine)
      let phase = (y - 0.02) * 19
      let disc = abs(phase - phase.rounded()) * 2
      let body = smooth((0.044 - d) * 80) * (0.055 + 0.04 * smooth(disc * 2))
      let edge = clamped(1 - magnitude(d - 0.040) * 160) * 0.05
      let vessels = smooth((0.12 - d) * 9) * 0.13 * smooth((y - 0.08) * 5)
      extra[i] += (body + edge) * c.build.bone + vessels
    }
    // Trachea and main bronchi.
    let fork = carina
    canvas.stroke(
      -0.13, [CanvasPoint(turn * 0.2, -0.1), CanvasPoint(fork.x * 0.6, 0.18), fork], radius: 0.019)
    for side in BodySide.allCases {
      canvas.stroke(
        -0.09,
        [fork, CanvasPoint(fork.x + side.sign * 0.075, fork.y + (side == .right ? 0.075 : 0.06))],
        radius: 0.014, to: 0.009)
    }
    // Heart: left ventricle, right atrium, pulmonary trunk.
    let size = c.heartScale
    let h = heartCentre
    let parts: [(CanvasPoint, Float, Float, Float)] = [
      (h, 0.185 * size, 0.122 * size, 0.62),
      (CanvasPoint(h.x - 0.094 * size, h.y + 0.005), 0.070 * size, 0.125 * size, 0),
      (CanvasPoint(h.x - 0.002, h.y - 0.125 * size), 0.082 * size, 0.115, 0.12),
    ]
    for (index, part) in parts.enumerated() {
      canvas.ellipse(at: part.0, part.1, part.2, tilt: part.3, edge: 0.17) { i, m in
        air[i] *= 1 - 0.93 * m
        if index == 0 { extra[i] += m * 0.035 }
      }
    }
    // Aortic knob.
    let big: Float = c.aorta == .normal ? 1 : 1.45
    let knob = CanvasPoint(0.050 + shift - turn * 0.5 + 0.012 * (big - 1), top + 0.185)
    canvas.ellipse(at: knob, 0.038 * big, 0.040 * big, edge: 0.25) { i, m in
      air[i] *= 1 - 0.9 * m
      extra[i] += m * 0.05
    }
    if c.aorta == .tortuous {
      canvas.ellipse(
        at: CanvasPoint(0.075 + shift - turn * 0.5, top + 0.33), 0.042, 0.16, tilt: -0.1, edge: 0.3
      ) { i, m in air[i] *= 1 - 0.75 * m }
    }
    if c.aorta == .calcified {
      let points = (0...6).map { k -> CanvasPoint in
        let t = Float(k) / 3 - 1
        let n = 1 / (1 + t * t)
        return CanvasPoint(
          knob.x + 0.036 * big * (1 - t * t) * n, knob.y - 0.010 + 0.036 * big * 2 * t * n)
      }
      canvas.stroke(0.28, points, radius: 0.005)
    }
    // Below the diaphragm: liver, and gas in the stomach.
    canvas.add(0.10, to: .extra, ellipse: CanvasPoint(-0.2, low + 0.24), 0.30, 0.22, edge: 0.6)
    let wide: Float = c.stomach ? 0.115 : 0.05
    canvas.add(
      c.stomach ? -0.42 : -0.20, to: .extra,
      ellipse: CanvasPoint(0.19, base.left + 0.055 + wide * 0.62), wide, wide * 0.62, tilt: 0.1,
      edge: 0.35)
    if c.hernia { drawHernia(canvas, herniaPoint) }
    if c.freeAir {
      for side in BodySide.allCases {
        canvas.stroke(
          -0.26,
          (0...6).map { k -> CanvasPoint in
            let across = 0.09 + 0.035 * Float(k)
            return CanvasPoint(side.sign * across, diaphragm(across, side) + 0.020)
          }, radius: side == .right ? 0.012 : 0.007)
      }
    }
  }

  var herniaPoint: CanvasPoint {
    CanvasPoint(0.022 + shift - turn * 0.4, max(base.left, base.right) - 0.035)
  }
}
