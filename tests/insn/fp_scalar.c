/*
 * fp_scalar.c - scalar floating-point instructions, with general registers.
 * The expected output is that of qemu-aarch64 -cpu max.
 *
 * TEST-CFLAGS: -O2
 */
#define FP_LIST "fp_scalar.def"
#include "fp_run.h"
