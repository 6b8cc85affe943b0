import Determinism

typealias Lanes = SIMD8<Float>

/// A point of the canvas: across from the midline, down from the upper edge of the image.
struct CanvasPoint {
  var x, y: Float
  init(_ x: Float, _ y: Float) { (self.x, self.y) = (x, y) }
}

/// A smooth curve through points (Catmull and Rom, 1974), four pieces between each two.
func curve(_ points: [CanvasPoint]) -> [CanvasPoint] {
  guard points.count > 2 else { return points }
  var result: [CanvasPoint] = []
  for k in 0..<(points.count - 1) {
    let (a, b) = (points[max(k - 1, 0)], points[k])
    let (c, d) = (points[k + 1], points[min(k + 2, points.count - 1)])
    for step in 0..<4 {
      let t = Float(step) * 0.25
      func blend(_ a: Float, _ b: Float, _ c: Float, _ d: Float) -> Float {
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
      }
      result.append(CanvasPoint(blend(a.x, b.x, c.x, d.x), blend(a.y, b.y, c.y, d.y)))
    }
  }
  return result + points.suffix(1)
}

/// A rectangle of the canvas, in the same units.
struct CanvasBox {
  var x0, y0, x1, y1: Float
  static let all = CanvasBox(x0: -1, y0: -1, x1: 2, y1: 2)

  init(x0: Float, y0: Float, x1: Float, y1: Float) {
    (self.x0, self.y0, self.x1, self.y1) = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
  }

  init(around p: CanvasPoint, _ rx: Float, _ ry: Float) {
    self.init(x0: p.x - rx, y0: p.y - ry, x1: p.x + rx, y1: p.y + ry)
  }
}

/// `t` cut to [0, 1], with level ends: 3 t² - 2 t³.
@inline(__always)
func smooth(_ t: Lanes) -> Lanes {
  let c = clamped(t)
  return c * c * (3 - 2 * c)
}

@inline(__always)
func smooth(_ t: Float) -> Float {
  let c = min(max(t, 0), 1)
  return c * c * (3 - 2 * c)
}

/// `t` cut to [0, 1].
@inline(__always)
func clamped(_ t: Lanes) -> Lanes {
  let low = t.replacing(with: 0, where: t .< 0)
  return low.replacing(with: 1, where: low .> 1)
}

@inline(__always)
func magnitude(_ t: Lanes) -> Lanes { t.replacing(with: -t, where: t .< 0) }

/// Planes on which a chest is laid out before it is exposed: soft tissue, air in it, and what lies
/// over both.
///
/// The canvas is larger than the image by a margin, so that the patient may be turned and shifted
/// under the tube. One unit is the side of the image. Only the four operations and the square root
/// are used, which IEEE 754 fixes to the last bit.
final class RadiographCanvas {
  static let imageSide = 256
  static let margin = 16
  static let side = imageSide + 2 * margin
  private static let lanesPerRow = side / 8
  private static let unit: Float = 1 / Float(imageSide)

  enum Plane: Int, CaseIterable { case soft, air, markings, extra, texture, fine }

  private let storage: UnsafeMutablePointer<Lanes>

  init() {
    let count = Self.lanesPerRow * Self.side * Plane.allCases.count
    storage = .allocate(capacity: count)
    storage.initialize(repeating: .zero, count: count)
  }

  deinit { storage.deallocate() }

  func plane(_ plane: Plane) -> UnsafeMutablePointer<Lanes> {
    storage + plane.rawValue * Self.lanesPerRow * Self.side
  }

  /// The position of the middle of a column.
  static func x(_ column: Int) -> Float {
    (Float(column) + 0.5 - Float(side / 2)) * unit
  }

  /// The position of the middle of a row.
  static func y(_ row: Int) -> Float { (Float(row) + 0.5 - Float(margin)) * unit }

  private static func clip(_ value: Float, _ limit: Int) -> Int {
    value > 0 ? min(Int(min(value, 10_000)), limit) : 0
  }

  /// The rows that a stretch of the vertical covers.
  static func rows(_ y0: Float, _ y1: Float) -> Range<Int> {
    let first = clip(y0 * Float(imageSide) + Float(margin), side)
    return first..<max(first, clip(y1 * Float(imageSide) + Float(margin) + 1, side))
  }

  /// Calls `body(x, row, index)` for each eight pixels of a box; `index` is the place in a plane.
  @inline(__always)
  func visit(_ box: CanvasBox, _ body: (Lanes, Int, Int) -> Void) {
    let half = Float(Self.side / 2)
    let c0 = Self.clip(box.x0 * Float(Self.imageSide) + half, Self.side) / 8
    let c1 = min(
      Self.lanesPerRow, (Self.clip(box.x1 * Float(Self.imageSide) + half + 1, Self.side) + 7) / 8)
    let steps = Lanes(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5) * Self.unit
    guard c0 < c1 else { return }
    for row in Self.rows(box.y0, box.y1) {
      for c in c0..<c1 {
        let x = steps + (Float(8 * c) - half) * Self.unit
        body(x, row, row * Self.lanesPerRow + c)
      }
    }
  }

