#include <stddef.h>
#include <stdint.h>

// libFuzzer's loop; it comes with -sanitize=fuzzer.
int LLVMFuzzerRunDriver(
  int *argc, char ***argv, int (*one)(const uint8_t *data, size_t size));
