/*
 * atomic_c11_llsc.c - atomic_c11.h's checks, with atomics made
 * by exclusive loads and stores.
 *
 * TEST-CFLAGS: -pthread -mno-outline-atomics
 */
#define _GNU_SOURCE
#include "atomic_c11.h"