  /// A soft-edged ellipse: `edge` is the part of the radius over which it fades, at most one half.
  @inline(__always)
  func ellipse(
    at centre: CanvasPoint, _ rx: Float, _ ry: Float, tilt: Float = 0, edge: Float = 0.3,
    _ body: (Int, Lanes) -> Void
  ) {
    let scale = 1 / (1 + tilt * tilt).squareRoot()
    let (c, s) = (scale, tilt * scale)
    let wide = ((rx * c) * (rx * c) + (ry * s) * (ry * s)).squareRoot()
    let tall = ((rx * s) * (rx * s) + (ry * c) * (ry * c)).squareRoot()
    let (ix, iy, ie) = (1 / rx, 1 / ry, 1 / (2 * min(edge, 0.5)))
    visit(CanvasBox(around: centre, wide, tall)) { x, row, i in
      let (dx, dy) = (x - centre.x, Self.y(row) - centre.y)
      let u = (dx * c + dy * s) * ix
      let v = (dy * c - dx * s) * iy
      body(i, smooth((1 - u * u - v * v) * ie))
    }
  }

  /// Adds a soft-edged ellipse to a plane.
  func add(
    _ amount: Float, to plane: Plane, ellipse centre: CanvasPoint, _ rx: Float, _ ry: Float,
    tilt: Float = 0, edge: Float = 0.3
  ) {
    let p = self.plane(plane)
    ellipse(at: centre, rx, ry, tilt: tilt, edge: edge) { i, m in p[i] += amount * m }
  }

  /// Takes air away (or, with a negative amount, adds it) inside a soft-edged ellipse; `grain` lets
  /// the texture show in it.
  func fill(
    _ amount: Float, ellipse centre: CanvasPoint, _ rx: Float, _ ry: Float, tilt: Float = 0,
    edge: Float = 0.5, grain: Float = 0
  ) {
    let (air, texture) = (plane(.air), plane(.texture))
    ellipse(at: centre, rx, ry, tilt: tilt, edge: edge) { i, m in
      let part = clamped(m * (1 + grain * texture[i]) * amount)
      air[i] *= amount < 0 ? 1 - amount * m : 1 - part
    }
  }

  /// Adds a stroke along points, of a radius that may change from end to end.
  func stroke(
    _ amount: Float, on plane: Plane = .extra, _ points: [CanvasPoint], radius r0: Float,
    to end: Float? = nil
  ) {
    let r1 = end ?? r0
    let pixel = 0.7 * Self.unit
    let p = self.plane(plane)
    let count = Float(max(points.count - 1, 1))
    // The normal of the plane through a joint that divides its two segments.
    func divider(_ k: Int) -> CanvasPoint {
      func direction(_ a: CanvasPoint, _ b: CanvasPoint) -> CanvasPoint {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let n = 1 / max((dx * dx + dy * dy).squareRoot(), 1e-6)
        return CanvasPoint(dx * n, dy * n)
      }
      let before = direction(points[max(k - 1, 0)], points[max(k, 1)])
      let after = direction(
        points[min(k, points.count - 2)], points[min(k + 1, points.count - 1)])
      return CanvasPoint(before.x + after.x, before.y + after.y)
    }
    for (k, (a, b)) in zip(points, points.dropFirst()).enumerated() {
      let (starts, ends) = (divider(k), divider(k + 1))
      let (isFirst, isLast) = (k == 0, k == points.count - 2)
      let ra = r0 + (r1 - r0) * Float(k) / count
      let rb = r0 + (r1 - r0) * Float(k + 1) / count
      let reach = max(ra, rb) + pixel
      let box = CanvasBox(
        x0: min(a.x, b.x) - reach, y0: min(a.y, b.y) - reach, x1: max(a.x, b.x) + reach,
        y1: max(a.y, b.y) + reach)
      let (ex, ey) = (b.x - a.x, b.y - a.y)
      let inverse = 1 / max(ex * ex + ey * ey, 1e-9)
      visit(box) { x, row, i in
        let (dx, dy) = (x - a.x, Self.y(row) - a.y)
        let t = (dx * ex + dy * ey) * inverse
        let u = clamped(t)
        let (px, py) = (dx - u * ex, dy - u * ey)
        let distance = (px * px + py * py).squareRoot()
        let radius = ra + u * (rb - ra)
        let m = clamped((radius + pixel - distance) / (2 * pixel))
        var inside = m
        if !isFirst { inside.replace(with: 0, where: dx * starts.x + dy * starts.y .< 0) }
        if !isLast {
          let past = (dx - ex) * ends.x + (dy - ey) * ends.y
          inside.replace(with: 0, where: past .>= 0)
        }
        p[i] += amount * inside
      }
    }
  }

  /// Fractal value noise, about in [-1, 1], in `plane`; cells in pixels, one octave each.
  func noise(in plane: Plane, cells: [Int], random r: inout CounterRandom) {
    let p = UnsafeMutableRawPointer(self.plane(plane)).assumingMemoryBound(to: Float.self)
    var weight: Float = 0.62
    for cell in cells {
      let count = Self.side / cell + 2
      var grid = [Float](repeating: 0, count: count * count)
      for i in grid.indices { grid[i] = r.uniform(-1, 1) * weight }
      weight *= 0.62
      let columns = (0..<Self.side).map { $0 / cell }
      let parts = (0..<Self.side).map { smooth((Float($0 % cell) + 0.5) / Float(cell)) }
      var line = [Float](repeating: 0, count: count)
      for row in 0..<Self.side {
        let (top, v) = (row / cell * count, parts[row])
        for i in 0..<count {
          line[i] = grid[top + i] + v * (grid[top + count + i] - grid[top + i])
        }
        let out = p + row * Self.side
        line.withUnsafeBufferPointer { line in
          columns.withUnsafeBufferPointer { columns in
            parts.withUnsafeBufferPointer { parts in
              for x in 0..<Self.side {
                let i = columns[x]
                out[x] += line[i] + parts[x] * (line[i + 1] - line[i])
              }
            }
          }
        }
      }
    }
  }
}
