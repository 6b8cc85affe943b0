import REFERS
import XCTest

final class PathNameTests: XCTestCase {
  func testParts() {
    for (path, parent, last) in [
      ("a", "", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("/a/b/", "/a", "b"),
      ("a//b", "a", "b"), ("/", "/", ""), ("", "", ""), ("//a//", "/", "a"),
      ("runs/é", "runs", "é"),
    ] {
      XCTAssertEqual(PathName(path).parent, parent, path)
      XCTAssertEqual(PathName(path).last, last, path)
    }
  }

  func testExtensionAndJoin() {
    XCTAssertEqual(
      ["a.PNG", "b/a.csv.gz", ".hidden", "a", "a."].map { PathName($0).pathExtension },
      ["png", "gz", "", "", ""])
    XCTAssertEqual(
      ["a.txt", "b/a.b.c", ".hidden", "a"].map { PathName($0).stem }, ["a", "a.b", ".hidden", "a"])
    XCTAssertEqual(PathName.join("", "a"), "a")
    XCTAssertEqual(PathName.join("/", "a"), "/a")
    XCTAssertEqual(PathName.join("b", "a"), "b/a")
  }
}
