/*
 * witness.h - the interpreter with someone who watches its accesses.
 */
#ifndef FERRY_A64_WITNESS_H
#define FERRY_A64_WITNESS_H

#include "../../../runtime/base/base.h"

/* The interpreter's function for the word, as a64_front_handler() has it; but
 * before each access to guest memory it calls one of the functions below. */
const void *a64_witness_handler(uint32_t word);

/* The access, of at most 16 bytes, that is about to be made. Defined by
 * lockstep.c; they may leave by host_leave(). */
void a64_witness_load(gaddr addr, unsigned size);
void a64_witness_store(gaddr addr, unsigned size);

#endif
