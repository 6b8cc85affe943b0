import XCTest

/// The values the enclosing ``withEvery(_:_:file:line:_:)`` loops are at, for messages.
public enum Trail {
  nonisolated(unsafe) fileprivate static var steps: [String] = []

  /// For example `np = 3, count = 1001`.
  public static var description: String { steps.joined(separator: ", ") }
}

/// Runs the body with each value; an error is a test failure that names the values it came with.
///
/// Loops nest: `withEvery("np", 1...4) { np in withEvery("count", [0, 1, 999]) { count in ... } }`.
public func withEvery<Values: Sequence>(
  _ label: String, _ values: Values, file: StaticString = #filePath, line: UInt = #line,
  _ body: (Values.Element) throws -> Void
) {
  for value in values {
    Trail.steps.append("\(label) = \(value)")
    defer { Trail.steps.removeLast() }
    do {
      try body(value)
    } catch {
      XCTFail("\(Trail.description): \(error)", file: file, line: line)
    }
  }
}

/// Runs the body with each pair of values.
public func withEvery<First: Sequence, Second: Sequence>(
  _ first: String, _ firsts: First, _ second: String, _ seconds: Second,
  file: StaticString = #filePath, line: UInt = #line,
  _ body: (First.Element, Second.Element) throws -> Void
) {
  withEvery(first, firsts, file: file, line: line) { a in
    withEvery(second, seconds, file: file, line: line) { b in try body(a, b) }
  }
}

/// Fails, naming the values of the enclosing loops, unless the condition holds.
public func expect(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #filePath,
  line: UInt = #line
) {
  guard !condition else { return }
  let trail = Trail.description
  XCTFail(trail.isEmpty ? message() : "\(trail): \(message())", file: file, line: line)
}

/// Fails, naming the values of the enclosing loops, unless the two are equal.
public func expectEqual<Value: Equatable>(
  _ left: Value, _ right: Value, _ message: @autoclosure () -> String = "",
  file: StaticString = #filePath, line: UInt = #line
) {
  expect(left == right, "\(left) is not \(right) \(message())", file: file, line: line)
}
