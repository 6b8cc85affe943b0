import CSPNG
import Diagnostics

/// PNG to gray by libspng.
enum PNGDecoder {
  /// Decodes any colour type, depth and interlacing; transparency and gamma are ignored.
  static func decode(_ bytes: [UInt8], pixelLimit: Int) throws -> GrayBytes {
    guard let context = spng_ctx_new(0) else {
      throw Failure(.memory, "The PNG decoder cannot be made.")
    }
    defer { spng_ctx_free(context) }
    return try bytes.withUnsafeBufferPointer { buffer in
      try check(spng_set_png_buffer(context, buffer.baseAddress, buffer.count))
      // Text and colour profiles are of no use here and may claim any amount of memory.
      try check(spng_set_chunk_limits(context, 1 << 24, 1 << 26))
      var header = spng_ihdr()
      try check(spng_get_ihdr(context, &header))
      let (width, height) = (Int(header.width), Int(header.height))
      try ImageFile.check(width: width, height: height, pixelLimit: pixelLimit)
      let pixels: [UInt8]
      if header.color_type == UInt8(SPNG_COLOR_TYPE_GRAYSCALE.rawValue) {
        pixels =
          header.bit_depth == 16
          ? try gray16(context) : try image(context, format: SPNG_FMT_G8)
      } else {
        pixels = try gray(fromColour: image(context, format: SPNG_FMT_RGB8))
      }
      guard pixels.count == width * height else {
        throw Failure(.image, "The PNG holds another number of pixels than it claims.")
      }
      return GrayBytes(width: width, height: height, pixels: pixels)
    }
  }

  private static func image(_ context: OpaquePointer, format: spng_format) throws -> [UInt8] {
    let format = Int32(format.rawValue)
    var size = 0
    try check(spng_decoded_image_size(context, format, &size))
    var code: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      code = spng_decode_image(context, buffer.baseAddress, size, format, 0)
      count = code == 0 ? size : 0
    }
    try check(code)
    // Reads on to the file's end, so that a file cut short is found out.
    try check(spng_decode_chunks(context))
    return pixels
  }

  /// 16 bits rounded to 8.
  private static func gray16(_ context: OpaquePointer) throws -> [UInt8] {
    let pixels = try image(context, format: SPNG_FMT_PNG)
    return pixels.withUnsafeBytes { raw in
      (0..<raw.count / 2).map { index in
        let value = UInt32(raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        return UInt8((value * 255 + 32767) / 65535)
      }
    }
  }

  private static func gray(fromColour pixels: [UInt8]) -> [UInt8] {
    let count = pixels.count / 3
    return [UInt8](unsafeUninitializedCapacity: count) { result, initialized in
      for index in 0..<count {
        result[index] = Luminance.of(
          red: pixels[3 * index], green: pixels[3 * index + 1], blue: pixels[3 * index + 2])
      }
      initialized = count
    }
  }

  private static func check(_ code: Int32) throws {
    guard code != 0 else { return }
    throw Failure(
      .image, "The PNG cannot be decoded: \(String(cString: spng_strerror(code))).",
      remedy: "Restore the file from its source, or leave it out.")
  }
}
