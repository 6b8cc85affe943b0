import Foundation

extension Reference {
  /// Which directions the contrast counts, and which of them carry a gradient (REFERS sec. 5).
  public enum ContrastForm: Sendable {
    /// Eq. (2).
    case imageToText
    /// λ · image-to-text + (1 - λ) · text-to-image.
    case symmetric(weight: Double)
    /// The same value, but text-to-image is a constant.
    case code(weight: Double)
  }

  /// What `contrast` gives.
  public struct Contrast {
    public var loss: Double
    /// -log P(own text | image) of each study.
    public var imageToText: [Double]
    /// -log P(own image | text) of each study.
    public var textToImage: [Double]
    /// Gradients of the loss, [count, width] each.
    public var image: [Double]
    public var text: [Double]
  }

  /// The contrast of `image` and `text` features, [count, width] each:
  /// s_ki = v_k · t_i / max(|v_k| |t_i|, 1e-8) / τ, and the mean over k of the cross-entropies.
  public static func contrast(
    image: [Double], text: [Double], count: Int, temperature: Double, form: ContrastForm
  ) -> Contrast {
    let width = image.count / count
    let similarity = scaledCosines(image, text, count: count, temperature: temperature)
    let own = Array(0..<count)
    let ones = Array(repeating: 1.0, count: count)
    let forward = crossEntropy(logits: similarity, targets: own, weights: ones, classes: count)
    let backward = crossEntropy(
      logits: transposed(similarity, count), targets: own, weights: ones, classes: count)

    let (value, slope): ((Double, Double), (Double, Double))
    switch form {
    case .imageToText: (value, slope) = ((1, 0), (1, 0))
    case .symmetric(let weight): (value, slope) = ((weight, 1 - weight), (weight, 1 - weight))
    case .code(let weight): (value, slope) = ((weight, 1 - weight), (weight, 0))
    }
    var result = Contrast(
      loss: (value.0 * forward.loss + value.1 * backward.loss) / Double(count),
      imageToText: forward.rows, textToImage: backward.rows,
      image: zeros(image.count), text: zeros(text.count))

    let dForward = forward.gradient
    let dBackward = transposed(backward.gradient, count)
    for k in 0..<count {
      for i in 0..<count {
        let at = k * count + i
        let delta = (slope.0 * dForward[at] + slope.1 * dBackward[at]) / Double(count) / temperature
        let v = Array(image[k * width..<(k + 1) * width])
        let t = Array(text[i * width..<(i + 1) * width])
        let (dv, dt) = cosineBackward(v, t)
        for d in 0..<width {
          result.image[k * width + d] += delta * dv[d]
          result.text[i * width + d] += delta * dt[d]
        }
      }
    }
    return result
  }

  private static let floor = 1e-8

  private static func scaledCosines(
    _ image: [Double], _ text: [Double], count: Int, temperature: Double
  ) -> [Double] {
    let width = image.count / count
    var result: [Double] = []
    for k in 0..<count {
      for i in 0..<count {
        let v = Array(image[k * width..<(k + 1) * width])
        let t = Array(text[i * width..<(i + 1) * width])
        result.append(dot(v, t) / max(norm(v) * norm(t), floor) / temperature)
      }
    }
    return result
  }

  /// d cos / dv = t / n - cos · v / |v|² with n = |v| |t|; below the floor n is a constant.
  private static func cosineBackward(_ v: [Double], _ t: [Double]) -> ([Double], [Double]) {
    let n = norm(v) * norm(t)
    guard n > floor else { return (t.map { $0 / floor }, v.map { $0 / floor }) }
    let cosine = dot(v, t) / n
    let dv = t.map { $0 / n }
    let dt = v.map { $0 / n }
    let (vv, tt) = (dot(v, v), dot(t, t))
    return (
      zip(dv, v).map { $0 - cosine * $1 / vv }, zip(dt, t).map { $0 - cosine * $1 / tt }
    )
  }

  private static func norm(_ x: [Double]) -> Double { dot(x, x).squareRoot() }

  private static func transposed(_ x: [Double], _ count: Int) -> [Double] {
    var result: [Double] = []
    for column in 0..<count { for row in 0..<count { result.append(x[row * count + column]) } }
    return result
  }
}
