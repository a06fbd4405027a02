/*
 * fp_simd.c - Advanced SIMD floating point: vectors, scalars that the manual
 * counts to it, by element. See fp_scalar.c for the expected output.
 */
#define FP_LIST "fp_simd.def"
#include "fp_run.h"
