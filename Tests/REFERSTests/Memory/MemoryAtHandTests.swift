import REFERS
import TestSupport
import XCTest

final class MemoryAtHandTests: XCTestCase {
  private let meminfo = "MemTotal:  16777216 kB\nMemFree: 1024 kB\nMemAvailable:    8388608 kB\n"

  func testTheHost() {
    XCTAssertEqual(bytes(["/proc/meminfo": meminfo]), 8 << 30)
    XCTAssertGreaterThan(MemoryAtHand.bytes(), 1 << 20)
  }

  /// The least of all groups on the way up, less what is used of it.
  func testControlGroups() {
    let second = [
      "/proc/meminfo": meminfo, "/proc/self/cgroup": "0::/job/step\n",
      "/sys/fs/cgroup/job/step/memory.max": "max\n",
      "/sys/fs/cgroup/job/memory.max": "\(4 << 30)\n",
      "/sys/fs/cgroup/job/memory.current": "\(1 << 30)\n",
    ]
    XCTAssertEqual(bytes(second), 3 << 30)
    let first = [
      "/proc/meminfo": meminfo, "/proc/self/cgroup": "5:cpu:/other\n4:memory:/job\n",
      "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "\(2 << 30)\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    ]
    XCTAssertEqual(bytes(first), 2 << 30)
  }

  func testSlurm() {
    XCTAssertEqual(bytes(["/proc/meminfo": meminfo], ["SLURM_MEM_PER_NODE": "1024"]), 1 << 30)
    XCTAssertEqual(bytes(["/proc/meminfo": meminfo], ["SLURM_MEM_PER_NODE": "0"]), 8 << 30)
    let perCore = ["SLURM_MEM_PER_CPU": "512", "SLURM_CPUS_ON_NODE": "4"]
    XCTAssertEqual(bytes(["/proc/meminfo": meminfo], perCore), 2 << 30)
  }

  private func bytes(_ files: [String: String], _ variables: [String: String] = [:]) -> Int {
    MemoryAtHand.bytes(read: { files[$0] }, variable: { variables[$0] })
  }
}
