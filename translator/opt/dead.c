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
is_seen(const struct ir_guest *g)
{
	return g->fallback || g->writes.x >> 31;
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

/* Operations that nobody uses go, users before what they use; the registers
 * that are read then. */
static struct ir_regs
remove_unused(struct ir_block *b, const struct ir_guest *g)
{
	const struct ir_insn *i = &b->insn[g->last];
	struct ir_regs reads = { 0, 0 };
	unsigned k, first = g->first;

	for (k = g->last; k-- > first; ) {
		i--;
		if (!i->uses && i->op != IR_NONE && ir_is_pure(i->op))
			opt_remove(b, (ir_ref)k);
		else if (i->op == IR_getx)
			reads.x |= 1u << i->n;
		else if (i->op == IR_getv)
			reads.v |= 1u << i->n;
	}
	return reads;
}

static void
one(struct opt *o, struct ir_guest *g)
{
	struct ir_regs writes = { 0, 0 };
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
			if (i->op == IR_setx)
				writes.x |= 1u << i->n;
			if (i->op == IR_setv)
				writes.v |= 1u << i->n;
		}
	}
	g->writes = writes;
}

/* The same for an instruction that writes nothing dead, as most are, from what
 * is known of it as a whole. */
static void
follow_whole(const struct ir_guest *g)
{
	live_x = (live_x & ~g->writes.x) | g->reads.x;
	live_v = (live_v & ~g->writes.v) | g->reads.v;
	if (g->effects & IR_OBSERVES)
		live_x = live_v = ALL;
}

void
opt_dead(struct opt *o)
{
	unsigned j;

	live_x = live_v = ALL;
	for (j = o->b->nr_guest; j-- > 0; ) {
		struct ir_guest *g = &o->b->guest[j];

		if (is_seen(g))
			live_x = live_v = ALL;
		if ((g->writes.x & ~live_x) | (g->writes.v & ~live_v)) {
			one(o, g);
		} else {
			g->reads = remove_unused(o->b, g);
			follow_whole(g);
		}
	}
}
