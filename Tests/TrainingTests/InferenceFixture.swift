import Foundation
import TestSupport
import XCTest

/// Made once for all tests of inference: synthetic studies, a run of pre-training on them, and
/// checkpoints of classifiers.
struct InferenceFixture {
  static let shared = Result { try InferenceFixture() }

  let folder: TemporaryFolder
  var studies: String { folder.file("studies") }
  var pretrained: String { folder.file("run") }
  /// Checkpoints of `training-cases saved-models`, by name.
  func model(_ name: String) -> String { folder.file("models/\(name)") }

  private init() throws {
    folder = try TemporaryFolder()
    let program = try builtProgram("refers-mpi")
    let models = try runProgram(
      try builtProgram("training-cases"), ["saved-models", "--output", folder.file("models")])
    XCTAssertEqual(models.status, 0, models.report)
    let made = try runProgram(
      program,
      ["synthesize", "--train", "14", "--validate", "9", "--test", "3", "--output", studies])
    XCTAssertEqual(made.status, 0, made.report)
    let trained = try runProgram(
      program,
      ["pretrain"] + smallModelOptions + [
        "--data", studies, "--steps", "4", "--batch", "7", "--output", pretrained,
      ])
    XCTAssertEqual(trained.status, 0, trained.report)
  }

  /// A folder with `count` radiographs under names of their own, in folders, and other files.
  func images(_ count: Int, in target: TemporaryFolder) throws -> String {
    let files = FileManager.default
    let found = try files.subpathsOfDirectory(atPath: studies).filter { $0.hasSuffix(".jpg") }
      .sorted()
    let folder = target.file("images")
    for sub in ["b", "a/deep"] {
      try files.createDirectory(atPath: "\(folder)/\(sub)", withIntermediateDirectories: true)
    }
    for (number, file) in found.prefix(count).enumerated() {
      let name = ["b/\(number).JPG", "a/deep/\(number).jpg", "\(number).jpeg"][number % 3]
      try files.copyItem(atPath: "\(studies)/\(file)", toPath: "\(folder)/\(name)")
    }
    try Data("not an image".utf8).write(to: URL(fileURLWithPath: folder + "/readme.txt"))
    try Data("not an image".utf8).write(to: URL(fileURLWithPath: folder + "/.hidden.jpg"))
    return folder
  }
}

extension XCTestCase {
  func inferenceFixture() throws -> InferenceFixture { try InferenceFixture.shared.get() }

  /// Runs a command of the program on so many ranks with so many threads each.
  func refersMPI(
    _ arguments: [String], np: Int = 1, threads: Int = 1, line: UInt = #line
  ) throws -> ProgramResult {
    let program = try builtProgram("refers-mpi")
    let all = arguments + ["--threads", "\(threads)"]
    return np == 1 ? try runProgram(program, all) : try mpirun(np: np, program, all)
  }
}

/// The lines of a CSV file, each cut at its commas; no field may hold any.
func csvRows(_ path: String) throws -> [[String]] {
  try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

func permissions(_ path: String) throws -> Int? {
  let attributes = try FileManager.default.attributesOfItem(atPath: path)
  return (attributes[.posixPermissions] as? NSNumber)?.intValue
}
