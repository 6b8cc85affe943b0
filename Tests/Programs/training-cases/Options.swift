import Diagnostics

/// The case and what may be varied in it.
struct Options {
  let name: String
  /// Threads of a rank.
  var threads = 1
  var seed: UInt64 = 1
  /// The place in each step of a study whose report loses a word; none where nil.
  var changed: Int?

  init(_ arguments: ArraySlice<String>) throws {
    name = arguments.first ?? ""
    var rest = arguments.dropFirst()
    while let option = rest.popFirst() {
      guard let text = rest.popFirst(), let value = Int(text) else {
        throw Failure(.configuration, "\(option) needs a number.")
      }
      switch option {
      case "--threads": threads = value
      case "--seed": seed = UInt64(value)
      case "--change": changed = value
      default: throw Failure(.configuration, "There is no option \(option).")
      }
    }
  }
}

func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  guard !condition else { return }
  throw Failure(.numerics, message())
}
