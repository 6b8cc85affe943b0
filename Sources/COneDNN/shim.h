// The functions of oneDNN that are used, as types: the library is opened at run time where there is
// one (see Sources/Tensors/Kernels/OneDNNLibrary.swift). The same in versions 2 and 3 where a name
// has no number.
#ifndef CONEDNN_SHIM_H
#define CONEDNN_SHIM_H

#include <stddef.h>
#include <stdint.h>

enum { onednn_success = 0, onednn_unimplemented = 3 };

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

// What follows makes products by the matmul primitive.
enum {
  onednn_cpu = 1,
  onednn_in_order = 1,
  onednn_scratchpad_of_user = 1,
  onednn_bfloat16 = 2,
  onednn_float32 = 3,
  onednn_scratchpad_descriptor = 136,
};

// Arguments of the primitive.
enum {
  onednn_source = 1,
  onednn_destination = 17,
  onednn_weights = 33,
  onednn_scratchpad = 80,
};

// An engine, a stream, attributes, a description of a primitive, a primitive, a memory, or
// version 3's descriptor of a memory.
typedef void *onednn_handle;

typedef struct {
  int argument;
  onednn_handle memory;
} onednn_argument_t;

typedef int (*onednn_create_engine)(onednn_handle *engine, int kind, size_t index);
typedef int (*onednn_create_stream)(onednn_handle *stream, onednn_handle engine, unsigned flags);
typedef int (*onednn_create_attributes)(onednn_handle *attributes);
typedef int (*onednn_create_primitive)(onednn_handle *primitive, onednn_handle description);
typedef int (*onednn_create_memory)(onednn_handle *memory, const void *descriptor,
                                    onednn_handle engine, void *values);
typedef int (*onednn_destroy)(onednn_handle object);
typedef int (*onednn_set_mode)(onednn_handle attributes, int scratchpad_mode);
typedef int (*onednn_set_values)(onednn_handle memory, void *values);
typedef const void *(*onednn_query_descriptor)(onednn_handle description, int what, int index);
typedef size_t (*onednn_byte_count)(const void *descriptor);
typedef int (*onednn_execute)(onednn_handle primitive, onednn_handle stream, int count,
                              const onednn_argument_t *arguments);
typedef int (*onednn_wait)(onednn_handle stream);

// Version 2 writes its descriptors into the caller's memory: dnnl_memory_desc_t has 696 bytes in
// 2.6, dnnl_matmul_desc_t 2800.
enum { onednn2_memory_bytes = 2048, onednn2_matmul_bytes = 8192 };
typedef int (*onednn2_describe)(void *descriptor, int rank, const int64_t *sizes, int type,
                                const int64_t *strides);
typedef int (*onednn2_describe_matmul)(void *matmul, const void *source, const void *weights,
                                       const void *bias, const void *destination);
typedef int (*onednn2_create_description)(onednn_handle *description, const void *matmul,
                                          onednn_handle attributes, onednn_handle engine,
                                          onednn_handle forward);

// Version 3 has them as objects of its own.
typedef int (*onednn3_describe)(onednn_handle *descriptor, int rank, const int64_t *sizes, int type,
                                const int64_t *strides);
typedef int (*onednn3_create_description)(onednn_handle *description, onednn_handle engine,
                                          const void *source, const void *weights, const void *bias,
                                          const void *destination, onednn_handle attributes);

#endif
