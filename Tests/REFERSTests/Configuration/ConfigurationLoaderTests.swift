import Diagnostics
import REFERS
import XCTest

final class ConfigurationLoaderTests: XCTestCase {
  func testWithoutAnythingTheConfigurationIsTiny() throws {
    let resolved = try ConfigurationLoader().resolve()
    XCTAssertEqual(resolved.configuration, .named(.tiny))
    XCTAssertEqual(resolved.origin(of: "model.radiograph.width"), "preset tiny")
    XCTAssertEqual(resolved.origin(of: "mode"), "default")
  }

  func testLaterLayersWin() throws {
    var loader = ConfigurationLoader()
    XCTAssertEqual(try loader.resolve().configuration.training.batch, 32)
    loader.add("preset", "base", origin: "--preset")
    loader.add("mode", "code2022", origin: "--mode")
    XCTAssertEqual(try loader.resolve().configuration.training.batch, 2)
    XCTAssertEqual(try loader.resolve().origin(of: "training.batch"), "mode code2022")
    try loader.add(yaml: "training:\n  batch: 3\n", name: "run.yaml")
    XCTAssertEqual(try loader.resolve().configuration.training.batch, 3)
    XCTAssertEqual(try loader.resolve().origin(of: "training.batch"), "run.yaml:2")
    loader.add("training.batch", "4", origin: "--batch")
    loader.add("training.batch", "5", origin: "--set")
    let resolved = try loader.resolve()
    XCTAssertEqual(resolved.configuration.training.batch, 5)
    XCTAssertEqual(resolved.origin(of: "training.batch"), "--set")
  }

  func testThePresetOfALaterLayerDecidesButItsValuesYieldToTheFile() throws {
    var loader = ConfigurationLoader()
    try loader.add(yaml: "preset: base\nmodel: {radiograph: {blocks: 2}}", name: "run.yaml")
    loader.add("preset", "small", origin: "--preset")
    let configuration = try loader.resolve().configuration
    XCTAssertEqual(configuration.model.radiograph.width, 384)
    XCTAssertEqual(configuration.model.radiograph.blocks, 2)
  }

  /// The published steps are those of the set, whether its layout is said or seen.
  func testARecipeLooksAtTheFilesForTheLayout() throws {
    let folder = try DataFolder()
    try folder.write("image_id,class_name,rad_id\n", to: "train.csv")
    for (recipe, preset) in [("paper", "tiny"), ("code", "tiny"), ("default", "base")] {
      func resolved(_ layout: String?) throws -> ResolvedConfiguration {
        var loader = ConfigurationLoader()
        loader.add("objective", "target", origin: "finetune")
        loader.add("preset", preset, origin: "--preset")
        loader.add("target.path", folder.path, origin: "--data")
        loader.add("target.recipe", recipe, origin: "--recipe")
        if let layout { loader.add("target.layout", layout, origin: "--layout") }
        return try loader.resolve()
      }
      let seen = try resolved(nil)
      XCTAssertEqual(seen.configuration, try resolved("vinbigdata").configuration)
      XCTAssertEqual(seen.configuration, try resolved("auto").configuration)
      XCTAssertEqual(seen.configuration.training.steps, recipe == "default" ? 2_000 : 100)
      XCTAssertEqual(seen.origin(of: "target.layout"), "files of target.path")
      XCTAssertEqual(try resolved("nih").configuration.training.steps, 60_000, recipe)
    }
  }

