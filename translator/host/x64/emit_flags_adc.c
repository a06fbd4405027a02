/*
 * emit_flags_adc.c - adcs, and sbcs, where b is inverted: sum and flags by one
 * host instruction.
 *
 * Numbers of many words are chains of them: the carry goes on in EFLAGS if
 * nothing that changes them is in between.
 */
#include "emit_core.h"

/* Whether r is the constant zero, which the optimiser does not add. */
static bool
vanishes(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);

	return i->op == IR_const && !i->imm;
}

/* The value of the same addition, behind setfl k; 0: none. */
static ir_ref
sum_of(struct emit *e, ir_ref k, const struct ir_insn *f)
{
	ir_ref r, last = e->b->guest[e->guest].last;

	for (r = k + 1; r < last; r++) {
		const struct ir_insn *i = emit_def(e, r);
		const struct ir_insn *x = emit_def(e, i->a);
		const struct ir_insn *c = emit_def(e, i->b);

		if (i->op != IR_add || i->t != f->t || c->op != IR_btoi ||
		    c->a != f->c)
			continue;
		if ((x->op == IR_add && x->t == f->t && x->a == f->a &&
		     x->b == f->b) ||
		    (vanishes(e, f->b) && i->a == f->a) ||
		    (vanishes(e, f->a) && i->a == f->b))
			return r;
	}
	return 0;
}

/* N Z C V in memory from EFLAGS, which are lost. CF is C or, if `borrow', the
 * opposite. */
static void
store_host_flags(struct emit *e, bool borrow)
{
	if (!emit_alloc_this(e, RAX))
		return;
	x64_byte(&e->as, 0x9f);			/* lahf */
	x64_setcc(&e->as, CC_O, RAX);
	/* From bits 15, 14, 8 and 0 to the top four; no two meet. */
	x64_alu_ri(&e->as, X64_32, ALU_AND, RAX, 0xc101);
	x64_rr(&e->as, X64_32, 0x69, RAX, RAX);	/* imul */
	x64_bytes(&e->as, 1u << 28 | 1u << 21 | 1u << 16, 4);
	x64_alu_ri(&e->as, X64_32, ALU_AND, RAX, (int32_t)0xf0000000);
	if (borrow)
		x64_alu_ri(&e->as, X64_32, ALU_XOR, RAX, 1 << 29);
	emit_store_kind(e, FLAG_NZCV);
	x64_store(&e->as, IT64, CPU(flag_a), RAX);
	emit_free(e, RAX);
}

void
emit_setfl_adc(struct emit *e, ir_ref k, const struct ir_insn *f, bool wanted)
{
	const struct ir_insn *y = emit_def(e, f->b);
	bool minus = y->op == IR_not && y->t == f->t &&
		     e->loc[f->b].kind == LOC_NONE;
	ir_ref r = sum_of(e, k, f), rb = minus ? y->a : f->b;
	unsigned w = f->t == IT64, a, b, sum;

	if (f->t < IT32 || emit_def(e, f->c)->op != IR_fl_carry) {
		e->failed = true;
		return;
	}
	if (!emit_is_quiet(e, f->a))
		emit_use(e, f->a);
	if (!emit_is_quiet(e, rb))
		emit_use(e, rb);
	/* While registers are free; then the operands, which leave them. */
	emit_flags_to_host(e, true);
	a = w ? emit_use(e, f->a) : emit_use32(e, f->a);
	b = w ? emit_use(e, rb) : emit_use32(e, rb);
	sum = emit_alloc(e);
	x64_mov(&e->as, w, sum, a);
	if (r) {
		emit_locate(e, r, LOC_REG, sum, true);
		emit_done(e, emit_def(e, r)->a);
		emit_done(e, emit_def(e, r)->b);
	}
	emit_save_dependants(e, k, EMIT_FLAGS, emit_def(e, k)->a);
	e->failed |= !e->fl_host && !e->restart;
	if (!minus)
		x64_byte(&e->as, 0xf5);		/* cmc */
	x64_alu_rr(&e->as, w, minus ? ALU_SBB : ALU_ADC, sum, b);
	if (wanted)
		store_host_flags(e, minus);
	else if (!minus)
		x64_byte(&e->as, 0xf5);
	if (!r)
		emit_free(e, sum);
	e->fl_known = false;
	e->fl_host = !wanted;
	e->fl_memory = wanted;
	e->fl_insn = e->guest;
	e->fl_twin = 0;
}
