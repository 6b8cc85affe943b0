import Diagnostics
import Distributed
import Tensors

extension ClassifierModel {
  /// Fits the head alone, on features that are computed once: the quick way to a classifier.
  ///
  /// All ranks compute features; rank 0 fits and gives the others weight and bias.
  ///
  /// - Parameters:
  ///   - training: images by their numbers in the source of `inference`.
  ///   - validation: those that λ is chosen on.
  ///   - labels: of an image; one for each class, or its class alone.
  ///   - inference: computes with the parameters of this very model.
  ///   - team: threads; they change no bit.
  /// - Throws: what ``LinearProbe/fit(training:validation:width:task:classes:penalties:team:)``
  ///   throws, on every rank.
  /// - Communication: the features, and a broadcast of the head.
  public func fitHead(
    training: [Int], validation: [Int], task: LabelTask, labels: (Int) -> ArraySlice<Float>,
    inference: ImageInference, over communicator: Communicator, team: ThreadTeam
  ) throws -> LinearProbe {
    let width = radiograph.width
    func examples(_ images: [Int]) throws -> LinearProbe.Examples {
      LinearProbe.Examples(
        features: try inference.rows(of: images, width: width) { try self.features($0, on: $1) },
        labels: images.flatMap { labels($0) })
    }
    let (training, validation) = (try examples(training), try examples(validation))
    let own = try communicator.together("fitting the head") {
      communicator.rank == 0
        ? try LinearProbe.fit(
          training: training, validation: validation, width: width, task: task, classes: classes,
          team: team) : nil
    }
    let probe = try LinearProbe(sharing: own, over: communicator)
    try take(probe)
    return probe
  }

  /// Lets the head be that of a probe.
  public func take(_ probe: LinearProbe) throws {
    guard probe.weight.count == head.weight.count, probe.bias.count == head.bias.count else {
      throw Failure(
        .shape,
        "A head of \(probe.weight.count) weights was fitted for one of \(head.weight.count).")
    }
    for (parameter, values) in [(head.weight, probe.weight), (head.bias, probe.bias)] {
      for (place, value) in values.enumerated() {
        parameters.values[parameter.offset + place] = value
      }
    }
  }
}

extension LinearProbe {
  /// Rank 0's, on every rank.
  fileprivate init(sharing own: LinearProbe?, over communicator: Communicator) throws {
    weight = try communicator.broadcast(own?.weight ?? [])
    bias = try communicator.broadcast(own?.bias ?? [])
    let numbers = try communicator.broadcast([own?.penalty ?? 0, own?.validationAUC ?? -1])
    penalty = numbers[0]
    validationAUC = numbers[1] < 0 ? nil : numbers[1]
    constantClasses = try communicator.broadcast(own?.constantClasses.map(Int64.init) ?? [])
      .map(Int.init)
  }
}
