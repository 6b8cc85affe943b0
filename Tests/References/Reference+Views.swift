import Foundation

extension Reference {
  /// What view fusion learns; whatever a mode lacks stays empty.
  public struct ViewParameters {
    /// Of `concatLinear`: [D, 2D] and [D].
    public var recurrentWeight: [Double] = []
    public var recurrentBias: [Double] = []
    /// Of `softmaxGlobal`: [D, 3D], [D], [3, D], [3].
    public var hiddenWeight: [Double] = []
    public var hiddenBias: [Double] = []
    public var scoreWeight: [Double] = []
    public var scoreBias: [Double] = []
    /// Of the patch forms, one after the other for fc1, fc2, fc3: [3, 3D] and [3].
    public var patchWeight: [Double] = []
    public var patchBias: [Double] = []

    public init() {}
  }

  /// From the tokens of a study's radiographs to the decoder's memory and the contrast's feature
  /// (REFERS sec. 1.3 and 2).
  public struct Views {
    public enum Recurrent: CaseIterable, Sendable { case add, concatLinear, interleave, none }
    public enum Fusion: CaseIterable, Sendable {
      case softmaxGlobal, sigmoidPatch, sigmoidPatchShared, none
    }

    public var recurrent: Recurrent
    public var fusion: Fusion
    /// The contrast takes a_j g_j rather than g_j; of softmaxGlobal only.
    public var fused: Bool
    /// N, without the class token.
    public var patches: Int
    public var width: Int
    /// Per view slot, the index of its radiograph: three, or one without fusion.
    public var slots: [Int]

    public init(
      recurrent: Recurrent, fusion: Fusion, fused: Bool, patches: Int, width: Int, slots: [Int]
    ) {
      self.recurrent = recurrent
      self.fusion = fusion
      self.fused = fused && fusion == .softmaxGlobal
      self.patches = patches
      self.width = width
      self.slots = slots
    }

    /// Memory rows of one slot: N, or 1 + N with the class token first.
    public var rows: Int { recurrent == .add || recurrent == .concatLinear ? patches : patches + 1 }

    /// Added to the logits of the memory rows: ln N at the class tokens of `interleave`.
    public var keyBias: [Double] {
      slots.flatMap { _ in
        (0..<rows).map { recurrent == .interleave && $0 == 0 ? log(Double(patches)) : 0 }
      }
    }

    /// `tokens` [1 + N, D] of each radiograph -> memory [slots · rows, D], feature [slots · D].
    public func forward(_ tokens: [[Double]], _ parameters: ViewParameters) -> (
      memory: [Double], feature: [Double]
    ) {
      let g = slots.map { Array(tokens[$0][..<width]) }
      let r = slots.map { recurrentRows(tokens[$0], parameters) }
      let weights = viewWeights(g, r, parameters)
      var (memory, feature): ([Double], [Double]) = ([], [])
      for j in slots.indices {
        for at in r[j].indices { memory.append(weights[j][at / width] * r[j][at]) }
        feature += g[j].map { fused ? weights[j][0] * $0 : $0 }
      }
      return (memory, feature)
    }

    /// The backward pass of `forward`; a radiograph in several slots gets the sum of their gradients.
    public func backward(
      memory dMemory: [Double], feature dFeature: [Double], _ tokens: [[Double]],
      _ parameters: ViewParameters
    ) -> (tokens: [[Double]], parameters: ViewParameters) {
      let g = slots.map { Array(tokens[$0][..<width]) }
      let r = slots.map { recurrentRows(tokens[$0], parameters) }
      let weights = viewWeights(g, r, parameters)
      var dg = g.map { Reference.zeros($0.count) }
      var dr = r.map { Reference.zeros($0.count) }
      var dWeights = weights.map { Reference.zeros($0.count) }
      for j in slots.indices {
        for at in r[j].indices {
          let d = dMemory[j * rows * width + at]
          dr[j][at] += weights[j][at / width] * d
          dWeights[j][at / width] += r[j][at] * d
        }
        for i in 0..<width {
          let d = dFeature[j * width + i]
          dg[j][i] += fused ? weights[j][0] * d : d
          if fused { dWeights[j][0] += g[j][i] * d }
        }
      }
      var dParameters = zero(parameters)
      weightsBackward(dWeights, g, r, parameters, &dg, &dr, &dParameters)
      var dTokens = tokens.map { Reference.zeros($0.count) }
      for (j, slot) in slots.enumerated() {
        for i in 0..<width { dTokens[slot][i] += dg[j][i] }
        let d = recurrentBackward(dr[j], tokens[slot], parameters, &dParameters)
        dTokens[slot] = Reference.sum(dTokens[slot], d)
      }
      return (dTokens, dParameters)
    }

    private func zero(_ like: ViewParameters) -> ViewParameters {
      var result = ViewParameters()
      for path in ViewParameters.paths {
        result[keyPath: path] = Reference.zeros(like[keyPath: path].count)
      }
      return result
    }
  }
}

extension Reference.ViewParameters {
  /// All of them, in a fixed order.
  public static var paths: [WritableKeyPath<Self, [Double]>] {
    [
      \.recurrentWeight, \.recurrentBias, \.hiddenWeight, \.hiddenBias, \.scoreWeight, \.scoreBias,
      \.patchWeight, \.patchBias,
    ]
  }
}
