/*
 * atomic_c11.c - atomic_c11.h's checks, with atomics made
 * by run-time choice.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include "atomic_c11.h"
