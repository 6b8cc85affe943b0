import Determinism

/// The geometry of a chest seen from its left side, breastbone to the left of the image.
struct LateralThorax {
  let condition: ChestCondition
  let top, deep: Float
  let base: Sided<Float>
  let dome: Float

  init(_ condition: ChestCondition) {
    self.condition = condition
    let build = condition.build
    let large = condition.volume == .large
    top = 0.105 + build.top
    deep = (0.290 + (large ? 0.04 : 0)) * (0.5 + 0.5 * build.breadth)
    var level = 0.685 * build.height + build.base
    switch condition.volume {
    case .low: level -= 0.135
    case .normal: break
    case .large: level += 0.09
    }
    dome = large ? 0.07 : 0.17
    base = Sided(
      right: level - 0.018 - (condition.elevated == .right ? 0.10 : 0),
      left: level + 0.018 - (condition.elevated == .left ? 0.11 : 0))
  }

  private func shape(_ r: Float) -> Float {
    let left = 1 - min(max(r, 0), 1)
    return (1 - left * left * left).squareRoot()
  }

  /// The inner side of the breastbone.
  func front(_ y: Float) -> Float { 0.03 - (deep + 0.02) * shape((y - top) / 0.50) }
  /// The inner side of the back.
  func back(_ y: Float) -> Float {
    let u = (y - 0.52) * 2.2
    return 0.03 + (deep + 0.035 - 0.05 * u * u) * shape((y - top) / 0.26)
  }

  func diaphragm(_ x: Float, _ side: BodySide) -> Float {
    let u = (x + 0.10) * 2.9
    return base[side] + dome * (u < 0 ? 0.35 : 1) * u * u
  }

  /// A point of the lungs: `along` from the breastbone to the back, `down` from apex to diaphragm.
  func point(_ along: Float, _ down: Float) -> CanvasPoint {
    let y = top + down * (base.right + 0.08 - top)
    return CanvasPoint(front(y) + along * (back(y) - front(y)), y)
  }

  var heartCentre: CanvasPoint {
    CanvasPoint(-0.115 + 0.03 * condition.heartScale, max(base.left, base.right) - 0.065)
  }

  func spine(_ y: Float) -> Float { back(max(y, top + 0.16)) - 0.075 - 0.03 * smooth(0.25 - y) }

  func drawBody(_ canvas: RadiographCanvas) {
    let build = condition.build
    let soft = canvas.plane(.soft)
    let count = RadiographCanvas.side
    var (first, last, girth) = (
      [Float](repeating: 0, count: count), [Float](repeating: 0, count: count),
      [Float](repeating: 0, count: count)
    )
    for row in 0..<count {
      let y = RadiographCanvas.y(row)
      let neck = smooth((y + 0.03) * 5)
      first[row] =
        -0.09 + (front(max(y, top + 0.1)) - build.wall - 0.03 + 0.09) * neck
        - 0.07 * build.breasts * smooth((y - 0.35) * 6) * smooth((0.78 - y) * 6)
      last[row] = 0.16 + (back(max(y, top + 0.2)) + build.wall + 0.04 - 0.16) * neck
      girth[row] = build.girth * (0.75 + 0.18 * smooth((y - 0.15) * 2))
    }
    canvas.visit(.all) { x, row, i in
      let middle = (first[row] + last[row]) * 0.5
      let t = (x - middle) * (2 / (last[row] - first[row]))
      soft[i] = girth[row] * clamped((1 - t * t) * 1.8).squareRoot()
    }
    // Shoulders and raised arms.
    canvas.add(
      0.42, to: .soft, ellipse: CanvasPoint(0.05, 0.05), 0.30, 0.17, tilt: -0.2, edge: 0.8)
    canvas.add(
      0.22 * build.girth, to: .extra, ellipse: CanvasPoint(0.08, 0.10), 0.17, 0.11, edge: 0.8)
  }

