/*
 * fold.h - one integer operation made simpler by what is known of its
 * operands.
 */
#ifndef FERRY_OPT_FOLD_H
#define FERRY_OPT_FOLD_H

#include "../ir/ops.h"

/* What is known of each operation's value: no bit outside `bits' is set; and
 * if `known', it is `value'. And that another operation, `same', has it; 0:
 * none. */
struct fold_fact {
	uint64_t bits, value;
	ir_ref same;
	bool known;
};

struct fold {
	struct ir_block *b;
	uint32_t pinned;		/* see struct opt */
	bool any_same;			/* set if a fact says `same' */
	struct fold_fact fact[IR_MAX_INSNS];
};

static inline struct fold_fact
fold_constant(uint64_t v)
{
	return (struct fold_fact){ v, v, 0, true };
}

/* Whether fold_insn() may find something out about such an operation: it gives
 * an integer. */
static inline bool
fold_may_tell(unsigned op)
{
	return ir_ops[op].sig[0] == 'I';
}

/*
 * Sees what can be said of operation k, whose operands have been folded
 * before, and rewrites it if something simpler has the same value. Facts of
 * IR_getx are the caller's.
 */
void fold_insn(struct fold *f, ir_ref k);

/* Whether v can be an operand of nearly any host instruction. */
static inline bool
fold_is_small(uint64_t v)
{
	return (int64_t)v == (int32_t)v;
}

#endif
