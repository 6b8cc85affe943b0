import Determinism

extension ShardPlan {
  /// The studies of a step in the order in which all shards, and with them the ranks, have about as
  /// much to compute.
  ///
  /// From the root of the tree down the studies of a node are dealt to its halves: the costliest
  /// first, each to the half that has less so far and room left. It depends on the studies and their
  /// costs alone; where all cost the same their order stays.
  ///
  /// - Parameters:
  ///   - studies: in the order of the epoch.
  ///   - costs: of each study, such as its images.
  /// - Complexity: O(n · log n · log S) for n studies in S shards.
  public func dealt(_ studies: [Int], costs: [Int]) -> [Int] {
    precondition(studies.count == costs.count, "Every study has a cost.")
    guard Set(costs).count > 1 else { return studies }
    var places = Array(studies.indices)
    deal(&places, to: 0..<tree.leaves, costs: costs)
    return places.map { studies[$0] }
  }

  /// Orders what the shards of one node of the tree take of a step.
  private func deal(_ places: inout [Int], to shards: Range<Int>, costs: [Int]) {
    guard shards.count > 1, places.count > 1 else { return }
    let middle = shards.lowerBound + shards.count / 2
    func start(_ shard: Int) -> Int { studies(ofShard: shard, count: costs.count).lowerBound }
    let room = start(middle) - start(shards.lowerBound)
    var halves = (Half(room: room), Half(room: places.count - room))
    for place in places.sorted(by: { (-costs[$0], $0) < (-costs[$1], $1) }) {
      let goesFirst =
        halves.1.isFull || !halves.0.isFull && halves.0.cost <= halves.1.cost
      if goesFirst {
        halves.0.take(place, cost: costs[place])
      } else {
        halves.1.take(place, cost: costs[place])
      }
    }
    deal(&halves.0.places, to: shards.lowerBound..<middle, costs: costs)
    deal(&halves.1.places, to: middle..<shards.upperBound, costs: costs)
    places = halves.0.places + halves.1.places
  }

  private struct Half {
    let room: Int
    var places: [Int] = []
    var cost = 0

    var isFull: Bool { places.count == room }

    mutating func take(_ place: Int, cost: Int) {
      places.append(place)
      self.cost += cost
    }
  }
}
