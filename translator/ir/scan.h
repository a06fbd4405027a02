/*
 * scan.h - what is known of one guest instruction, and of the code ahead.
 */
#ifndef FERRY_IR_SCAN_H
#define FERRY_IR_SCAN_H

#include "ops.h"

/* What guest code does about flags before it sets them. */
struct ir_ahead {
	enum {
		AHEAD_DEAD,	/* nothing */
		AHEAD_SEEN,	/* it may be interrupted, or fault */
		AHEAD_READ,	/* it may look at them */
	} use;
	/* SEEN: registers that it may have changed by then. */
	struct ir_regs lost;
};

/* Whether the host's signal handler may send the thread to the interpreter at
 * that instruction: it accesses memory, or floating-point exceptions trap. */
static inline bool
ir_faults(const struct ir_guest *g)
{
	return g->effects & (IR_FAULTS | IR_FP);
}

#endif
