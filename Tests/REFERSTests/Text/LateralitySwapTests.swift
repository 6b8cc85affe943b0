import REFERS
import XCTest

final class LateralitySwapTests: XCTestCase {
  func testWholeWords() {
    for (text, wanted) in [
      ("Left upright right-sided", "Right upright left-sided"),  // REFERS sec. 14.6
      ("LEFT, right; Left.", "RIGHT, left; Right."),
      (
        "upright outright bright cleft leftover rightmost",
        "upright outright bright cleft leftover rightmost"
      ),
      ("left/right left-hand (right) 'left'", "right/left right-hand (left) 'right'"),
      ("right–sided “left” ___left left2 2right", "left–sided “right” ___right left2 2right"),
      ("éleft lefté le\u{301}ft left\u{301}", "éleft lefté le\u{301}ft left\u{301}"),
      ("no words to change", "no words to change"), ("", ""), ("left", "right"),
    ] {
      XCTAssertEqual(LateralitySwap.wholeWords(text), wanted)
      XCTAssertEqual(LateralitySwap.wholeWords(wanted), text, "twice is the text itself")
    }
  }

  func testSubstringsAsInThePublishedCode() {
    XCTAssertEqual(
      LateralitySwap.substrings("Left upright left, right lung"),
      "Left upleft right, left lung")
  }
}
