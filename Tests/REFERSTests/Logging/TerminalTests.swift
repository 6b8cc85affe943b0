import Logging
import REFERS
import XCTest

final class TerminalTests: XCTestCase {
  func testTheBarIsRedrawnInPlaceAndHonoursTheWidth() {
    for columns in [0, 1, 5, 12, 20, 33, 40, 60, 80, 120, 300] {
      let screen = Screen(columns: columns)
      var time = 0.0
      let bar = ProgressBar(console: screen.console) { time }
      bar.runStarted(.sample(output: "x"))
      for step in 1...300 {
        time += 1
        bar.stepFinished(.sample(step: step))
        XCTAssertLessThan(screen.lastLine.count, max(columns, 1), "\(columns) columns")
        XCTAssertEqual(screen.lines.count, 1)
      }
      bar.runFinished()
      XCTAssertEqual(screen.lines, [""])
    }
  }

  func testTheBarSaysLossesSpeedAndTimeLeft() {
    let screen = Screen(columns: 150)
    let bar = ProgressBar(console: screen.console) { 0 }
    bar.runStarted(.sample(output: "x"))
    bar.stepFinished(.sample(step: 150))
    XCTAssertEqual(
      screen.lastLine,
      "▕███████████████░░░░░░░░░░░░░░░▏ 150/300  loss 10.5  contrast 3.25  language 7.25  "
        + "16.0 studies/s  5:00 left  lr 1.00e-03")
  }

  func testTheBarIsNotDrawnTooOftenButTheLastStepIsShown() {
    let screen = Screen(columns: 100)
    let bar = ProgressBar(console: screen.console) { 0 }
    bar.runStarted(.sample(output: "x"))
    bar.stepFinished(.sample(step: 1))
    bar.stepFinished(.sample(step: 2))
    XCTAssertTrue(screen.lastLine.contains(" 1/300"), screen.lastLine)
    bar.stepFinished(.sample(step: 300))
    XCTAssertTrue(screen.lastLine.contains(" 300/300"), screen.lastLine)
  }

  func testMessagesStandAboveTheBar() {
    let screen = Screen(columns: 100)
    let bar = ProgressBar(console: screen.console) { 0 }
    bar.runStarted(.sample(output: "x"))
    bar.stepFinished(.sample(step: 1))
    let logger = Logger(label: "test") { _ in ConsoleLogHandler(console: screen.console) }
    logger.warning("A study has no radiograph.", metadata: ["study": "7"])
    logger.info("Something else.")
    XCTAssertEqual(
      screen.lines.dropLast(), ["warning: A study has no radiograph. study=7", "Something else."])
    XCTAssertTrue(screen.lastLine.contains(" 1/300"))
  }

  func testWithoutATerminalNothingIsRedrawn() {
    let screen = Screen(columns: 100, isTerminal: false)
    let bar = ProgressBar(console: screen.console) { 0 }
    bar.runStarted(.sample(output: "x"))
    bar.stepFinished(.sample(step: 1))
    bar.runFinished()
    XCTAssertEqual(screen.lines, [""])
  }

  func testALogHasOneLineAnIntervalTheFirstStepAndTheLast() {
    let screen = Screen(columns: 100, isTerminal: false)
    let logger = Logger(label: "test") { _ in ConsoleLogHandler(console: screen.console) }
    let lines = LogLines(every: 10, logger: logger)
    lines.runStarted(.sample(output: "x", steps: 25))
    for step in 1...25 { lines.stepFinished(.sample(step: step)) }
    XCTAssertEqual(screen.lines.count, 5)
    XCTAssertEqual(
      screen.lines.first,
      "step  1/25  epoch 0  loss 10.5  contrast 3.25  language 7.25  16.0 studies/s  0:48 left  "
        + "lr 1.00e-03")
    XCTAssertTrue(screen.lines[3].hasPrefix("step 25/25 "))
  }
}

/// A terminal that knows line feed, carriage return, and erasing to the end of the line.
final class Screen {
  private(set) var lines = [""]
  private(set) var console = Console(isTerminal: false, columns: { 0 }, write: { _ in })

  init(columns: Int, isTerminal: Bool = true) {
    console = Console(
      isTerminal: isTerminal, columns: { columns }, write: { [unowned self] in show($0) })
  }

  var lastLine: String { lines[lines.count - 1] }

  private func show(_ text: String) {
    var rest = text[...]
    var atStart = false
    while let character = rest.first {
      if rest.hasPrefix("\u{1B}[K") {
        XCTAssertTrue(atStart, "Erased in the middle of a line")
        lines[lines.count - 1] = ""
        rest = rest.dropFirst(3)
        continue
      }
      rest = rest.dropFirst()
      atStart = character == "\r"
      if character == "\n" {
        lines.append("")
      } else if character != "\r" {
        lines[lines.count - 1].append(character)
      }
    }
  }
}
