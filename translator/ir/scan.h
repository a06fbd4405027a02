/*
 * scan.h - questions about the operations of one guest instruction, and what
 * is found out about the code ahead.
 */
#ifndef FERRY_IR_SCAN_H
#define FERRY_IR_SCAN_H

#include "ops.h"

/* Sets of guest registers, by number. */
struct ir_regs {
	uint32_t x, v;
};

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
ir_faults(const struct ir_block *b, const struct ir_guest *g)
{
	unsigned k;

	for (k = g->first; k < g->last; k++)
		if (ir_ops[b->insn[k].op].flags & (IR_FAULTS | IR_FP))
			return true;
	return false;
}

/* The registers that the instruction writes. */
static inline struct ir_regs
ir_written(const struct ir_block *b, const struct ir_guest *g)
{
	struct ir_regs r = { 0, 0 };
	unsigned k;

	for (k = g->first; k < g->last; k++) {
		if (b->insn[k].op == IR_setx)
			r.x |= 1u << b->insn[k].n;
		if (b->insn[k].op == IR_setv)
			r.v |= 1u << b->insn[k].n;
	}
	return r;
}

/* The registers that it reads. */
static inline struct ir_regs
ir_read(const struct ir_block *b, const struct ir_guest *g)
{
	struct ir_regs r = { 0, 0 };
	unsigned k;

	for (k = g->first; k < g->last; k++) {
		if (b->insn[k].op == IR_getx)
			r.x |= 1u << b->insn[k].n;
		if (b->insn[k].op == IR_getv)
			r.v |= 1u << b->insn[k].n;
	}
	return r;
}

#endif
