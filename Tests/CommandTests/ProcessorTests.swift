import CProcessor
import Foundation
import XCTest

final class ProcessorTests: XCTestCase {
  func testWhatTheProcessorLacksIsWhatLinuxSaysItLacks() throws {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let flags = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
    else { throw XCTSkip("There is no /proc/cpuinfo with flags here.") }
    let known = Set(flags.split(separator: " ").map(String.init))
    // In the order of the bits in the shim.
    let names = [
      "avx2", "fma", "bmi1", "bmi2", "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl",
      "avx512vbmi", "avx512_vnni", "avx512_bf16",
    ]
    for (bit, name) in names.enumerated() {
      XCTAssertEqual(processor_lacks(1 << Int32(bit)) == nil, known.contains(name), name)
    }
    XCTAssertNil(processor_lacks(0))
  }
}
