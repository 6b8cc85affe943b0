import Diagnostics

/// A parameter: where it lies in the flat arenas, and its shape as a matrix.
public struct Parameter: Sendable {
  public let index: Int
  public let offset: Int
  public let rows: Int
  public let columns: Int
  public var count: Int { rows * columns }
}

/// One tensor as it is saved: a name, a shape, and a run of rows of a parameter.
public struct NamedSlice: Sendable {
  public let name: String
  public let shape: [Int]
  /// First float in an arena.
  public let offset: Int
  public let count: Int
}

/// All parameters of a model in one flat arena, so that exchange, clipping, update and saving are
/// passes over slices.
///
/// Parameters are declared first; ``allocate(seed:)`` then takes the memory and sets the initial
/// values. Each starts at a multiple of 64 bytes; the gaps hold zeros for ever.
public final class ParameterStore {
  /// What is said of a parameter besides its place.
  public struct Declaration: Sendable {
    public let parameter: Parameter
    public let slices: [NamedSlice]
    /// The group whose learning rate holds.
    public let group: String
    /// True where weight decay applies.
    public let decays: Bool
    /// False where the values stay as they are.
    public fileprivate(set) var isTrained = true
    let initializer: Initializer
  }

  public private(set) var declarations: [Declaration] = []
  /// Floats in an arena, gaps included.
  public private(set) var count = 0
  private var region: MemoryRegion?

  public init() {}

  public var all: [Parameter] { declarations.map(\.parameter) }

  /// The number of trained values, gaps left out.
  public var parameterCount: Int { declarations.reduce(0) { $0 + $1.parameter.count } }

  /// Every tensor as it is saved, in order of declaration.
  public var slices: [NamedSlice] { declarations.flatMap(\.slices) }

  /// The arena of values.
  public private(set) var values = UnsafeMutablePointer<Float>(bitPattern: 64).unsafelyUnwrapped

  /// Declares one parameter of `rows` x `columns` floats, saved as one tensor of `shape`.
  public func declare(
    _ name: String, rows: Int, columns: Int, shape: [Int]? = nil, group: String,
    decays: Bool = true, _ initializer: Initializer
  ) -> Parameter {
    declare(
      [name], rows: rows, columns: columns, shape: shape, group: group, decays: decays,
      initializer)
  }

  /// Declares one parameter that is saved as several tensors of equal shape, one band of rows (or,
  /// for a single row, one run of columns) after the other.
  public func declare(
    _ names: [String], rows: Int, columns: Int, shape: [Int]? = nil, group: String,
    decays: Bool = true, _ initializer: Initializer
  ) -> Parameter {
    let parameter = Parameter(
      index: declarations.count, offset: count, rows: rows, columns: columns)
    let part = rows * columns / names.count
    let partShape =
      shape ?? (rows == 1 ? [columns / names.count] : [rows / names.count, columns])
    let slices = names.enumerated().map { position, name in
      NamedSlice(name: name, shape: partShape, offset: count + position * part, count: part)
    }
    declarations.append(
      Declaration(
        parameter: parameter, slices: slices, group: group, decays: decays,
        initializer: initializer))
    count += (rows * columns + 15) / 16 * 16
    return parameter
  }

  /// Keeps the values of all parameters declared from the given one on as they are.
  public func freeze(from first: Int) {
    for index in first..<declarations.count { declarations[index].isTrained = false }
  }

  /// Takes the memory and writes the initial values.
  ///
  /// - Throws: `Failure(.memory)`.
  public func allocate(seed: UInt64) throws {
    let region = try MemoryRegion(byteCount: count * 4)
    self.region = region
    values = region.floats
    for declaration in declarations {
      let parameter = declaration.parameter
      let parts = declaration.slices.count
      for slice in declaration.slices {
        declaration.initializer.fill(
          values + slice.offset, rows: parameter.rows == 1 ? 1 : parameter.rows / parts,
          columns: parameter.rows == 1 ? parameter.columns / parts : parameter.columns,
          seed: seed, name: slice.name)
      }
    }
  }
}
