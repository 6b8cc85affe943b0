// The functions of oneDNN that are used, as types: the library is opened at run time where there is
// one (see Sources/Tensors/Kernels/OneDNN.swift). The same in versions 2 and 3.
#ifndef CONEDNN_SHIM_H
#define CONEDNN_SHIM_H

#include <stdint.h>

enum { onednn_success = 0 };

// The first members of dnnl_version_t.
typedef struct {
  int major;
  int minor;
  int patch;
} onednn_version_t;

typedef const onednn_version_t *(*onednn_version)(void);
typedef int (*onednn_processor)(void);
typedef int (*onednn_sgemm)(char transpose_a, char transpose_b, int64_t m, int64_t n, int64_t k,
                            float alpha, const float *a, int64_t lda, const float *b, int64_t ldb,
                            float beta, float *c, int64_t ldc);
typedef int (*onednn_threads)(void);

#endif
