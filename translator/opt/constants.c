/*
 * constants.c - constants, and bits known to be zero, across guest
 * instructions.
 *
 * Precondition: a lifted block. adrp and add, movz and movk become constants;
 * a register of which the high half is zero needs no zero extension; what
 * each instruction computes is folded as it goes.
 */
#include "../ir/ops.h"
#include "fold.h"
#include "opt.h"
#include "rewrite.h"

static struct fold f;

/* The general registers, by what is known of them. */
static struct fold_fact reg[32];

static void
forget(void)
{
	unsigned n;

	for (n = 0; n < 32; n++)
		reg[n] = (struct fold_fact){ .bits = ~UINT64_C(0) };
}

static void
read_register(ir_ref k)
{
	const struct ir_insn *i = &f.b->insn[k];

	f.fact[k] = reg[i->n];
	if (reg[i->n].known && fold_is_small(reg[i->n].value))
		opt_make_const(f.b, k, reg[i->n].value);
}

/* Operands that have the same value as something simpler become that. */
static void
simpler_operands(struct ir_insn *i)
{
	if (f.fact[i->a].same)
		opt_set_operand(f.b, &i->a, f.fact[i->a].same);
	if (f.fact[i->b].same)
		opt_set_operand(f.b, &i->b, f.fact[i->b].same);
	if (f.fact[i->c].same)
		opt_set_operand(f.b, &i->c, f.fact[i->c].same);
}

static void
one(const struct ir_guest *g)
{
	ir_ref k;

	for (k = g->first; k < g->last; k++) {
		struct ir_insn *i = &f.b->insn[k];

		simpler_operands(i);
		if (i->op == IR_getx) {
			read_register(k);
			continue;
		}
		fold_insn(&f, k);
		if (i->op == IR_setx) {
			reg[i->n] = f.fact[i->a];
			reg[i->n].same = 0;
		}
	}
}

void
opt_constants(struct opt *o)
{
	unsigned j;

	f.b = o->b;
	f.pinned = o->pinned;
	f.fact[0] = (struct fold_fact){ .bits = ~UINT64_C(0) };
	forget();
	for (j = 0; j < o->b->nr_guest; j++) {
		one(&o->b->guest[j]);
		if (o->b->guest[j].fallback)
			forget();
	}
}
