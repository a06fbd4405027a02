/*
 * atomic_c11_lse.c - atomic_c11.h's checks, with atomics made
 * by LSE instructions.
 *
 * TEST-CFLAGS: -pthread -march=armv8.1-a
 */
#define _GNU_SOURCE
#include "atomic_c11.h"
