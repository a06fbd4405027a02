/*
 * ir_guest.h - what the lifter notes of an instruction while it appends
 * operations, for tests that append them by themselves.
 */
#ifndef FERRY_TEST_IR_GUEST_H
#define FERRY_TEST_IR_GUEST_H

#include "../../translator/ir/ops.h"

/* g has operation i, too. */
static inline void
ir_guest_note(struct ir_guest *g, const struct ir_insn *i)
{
	g->effects |= ir_ops[i->op].flags;
	if (i->op == IR_getx)
		g->reads.x |= 1u << i->n;
	if (i->op == IR_setx)
		g->writes.x |= 1u << i->n;
	if (i->op == IR_getv)
		g->reads.v |= 1u << i->n;
	if (i->op == IR_setv)
		g->writes.v |= 1u << i->n;
	g->reads_flags |= i->op == IR_getfl;
	g->writes_flags |= i->op == IR_setfl;
}

/* All of g's operations. */
static inline void
ir_guest_note_all(const struct ir_block *b, struct ir_guest *g)
{
	unsigned k;

	for (k = g->first; k < g->last; k++)
		ir_guest_note(g, &b->insn[k]);
}

#endif
