/*
 * rewrite.h - what passes do to operations, with the count of uses kept.
 */
#ifndef FERRY_OPT_REWRITE_H
#define FERRY_OPT_REWRITE_H

#include "../ir/ir.h"

/* Operation k no longer uses its operands. */
static inline void
opt_drop_operands(struct ir_block *b, ir_ref k)
{
	struct ir_insn *i = &b->insn[k];

	b->insn[i->a].uses--;
	b->insn[i->b].uses--;
	b->insn[i->c].uses--;
	i->a = i->b = i->c = 0;
}

/* Operation k goes; it has no uses. */
static inline void
opt_remove(struct ir_block *b, ir_ref k)
{
	opt_drop_operands(b, k);
	b->insn[k] = (struct ir_insn){ .op = IR_NONE };
}

/* Makes `operand', a field of an operation of b, be r. */
static inline void
opt_set_operand(struct ir_block *b, ir_ref *operand, ir_ref r)
{
	b->insn[*operand].uses--;
	*operand = r;
	b->insn[r].uses++;
}

static inline void
opt_make_const(struct ir_block *b, ir_ref k, uint64_t v)
{
	opt_drop_operands(b, k);
	b->insn[k] = (struct ir_insn){ .op = IR_const, .imm = v,
				       .uses = b->insn[k].uses };
}

#endif
