import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class PredictionsTests: XCTestCase {
  func testFilesGiveBackTheSame() throws {
    let folder = try TemporaryFolder()
    let several = try Predictions(
      task: .multiLabel, classes: ["a, b", "c \"d\""], images: ["x/1.png", "x,2.png", "3"],
      probabilities: [0.1, 1, 0.3, 1e-7, 0, 0.7] as [Float], labels: [1, 0, .nan, 1, 0, .nan])
    let one = try Predictions(
      task: .multiClass, classes: ["normal", "viral", "bacterial"], images: ["1", "2"],
      probabilities: [0.1, 0.2, 0.7, 0.5, 0.25, 0.25], labels: [2, .nan])
    for predictions in [several, one] {
      let path = folder.file("\(predictions.task).csv")
      try predictions.write(to: path)
      let again = try Predictions(contentsOf: path)
      XCTAssertEqual(again.task, predictions.task)
      XCTAssertEqual(again.classes, predictions.classes)
      XCTAssertEqual(again.images, predictions.images)
      XCTAssertEqual(again.probabilities, predictions.probabilities)
      XCTAssertEqual(again.labels.map(\.bitPattern), predictions.labels.map(\.bitPattern))
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      XCTAssertEqual(mode as? Int, 0o600)
    }
  }

  func testOneClassAgainstTheRest() throws {
    let fixture = try MetricsFixture.load().multiClass
    let count = fixture.areas.count
    let predictions = try Predictions(
      task: .multiClass, classes: (0..<count).map { "c\($0)" },
      images: fixture.labels.indices.map { "\($0)" },
      probabilities: fixture.probabilities.flatMap { $0 }, labels: fixture.labels)
    let areas = predictions.classAreas()
    XCTAssertLessThan(largestDifference(areas.compactMap(\.self), fixture.areas), 1e-9)
    try expectNear(ClassMean(areas).value, fixture.auc, "mean")
  }

  func testAFolderOfClasses() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Data("1\t0.9\r\n0 0.25\n-1\t0.5\n\n".utf8), to: "Mass.txt")
    _ = try folder.write(Data("0.0\t1e-3\nnan\t0.5\n1\t1\n".utf8), to: "Edema.of lung.txt")
    let predictions = try Predictions(directory: folder.path)
    XCTAssertEqual(predictions.classes, ["Edema.of lung", "Mass"])
    XCTAssertEqual(predictions.images, ["1", "2", "3"])
    XCTAssertEqual(predictions.scores(of: 1), [0.9, 0.25, 0.5])
    XCTAssertEqual(predictions.labels(of: 0).map { $0.isNaN ? -1 : $0 }, [0, -1, 1])
    XCTAssertEqual(predictions.labels(of: 1).map { $0.isNaN ? -1 : $0 }, [1, 0, -1])
  }

  func testFoldersThatAreRefused() throws {
    for (files, word) in [
      ([:], "holds no predictions"), (["a.txt": ""], "is empty"),
      (["a.txt": "1\t0.5\n", "b.txt": "1\t0.5\n0\t0.1\n"], "a.txt has 1 lines, b.txt has 2"),
      (["a.txt": "1\t0.5\n0\tnan\n"], "Line 2"), (["a.txt": "1\t1.5\n"], "Line 1"),
      (["a.txt": "2\t0.5\n"], "Line 1"), (["a.txt": "0.5\n"], "Line 1"),
    ] as [([String: String], String)] {
      let folder = try TemporaryFolder()
      for (name, text) in files { _ = try folder.write(Data(text.utf8), to: name) }
      expectFailure(word) { try Predictions(directory: folder.path) }
    }
    expectFailure("is not a folder") { try Predictions(directory: "/nowhere") }
  }

  func testFilesThatAreRefused() throws {
    let folder = try TemporaryFolder()
    for (text, word) in [
      ("", "is empty"), ("image,a,label:a\n", "has no images"),
      ("image,a,label:b\nx,0.5,1\n", "not the columns"),
      ("name,a,label:a\nx,0.5,1\n", "not the columns"),
      ("image,a,label:a\nx,nan,1\n", "Line 2"), ("image,a,label:a\nx,1.01,1\n", "Line 2"),
      ("image,a,label:a\nx,0.5,2\n", "Line 2"), ("image,a,label:a\nx,0.5\n", "Line 2"),
      ("image,a,b,label\nx,0.5,0.5,c\n", "none of the classes"),
      ("image,a,a,label\nx,0.5,0.5,a\n", "like an earlier one"),
    ] {
      let path = try folder.write(Data(text.utf8), to: "predictions.csv")
      expectFailure(word) { try Predictions(contentsOf: path) }
    }
  }

  func testWhatIsNoPrediction() {
    expectFailure("no predictions") {
      try Predictions(
        task: .multiLabel, classes: ["a"], images: [], probabilities: [] as [Float], labels: [])
    }
    expectFailure("for image 2 is nan") {
      try Predictions(
        task: .multiLabel, classes: ["a"], images: ["x", "y"],
        probabilities: [0.5, Float.nan], labels: [0, 1])
    }
    expectFailure("A label of image 1 is 2.0") {
      try Predictions(
        task: .multiClass, classes: ["a", "b"], images: ["x"], probabilities: [0.5, 0.5],
        labels: [2])
    }
    expectFailure("no names of their own") {
      try Predictions(
        task: .multiClass, classes: ["a", "label"], images: ["x"], probabilities: [0.5, 0.5],
        labels: [1])
    }
    expectFailure("1 probabilities and 2 labels") {
      try Predictions(
        task: .multiLabel, classes: ["a"], images: ["x"], probabilities: [0.5], labels: [1, 1])
    }
  }

  func testAnImageIsListedOnce() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      Data("image,a,label:a\nx.png,0.5,1\ny.png,0.5,0\nx.png,0.5,1\n".utf8), to: "twice.csv")
    expectFailure("repeats the image of line 2") { try Predictions(contentsOf: path) }
  }

  func testResultsGiveBackTheSame() throws {
    let folder = try TemporaryFolder()
    let result = TargetResult(
      method: "REFERS", target: "nih", task: .multiLabel, classes: ["Mass", "Nodule/x"],
      labelRatio: 0.01, draw: 2, seed: 1, learningRate: 3e-3, trainingImages: 785,
      validationImages: 11_219, testImages: 22_433, bestStep: 40, steps: 60,
      validationAUC: 0.75, testAUC: nil, classAUC: ["Mass": 0.75, "Nodule/x": nil],
      validationLoss: 0.5, testDigest: "ab")
    let path = folder.file(TargetResult.fileName)
    try result.write(to: path)
    XCTAssertEqual(try TargetResult(contentsOf: path), result)
    var wrong = result
    wrong.testAUC = 1e30
    try wrong.write(to: folder.file("wrong.json"))
    let other = try folder.write(Data("{}".utf8), to: "other.json")
    for path in [other, folder.file("wrong.json")] {
      expectFailure("is not the result") { try TargetResult(contentsOf: path) }
    }
  }
}

func expectFailure<Value>(
  _ word: String, file: StaticString = #filePath, line: UInt = #line,
  _ body: () throws -> Value
) {
  do {
    _ = try body()
    XCTFail("No failure with \(word).", file: file, line: line)
  } catch {
    XCTAssertTrue(error is Failure, "\(error)", file: file, line: line)
    XCTAssertTrue("\(error)".contains(word), "\(error)", file: file, line: line)
  }
}
