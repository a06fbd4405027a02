/*
 * verify.c - well-formed IR; see verify.h for what that is.
 */
#include <string.h>

#include "ops.h"
#include "reference.h"
#include "rmw.h"
#include "verify.h"
#include "vshape.h"

static const char *
verify_kind(const struct ir_block *b, const struct ir_guest *g, unsigned k,
	    ir_ref r, char kind)
{
	const struct ir_insn *x = &b->insn[r];

	if (r < g->first || r >= k)
		return "an operand from elsewhere";
	if (x->op >= IR_NR_OPS || x->op == IR_NONE)
		return "an operand that is nothing";
	if (ir_ops[x->op].sig[0] != kind &&
	    !(kind == 'B' && x->op == IR_const && x->imm <= 1))
		return "an operand of another kind";
	return NULL;
}

static const char *
verify_field(const struct ir_insn *i, char letter)
{
	switch (letter) {
	case 't':
		return i->t > IT64 ? "no such type" : NULL;
	case 'm':
		return i->t > 4 ? "no such size" : NULL;
	case 's':
		return vshape_bits(i->shape) > 128 || vshape_lanes(i->shape) < 1
			       ? "no such shape" : NULL;
	case 'x':
	case 'q':
		return i->n > 31 ? "no such register" : NULL;
	}
	return NULL;
}

static const char *
verify_insn(const struct ir_block *b, const struct ir_guest *g, unsigned k)
{
	const struct ir_insn *i = &b->insn[k];
	const ir_ref operand[3] = { i->a, i->b, i->c };
	const char *sig, *wrong = NULL;
	unsigned nr = 0;

	if (i->op >= IR_NR_OPS)
		return "no such operation";
	for (sig = strchr(ir_ops[i->op].sig, '_') + 1; *sig && !wrong; sig++) {
		if (strchr("IBFV", *sig) && nr == 3)
			return "too many operands";
		if (strchr("IBFV", *sig))
			wrong = verify_kind(b, g, k, operand[nr++], *sig);
		else
			wrong = verify_field(i, *sig);
	}
	for (; nr < 3 && !wrong; nr++)
		if (operand[nr])
			wrong = "an operand too many";
	if (!wrong && i->op == IR_rmw && i->n > RMW_SWP)
		wrong = "no such exchange";
	if (!wrong && ir_ops[i->op].flags & IR_LEAVES && k + 1 != g->last)
		wrong = "something behind a jump";
	return wrong;
}

/* Passes rewrite operations: what was noted of them is enough, not exact. */
static const char *
verify_notes(const struct ir_guest *g, const struct ir_insn *i)
{
	uint32_t bit = 1u << (i->n & 31);

	if (ir_ops[i->op].flags & ~g->effects)
		return "an effect that is not noted";
	if ((i->op == IR_getx && !(g->reads.x & bit)) ||
	    (i->op == IR_getv && !(g->reads.v & bit)) ||
	    (i->op == IR_setx && !(g->writes.x & bit)) ||
	    (i->op == IR_setv && !(g->writes.v & bit)))
		return "a register that is not noted";
	return NULL;
}

static const char *
verify_uses(const struct ir_block *b)
{
	uint16_t uses[IR_MAX_INSNS] = { 0 };
	unsigned k;

	for (k = 1; k < b->nr; k++) {
		uses[b->insn[k].a]++;
		uses[b->insn[k].b]++;
		uses[b->insn[k].c]++;
	}
	for (k = 1; k < b->nr; k++)
		if (b->insn[k].uses != uses[k])
			return "uses miscounted";
	return NULL;
}

const char *
ir_verify(const struct ir_block *b)
{
	unsigned j, k, next = 1;
	const char *wrong;

	if (b->nr > IR_MAX_INSNS || b->nr_guest > IR_MAX_GUEST)
		return "too large";
	for (j = 0; j < b->nr_guest; j++) {
		const struct ir_guest *g = &b->guest[j];

		if (g->first != next || g->last < g->first || g->last > b->nr)
			return "guest instructions out of order";
		if (g->fallback && g->last != g->first)
			return "operations that the interpreter does";
		for (k = g->first; k < g->last; k++) {
			wrong = verify_insn(b, g, k);
			if (!wrong)
				wrong = verify_notes(g, &b->insn[k]);
			if (wrong)
				return wrong;
		}
		next = g->last;
	}
	if (next != b->nr)
		return "operations of no guest instruction";
	return verify_uses(b);
}