  func testARecipeTellsTheSetOfTheAuthorsListsByItsImages() throws {
    let cases: [(line: String, steps: Int)] = [
      ("images_001/images/00030605_000.png" + String(repeating: " 0", count: 14), 60_000),
      ("0123456789abcdef0123456789abcdef.png" + String(repeating: " 1", count: 14), 100),
      ("CXR_png/CHNCXR_0001_0.png 1 0", 100),
      ("images/any name of these.jpg 0 1", 500),
    ]
    func resolved(_ line: String, _ recipe: String) throws -> Configuration {
      let folder = try DataFolder()
      try folder.write(line + "\n", to: "train.txt")
      var loader = ConfigurationLoader()
      loader.add("objective", "target", origin: "finetune")
      loader.add("target.path", folder.path, origin: "--data")
      loader.add("target.recipe", recipe, origin: "--recipe")
      return try loader.resolve().configuration
    }
    for (line, steps) in cases {
      for recipe in ["paper", "code"] {
        let configuration = try resolved(line, recipe)
        XCTAssertEqual(configuration.target.layout, .lists)
        XCTAssertEqual(configuration.training.steps, steps, line)
      }
    }
    let unknown = "a.png 0 1 0"
    XCTAssertEqual(try resolved(unknown, "paper").training.steps, 60_000)
    let failure = try XCTUnwrap(caught { _ = try resolved(unknown, "code") })
    XCTAssertTrue(failure.message.contains("has no recipe for the set of the lists"), "\(failure)")
  }

  func testYAMLScalarsKeepTheirTypes() throws {
    var loader = ConfigurationLoader()
    try loader.add(
      yaml: """
        output: "2024"
        data: {manifest: null, path: "007"}
        optimizer:
          learning_rate: {radiograph: 1e-3, decoder: 1}
          lookahead:
        logging: {tensorboard: no}
        """, name: "run.yaml")
    let configuration = try loader.resolve().configuration
    XCTAssertEqual(configuration.output, "2024")
    XCTAssertEqual(configuration.data.path, "007")
    XCTAssertNil(configuration.data.manifest)
    XCTAssertEqual(configuration.optimizer.learningRate.radiograph, 1e-3)
    XCTAssertEqual(configuration.optimizer.learningRate.decoder, 1)
    XCTAssertFalse(configuration.logging.tensorboard)
  }

  func testAnUnknownNameOffersTheNearest() {
    assertFailure(
      yaml: "seed: 1\noptimiser:\n  name: sgd\n",
      "run.yaml:2: A configuration has no \"optimiser\". Did you mean optimizer?")
    assertFailure(
      yaml: "model:\n  radiograph:\n    widht: 3\n",
      "run.yaml:3: A configuration has no \"model.radiograph.widht\". "
        + "Did you mean model.radiograph.width?")
    assertFailure(
      set: "batch=3",
      "--set: A configuration has no \"batch\". Did you mean training.batch?")
    assertFailure(
      set: "model.width=3",
      "--set: A configuration has no \"model.width\". Did you mean model.radiograph.width or "
        + "model.text_encoder.width or model.decoder.width?")
    assertFailure(
      set: "training.zzzzzzzz=3",
      "--set: A configuration has no \"training.zzzzzzzz\". training has batch, steps.")
  }

  func testAWrongValueNamesWhatIsAllowed() {
    assertFailure(
      yaml: "training:\n  batch: many\n",
      "run.yaml:2: training.batch cannot be \"many\" (text). "
        + "Give a whole number from 1 to 1000000.")
    assertFailure(
      set: "training.batch=1.5",
      "--set: training.batch cannot be \"1.5\" (a number). "
        + "Give a whole number from 1 to 1000000.")
    assertFailure(
      set: "model.fusion=softmax",
      "--set: model.fusion cannot be \"softmax\" (text). Give one of softmax_global, "
        + "sigmoid_patch, sigmoid_patch_shared, none.")
    assertFailure(
      set: "loss.temperature=0",
      "--set: loss.temperature cannot be \"0\" (a whole number). Give a number above 0.")
    assertFailure(
      set: "loss.temperature=.nan",
      "--set: loss.temperature cannot be \"nan\" (a number). Give a number above 0.")
    assertFailure(
      set: "preset=huge",
      "--set: preset cannot be \"huge\" (text). "
        + "Give one of tiny, small, base.")
    assertFailure(
      set: "data.path=007",
      "--set: data.path cannot be \"7\" (a whole number). "
        + "Give null or a path, in quotes where it looks like a number.")
    assertFailure(
      set: "output=",
      "--set: output cannot be null. Give a path, in quotes where it looks like a number.")
  }

