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

/* The general registers of which something is known, and what. */
static uint32_t known;
static struct fold_fact reg[32];

static const struct fold_fact nothing = { .bits = ~UINT64_C(0) };

static void
read_register(ir_ref k)
{
	const struct ir_insn *i = &f.b->insn[k];

	if (!(known >> i->n & 1)) {
		f.fact[k] = nothing;
		return;
	}
	f.fact[k] = reg[i->n];
	if (reg[i->n].known && fold_is_small(reg[i->n].value))
		opt_make_const(f.b, k, reg[i->n].value);
}

static void
write_register(const struct ir_insn *i)
{
	const struct fold_fact *fact = &f.fact[i->a];

	if (fact->bits == nothing.bits && !fact->known) {
		known &= ~(1u << i->n);
		return;
	}
	known |= 1u << i->n;
	reg[i->n] = *fact;
	reg[i->n].same = 0;
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
	struct ir_insn *i = &f.b->insn[g->first];
	unsigned k, last = g->last;

	f.any_same = false;
	for (k = g->first; k < last; k++, i++) {
		if (f.any_same)
			simpler_operands(i);
		if (i->op == IR_getx)
			read_register((ir_ref)k);
		else if (i->op == IR_setx)
			write_register(i);
		else if (i->op == IR_const)
			f.fact[k] = fold_constant(i->imm);
		else if (fold_may_tell(i->op))
			fold_insn(&f, (ir_ref)k);
		else
			f.fact[k] = nothing;
	}
}

void
opt_constants(struct opt *o)
{
	unsigned j;

	f.b = o->b;
	f.pinned = o->pinned;
	f.fact[0] = nothing;
	known = 0;
	for (j = 0; j < o->b->nr_guest; j++) {
		one(&o->b->guest[j]);
		if (o->b->guest[j].fallback)
			known = 0;
	}
}
