import Foundation
import REFERS
import TestSupport
import XCTest

/// `refers-mpi finetune` of a whole `tiny` on real radiographs, where there are some.
final class RealRadiographTests: XCTestCase {
  /// 400 steps, some two minutes on two cores.
  func testNormalAgainstPneumonia() throws {
    let labels = try realData("kermany_pneumonia/labels.csv")
    let folder = try TemporaryFolder()
    let result = try mpirun(
      np: 2, try builtProgram("refers-mpi"),
      [
        "finetune", "--data", labels, "--labels", "pneumonia", "--splits", "patient",
        "--output", folder.file("run"),
      ], timeout: 900)
    XCTAssertEqual(result.status, 0, result.report)
    let found = try TargetResult(contentsOf: folder.file("run/result.json"))
    XCTAssertEqual(found.classes, ["pneumonia"])
    XCTAssertGreaterThan(found.testImages, 900)
    XCTAssertGreaterThan(try XCTUnwrap(found.testAUC), 0.93)
  }
}
