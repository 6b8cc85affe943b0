import Foundation

/// One of Tests/Fixtures/model-*: what scripts/fixtures/make_model_fixture.py wrote.
struct ModelFixture {
  struct Options: Decodable {
    struct Image: Decodable { let crop: Int }
    struct Radiograph: Decodable {
      let patch, width, blocks, heads: Int
      let activation, position: String
    }
    struct TextEncoder: Decodable {
      let width, layers, heads: Int
      let feature: String
    }
    struct Decoder: Decodable {
      let width, layers, heads: Int
      let activation, norm, direction: String
    }
    struct Model: Decodable {
      let radiograph: Radiograph
      let recurrentConcatenation, fusion, contrastFeature: String
      let textEncoder: TextEncoder
      let decoder: Decoder
    }
    struct Loss: Decodable {
      let contrastWeight, languageWeight, temperature, symmetricWeight: Double
      let contrast, language: String
    }
    let image: Image
    let model: Model
    let loss: Loss
  }

  struct Study {
    let images: [[Double]]
    let slots: [Int]
    let encoderTokens: [Int]
    let decoderTokens: [Int]
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")

  let options: Options
  /// Every tensor of the file by name, whatever its type.
  let tensors: [String: [Double]]

  init(_ name: String) throws {
    let file = Self.folder.appendingPathComponent("model-\(name)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    options = try decoder.decode(
      Options.self, from: try Data(contentsOf: file.appendingPathExtension("json")))
    tensors = try Self.read(try Data(contentsOf: file.appendingPathExtension("safetensors")))
  }

  var studies: [Study] {
    get throws {
      var result: [Study] = []
      let pixels = options.image.crop * options.image.crop
      while let images = tensors["study.\(result.count).images"] {
        let tokens = try ["slots", "encoder_tokens", "decoder_tokens"].map {
          try tensor("study.\(result.count).\($0)").map { Int($0) }
        }
        result.append(
          Study(
            images: stride(from: 0, to: images.count, by: pixels).map {
              Array(images[$0..<$0 + pixels])
            }, slots: tokens[0], encoderTokens: tokens[1], decoderTokens: tokens[2]))
      }
      return result
    }
  }

  struct Missing: Error { let name: String }

  func tensor(_ name: String) throws -> [Double] {
    guard let values = tensors[name] else { throw Missing(name: name) }
    return values
  }

  func parameter(_ name: String) throws -> [Double] { try tensor("parameter.\(name)") }

  private struct Entry: Decodable {
    enum CodingKeys: String, CodingKey {
      case type = "dtype"
      case offsets = "data_offsets"
    }
    let type: String
    let offsets: [Int]
  }

  /// safetensors: the header's length in 8 bytes, the header in JSON, the values.
  private static func read(_ data: Data) throws -> [String: [Double]] {
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONDecoder().decode(
      [String: Entry].self, from: data.subdata(in: 8..<8 + length))
    return header.mapValues { entry in
      let range = 8 + length + entry.offsets[0]..<8 + length + entry.offsets[1]
      return data.subdata(in: range).withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map {
          let word = bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
          return entry.type == "F32"
            ? Double(Float(bitPattern: word)) : Double(Int32(bitPattern: word))
        }
      }
    }
  }
}
