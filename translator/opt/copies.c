/*
 * copies.c - a register that is a copy of another, which the host has in a
 * register, is read there: mov x5, x0; add x6, x5, #1.
 *
 * Precondition: none. Only registers that live in memory are worth it.
 */
#include "../ir/ops.h"
#include "../ir/reference.h"
#include "opt.h"

#define NONE 32

/* Register n is a copy of from[n], or its low half is, zero-extended. */
static uint8_t from[32];
static bool half[32];

/* Which registers are copies. */
static uint32_t copies;

/* What they are copies of; perhaps more. */
static uint32_t copied_from;

/* Registers written by the current instruction, which reads them before. */
static uint32_t written_now;

static void
forget(unsigned n)
{
	uint32_t left;

	copies &= ~(1u << n);
	if (!(copied_from >> n & 1))
		return;
	copied_from &= ~(1u << n);
	for (left = copies; left; left &= left - 1)
		if (from[__builtin_ctz(left)] == n)
			copies &= ~(left & -left);
}

/* What register n is to be read as, if it is a copy; else NONE. */
static unsigned
source(unsigned n)
{
	return copies & ~written_now & 1u << n ? from[n] : NONE;
}

static void
written(const struct opt *o, const struct ir_insn *set)
{
	const struct ir_insn *i = &o->b->insn[set->a];
	bool zext = i->op == IR_zext && i->t == IT32;

	forget(set->n);
	if (zext)
		i = &o->b->insn[i->a];
	written_now |= 1u << set->n;
	if (i->op != IR_getx || written_now >> i->n & 1 ||
	    o->pinned >> set->n & 1 || !(o->pinned >> i->n & 1))
		return;
	copies |= 1u << set->n;
	copied_from |= 1u << i->n;
	from[set->n] = (uint8_t)i->n;
	half[set->n] = zext;
}

/* Reads of a whole register become those of what it is a copy of; those of
 * the low half, too. */
static void
read(struct ir_block *b, struct ir_guest *g, ir_ref k)
{
	struct ir_insn *i = &b->insn[k], *x = &b->insn[i->a];

	if (i->op == IR_getx && source(i->n) != NONE && !half[i->n])
		i->n = (uint16_t)source(i->n);
	else if (i->op == IR_zext && i->t == IT32 && x->op == IR_getx &&
		 x->uses == 1 && source(x->n) != NONE)
		x->n = (uint16_t)source(x->n);
	else
		return;
	g->reads.x |= copied_from;
}

void
opt_copies(struct opt *o)
{
	struct ir_block *b = o->b;
	uint32_t n;
	unsigned j;
	ir_ref k;

	copies = copied_from = 0;
	for (j = 0; j < b->nr_guest; j++) {
		struct ir_guest *g = &b->guest[j];

		if (!(g->writes.x & ~o->pinned) && !(copies & g->reads.x)) {
			/* No copy is made or read. */
			for (n = g->writes.x & (copies | copied_from); n;
			     n &= n - 1)
				forget((unsigned)__builtin_ctz(n));
			if (g->fallback)
				copies = copied_from = 0;
			continue;
		}
		written_now = 0;
		for (k = g->first; k < g->last; k++) {
			if (copies)
				read(b, g, k);
			if (b->insn[k].op == IR_setx)
				written(o, &b->insn[k]);
		}
	}
}
