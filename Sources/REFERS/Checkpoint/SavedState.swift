import Foundation

/// The bytes of a state.json, whichever build wrote them.
///
/// What that build's configuration did not have yet gets the value of ``Configuration/init()``, by
/// which that build went.
struct SavedState {
  private let value: JSONValue

  init(_ bytes: Data) throws {
    let saved = try JSONDecoder().decode(JSONValue.self, from: bytes)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let known = try JSONDecoder().decode(
      JSONValue.self, from: encoder.encode(["configuration": Configuration()]))
    value = saved.completed(by: known)
  }

  func decoded<State: Decodable>(as type: State.Type) throws -> State {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: JSONEncoder().encode(value))
  }
}

/// Any value of JSON.
private enum JSONValue: Codable {
  case nothing
  case flag(Bool)
  case whole(Int)
  case real(Double)
  case text(String)
  case list([JSONValue])
  case members([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .nothing
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let whole = try? value.decode(Int.self) {
      self = .whole(whole)
    } else if let real = try? value.decode(Double.self) {
      self = .real(real)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .members(try value.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .nothing: try value.encodeNil()
    case .flag(let flag): try value.encode(flag)
    case .whole(let whole): try value.encode(whole)
    case .real(let real): try value.encode(real)
    case .text(let text): try value.encode(text)
    case .list(let list): try value.encode(list)
    case .members(let members): try value.encode(members)
    }
  }

  /// The same with the members that it lacks, at any depth.
  func completed(by other: JSONValue) -> JSONValue {
    guard case .members(let own) = self, case .members(let others) = other else { return self }
    return .members(own.merging(others) { $0.completed(by: $1) })
  }
}
