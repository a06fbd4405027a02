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

/* Registers written by the current instruction, which reads them before. */
static uint32_t written_now;

static void
forget(unsigned n)
{
	unsigned j;

	from[n] = NONE;
	for (j = 0; j < 32; j++)
		if (from[j] == n)
			from[j] = NONE;
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
	from[set->n] = (uint8_t)i->n;
	half[set->n] = zext;
}

/* Reads of a whole register become those of what it is a copy of; those of
 * the low half, too. */
static void
read(struct ir_block *b, ir_ref k)
{
	struct ir_insn *i = &b->insn[k], *x = &b->insn[i->a];

	if (i->op == IR_getx && from[i->n] != NONE && !half[i->n])
		i->n = from[i->n];
	else if (i->op == IR_zext && i->t == IT32 && x->op == IR_getx &&
		 x->uses == 1 && from[x->n] != NONE)
		x->n = from[x->n];
}

void
opt_copies(struct opt *o)
{
	struct ir_block *b = o->b;
	unsigned j, n;
	ir_ref k;

	for (n = 0; n < 32; n++)
		from[n] = NONE;
	for (j = 0; j < b->nr_guest; j++) {
		const struct ir_guest *g = &b->guest[j];

		for (k = g->first; k < g->last; k++)
			read(b, k);
		written_now = 0;
		for (k = g->first; k < g->last; k++)
			if (b->insn[k].op == IR_setx)
				written(o, &b->insn[k]);
		for (n = 0; g->fallback && n < 32; n++)
			from[n] = NONE;
	}
}
