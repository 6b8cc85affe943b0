import Distributed
import TestSupport
import XCTest

final class LinkProbeTests: XCTestCase {
  func testMessagesFitTheLink() {
    // One host; 1 Gbit/s at 0.1 ms; 1 Gbit/s at 5 ms; 100 Gbit/s at 2 µs; far away.
    let links: [(Double, Double, Int)] = [
      (2e-6, 3e9, 512 << 10), (1e-4, 1.25e8, 512 << 10), (5e-3, 1.25e8, 8 << 20),
      (2e-5, 1.25e10, 4 << 20), (1, 1e9, 16 << 20), (0, 1e9, 512 << 10),
    ]
    withEvery("link", links) { latency, bandwidth, bytes in
      expectEqual(LinkProbe(latency: latency, bandwidth: bandwidth).messageBytes, bytes)
    }
  }

  func testEveryRankMeasuresTheSame() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    withEvery("np", 1...4) { np in
      let result = try mpirun(np: np, program, ["probe"])
      expect(result.status == 0, result.report)
    }
  }
}
