import Determinism
import Distributed
import Foundation
import REFERS
import References
import Tensors

/// The contrast of features spread over the ranks as the engine spreads them: every rank computes
/// the loss of all and takes its own rows of the gradient.
func contrast(_ communicator: Communicator, _ options: Options) throws {
  guard let tree = SumTree(leaves: 8) else { return }
  let plan = ShardPlan(tree: tree, rank: communicator.rank, ranks: communicator.size)
  let blas = try Compute().blas
  let width = 48
  for form in Configuration.Loss.Contrast.allCases {
    for count in [1, 2, 5, 13, 32] {
      let image = features(count, width, seed: options.seed)
      let text = features(count, width, seed: options.seed + 100)
      var loss = Configuration().loss
      loss.contrast = form
      let contrast = ContrastiveLoss(loss)
      let whole = contrast(image: image, text: text, width: width, blas: blas)

      let own = plan.studies(ofRank: plan.rank, count: count)
      let part = own.lowerBound * width..<own.upperBound * width
      let counts = (0..<plan.ranks).map { plan.studies(ofRank: $0, count: count).count * width }
      let spread = contrast(
        image: try communicator.allGather(Array(image[part]), counts: counts),
        text: try communicator.allGather(Array(text[part]), counts: counts), width: width,
        blas: blas)
      let gradients = try [spread.image, spread.text].map {
        try communicator.allGather(Array($0[part]), counts: counts)
      }
      let name = "\(form.rawValue) of \(count)"
      try require(spread.loss == whole.loss, "\(name): another loss.")
      try require(
        bits(gradients[0]) == bits(whole.image) && bits(gradients[1]) == bits(whole.text),
        "\(name): another gradient than that of one process.")
      if communicator.rank == 0 {
        let hash = (bits(gradients[0]) + bits(gradients[1])).reduce(spread.loss.bitPattern) {
          CounterRandom.combine($0, UInt64($1))
        }
        print("\(name): \(String(hash, radix: 16))")
        try compare(spread, loss, image, text, count: count, name)
      }
    }
  }
}

/// Holds the single-precision gradient to the double-precision one, and that to finite differences.
private func compare(
  _ result: ContrastiveLoss.Result, _ options: Configuration.Loss, _ image: [Float],
  _ text: [Float], count: Int, _ name: String
) throws {
  let (v, t) = (image.map(Double.init), text.map(Double.init))
  let width = v.count / count
  let weight = options.symmetricWeight
  let form: Reference.ContrastForm
  // What text to image counts in the value, and in the gradient.
  let (value, slope): (Double, Double)
  switch options.contrast {
  case .imageToText: (form, value, slope) = (.imageToText, 0, 0)
  case .symmetric: (form, value, slope) = (.symmetric(weight: weight), 1 - weight, 1 - weight)
  case .code: (form, value, slope) = (.code(weight: weight), 1 - weight, 0)
  }
  let own = options.contrast == .imageToText ? 1 : weight
  func loss(_ v: [Double], _ t: [Double], _ other: Double) -> Double {
    own * infoNCE(v, t, width, options.temperature)
      + other * infoNCE(t, v, width, options.temperature)
  }
  let truth = Reference.contrast(
    image: v, text: t, count: count, temperature: options.temperature, form: form)
  try require(
    abs(result.loss - loss(v, t, value)) <= 1e-6 * max(1, abs(truth.loss)),
    "\(name): \(result.loss) is not the loss.")
  try require(
    abs(truth.loss - loss(v, t, value)) <= 1e-12 * max(1, abs(truth.loss)),
    "\(name): the references disagree with the definition.")

  let step = 1e-5
  // One finite difference costs a whole loss.
  let checked = count > 13 ? 0 : v.count
  for (kind, single, exact) in [
    ("image", result.image, truth.image), ("text", result.text, truth.text),
  ] {
    let differences = (0..<checked).map { at in
      func moved(_ by: Double) -> Double {
        var (v, t) = (v, t)
        if kind == "image" { v[at] += by } else { t[at] += by }
        return loss(v, t, slope)
      }
      return (moved(step) - moved(-step)) / (2 * step)
    }
    let scale = max(norm(exact), 1e-2)
    let far = norm(zip(exact[..<checked], differences).map { $0 - $1 }) / scale
    try require(far < 1e-6, "\(name): \(kind) gradient and finite differences part by \(far).")
    let off = norm(zip(single, exact).map { Double($0) - $1 }) / scale
    try require(off < 1e-5, "\(name): \(kind) gradient is off by \(off).")
    if count > 1 { try require(norm(exact) > 1e-3, "\(name): no gradient to compare.") }
  }
}

/// Equation (2) as it is written: the mean over k of -log softmax_i(cos(v_k, t_i) / τ)[k].
private func infoNCE(_ v: [Double], _ t: [Double], _ width: Int, _ temperature: Double) -> Double {
  let count = v.count / width
  func dot(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int) -> Double {
    (0..<width).reduce(0) { $0 + a[i * width + $1] * b[j * width + $1] }
  }
  let lengths = (0..<count).map { (dot(v, $0, v, $0).squareRoot(), dot(t, $0, t, $0).squareRoot()) }
  return (0..<count).reduce(0) { total, k in
    let logits = (0..<count).map {
      dot(v, k, t, $0) / lengths[k].0 / lengths[$0].1 / temperature
    }
    return total + log(logits.reduce(0) { $0 + exp($1) }) - logits[k]
  } / Double(count)
}

/// Features of which each study's two lean towards each other.
private func features(_ count: Int, _ width: Int, seed: UInt64) -> [Float] {
  (0..<count * width).map { at in
    var common = CounterRandom(seed: 3, UInt64(at))
    var own = CounterRandom(seed: seed, 4, UInt64(at))
    return common.uniform(-1, 1) + own.uniform(-2, 2)
  }
}

private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

private func norm(_ values: [Double]) -> Double {
  values.reduce(0) { $0 + $1 * $1 }.squareRoot()
}
