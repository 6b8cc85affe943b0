// What this processor can do; the compiler's built-in needs a literal, so Swift cannot call it.
#ifndef CPROCESSOR_SHIM_H
#define CPROCESSOR_SHIM_H

static inline int processor_supports_v3(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
#else
  return 0;
#endif
}

static inline int processor_supports_v4(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return processor_supports_v3() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return 0;
#endif
}

#endif
