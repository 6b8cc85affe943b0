import Diagnostics
import REFERS
import XCTest

/// A radiograph transformer started from a safetensors file.
final class PretrainedRadiographTests: XCTestCase {
  private let positions = "visual.vit.transformer.embeddings.position_embeddings"

  /// Saves a model's tensors under other names; nil leaves one out.
  private func save(
    _ model: SmallModel, to folder: DataFolder, _ rename: (String) -> String?
  ) throws -> String {
    let path = folder.path + "/radiograph.safetensors"
    try TensorFiles.write(
      model.model.parameters.slices.compactMap { slice in
        rename(slice.name).map { ($0, slice.shape, model[slice.name].map { Float($0) }) }
      }, to: path)
    return path
  }

  private func flat(_ name: String) -> String? {
    name.hasPrefix("visual.vit.") ? String(name.dropFirst("visual.vit.".count)) : nil
  }

  func testStartsFromWholeModelsAndFromFlatNames() throws {
    let source = try SmallModel(SmallModel.configuration, seed: 5)
    source.scatter("visual.vit.transformer.embeddings.cls_token", bound: 1)
    let renamings: [(String) -> String?] = [{ $0 }, flat, { self.flat($0).map { "module." + $0 } }]
    for (index, rename) in renamings.enumerated() {
      let folder = try DataFolder()
      let path = try save(source, to: folder, rename)
      let target = try SmallModel(SmallModel.configuration, seed: 6)
      let others = target.names.filter { !$0.hasPrefix("visual.") }
      let before = others.map { target[$0] }
      let notices = try target.model.parameters.readRadiograph(from: path)
      XCTAssertEqual(notices.count, index == 0 ? 1 : 0, "\(notices)")
      // Parts are counted; their tensors would fill a page in every run.
      if let notice = notices.first {
        XCTAssertTrue(notice.contains("textual.* ("), notice)
        XCTAssertFalse(notice.contains("attention"), notice)
      }
      for name in target.names where name.hasPrefix("visual.") {
        XCTAssertEqual(target[name], source[name], name)
      }
      XCTAssertEqual(others.map { target[$0] }, before)
    }
  }

  func testPositionsAreResized() throws {
    let folder = try DataFolder()
    let source = try SmallModel(SmallModel.configuration, seed: 5)
    let path = try save(source, to: folder, flat)
    var larger = SmallModel.configuration
    larger.image.crop = 56
    let target = try SmallModel(larger, seed: 6)
    let notices = try target.model.parameters.readRadiograph(from: path)
    XCTAssertTrue(notices.contains { $0.contains("resized from 4x4 to 7x7") }, "\(notices)")
    let (old, new) = (source[positions], target[positions])
    XCTAssertEqual(Array(new[..<24]), Array(old[..<24]), "the class token's")
    XCTAssertEqual(Array(new[24..<48]), Array(old[24..<48]), "a corner")
    XCTAssertEqual(Array(new.suffix(24)), Array(old.suffix(24)), "the last corner")
  }

  /// Numbers of scipy.ndimage.zoom(order=1), with which the public code resizes.
  func testPositionGridEqualsSciPy() {
    let grid: [Float] = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]
    let five: [Float] = [
      0, 1, 1.5, 2, 3, 4, 4.5, 6.75, 9, 13.5, 18, 8, 12, 16, 24, 32, 36, 54, 72, 108, 144, 64, 96,
      128, 192, 256,
    ]
    XCTAssertEqual(PositionGrid.resized(grid, side: 3, to: 5, width: 1), five)
    XCTAssertEqual(PositionGrid.resized(grid, side: 3, to: 2, width: 1), [0, 1, 4, 64, 256])
    XCTAssertEqual(PositionGrid.resized(grid, side: 3, to: 3, width: 1), grid)
    XCTAssertEqual(PositionGrid.side(rows: 197), 14)
    XCTAssertNil(PositionGrid.side(rows: 196))
  }

  func testOneErrorNamesEveryTensorThatDoesNotFit() throws {
    let folder = try DataFolder()
    let source = try SmallModel(SmallModel.configuration, seed: 5)
    let path = try save(source, to: folder) { name in
      guard let flat = self.flat(name) else { return nil }
      switch flat {
      case "transformer.encoder.encoder_norm.bias": return nil
      case "transformer.embeddings.cls_token": return "transformer.embeddings.class"
      default: return flat
      }
    }
    let target = try SmallModel(SmallModel.configuration, seed: 6)
    let failure = try XCTUnwrap(
      caught { _ = try target.model.parameters.readRadiograph(from: path) })
    for part in [
      "missing 'transformer.embeddings.cls_token', 'transformer.encoder.encoder_norm.bias'",
      "not of this model 'transformer.embeddings.class'",
    ] {
      XCTAssertTrue(failure.message.contains(part), "\(part): \(failure)")
    }
  }

  func testWhatAWholeModelLacksIsCalledByItsNameThere() throws {
    let folder = try DataFolder()
    let source = try SmallModel(SmallModel.configuration, seed: 5)
    let norm = "visual.vit.transformer.encoder.encoder_norm.bias"
    let path = try save(source, to: folder) { $0 == norm ? nil : $0 }
    let target = try SmallModel(SmallModel.configuration, seed: 6)
    let failure = try XCTUnwrap(
      caught { _ = try target.model.parameters.readRadiograph(from: path) })
    XCTAssertTrue(failure.message.contains("missing '\(norm)'"), "\(failure)")
  }

  func testAnotherSizeIsSaidByItsSizes() throws {
    let folder = try DataFolder()
    let path = try save(try SmallModel(SmallModel.configuration, seed: 5), to: folder) { $0 }
    var larger = SmallModel.configuration
    larger.model.radiograph.mlp = 50
    larger.model.radiograph.blocks += 1
    let target = try SmallModel(larger, seed: 6)
    let failure = try XCTUnwrap(
      caught { _ = try target.model.parameters.readRadiograph(from: path) })
    let blocks = SmallModel.configuration.model.radiograph.blocks
    XCTAssertTrue(
      failure.message.hasSuffix("blocks \(blocks), not \(blocks + 1); mlp 48, not 50."),
      "\(failure)")
    XCTAssertFalse(failure.description.contains("transformer."), "\(failure)")
    XCTAssertTrue(failure.remedy.contains("--set model.radiograph.mlp=48"), "\(failure)")
  }
}
