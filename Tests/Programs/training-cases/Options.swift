import Diagnostics
import REFERS
import Tensors

/// The case and what may be varied in it.
struct Options {
  let name: String
  /// Threads of a rank.
  var threads = 1
  var seed: UInt64 = 1
  /// The place in each step of a study whose report loses a word; none where nil.
  var changed: Int?
  /// The library for matrix products.
  var blas = MatrixLibrary.auto
  /// What the factors of products are rounded to.
  var products = StoragePrecision.float32
  /// How activations are kept and gradients travel.
  var precision = StoragePrecision.float32
  /// How the shards go through the model.
  var cut = StepCut()
  var fault = PlantedFault()
  /// Whether steps that are not finite are skipped.
  var skips = false
  var output = ""

  init(_ arguments: ArraySlice<String>) throws {
    name = arguments.first ?? ""
    var rest = arguments.dropFirst()
    while let option = rest.popFirst() {
      guard let text = rest.popFirst() else {
        throw Failure(.configuration, "\(option) needs a value.")
      }
      func number() throws -> Int {
        guard let value = Int(text) else {
          throw Failure(.configuration, "\(option) needs a number.")
        }
        return value
      }
      switch option {
      case "--threads": threads = try number()
      case "--seed": seed = UInt64(try number())
      case "--blas": blas = MatrixLibrary(rawValue: text) ?? blas
      case "--products": products = StoragePrecision(rawValue: text) ?? products
      case "--precision": precision = StoragePrecision(rawValue: text) ?? precision
      case "--change": changed = try number()
      case "--shards-of-a-pass": cut.shards = try number()
      case "--recompute": cut.recomputedSegments = try number()
      case "--fault": fault.kind = PlantedFault.Kind(rawValue: text) ?? fault.kind
      case "--phase": fault.phase = PhaseMonitor.Phase(rawValue: text) ?? fault.phase
      case "--step": fault.step = try number()
      case "--rank": fault.rank = try number()
      case "--skip": skips = try number() != 0
      case "--output": output = text
      default: throw Failure(.configuration, "There is no option \(option).")
      }
    }
  }
}

func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  guard !condition else { return }
  throw Failure(.numerics, message())
}
