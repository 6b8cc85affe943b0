import Foundation
import XCTest

/// A file of the real radiographs beside the checkout; a test skips where it is absent.
public func realData(_ name: String) throws -> String {
  let path = URL(fileURLWithPath: #filePath + "/../../../../shared/data/" + name).standardized.path
  guard FileManager.default.fileExists(atPath: path) else {
    throw XCTSkip("../shared/data/\(name) is absent.")
  }
  return path
}
