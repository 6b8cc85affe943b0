import Determinism

extension FrontalThorax {
  /// The middle line of a posterior rib (1 ... 10) from the spine (`w` = 0) to the wall (1).
  private func posterior(_ rib: Int, _ side: BodySide, _ w: Float) -> CanvasPoint {
    let start = top - 0.035 + 0.0655 * Float(rib)
    let steep = 0.05 + 0.012 * Float(rib)
    let y = start - 0.10 * w * (1 - w) + steep * w * w
    let edge = half(min(start + 0.05 + steep * 0.6, 0.9), side)
    return CanvasPoint(side.sign * (0.042 + w * (edge + 0.006 - 0.042)), y)
  }

  /// The place of a rib for a fracture, two thirds out.
  func ribPoint(_ rib: Int, _ side: BodySide) -> CanvasPoint { posterior(rib, side, 0.72) }

  func claviclePoint(_ side: BodySide, _ w: Float) -> CanvasPoint {
    let s = side.sign
    let inner = 0.028 - s * turn * 0.9
    let y = top + 0.062 - 0.055 * w - 0.03 * w * (1 - w) * (w - 0.45) * 8
    return CanvasPoint(s * (inner + w * (wall * 1.02 - inner)), y)
  }

  func drawBones(_ canvas: RadiographCanvas) {
    let bone = condition.build.bone
    let (extra, air) = (canvas.plane(.extra), canvas.plane(.air))
    // Ribs, each a band with brighter borders, by short slanted pieces.
    func band(_ points: [CanvasPoint], _ thick: Float, _ amounts: (Float, Float)) {
      let count = Float(points.count - 1)
      for (k, (a, b)) in zip(points, points.dropFirst()).enumerated() {
        let strength = amounts.0 + (amounts.1 - amounts.0) * Float(k) / count
        let slope = (b.y - a.y) / (b.x - a.x)
        let box = CanvasBox(
          x0: min(a.x, b.x), y0: min(a.y, b.y) - thick, x1: max(a.x, b.x),
          y1: max(a.y, b.y) + thick)
        let (low, high) = (min(a.x, b.x), max(a.x, b.x))
        canvas.visit(box) { x, row, i in
          let d = (RadiographCanvas.y(row) - a.y - slope * (x - a.x)) * (1 / thick)
          let q = clamped(1 - d * d)
          let inside = (x .>= low) .& (x .< high)
          let value =
            q * (0.5 + 1.2 * clamped(d * d)) * strength
            * (0.5 + 0.5 * clamped(air[i] * 2))
          extra[i] += value.replacing(with: 0, where: .!inside)
        }
      }
    }
    for side in BodySide.allCases {
      for rib in 1...10 {
        let points = (0...7).map { posterior(rib, side, Float($0) / 7) }
        let broken = condition.fracture.flatMap { $0.side == side && $0.rib == rib ? $0 : nil }
        if let broken {
          drawBroken(broken, points, canvas, bone) { band($0, 0.014, ($1, $1)) }
        } else {
          band(points, 0.0135, (0.115 * bone, 0.135 * bone))
        }
        // Anterior part: back from the wall towards the breastbone, fading into cartilage.
        guard rib < 8, let last = points.last else { continue }
        let front = (0...5).map { k -> CanvasPoint in
          let w = Float(k) / 5
          let y = last.y + 0.012 + 0.13 * w - 0.04 * w * w
          let x = abs(last.x) * (1 - w * (0.62 - 0.02 * Float(rib)))
          return CanvasPoint(side.sign * x, y)
        }
        band(front, 0.0165, (0.075 * bone, 0.015 * bone))
      }
      drawShoulder(side, canvas, bone)
    }
  }

  private func drawBroken(
    _ fracture: ChestCondition.Fracture, _ points: [CanvasPoint], _ canvas: RadiographCanvas,
    _ bone: Float, _ band: ([CanvasPoint], Float) -> Void
  ) {
    let cut = points.count - 3
    band(Array(points[...cut]), 0.115 * bone)
    if fracture.healed {
      band(Array(points[cut...]), 0.12 * bone)
      canvas.add(0.22 * bone, to: .extra, ellipse: points[cut], 0.026, 0.021, edge: 0.6)
    } else {
      band(points[cut...].map { CanvasPoint($0.x, $0.y + 0.020) }, 0.15 * bone)
      canvas.add(0.12 * bone, to: .extra, ellipse: points[cut], 0.012, 0.02, edge: 0.6)
    }
  }

  private func drawShoulder(_ side: BodySide, _ canvas: RadiographCanvas, _ bone: Float) {
    let s = side.sign
    let broken = condition.fracture.flatMap { $0.side == side && $0.rib == 0 ? $0 : nil }
    let points = (0...8).map { k -> CanvasPoint in
      var p = claviclePoint(side, Float(k) / 8)
      if let broken, k > 4 { p.y += broken.healed ? 0.012 : 0.035 }
      return p
    }
    if let broken, !broken.healed {
      canvas.stroke(0.17 * bone, Array(points[...4]), radius: 0.013)
      canvas.stroke(0.17 * bone, Array(points[5...]), radius: 0.013)
    } else {
      canvas.stroke(0.15 * bone, points, radius: 0.012)
      if broken != nil {
        canvas.add(0.22 * bone, to: .extra, ellipse: points[4], 0.028, 0.022, edge: 0.6)
      }
    }
    // Shoulder blade and upper arm.
    let joint = CanvasPoint(s * (wall * 1.08), top + 0.04)
    canvas.add(
      0.07 * bone, to: .extra, ellipse: CanvasPoint(s * (wall * 0.93), top + 0.15), 0.055, 0.14,
      tilt: s * 0.25, edge: 0.25)
    if condition.prosthesis == side {
      canvas.add(1.1, to: .extra, ellipse: joint, 0.052, 0.052, edge: 0.1)
      canvas.stroke(
        1.0, [joint, CanvasPoint(joint.x + s * 0.05, joint.y + 0.20)], radius: 0.022, to: 0.012)
    } else {
      canvas.add(0.16 * bone, to: .extra, ellipse: joint, 0.045, 0.045, edge: 0.3)
      canvas.stroke(
        0.14 * bone, [joint, CanvasPoint(joint.x + s * 0.07, joint.y + 0.35)], radius: 0.026)
    }
  }
}
