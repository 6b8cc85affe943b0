import CFuzzer
import Foundation
import FuzzTargets

// fuzz TARGET [options of libFuzzer] [corpus...]; scripts/fuzz builds and starts it.

nonisolated(unsafe) var target = FuzzTarget.all[0]

let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
guard CommandLine.arguments.count > 1, let chosen = FuzzTarget.named(CommandLine.arguments[1])
else {
  FileHandle.standardError.write(Data("usage: fuzz TARGET [OPTION...]; of \(names)\n".utf8))
  exit(2)
}
target = chosen

var arguments = CommandLine.arguments
arguments.remove(at: 1)
var count = CInt(arguments.count)
var pointers = arguments.map { strdup($0) } + [nil]
let status = pointers.withUnsafeMutableBufferPointer { pointers in
  var start = pointers.baseAddress
  return LLVMFuzzerRunDriver(&count, &start) { data, size in
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    do {
      try target.run(bytes)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      abort()
    }
    return 0
  }
}
exit(status)
