import Diagnostics
import Foundation

/// Reads radiographs from JPEG and PNG files.
///
/// Failures carry no path, which may name a patient; who knows the study adds its index.
public enum ImageFile {
  /// The most bytes a file may have.
  static let byteLimit = 1 << 30

  /// Reads and decodes a file to gray.
  ///
  /// A JPEG is decoded at the smallest of 1, 1/2, 1/4 and 1/8 of its size whose short side still
  /// has `minimumSide` pixels; the orientation tag is not applied. Colour becomes luminance
  /// (ITU-R 601), 16 bits become 8, transparency is ignored.
  ///
  /// - Throws: `Failure(.file)` where the file cannot be read, `Failure(.image)` where its bytes are
  ///   no whole JPEG or PNG or claim more than `pixelLimit` pixels.
  public static func decode(
    _ path: String, minimumSide: Int? = nil, pixelLimit: Int = 1 << 28
  ) throws -> GrayBytes {
    try decode(
      bytes: read(path, what: "image", limit: byteLimit), minimumSide: minimumSide,
      pixelLimit: pixelLimit)
  }

  /// Decodes the bytes of a JPEG or PNG file to gray.
  public static func decode(
    bytes: [UInt8], minimumSide: Int? = nil, pixelLimit: Int = 1 << 28
  ) throws -> GrayBytes {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      return try JPEGDecoder.decode(bytes, minimumSide: minimumSide, pixelLimit: pixelLimit)
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      return try PNGDecoder.decode(bytes, pixelLimit: pixelLimit)
    }
    throw Failure(
      .image, "The image is neither JPEG nor PNG.",
      remedy: "Convert it, or leave it out; the name of a file does not tell its kind.")
  }

  /// The size a picture claims, refused where it is empty or beyond the limit.
  static func check(width: Int, height: Int, pixelLimit: Int) throws {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, count <= pixelLimit else {
      throw Failure(
        .image, "The image claims \(width) x \(height) pixels; at most \(pixelLimit) are read.",
        remedy: "Check that the file is a radiograph, or make it smaller.")
    }
  }

  /// The bytes of a whole file; `what` names it in errors, for its path is never named.
  ///
  /// A disk or network that fails is tried again before it is an error.
  static func read(_ path: String, what: String, limit: Int) throws -> [UInt8] {
    let file: Contents
    do throws(DiskFault) {
      file = try DiskPatience.trying { () throws(DiskFault) in
        try contents(of: path, limit: limit)
      }
    } catch {
      throw failure(error, what: what)
    }
    switch file {
    case .bytes(let bytes): return bytes
    case .notPlain:
      throw Failure(.file, "The \(what) file is not a plain file.", remedy: "Name a file.")
    case .tooLarge(let size):
      throw Failure(
        what == "image" ? .image : .file,
        "The \(what) file has \(size) bytes; at most \(limit) are read.",
        remedy: "Check that it is the right file.")
    }
  }

  /// The bytes an image file has; nil where there is no such file.
  ///
  /// - Throws: `Failure(.file)` where that cannot be told: a disk that fails even when tried again, a
  ///   folder that may not be entered.
  package static func size(_ path: String) throws -> Int? {
    do throws(DiskFault) {
      return try DiskPatience.trying { () throws(DiskFault) -> Int? in
        var status = stat()
        if stat(path, &status) == 0 { return Int(status.st_size) }
        let number = errno
        if number == ENOENT || number == ENOTDIR { return nil }
        throw DiskFault(doing: "examined", number: number)
      }
    } catch {
      throw failure(error, what: "image")
    }
  }

  /// A fault of the disk, without the path.
  private static func failure(_ fault: DiskFault, what: String) -> Failure {
    Failure(
      .file,
      "The \(what) file cannot be \(fault.doing): \(String(cString: strerror(fault.number))).",
      remedy: fault.isPassing
        ? "The disk or the network file system failed; see the system's log."
        : "Check that the file is there and may be read.")
  }

  private enum Contents {
    case bytes([UInt8])
    case notPlain
    case tooLarge(Int)
  }

  private static func contents(of path: String, limit: Int) throws(DiskFault) -> Contents {
    // Nobody may ever write into a pipe.
    let descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw DiskFault(doing: "opened", number: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw DiskFault(doing: "examined", number: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { return .notPlain }
    let size = Int(status.st_size)
    guard size <= limit else { return .tooLarge(size) }
    var number: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let got = retryingInterrupts { Foundation.read(descriptor, rest.baseAddress, rest.count) }
        if got < 0 { number = errno }
        guard got > 0 else { break }
        count += got
      }
    }
    guard number == 0 else { throw DiskFault(doing: "read", number: number) }
    return .bytes(bytes)
  }
}
