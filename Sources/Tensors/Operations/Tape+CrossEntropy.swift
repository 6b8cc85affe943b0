import Foundation

/// The cross-entropy of packed rows, with what is needed to weigh it over a global batch.
public final class TokenLoss {
  /// Σ -log p(target) over the rows of each shard, in nats, rows in order.
  public let shardSums: [Double]
  /// What each row's loss is multiplied with in the total; set before the way back.
  public var scale: Float = 1

  init(shardSums: [Double]) { self.shardSums = shardSums }
}

extension Tape {
  /// `-log softmax(logits)[target]` for each row.
  ///
  /// The logits are overwritten by their softmax and then by their gradient: a vocabulary's width
  /// of memory is held once.
  public func crossEntropy(_ logits: Variable, targets: [Int32]) throws -> TokenLoss {
    let packing = logits.packing
    let columns = logits.value.columns
    precondition(targets.count == packing.rows, "crossEntropy: one target for each row")
    var losses = [Double](repeating: 0, count: packing.rows)
    losses.withUnsafeMutableBufferPointer { losses in
      let losses = losses.baseAddress
      team.forEachRange(packing.rows, grain: 16) { rows in
        for row in rows {
          let x = logits.value.row(row)
          let logit = x[Int(targets[row])]
          let (top, sum) = Softmax.inPlace(x, count: columns)
          losses?[row] = Foundation.log(Double(sum)) + Double(top - logit)
        }
      }
    }
    let loss = TokenLoss(
      shardSums: packing.shards.indices.map {
        packing.rows(ofShard: $0).reduce(0) { $0 + losses[$1] }
      })
    recordLoss { [self] in
      let scale = loss.scale
      team.forEachRange(packing.rows, grain: 16) { rows in
        for row in rows {
          let x = logits.value.row(row)
          x[Int(targets[row])] -= 1
          Elementwise.scale(x, by: scale, into: x, count: columns)
        }
      }
      logits.receive(gradient: logits.buffer, team: team)
    }
    return loss
  }
}
