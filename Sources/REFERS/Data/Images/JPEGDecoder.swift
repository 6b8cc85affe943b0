import CTurboJPEG
import Diagnostics

/// JPEG to gray by TurboJPEG.
enum JPEGDecoder {
  /// Decodes at the smallest power-of-two scale whose short side has `minimumSide` pixels.
  ///
  /// Data that TurboJPEG only warns of, such as a file cut short, is refused, save for a few stray
  /// bytes before the end marker: some exporters pad the scan with them, and no pixel is lost.
  static func decode(_ bytes: [UInt8], minimumSide: Int?, pixelLimit: Int) throws -> GrayBytes {
    guard let handle = tjInitDecompress() else {
      throw Failure(.memory, "The JPEG decoder cannot be made.")
    }
    defer { tjDestroy(handle) }
    var (width, height, subsampling, colourSpace) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let length = UInt(bytes.count)
    guard
      tjDecompressHeader3(
        handle, bytes, length, &width, &height, &subsampling, &colourSpace) == 0
    else { throw failure(handle) }
    try ImageFile.check(width: Int(width), height: Int(height), pixelLimit: pixelLimit)

    let shift = shift(shortSide: Int(min(width, height)), minimumSide: minimumSide)
    let scaledWidth = (Int(width) + (1 << shift) - 1) >> shift
    let scaledHeight = (Int(height) + (1 << shift) - 1) >> shift
    let isInk = colourSpace == Int32(TJCS_CMYK.rawValue) || colourSpace == Int32(TJCS_YCCK.rawValue)
    let format = isInk ? TJPF_CMYK : TJPF_GRAY
    let flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS
    let count = scaledWidth * scaledHeight * (isInk ? 4 : 1)
    var isWhole = false
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      func decode(_ flags: Int32) -> Bool {
        tjDecompress2(
          handle, bytes, length, buffer.baseAddress, Int32(scaledWidth), 0, Int32(scaledHeight),
          Int32(format.rawValue), flags) == 0
      }
      isWhole = decode(flags | TJFLAG_STOPONWARNING)
      // A warning may have stopped it before the pixels.
      if !isWhole, isPadded(handle) { isWhole = decode(flags) || isPadded(handle) }
      initialized = isWhole ? count : 0
    }
    guard isWhole else { throw failure(handle) }
    return GrayBytes(
      width: scaledWidth, height: scaledHeight, pixels: isInk ? gray(fromInk: pixels) : pixels)
  }

  /// Whether the warning met first is of a few stray bytes before the end marker (0xd9), behind which
  /// nothing more is read.
  ///
  /// More bytes are no padding: they are left over where damage has put the decoder out of step.
  private static func isPadded(_ handle: tjhandle) -> Bool {
    guard tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue) else { return false }
    let words = String(cString: tjGetErrorStr2(handle)).split(separator: " ")
    guard let place = words.firstIndex(of: "extraneous"), place > 0,
      let count = Int(words[place - 1])
    else { return false }
    return words[place...].elementsEqual(["extraneous", "bytes", "before", "marker", "0xd9"])
      && count <= mostPadding
  }

  private static let mostPadding = 16

  private static func shift(shortSide: Int, minimumSide: Int?) -> Int {
    guard let minimumSide else { return 0 }
    return (1...3).last { (shortSide + (1 << $0) - 1) >> $0 >= minimumSide } ?? 0
  }

  /// CMYK as Adobe stores it, 255 being no ink.
  private static func gray(fromInk pixels: [UInt8]) -> [UInt8] {
    stride(from: 0, to: pixels.count, by: 4).map { start in
      let black = Int(pixels[start + 3])
      func light(_ offset: Int) -> UInt8 {
        UInt8((Int(pixels[start + offset]) * black + 127) / 255)
      }
      return Luminance.of(red: light(0), green: light(1), blue: light(2))
    }
  }

  private static func failure(_ handle: tjhandle) -> Failure {
    Failure(
      .image, "The JPEG cannot be decoded: \(String(cString: tjGetErrorStr2(handle))).",
      remedy: "Restore the file from its source, or leave it out.")
  }
}

/// The gray of a colour, ITU-R 601 in 16-bit fixed point, as Pillow computes it.
enum Luminance {
  @inline(__always)
  static func of(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
    let sum = UInt32(red) * 19595 + UInt32(green) * 38470 + UInt32(blue) * 7471
    return UInt8((sum + 0x8000) >> 16)
  }
}