  func drawAir(_ canvas: RadiographCanvas) {
    let air = canvas.plane(.air)
    let count = RadiographCanvas.side
    var (first, last) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    for row in 0..<count {
      first[row] = front(RadiographCanvas.y(row))
      last[row] = back(RadiographCanvas.y(row))
    }
    let (right, left) = (base.right, base.left)
    let fall = dome
    let open: Float = condition.emphysema ? 1.06 : 0.94
    canvas.visit(CanvasBox(x0: -0.45, y0: top - 0.02, x1: 0.45, y1: 1)) { x, row, i in
      let y = RadiographCanvas.y(row)
      let u = (x + 0.10) * 2.9
      let bent = u * u * fall
      let floor = bent.replacing(with: bent * 0.35, where: u .< 0)
      let lower = smooth((floor + right - y) * 45) + smooth((floor + left - y) * 45)
      let ahead = smooth((x - first[row]) * 28)
      let behind = smooth((last[row] - x) * 28)
      let thick = clamped((x - first[row]) * 5 + 0.55) * clamped((last[row] - x) * 5 + 0.55)
      air[i] = ahead * behind * lower * thick * (0.5 * open)
    }
  }

  func drawMediastinum(_ canvas: RadiographCanvas, random r: inout CounterRandom) {
    let c = condition
    let air = canvas.plane(.air)
    let size = c.heartScale
    let h = heartCentre
    let parts: [(CanvasPoint, Float, Float, Float)] = [
      (h, 0.165 * size, 0.135 * size, 0.7),
      (CanvasPoint(h.x + 0.01, h.y - 0.15), 0.075, 0.14, -0.15),
    ]
    for (index, part) in parts.enumerated() {
      let amount: Float = index == 0 ? 0.58 : 0.30
      canvas.ellipse(at: part.0, part.1, part.2, tilt: part.3, edge: 0.4) { i, m in
        air[i] *= 1 - amount * m
      }
    }
    // Aorta: up, over and down before the spine.
    let big: Float = c.aorta == .normal ? 1 : 1.35
    let arch = CanvasPoint(0.03, top + 0.20)
    let aorta = [
      CanvasPoint(-0.045, arch.y + 0.15), CanvasPoint(-0.04 * big, arch.y + 0.03),
      CanvasPoint(0.01, arch.y - 0.035 * big), CanvasPoint(0.07 * big, arch.y),
      CanvasPoint(0.105 * big, arch.y + 0.10), CanvasPoint(0.13 * big, 0.62),
      CanvasPoint(0.13, 0.8),
    ]
    canvas.stroke(c.aorta == .normal ? 0.055 : 0.10, aorta, radius: 0.030 * big, to: 0.022)
    if c.aorta == .calcified {
      canvas.stroke(0.30, Array(aorta[1...4]), radius: 0.0055)
    }
    // Trachea.
    canvas.stroke(
      -0.075, [CanvasPoint(0.02, -0.1), CanvasPoint(0.045, arch.y + 0.09)], radius: 0.018,
      to: 0.012)
    // Hila and vessels.
    let root = CanvasPoint(0.02, arch.y + 0.14)
    let full = c.build.vessels * (1 + 0.3 * Float(c.edema.rawValue)) * (c.emphysema ? 0.6 : 1)
    let swollen: Float = c.hilum == nil ? 1 : 2.4
    canvas.add(0.11 * swollen, to: .markings, ellipse: root, 0.05, 0.055, edge: 0.7)
    for k in 0..<18 {
      let t = Float(k) / 9 - 1
      let n = 1 / (1 + t * t)
      let s: Float = k % 2 == 0 ? 1 : -1
      let (dx, dy) = (s * (1 - t * t) * n + r.uniform(-0.3, 0.3), 2 * t * n + 0.15)
      let length = r.uniform(0.11, 0.24)
      let bend = r.uniform(-0.03, 0.03)
      canvas.stroke(
        0.055 * full, on: .markings,
        [
          CanvasPoint(root.x + dx * 0.03, root.y + dy * 0.04),
          CanvasPoint(root.x + dx * length * 0.5 + bend, root.y + dy * length * 0.5),
          CanvasPoint(root.x + dx * length, root.y + dy * length),
        ], radius: 0.0078, to: 0.0022)
    }
    // Gas in the stomach, liver.
    let wide: Float = c.stomach ? 0.11 : 0.045
    canvas.add(
      c.stomach ? -0.42 : -0.20, to: .extra,
      ellipse: CanvasPoint(-0.03, base.left + 0.05 + 0.6 * wide), wide, wide * 0.6, edge: 0.35)
    canvas.add(0.12, to: .extra, ellipse: CanvasPoint(-0.05, base.right + 0.25), 0.30, 0.22)
    if c.hernia {
      let p = CanvasPoint(0.075, base.left - 0.015)
      drawHernia(canvas, p)
    }
    if c.freeAir {
      canvas.stroke(
        -0.24,
        (0...6).map { k -> CanvasPoint in
          let x = -0.22 + 0.04 * Float(k)
          return CanvasPoint(x, diaphragm(x, .right) + 0.020)
        }, radius: 0.011)
    }
  }

