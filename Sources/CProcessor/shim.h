// What a module was compiled for, and whether this processor has it. Swift sees no macros, and the
// compiler's built-in needs a literal.
#ifndef CPROCESSOR_SHIM_H
#define CPROCESSOR_SHIM_H

// The instruction sets that the module importing this header is compiled for, one bit each.
enum {
  PROCESSOR_BUILT_FOR = 0
#ifdef __AVX2__
                        | 1 << 0
#endif
#ifdef __FMA__
                        | 1 << 1
#endif
#ifdef __BMI__
                        | 1 << 2
#endif
#ifdef __BMI2__
                        | 1 << 3
#endif
#ifdef __AVX512F__
                        | 1 << 4
#endif
#ifdef __AVX512BW__
                        | 1 << 5
#endif
#ifdef __AVX512CD__
                        | 1 << 6
#endif
#ifdef __AVX512DQ__
                        | 1 << 7
#endif
#ifdef __AVX512VL__
                        | 1 << 8
#endif
#ifdef __AVX512VBMI__
                        | 1 << 9
#endif
#ifdef __AVX512VNNI__
                        | 1 << 10
#endif
#ifdef __AVX512BF16__
                        | 1 << 11
#endif
};

// The first of these instruction sets that this processor lacks; null if it has them all.
static inline const char *processor_lacks(int built_for) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#define PROCESSOR_REQUIRE(bit, name) \
  if ((built_for & 1 << (bit)) && !__builtin_cpu_supports(name)) return name;
  PROCESSOR_REQUIRE(0, "avx2")
  PROCESSOR_REQUIRE(1, "fma")
  PROCESSOR_REQUIRE(2, "bmi")
  PROCESSOR_REQUIRE(3, "bmi2")
  PROCESSOR_REQUIRE(4, "avx512f")
  PROCESSOR_REQUIRE(5, "avx512bw")
  PROCESSOR_REQUIRE(6, "avx512cd")
  PROCESSOR_REQUIRE(7, "avx512dq")
  PROCESSOR_REQUIRE(8, "avx512vl")
  PROCESSOR_REQUIRE(9, "avx512vbmi")
  PROCESSOR_REQUIRE(10, "avx512vnni")
  PROCESSOR_REQUIRE(11, "avx512bf16")
#undef PROCESSOR_REQUIRE
#endif
  return 0;
}

// Fused multiply-adds on twelve independent registers of the widest kind there is, `rounds` times.
// Returns the floating-point operations made; 0 where the processor has none.
static inline long processor_multiply_add(long rounds) {
#if defined(__x86_64__)
#define PROCESSOR_ROUND(r)                                                                       \
  "vfmadd231ps %%" r "0, %%" r "1, %%" r "4\n vfmadd231ps %%" r "0, %%" r "1, %%" r "5\n"         \
  "vfmadd231ps %%" r "0, %%" r "1, %%" r "6\n vfmadd231ps %%" r "0, %%" r "1, %%" r "7\n"         \
  "vfmadd231ps %%" r "0, %%" r "1, %%" r "8\n vfmadd231ps %%" r "0, %%" r "1, %%" r "9\n"         \
  "vfmadd231ps %%" r "0, %%" r "1, %%" r "10\n vfmadd231ps %%" r "0, %%" r "1, %%" r "11\n"       \
  "vfmadd231ps %%" r "0, %%" r "1, %%" r "12\n vfmadd231ps %%" r "0, %%" r "1, %%" r "13\n"       \
  "vfmadd231ps %%" r "0, %%" r "1, %%" r "14\n vfmadd231ps %%" r "0, %%" r "1, %%" r "15\n"
#define PROCESSOR_LOOP(r)                                                                        \
  __asm__ volatile("vzeroall\n 1:\n" PROCESSOR_ROUND(r) "dec %0\n jnz 1b\n vzeroupper"          \
                   : "+r"(left)                                                                  \
                   :                                                                             \
                   : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",       \
                     "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  long left = rounds;
  if (rounds <= 0) return 0;
  if (!processor_lacks(1 << 4)) {
    PROCESSOR_LOOP("zmm")
    return rounds * 12 * 16 * 2;
  }
  if (!processor_lacks(1 << 0 | 1 << 1)) {
    PROCESSOR_LOOP("ymm")
    return rounds * 12 * 8 * 2;
  }
#undef PROCESSOR_LOOP
#undef PROCESSOR_ROUND
#endif
  return 0;
}

// Whether this processor has AVX2 with fused multiply-adds.
static inline int processor_has_avx2(void) {
#if defined(__x86_64__)
  return !processor_lacks(1 << 0 | 1 << 1);
#else
  return 0;
#endif
}

// Whether it has AVX-512 as Intel's server processors have had it since Skylake.
static inline int processor_has_avx512(void) {
#if defined(__x86_64__)
  return !processor_lacks(1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8);
#else
  return 0;
#endif
}

#endif
