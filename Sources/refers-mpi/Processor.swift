import CProcessor
import Diagnostics
import Distributed
import Foundation
import REFERS

/// Ends the program with a message, where it would crash at the first instruction that the
/// processor lacks.
func requireProcessor() {
  guard let missing = processor_lacks(instructionSetsBuiltFor()) else { return }
  let text =
    "error: This program was built for \(builtProcessor), but this processor has no "
    + String(cString: missing) + ". Build it on or for this processor: REFERS_SIMD=native, "
    + "x86-64-v3 or none (see README.md).\n"
  FileHandle.standardError.write(Data(text.utf8))
  exit(69)  // EX_UNAVAILABLE
}

/// The processor named by REFERS_SIMD when this program was built.
var builtProcessor: String {
  #if SIMD_X86_64_V4
    "x86-64-v4"
  #elseif SIMD_X86_64_V3
    "x86-64-v3"
  #elseif SIMD_NATIVE
    "the processor of the machine it was built on"
  #elseif SIMD_NONE
    "any processor"
  #else
    "a processor of its builder's choice"
  #endif
}