  func drawBones(_ canvas: RadiographCanvas) {
    let bone = condition.build.bone
    let extra = canvas.plane(.extra)
    // Vertebrae.
    let pitch: Float = 0.062
    for k in -1..<17 {
      let y = 0.03 + pitch * Float(k)
      let x = spine(y)
      let strength = (0.13 - 0.05 * smooth(y)) * bone
      canvas.visit(CanvasBox(x0: x - 0.05, y0: y, x1: x + 0.05, y1: y + pitch)) { px, row, i in
        let v = (RadiographCanvas.y(row) - y) / pitch
        let d = magnitude(px - x)
        let high = smooth(min(v, 1 - v) * 9)
        let edge = clamped(1 - magnitude(d - 0.033) * 150) * 0.5
        extra[i] += (smooth((0.038 - d) * 90) * 0.8 + edge) * (high * strength)
      }
    }
    canvas.stroke(
      0.08 * bone,
      (0...8).map { k in
        let y = 0.1 + 0.1 * Float(k)
        return CanvasPoint(spine(y) + 0.055, y)
      }, radius: 0.014)
    // Ribs of both sides, slanting down and forwards.
    for rib in 0..<10 {
      for side in 0..<2 {
        let y = top + 0.02 + 0.066 * Float(rib) + 0.022 * Float(side)
        let points = (0...6).map { k -> CanvasPoint in
          let w = Float(k) / 6
          let fall = y + 0.20 * w * w + 0.02 * w
          let from = back(min(max(y, top + 0.08), 0.9)) + 0.005
          let to = front(min(max(fall, top + 0.08), 0.9))
          return CanvasPoint(from + (to - from) * w * 0.92, fall)
        }
        canvas.stroke(0.050 * bone, points, radius: 0.0095, to: 0.006)
      }
    }
    // Breastbone.
    canvas.stroke(
      0.11 * bone,
      (0...6).map { k in
        let y = top + 0.10 + 0.075 * Float(k)
        return CanvasPoint(front(y) - 0.010, y)
      }, radius: 0.011)
    if condition.prosthesis != nil {
      canvas.add(0.8, to: .extra, ellipse: CanvasPoint(0.06, 0.02), 0.05, 0.05, edge: 0.1)
      canvas.stroke(0.8, [CanvasPoint(0.06, 0.02), CanvasPoint(0, -0.1)], radius: 0.016)
    }
  }
}

/// A hernia of the stomach behind the heart: a rounded opacity with air above a level of fluid.
func drawHernia(_ canvas: RadiographCanvas, _ p: CanvasPoint) {
  let (air, extra) = (canvas.plane(.air), canvas.plane(.extra))
  canvas.ellipse(at: p, 0.088, 0.078, edge: 0.25) { i, m in
    air[i] *= 1 - 0.85 * m
    extra[i] += 0.04 * m
  }
  let box = CanvasBox(around: CanvasPoint(p.x, p.y - 0.02), 0.07, 0.042)
  canvas.visit(box) { x, row, i in
    let y = RadiographCanvas.y(row)
    let (u, v) = ((x - p.x) * (1 / 0.068), (y - p.y) * (1 / Float(0.060)))
    let m = smooth((1 - u * u - v * v) * 3) * smooth((p.y + 0.005 - y) * 120)
    extra[i] -= 0.34 * m
  }
}
