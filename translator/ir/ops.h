/*
 * ops.h - the operations' rows as a table: for the printer, the verifier and
 * the passes.
 */
#ifndef FERRY_IR_OPS_H
#define FERRY_IR_OPS_H

#include "ir.h"

/* What an operation does besides giving its result. */
#define IR_FP		1u	/* rounds, raises flags */
#define IR_QC		2u	/* may set FPSR.QC */
#define IR_STATE	4u	/* see ir_state.def */
#define IR_FAULTS	8u
#define IR_LEAVES	16u
#define IR_SLOW		32u	/* its emitter may leave the guest
				 * instruction to the interpreter */

struct ir_op_row {
	const char *name, *sig;
	uint8_t flags;		/* IR_FP.. */
};

extern const struct ir_op_row ir_ops[IR_NR_OPS];

/* Whether nothing but its uses keeps an operation. */
static inline bool
ir_is_pure(unsigned op)
{
	return !(ir_ops[op].flags & (IR_FP | IR_QC | IR_STATE));
}

/* Whether the guest's registers must be whole where the operation is: who
 * looks at them then may be a signal handler, the interpreter or a block. */
#define IR_OBSERVES	(IR_FAULTS | IR_LEAVES | IR_SLOW)

static inline bool
ir_observes(unsigned op)
{
	return ir_ops[op].flags & IR_OBSERVES;
}

/* The last operation of guest instruction g; IR_NONE: it has none, or is the
 * interpreter's. */
static inline unsigned
ir_last_op(const struct ir_block *b, unsigned guest)
{
	const struct ir_guest *g = &b->guest[guest];

	return g->last > g->first && !g->fallback ?
	       b->insn[g->last - 1].op : IR_NONE;
}

/* Whether control never goes on behind that operation. */
static inline bool
ir_ends(unsigned op)
{
	return op == IR_jump || op == IR_call || op == IR_ijump ||
	       op == IR_icall || op == IR_ret;
}

#endif
