/*
 * dead.c - writes of registers that nobody sees, and operations that nobody
 * uses.
 *
 * Precondition: none. A register is seen by who reads it, and by whatever may
 * look at all of them: a fault, an exit, the interpreter. Between a write
 * that went and the one that overwrites it no instruction may be left to the
 * interpreter; if the emitter finds that it must, the caller does without
 * this (keep_state). In a call of the interpreter that the emitter makes for
 * a vector operation's sake, registers are whole (ir_observes).
 */
#include "../ir/ops.h"
#include "opt.h"
#include "rewrite.h"

#define ALL UINT32_MAX

static uint32_t live_x, live_v;

/* Whether all is seen behind g: by the interpreter, or because SP may be
 * misaligned now, which is a way out. */
static bool
is_seen(const struct ir_block *b, const struct ir_guest *g)
{
	ir_ref k;

	for (k = g->first; k < g->last; k++)
		if (b->insn[k].op == IR_setx && b->insn[k].n == 31)
			return true;
	return g->fallback;
}

static bool
is_dead(const struct ir_insn *i)
{
	return (i->op == IR_setx && !(live_x >> i->n & 1)) ||
	       (i->op == IR_setv && !(live_v >> i->n & 1));
}

static void
follow(const struct ir_insn *i)
{
	if (ir_observes(i->op))
		live_x = live_v = ALL;
	else if (i->op == IR_setx)
		live_x &= ~(1u << i->n);
	else if (i->op == IR_setv)
		live_v &= ~(1u << i->n);
	else if (i->op == IR_getx)
		live_x |= 1u << i->n;
	else if (i->op == IR_getv)
		live_v |= 1u << i->n;
}

static void
one(struct opt *o, const struct ir_guest *g)
{
	ir_ref k;

	for (k = g->last; k-- > g->first; ) {
		struct ir_insn *i = &o->b->insn[k];

		if (is_dead(i) && !o->keep_state) {
			opt_remove(o->b, k);
			o->b->trimmed = true;
		} else if (!i->uses && ir_is_pure(i->op)) {
			opt_remove(o->b, k);
		} else {
			follow(i);
		}
	}
}

void
opt_dead(struct opt *o)
{
	unsigned j;

	live_x = live_v = ALL;
	for (j = o->b->nr_guest; j-- > 0; ) {
		if (is_seen(o->b, &o->b->guest[j]))
			live_x = live_v = ALL;
		one(o, &o->b->guest[j]);
	}
}
