/*
 * fp_scalar.c - scalar floating-point instructions, with general registers.
 * The expected output was made by qemu-aarch64 and checked against the manual
 * where ferry differed.
 */
#define FP_LIST "fp_scalar.def"
#include "fp_run.h"
