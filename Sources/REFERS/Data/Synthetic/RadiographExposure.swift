import Determinism

/// How the patient stands under the tube and how the film answers: from the planes to 8-bit gray.
struct RadiographExposure {
  // Image point -> canvas point: p = centre + A (q - centre) + shift, and a bend of the spine.
  private let a, b, c, d, shiftX, shiftY, bend: Float
  private let exposure, dark, bright, toe, mottle, gain, veil: Float

  /// - Parameter bend: sideways displacement at the middle of the height (scoliosis).
  init(
    portable: Bool, penetration: ChestCondition.Penetration, girth: Float, bend: Float,
    random r: inout CounterRandom
  ) {
    let tilt = r.uniform(-0.06, 0.06) * (portable ? 1.5 : 1)
    let zoom = r.uniform(0.84, 1.02)
    let aspect = r.uniform(0.96, 1.04)
    // The turn by 2 atan(tilt / 2), without sine or cosine.
    let t = tilt * 0.5
    let n = 1 / (1 + t * t)
    let (cosine, sine) = ((1 - t * t) * n, 2 * t * n)
    (a, b) = (cosine * zoom * aspect, -sine * zoom * aspect)
    (c, d) = (sine * zoom, cosine * zoom)
    shiftX = r.uniform(-0.05, 0.05)
    shiftY = r.uniform(-0.04, 0.04)
    self.bend = bend
    // The tube is set by the patient's girth, not quite enough.
    let beam: Float
    switch penetration {
    case .under: beam = r.uniform(1.30, 1.42)
    case .normal: beam = r.uniform(0.94, 1.06)
    case .over: beam = r.uniform(0.62, 0.70)
    }
    exposure = beam / (0.68 + 0.32 * girth)
    dark = r.uniform(0.02, 0.10)
    bright = r.uniform(1.05, 1.22)
    toe = r.uniform(-0.25, 0.25)
    mottle = r.uniform(0.5, portable ? 5 : 3)
    // Without a grid, scattered light greys the films taken at the bedside.
    gain = portable ? r.uniform(115, 145) : r.uniform(215, 245)
    veil = portable ? r.uniform(70, 95) : r.uniform(0, 8)
  }

  private func canvasPoint(_ u: Float, _ v: Float) -> CanvasPoint {
    let (x, y) = (u - 0.5, v - 0.5)
    let down = 0.5 + c * x + d * y + shiftY
    return CanvasPoint(a * x + b * y + shiftX + bend * (1 - 4 * (down - 0.5) * (down - 0.5)), down)
  }

  /// The pixels around a box of the canvas, cut to the image; nil where nothing of it is seen.
  func pixelBox(_ box: CanvasBox) -> PixelBox? {
    let side = Float(RadiographCanvas.imageSide)
    let scale = 1 / (a * d - b * c)
    var (x0, y0, x1, y1): (Float, Float, Float, Float) = (2, 2, -1, -1)
    for (x, y) in [(box.x0, box.y0), (box.x1, box.y0), (box.x0, box.y1), (box.x1, box.y1)] {
      let px = x - shiftX - bend * (1 - 4 * (y - 0.5) * (y - 0.5))
      let py = y - 0.5 - shiftY
      let u = 0.5 + (d * px - b * py) * scale
      let v = 0.5 + (a * py - c * px) * scale
      (x0, y0, x1, y1) = (min(x0, u), min(y0, v), max(x1, u), max(y1, v))
    }
    let left = Int(max(0, x0) * side)
    let top = Int(max(0, y0) * side)
    let right = Int(min(1, max(0, x1)) * side)
    let bottom = Int(min(1, max(0, y1)) * side)
    guard right - left >= 2, bottom - top >= 2 else { return nil }
    return PixelBox(x: left, y: top, width: right - left, height: bottom - top)
  }

  /// Exposes the film.
  func expose(_ canvas: RadiographCanvas, random r: inout CounterRandom) -> [UInt8] {
    let side = RadiographCanvas.imageSide
    let wide = RadiographCanvas.side
    let (soft, air) = (canvas.plane(.soft), canvas.plane(.air))
    let (markings, extra) = (canvas.plane(.markings), canvas.plane(.extra))
    let (texture, fine) = (canvas.plane(.texture), canvas.plane(.fine))
    let scale = 1 / (bright - dark)
    for i in 0..<(wide * wide / 8) {
      let open = clamped(air[i] * 1.25)
      let grain = 1 + 0.05 * texture[i] + 0.03 * fine[i]
      let tissue = soft[i] * (grain - 0.66 * air[i])
      let lung = open * (markings[i] + 0.035 * fine[i])
      let depth = tissue + lung + extra[i]
      let t = clamped((depth * exposure - dark) * scale)
      soft[i] = (t + toe * t * (1 - t)) * gain + veil
    }
    let film = UnsafeMutableRawPointer(soft).assumingMemoryBound(to: Float.self)
    let last = Float(wide - 1) - 0.01
    let unit = 1 / Float(side)
    return [UInt8](unsafeUninitializedCapacity: side * side) { out, count in
      for row in 0..<side {
        for group in 0..<(side / 8) {
          var word = r.next()
          for column in (8 * group)..<(8 * group + 8) {
            let p = canvasPoint((Float(column) + 0.5) * unit, (Float(row) + 0.5) * unit)
            let x = min(max((p.x * Float(side)) + Float(wide / 2) - 0.5, 0), last)
            let y = min(max((p.y * Float(side)) + Float(RadiographCanvas.margin) - 0.5, 0), last)
            let (ix, iy) = (Int(x), Int(y))
            let (fx, fy) = (x - Float(ix), y - Float(iy))
            let q = film + (iy &* wide &+ ix)
            let top = q[0] + fx * (q[1] - q[0])
            let bottom = q[wide] + fx * (q[wide + 1] - q[wide])
            let low = Float(word & 15) + Float(word >> 4 & 15) - 15
            word >>= 8
            let value = top + fy * (bottom - top) + low * mottle * 0.16
            out[row &* side &+ column] = UInt8(min(max(value, 0), 255))
          }
        }
      }
      count = side * side
    }
  }
}

/// A rectangle of an image, in pixels.
public struct PixelBox: Sendable, Equatable {
  public let x, y, width, height: Int
}
