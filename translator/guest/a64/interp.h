/*
 * interp.h - tier 0 as the run loop sees it.
 *
 * All of these run inside host_enter(): a fault of the guest ends that.
 */
#ifndef FERRY_A64_INTERP_H
#define FERRY_A64_INTERP_H

#include "../../block.h"

/* Decodes and publishes the block at the pc, or raises the fault of fetching
 * from there. */
struct block *a64_interp_make_block(struct a64_cpu *cpu);

/* Runs a block at the pc to its end. */
void a64_interp_run_block(struct a64_cpu *cpu, struct block *b);

/* Runs the one instruction at the pc; returns EXIT_POLL. */
int a64_interp_run_one(struct thread *t);

/* After a fault ended the interpreter: what it was amid is given up. */
void a64_interp_faulted(struct a64_cpu *cpu);

#endif
