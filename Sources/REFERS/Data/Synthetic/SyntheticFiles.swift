import CTurboJPEG
import CZlib
import Diagnostics
import Foundation

/// The file formats of a written set.
enum SyntheticFiles {
  /// A gray JPEG file.
  ///
  /// - Throws: ``Failure`` of code `image` with libjpeg-turbo's own message.
  static func jpeg(_ pixels: [UInt8], side: Int, quality: Int) throws -> Data {
    guard let compressor = tjInitCompress() else {
      throw Failure(.image, "libjpeg-turbo could not start a compressor.")
    }
    defer { tjDestroy(compressor) }
    var bytes: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    defer { tjFree(bytes) }
    let status = pixels.withUnsafeBufferPointer { source in
      tjCompress2(
        compressor, source.baseAddress, CInt(side), 0, CInt(side), TJPF_GRAY.value, &bytes, &count,
        TJSAMP_GRAY.value, CInt(quality), TJFLAG_ACCURATEDCT)
    }
    guard status == 0, let bytes else {
      let reason = String(cString: tjGetErrorStr2(compressor))
      throw Failure(.image, "libjpeg-turbo could not write an image: \(reason).")
    }
    return Data(bytes: bytes, count: Int(count))
  }

  /// A gzip file without name or time, so that equal text gives equal bytes.
  static func gzip(_ text: String) throws -> Data {
    var stream = z_stream()
    let size = CInt(MemoryLayout<z_stream>.size)
    guard
      deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        == Z_OK
    else { throw Failure(.memory, "zlib could not start a compressor.") }
    defer { deflateEnd(&stream) }
    var source = Array(text.utf8)
    var result = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(source.count))) + 32)
    let (given, room) = (UInt32(exactly: source.count), UInt32(exactly: result.count))
    guard let given, let room else {
      throw Failure(.file, "A table of the synthetic set passes 4 GiB.", remedy: "Make fewer.")
    }
    let status = source.withUnsafeMutableBufferPointer { input in
      result.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = given
        stream.next_out = output.baseAddress
        stream.avail_out = room
        return deflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else { throw Failure(.file, "zlib could not finish a table.") }
    return Data(result[..<Int(stream.total_out)])
  }

  /// Writes a whole file.
  static func write(_ data: Data, _ path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path))
    } catch {
      throw Failure(
        .file, "Cannot write \(path).", remedy: "Check the space and the rights of the folder.",
        cause: error)
    }
  }

  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .file, "Cannot make the folder \(path).", remedy: "Choose one where you may write.",
        cause: error)
    }
  }
}

extension TJPF {
  fileprivate var value: CInt { CInt(rawValue) }
}

extension TJSAMP {
  fileprivate var value: CInt { CInt(rawValue) }
}
