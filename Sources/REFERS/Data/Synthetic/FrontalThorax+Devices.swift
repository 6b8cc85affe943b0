import Determinism

extension FrontalThorax {
  private var cava: CanvasPoint { CanvasPoint(-0.040 + shift - turn * 0.4, top + 0.20) }

  func generator(_ p: ChestCondition.Pacemaker) -> CanvasPoint {
    CanvasPoint(p.side.sign * p.across, p.down)
  }

  func drawDevices(_ canvas: RadiographCanvas, random r: inout CounterRandom) {
    let c = condition
    if let device = c.pacemaker { drawPacemaker(device, canvas) }
    if let line = c.line { drawLine(line, canvas) }
    let fork = carina
    if let height = c.endotracheal {
      let tip = CanvasPoint(fork.x * 0.8, fork.y - 0.02 - 0.024 * Float(height))
      let start = CanvasPoint(turn * 0.2 + 0.006, -0.1)
      canvas.stroke(0.16, [start, tip], radius: 0.0125)
      canvas.stroke(0.20, [start, tip], radius: 0.003)
    }
    if c.gastricTube {
      let low = base.left
      canvas.stroke(
        0.34,
        curve([
          CanvasPoint(-0.008, -0.1), CanvasPoint(0.008 + fork.x, fork.y),
          CanvasPoint(0.02, low - 0.05), CanvasPoint(0.07, low + 0.07),
          CanvasPoint(0.15, low + 0.13),
        ]), radius: 0.0052)
    }
    if let side = c.chestTube {
      let s = side.sign
      canvas.stroke(
        0.36,
        curve([
          CanvasPoint(s * (wall + 0.14), 0.72), CanvasPoint(s * (wall - 0.02), 0.58),
          CanvasPoint(s * (wall * 0.66), 0.40), CanvasPoint(s * 0.16, top + 0.10),
        ]), radius: 0.0088)
    }
    if c.sternotomy {
      let x = -turn * 0.7
      for k in 0..<6 {
        let y = top + 0.10 + 0.078 * Float(k)
        let lean = r.uniform(-0.006, 0.006)
        canvas.stroke(
          0.62,
          [
            CanvasPoint(x - 0.017, y - lean), CanvasPoint(x, y - 0.011),
            CanvasPoint(x + 0.017, y + lean), CanvasPoint(x, y + 0.011),
            CanvasPoint(x - 0.017, y - lean),
          ], radius: 0.0034)
      }
    }
    if c.valve {
      let h = heartCentre
      let ring = [(-1, -0.5), (0, -1), (1, -0.4), (1, 0.5), (0, 1), (-1, 0.4), (-1, -0.5)].map {
        CanvasPoint(h.x + 0.01 + 0.028 * Float($0.0), h.y - 0.03 + 0.020 * Float($0.1))
      }
      canvas.stroke(0.75, ring, radius: 0.0055)
    }
    // Electrodes on the skin, of which nobody tells.
    if c.portable {
      for _ in 0..<r.integer(below: 4) {
        let p = CanvasPoint(r.uniform(-0.4, 0.4), r.uniform(0.2, 0.9))
        canvas.add(0.30, to: .extra, ellipse: p, 0.009, 0.009, edge: 0.4)
        canvas.stroke(
          0.14, [p, CanvasPoint(p.x + r.uniform(-0.2, 0.2), p.y + r.uniform(0.2, 0.5))],
          radius: 0.002)
      }
    }
  }

  private func drawPacemaker(_ device: ChestCondition.Pacemaker, _ canvas: RadiographCanvas) {
    let s = device.side.sign
    let box = generator(device)
    let size: Float = device.defibrillator ? 1.3 : 1
    let extra = canvas.plane(.extra)
    canvas.visit(CanvasBox(around: box, 0.05 * size, 0.05 * size)) { x, row, i in
      // A rounded square: the fourth powers sum to one on its border.
      let u = (x - box.x) * (1 / (0.043 * size))
      let v = (RadiographCanvas.y(row) - box.y) * (1 / (0.047 * size))
      let (u2, v2) = (u * u, v * v)
      extra[i] += smooth((1 - u2 * u2 - v2 * v2) * 2.5) * (0.62 + 0.25 * smooth(v * 3))
    }
    let entry = CanvasPoint(s * 0.13, top + 0.055)
    let h = heartCentre
    let size2 = condition.heartScale
    let way = [CanvasPoint(box.x - s * 0.03, box.y - 0.04), entry, cava]
    let apex = CanvasPoint(h.x + 0.085 * size2, h.y + 0.065 * size2)
    let bow = CanvasPoint(h.x - 0.06, h.y + 0.04)
    canvas.stroke(0.40, curve(way + [bow, apex]), radius: 0.0042)
    if device.defibrillator {
      canvas.stroke(
        0.42, [CanvasPoint((bow.x + apex.x) / 2, (bow.y + apex.y) / 2), apex], radius: 0.009)
      canvas.stroke(0.42, [cava, CanvasPoint(cava.x, cava.y + 0.09)], radius: 0.009)
    }
    if device.leads > 1 {
      let atrium = CanvasPoint(h.x - 0.095 * size2, h.y - 0.035)
      canvas.stroke(
        0.40,
        curve(
          way.map { CanvasPoint($0.x + 0.012, $0.y + 0.010) } + [
            CanvasPoint(cava.x + 0.005, h.y), atrium,
          ]), radius: 0.0042)
    }
  }

  private func drawLine(_ line: ChestCondition.CentralLine, _ canvas: RadiographCanvas) {
    let s = line.side.sign
    let tip = CanvasPoint(cava.x + 0.004, top - 0.02 + line.tip)
    let cross = CanvasPoint(s * 0.055 + shift, top + 0.09)
    let way: [CanvasPoint]
    switch line.line {
    case .jugular: way = [CanvasPoint(s * 0.10, -0.1), CanvasPoint(s * 0.075, 0.06), cross]
    case .subclavian: way = [CanvasPoint(s * 0.32, top + 0.07), CanvasPoint(s * 0.18, top), cross]
    case .peripheral:
      way = [
        CanvasPoint(s * 0.56, 0.44), CanvasPoint(s * 0.46, 0.22), CanvasPoint(s * 0.30, top + 0.05),
        CanvasPoint(s * 0.16, top + 0.03), cross,
      ]
    case .port:
      let pocket = CanvasPoint(s * 0.25, top + 0.15)
      canvas.add(0.62, to: .extra, ellipse: pocket, 0.027, 0.027, edge: 0.25)
      way = [pocket, CanvasPoint(s * 0.17, top + 0.01), cross]
    }
    canvas.stroke(
      0.32, curve(way + [cava, tip]), radius: line.line == .peripheral ? 0.0036 : 0.0050)
  }
}
