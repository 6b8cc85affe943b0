import Tensors

extension Configuration {
  /// What a rank computes with.
  public struct Computing: Codable, Equatable, Sendable {
    /// The library for matrix products. It decides the last bits of a result, and is recorded with
    /// each checkpoint; `auto` goes on with the one that a run was saved with.
    public var blas = MatrixLibrary.auto
    /// What the factors of matrix products are rounded to before they are multiplied; sums are kept
    /// in single precision. bfloat16 takes oneDNN, and a processor that has such products.
    public var products = StoragePrecision.float32

    public init() {}

    /// Opens the library.
    ///
    /// - Throws: `Failure(.library)` where it is missing, or cannot do what is asked for.
    public func open() throws -> any MatrixMultiply { try blas.open(products: products) }
  }

  /// How often a run is saved, and what of it is kept.
  public struct Checkpoint: Codable, Equatable, Sendable {
    /// Updates from one checkpoint to the next; the end of an epoch is always saved.
    public var everySteps = 500
    /// The newest checkpoints that are kept, besides the best.
    public var keepLast = 2
    /// Checkpoints at multiples of so many updates are kept for ever; 0 keeps none for that.
    public var keepEvery = 0
  }

  /// The memory of a rank, and what is traded for it.
  public struct Memory: Codable, Equatable, Sendable {
    /// Which activations are computed again in the backward pass instead of being kept.
    public enum Recompute: String, CaseIterable, Codable, Sendable {
      /// As many as the memory asks for.
      case auto
      case none
      case all
    }

    /// GiB that a rank may use; 0 takes its share of what is at hand.
    public var limit = 0.0
    /// The parts in which a rank's shards pass one after the other, their gradients accumulated;
    /// 0 chooses by the memory.
    public var parts = 0
    public var recompute = Recompute.auto
    /// How activations are kept for the backward pass; decides the result, as the others do not.
    public var activations = StoragePrecision.float32
  }

  /// How ranks talk to each other.
  public struct Exchange: Codable, Equatable, Sendable {
    /// MiB of a message; 0 measures the link.
    public var piece = 0.0
    /// Seconds without an answer from another rank after which the run ends.
    public var timeout = 1800
    /// How gradients travel and are added: at half the size, each sum of two is rounded, on one rank
    /// as on many. Decides the result, as the others do not.
    public var precision = StoragePrecision.float32
  }

  /// What is watched while training.
  public struct Checks: Codable, Equatable, Sendable {
    /// What happens to a step whose loss or gradient is not finite.
    public enum NonFinite: String, CaseIterable, Codable, Sendable {
      /// The run ends; its checkpoints stay.
      case stop
      /// The step makes no update.
      case skip
    }

    /// Updates from one comparison of the ranks' parameters to the next; 0 never compares.
    public var parametersEvery = 100
    public var nonFinite = NonFinite.stop
  }
}