  func testGroupsAndValuesAreNotExchanged() {
    assertFailure(
      yaml: "training: 3\n",
      "run.yaml:1: training is a group of values, not a value. It has batch, steps.")
    assertFailure(
      set: "training=3",
      "--set: training is a group of values, not a value. It has batch, steps.")
    assertFailure(
      yaml: "seed: [1, 2]\n", "run.yaml:1: seed is a value, not a group of values.")
    assertFailure(
      yaml: "- seed\n",
      "run.yaml: A configuration is a mapping of names to values. "
        + "Begin with a line such as \"preset: tiny\".")
  }

  func testWhatIsNoYAMLNamesItsLine() {
    assertFailure(
      yaml: "seed: 1\nseed: 2\n",
      "run.yaml:1: The name seed appears twice. Keep one of them.")
    XCTAssertThrowsError(try Configuration(yaml: "a: [1\nb: 2", name: "run.yaml")) { error in
      XCTAssertTrue("\(error)".hasPrefix("run.yaml:2: This is not YAML: "), "\(error)")
    }
  }

  func testClocksAreText() {
    assertFailure(
      yaml: "seed: 1:1:1:1:1:1:1:1:1:1:1:1\n",
      "run.yaml:1: seed cannot be \"1:1:1:1:1:1:1:1:1:1:1:1\" (text). "
        + "Give a whole number of at least 0.")
    assertFailure(
      set: "loss.temperature=1:30.5",
      "--set: loss.temperature cannot be \"1:30.5\" (text). Give a number above 0.")
  }

  func testHostileNamesTakeNoLongTime() {
    let start = ContinuousClock.now
    for long in [String(repeating: "a.", count: 500_000), String(repeating: "x", count: 1_000_000)]
    {
      XCTAssertThrowsError(try Configuration(yaml: "? \(long)\n: 1", name: "run.yaml"))
    }
    // Each list holds the one before ten times, and the last one is a name.
    var aliases = "a0: &a0 [x, x]\n"
    for level in 1..<12 {
      let ten = repeatElement("*a\(level - 1)", count: 10).joined(separator: ", ")
      aliases += "a\(level): &a\(level) [\(ten)]\n"
    }
    assertFailure(
      yaml: aliases + "? *a11\n: 1",
      "run.yaml: There are more than 32 aliases. Write the values out.")
    XCTAssertLessThan(ContinuousClock.now - start, .seconds(20))
  }

  func testAnAssignmentNeedsAnEqualsSign() {
    for argument in ["training.batch", "=3", ""] {
      XCTAssertThrowsError(try ConfigurationAssignment(argument: argument, origin: "--set"))
    }
  }

  func testAMissingFileIsAnError() {
    var loader = ConfigurationLoader()
    XCTAssertThrowsError(try loader.add(file: "/nonexistent/run.yaml")) { error in
      XCTAssertEqual((error as? Failure)?.code, .file)
    }
  }

  private func assertFailure(
    yaml: String? = nil, set: String? = nil, _ message: String, line: UInt = #line
  ) {
    var loader = ConfigurationLoader()
    XCTAssertThrowsError(
      try {
        if let yaml { try loader.add(yaml: yaml, name: "run.yaml") }
        if let set { loader.add(try ConfigurationAssignment(argument: set, origin: "--set")) }
        _ = try loader.resolve()
      }(), line: line
    ) { error in
      XCTAssertEqual("\(error)", message, line: line)
    }
  }
}

extension ConfigurationLoader {
  fileprivate mutating func add(_ path: String, _ value: String, origin: String) {
    add(
      ConfigurationAssignment(
        path: path, value: ConfigurationValue(yaml: value), origin: origin))
  }
}
