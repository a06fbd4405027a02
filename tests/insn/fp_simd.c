/*
 * fp_simd.c - Advanced SIMD floating point: vectors, scalars that the manual
 * counts to it, by element. The expected output is that of qemu-aarch64 -cpu
 * max but for FCVTZS (scalar, fixed point) of halves, where qemu 7.2 extends
 * the sign beyond 16 bits and the manual does not.
 *
 * TEST-CFLAGS: -O2
 */
#define FP_LIST "fp_simd.def"
#include "fp_run.h"
