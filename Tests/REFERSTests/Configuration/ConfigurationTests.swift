import Foundation
import REFERS
import XCTest

final class ConfigurationTests: XCTestCase {
  private let presets = Configuration.Preset.allCases
  private let modes = Configuration.Mode.allCases

  func testEveryPresetInEveryModeIsValidAndReadsBackFromYAML() throws {
    for preset in presets {
      for mode in modes {
        var configuration = Configuration.named(preset, mode: mode)
        try configuration.validate()
        XCTAssertEqual(try Configuration(yaml: configuration.yaml(), name: "yaml"), configuration)
        // Nothing may depend on the preset filling what YAML loses.
        for text in ["null", "yes", "2024", "1e3", "a: b", "# x", "Ödem'\"\\ ", "- x", "~", "a\nb"]
        {
          configuration.output = text
          configuration.data.manifest = text
          configuration.optimizer.epsilon = 1e-5
          configuration.loss.temperature = 1.0 / 3
          configuration.optimizer.clipNorm = 1e22
          let yaml = try configuration.yaml()
          XCTAssertEqual(try Configuration(yaml: yaml, name: "yaml"), configuration, yaml)
        }
      }
    }
  }

  func testEveryStoredPropertyIsAFieldAndIsReadBySnakeCasePath() throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    var configuration = Configuration.named(.tiny)
    configuration.data.path = "a"
    configuration.data.manifest = "b"
    configuration.data.root = "d"
    configuration.text.vocabulary = "c"
    configuration.text.pretrained = "d"
    configuration.model.radiograph.pretrained = "e"
    configuration.target.path = "f"
    configuration.target.images = "g"
    configuration.target.columns = "h"
    configuration.target.only = "i=j"
    configuration.target.start = "k"
    let tree = try JSONSerialization.jsonObject(with: encoder.encode(configuration))
    XCTAssertEqual(leaves(of: tree).sorted(), ConfigurationField.all.map(\.path).sorted())
  }

  func testOnlyWhereAndHowARunWorksMayChangeWhenItIsResumed() {
    XCTAssertEqual(
      ConfigurationField.all.filter { !$0.decidesResult }.map(\.path),
      [
        "output", "threads", "data.path", "data.manifest", "data.root", "data.bad_images",
        "data.workers", "data.prefetch", "target.path", "target.images", "target.start",
        "target.method", "compute.blas",
        "checkpoint.every_steps", "checkpoint.keep_last", "checkpoint.keep_every", "memory.limit",
        "memory.parts", "memory.recompute", "exchange.piece", "exchange.timeout",
        "checks.parameters_every", "logging.every_steps", "logging.tensorboard",
      ])
  }

  func testCodableReadsBack() throws {
    let configuration = Configuration.named(.small, mode: .code2022)
    let data = try JSONEncoder().encode(configuration)
    XCTAssertEqual(try JSONDecoder().decode(Configuration.self, from: data), configuration)
  }

  func testEveryFieldWritesWhatItReads() throws {
    // A field wired to its neighbour would read back the neighbour's value.
    for mode in modes {
      let source = try ConfigurationLoader.of("mode", mode.rawValue).configuration
      for field in ConfigurationField.all where !["preset", "mode"].contains(field.path) {
        let before = field.read(source)
        guard let other = changed(before) else { continue }
        let assignment = ConfigurationAssignment(path: field.path, value: other, origin: "test")
        var loader = ConfigurationLoader()
        loader.add(
          ConfigurationAssignment(path: "mode", value: .text(mode.rawValue), origin: "test"))
        loader.add(assignment)
        // Some single changes break a rule; those are tested below.
        guard let result = try? loader.resolve().configuration else { continue }
        XCTAssertEqual(field.read(result), other, field.path)
        for neighbour in ConfigurationField.all where neighbour.path != field.path {
          XCTAssertEqual(neighbour.read(result), neighbour.read(source), neighbour.path)
        }
      }
    }
  }

  func testRulesNameTheValuesConcerned() {
    let cases: [([String], String)] = [
      (["shards=6"], "shards is 6 (--set). Shards must be a power of two."),
      (
        ["model.radiograph.heads=5"],
        "model.radiograph.width is 192 (preset tiny), model.radiograph.heads is 5 (--set). "
          + "The heads must divide the width."
      ),
      (
        ["model.text_encoder.heads=7"],
        "model.text_encoder.width is 192 (preset tiny), model.text_encoder.heads is 7 (--set). "
          + "The heads must divide the width."
      ),
      (
        ["model.decoder.width=100"],
        "model.decoder.width is 100 (--set), model.decoder.heads is 3 (preset tiny). "
          + "The heads must divide the width."
      ),
      (
        ["image.crop=120"],
        "image.crop is 120 (--set), model.radiograph.patch is 16 (default). "
          + "The patch must divide the crop."
      ),
      (
        ["image.resize=127"],
        "image.resize is 127 (--set), image.crop is 128 (preset tiny). "
          + "The resized image must be at least as large as the crop."
      ),
      (
        ["model.radiograph.channels=2"],
        "model.radiograph.channels is 2 (--set). Give 1 or 3."
      ),
      (
        ["data.path=a", "data.manifest=b"],
        "data.path is a (--set), data.manifest is b (--set). Give one of them."
      ),
      (
        ["loss.contrast_weight=0", "loss.language_weight=0"],
        "loss.contrast_weight is 0.0 (--set), loss.language_weight is 0.0 (--set). "
          + "One of them must be above 0."
      ),
    ]
    for (assignments, message) in cases {
      var loader = ConfigurationLoader()
      XCTAssertThrowsError(
        try {
          for text in assignments {
            loader.add(try ConfigurationAssignment(argument: text, origin: "--set"))
          }
          _ = try loader.resolve()
        }()
      ) { XCTAssertEqual("\($0)", message) }
    }
  }

  func testTheTableIsAlignedAndComplete() throws {
    let resolved = try ConfigurationLoader.of("training.batch", "64")
    let lines = resolved.table.split(separator: "\n").map(String.init)
    // Without what only a classifier looks at.
    let others = ["target.", "optimizer.learning_rate.head"]
    XCTAssertEqual(
      lines.count,
      ConfigurationField.all.count { field in !others.contains { field.path.hasPrefix($0) } })
    XCTAssertTrue(
      lines.contains { $0.wholeMatch(of: #/training\.batch {2,}64 {2,}--set/#) != nil },
      resolved.table)
    let columns = Set(
      lines.map { line in line.range(of: "preset tiny")?.lowerBound.utf16Offset(in: line) })
    XCTAssertEqual(columns.subtracting([nil]).count, 1)
  }

  private func leaves(of tree: Any, prefix: String = "") -> [String] {
    guard let group = tree as? [String: Any] else { return [prefix] }
    return group.flatMap { leaves(of: $1, prefix: prefix.isEmpty ? $0 : prefix + "." + $0) }
  }

  private func changed(_ value: ConfigurationValue) -> ConfigurationValue? {
    switch value {
    case .null: .text("other")
    case .bool(let value): .bool(!value)
    case .int(let value): .int(value * 2 + (value == 0 ? 128 : 0))
    case .real(let value): .real(value / 2 + (value == 0 ? 0.25 : 0))
    case .text: nil
    }
  }
}

extension ConfigurationLoader {
  fileprivate static func of(_ path: String, _ value: String) throws -> ResolvedConfiguration {
    var loader = ConfigurationLoader()
    loader.add(
      ConfigurationAssignment(
        path: path, value: ConfigurationValue(yaml: value), origin: "--set"))
    return try loader.resolve()
  }
}
