import CProcessor

/// The instruction sets this module is compiled for, as bits that `processor_lacks` knows.
///
/// The function itself uses none of them: a program may call it before it knows its processor.
@inline(never)
public func instructionSetsBuiltFor() -> Int32 { Int32(PROCESSOR_BUILT_FOR) }
