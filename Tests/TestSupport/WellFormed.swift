import Foundation
import XCTest

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Fails unless the text is XML with a title.
public func expectWellFormed(
  _ text: String, file: StaticString = #filePath, line: UInt = #line
) throws {
  let parser = XMLParser(data: Data(text.utf8))
  XCTAssertTrue(parser.parse(), "\(String(describing: parser.parserError))", file: file, line: line)
  XCTAssertTrue(text.contains("<title"), file: file, line: line)
}
