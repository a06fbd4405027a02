/*
 * emit_int.c - integer operations.
 *
 * A two-operand instruction set: the result starts as a copy of the first
 * operand, unless the destination is the second operand's register. Where
 * an operation has a three-operand form (lea) that is taken. All results are
 * zero-extended, which 32-bit instructions do by themselves.
 *
 * A guest register in memory that the unit computes is loaded whole and by a
 * mov of its own: what was stored lately costs such a load nothing, while an
 * operand in memory, or a part of it, waits for the store. Measured on Zen: up
 * to half the time of md5. One that the unit only reads, or has just loaded
 * from elsewhere, is an operand: with a mov of its own a bytecode interpreter's
 * loop took 1.7 times as long.
 */
#include "cpu.h"
#include "asm_vec.h"
#include "emit_core.h"
#include "emit_int.h"

static unsigned
use(struct emit *e, unsigned t, ir_ref r)
{
	return t == IT32 ? emit_use32(e, r) : emit_use(e, r);
}

/* A guest register that nothing has loaded yet. */
static bool
in_memory(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);

	return e->loc[r].kind == LOC_NONE && i->op == IR_getx &&
	       x64_pin_of(i->n) == X64_NOREG;
}

/* Whether r, of type t, is a guest register that is best read where it lives
 * in memory. */
static bool
memory_operand(struct emit *e, unsigned t, ir_ref r, struct x64_mem *m)
{
	const struct ir_insn *i = emit_def(e, r);

	if (e->loc[r].kind != LOC_NONE)
		return false;
	if (t == IT32 && i->op == IR_zext && i->t == IT32) {
		r = i->a;
		i = emit_def(e, r);
	}
	if (i->op != IR_getx || e->loc[r].kind != LOC_NONE ||
	    x64_pin_of(i->n) != X64_NOREG || e->x_computed >> i->n & 1 ||
	    emit_held(e, i->n) != X64_NOREG)
		return false;
	*m = x64_at(RBP, i->n * 8 - X64_CPU_BIAS);
	return true;
}

/* As use(), for an operand that is going to be overwritten by the result: made
 * in dst at once if nothing else can want either. That may be a pinned register
 * only if this is the operation's only operand, but for constants: then r may
 * overwrite what the whole may. */
static unsigned
use_first(struct emit *e, unsigned t, ir_ref r, unsigned dst, bool only)
{
	const struct ir_insn *i = emit_def(e, r);

	if (e->loc[r].kind != LOC_NONE || e->left[r] != 1 ||
	    !(only || X64_SCRATCH & 1u << dst) ||
	    (i->op == IR_getx && x64_pin_of(i->n) != X64_NOREG) ||
	    (t == IT32 && i->op == IR_zext && i->t == IT32 &&
	     !in_memory(e, i->a)))
		return use(e, t, r);
	emit_int_into(e, r, dst);
	emit_locate(e, r, LOC_REG, dst, false);
	return dst;
}

static bool
fits32(unsigned t, int64_t v)
{
	return t == IT32 || v == (int32_t)v;
}

static bool
commutes(enum x64_alu op)
{
	return op != ALU_SUB;
}

/* dst = a op b through the classic two-operand form. */
static void
alu(struct emit *e, const struct ir_insn *i, enum x64_alu op, unsigned dst)
{
	unsigned w = i->t == IT64, a, b, tmp;
	struct x64_mem m;
	int64_t v;
	bool small = emit_is_const(e, i->b, &v) && fits32(i->t, v);

	a = use_first(e, i->t, i->a, dst, small);
	e->fl_host = false;
	if (small) {
		if (dst != a)
			x64_mov(&e->as, w, dst, a);
		x64_alu_ri(&e->as, w, op, dst, (int32_t)v);
	} else if (memory_operand(e, i->t, i->b, &m)) {
		if (dst != a)
			x64_mov(&e->as, w, dst, a);
		x64_alu_rm(&e->as, w, op, dst, m);
	} else {
		b = use(e, i->t, i->b);
		if (dst == b && dst != a && commutes(op)) {
			x64_alu_rr(&e->as, w, op, dst, a);
		} else if (dst == b && dst != a) {
			tmp = emit_alloc(e);
			x64_mov(&e->as, w, tmp, a);
			x64_alu_rr(&e->as, w, op, tmp, b);
			x64_mov(&e->as, w, dst, tmp);
			emit_free(e, tmp);
		} else {
			if (dst != a)
				x64_mov(&e->as, w, dst, a);
			x64_alu_rr(&e->as, w, op, dst, b);
		}
	}
	emit_done(e, i->a);
	emit_done(e, i->b);
}

/* adc and sbc: the sum of a sum, or of a number plus zero, and the guest's
 * carry. */
static bool
add_carry(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	const struct ir_insn *x = emit_def(e, i->a), *c = emit_def(e, i->b);
	const struct ir_insn *carry = emit_def(e, c->a);
	unsigned w = i->t == IT64, a, b;
	bool sum = x->op == IR_add && x->t == i->t && e->left[i->a] == 1 &&
		   e->loc[i->a].kind == LOC_NONE;
	ir_ref ra = sum ? x->a : i->a;

	if (c->op != IR_btoi || carry->op != IR_fl_carry ||
	    emit_def(e, carry->a)->op != IR_getfl ||
	    e->loc[i->b].kind != LOC_NONE || e->left[i->b] != 1)
		return false;
	if (!emit_is_quiet(e, ra))
		emit_use(e, ra);
	if (sum && !emit_is_quiet(e, x->b))
		emit_use(e, x->b);
	/* While registers are free; then the operands, which leave it. */
	emit_flags_to_host(e, true);
	x64_byte(&e->as, 0xf5);		/* cmc */
	a = use_first(e, i->t, ra, dst, false);
	b = sum ? use(e, i->t, x->b) : X64_NOREG;
	if (sum && dst == b) {
		x64_alu_rr(&e->as, w, ALU_ADC, dst, a);
	} else {
		if (dst != a)
			x64_mov(&e->as, w, dst, a);
		if (sum)
			x64_alu_rr(&e->as, w, ALU_ADC, dst, b);
		else
			x64_alu_ri(&e->as, w, ALU_ADC, dst, 0);
	}
	e->fl_host = false;
	emit_done(e, i->a);
	emit_done(e, i->b);
	return true;
}

static void
add(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned w = i->t == IT64;
	struct x64_mem m;
	int64_t v;

	if (add_carry(e, i, dst))
		return;
	if (i->t == IT64) {
		/* An address computation by itself. */
		ir_ref self = (ir_ref)(i - e->b->insn);

		m = emit_addr(e, self);
		if (m.index == X64_NOREG && m.base == dst) {
			if (m.disp) {
				x64_alu_ri(&e->as, w, ALU_ADD, dst, m.disp);
				e->fl_host = false;
			}
		} else if (m.index == X64_NOREG && !m.disp) {
			x64_mov(&e->as, w, dst, m.base);
		} else {
			x64_lea(&e->as, w, dst, m);
		}
		emit_done(e, i->a);
		emit_done(e, i->b);
		return;
	}
	m = x64_at(use(e, i->t, i->a), 0);
	if (m.base == dst) {
		alu(e, i, ALU_ADD, dst);
		return;
	}
	if (emit_is_const(e, i->b, &v))
		m.disp = (int32_t)v;
	else
		m.index = (uint8_t)use(e, i->t, i->b);
	x64_lea(&e->as, w, dst, m);
	emit_done(e, i->a);
	emit_done(e, i->b);
}

/* The add of adds, the sub of subs: EFLAGS become the guest's. */
static void
twin(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	alu(e, i, i->op == IR_add ? ALU_ADD : ALU_SUB, dst);
	if (i->op == IR_add)
		x64_byte(&e->as, 0xf5);		/* cmc */
	e->fl_host = true;
}

static void
andn(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned w = i->t == IT64, tmp;

	e->fl_host = false;
	if (x64_cpu_has(X64_CPU_BMI1)) {
		unsigned a = use(e, i->t, i->a), b = use(e, i->t, i->b);

		x64_vex_rrr(&e->as, 0x0f38f2, w, dst, b, a);
		emit_done(e, i->a);
		emit_done(e, i->b);
		return;
	}
	tmp = emit_alloc(e);
	x64_mov(&e->as, w, tmp, use(e, i->t, i->b));
	x64_not(&e->as, w, tmp);
	x64_alu_rr(&e->as, w, ALU_AND, tmp, use(e, i->t, i->a));
	x64_mov(&e->as, w, dst, tmp);
	emit_free(e, tmp);
	emit_done(e, i->a);
	emit_done(e, i->b);
}

static void
mul(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned w = i->t == IT64, a = use_first(e, i->t, i->a, dst, false), b;
	struct x64_mem m;

	if (memory_operand(e, i->t, i->b, &m)) {
		if (dst != a)
			x64_mov(&e->as, w, dst, a);
		x64_rm(&e->as, w, 0x0faf, dst, m);
	} else if ((b = use(e, i->t, i->b)) == dst) {
		x64_imul(&e->as, w, dst, a);
	} else {
		if (dst != a)
			x64_mov(&e->as, w, dst, a);
		x64_imul(&e->as, w, dst, b);
	}
	e->fl_host = false;
	emit_done(e, i->a);
	emit_done(e, i->b);
}

/* Takes rax and rdx; b is elsewhere, a may be in rax. */
static bool
take_pair(struct emit *e, const struct ir_insn *i, unsigned *a, unsigned *b)
{
	if (!emit_alloc_this(e, RAX))
		return false;
	if (!emit_alloc_this(e, RDX)) {
		emit_free(e, RAX);
		return false;
	}
	*a = use_first(e, i->t, i->a, RAX, false);
	*b = use(e, i->t, i->b);
	return true;
}

static void
put_pair(struct emit *e, const struct ir_insn *i)
{
	emit_free(e, RAX);
	emit_free(e, RDX);
	e->fl_host = false;
	emit_done(e, i->a);
	emit_done(e, i->b);
}

static void
mulh(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned a, b;

	if (i->t != IT64)
		e->failed = true;
	if (!take_pair(e, i, &a, &b))
		return;
	if (a != RAX)
		x64_mov(&e->as, X64_64, RAX, a);
	x64_mul_wide(&e->as, X64_64, i->op == IR_smulh, b);
	x64_mov(&e->as, X64_64, dst, RDX);
	put_pair(e, i);
}

/* x86 traps where A64 has a result: division by zero gives 0, and the least
 * integer by -1 itself, which is what negation gives. */
static void
divide(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	bool is_signed = i->op == IR_sdiv;
	unsigned w = i->t == IT64, a, b;
	uint8_t *by_zero, *by_minus_1 = NULL, *end, *end2;

	if (!take_pair(e, i, &a, &b))
		return;
	if (a != RAX)
		x64_mov(&e->as, w, RAX, a);
	x64_test(&e->as, w, b, b);
	by_zero = x64_jcc(&e->as, CC_E, e->as.p);
	if (is_signed) {
		x64_alu_ri(&e->as, w, ALU_CMP, b, -1);
		by_minus_1 = x64_jcc(&e->as, CC_E, e->as.p);
		x64_cdq(&e->as, w);
	} else {
		x64_alu_rr(&e->as, X64_32, ALU_XOR, RDX, RDX);
	}
	x64_div(&e->as, w, is_signed, b);
	end = x64_jmp(&e->as, e->as.p);
	if (is_signed) {
		x64_patch(by_minus_1, e->as.p);
		x64_neg(&e->as, w, RAX);
		end2 = x64_jmp(&e->as, e->as.p);
	} else {
		end2 = NULL;
	}
	x64_patch(by_zero, e->as.p);
	x64_alu_rr(&e->as, X64_32, ALU_XOR, RAX, RAX);
	x64_patch(end, e->as.p);
	if (end2)
		x64_patch(end2, e->as.p);
	x64_mov(&e->as, w, dst, RAX);
	put_pair(e, i);
}

static void
shift(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	static const uint8_t ops[4] = { SH_SHL, SH_SHR, SH_SAR, SH_ROR };
	enum x64_shift op = ops[i->op - IR_shl];
	unsigned w = i->t == IT64, a, b;
	int64_t v;

	e->fl_host = false;
	if (emit_is_const(e, i->b, &v)) {
		a = use_first(e, i->t, i->a, dst, true);
		if (dst != a)
			x64_mov(&e->as, w, dst, a);
		v &= w ? 63 : 31;
		if (v)
			x64_shift_imm(&e->as, w, op, dst, (unsigned)v);
		else if (!w)
			x64_mov(&e->as, w, dst, dst);
		emit_done(e, i->a);
		emit_done(e, i->b);
		return;
	}
	if (op != SH_ROR && x64_cpu_has(X64_CPU_BMI2)) {
		/* shlx, shrx, sarx */
		b = use(e, i->t, i->b);
		a = use(e, i->t, i->a);
		x64_vex_rrr(&e->as, 0x0f38f7 | (op == SH_SHL ? X64_66 :
				    op == SH_SHR ? X64_F2 : X64_F3),
			    w, dst, b, a);
		emit_done(e, i->a);
		emit_done(e, i->b);
		return;
	}
	if (!emit_alloc_this(e, RCX))
		return;
	b = use(e, i->t, i->b);
	a = use(e, i->t, i->a);
	x64_mov(&e->as, X64_32, RCX, b);
	if (dst == RCX) {
		unsigned tmp = emit_alloc(e);

		x64_mov(&e->as, w, tmp, a);
		x64_shift_cl(&e->as, w, op, tmp);
		x64_mov(&e->as, w, dst, tmp);
		emit_free(e, tmp);
	} else {
		if (dst != a)
			x64_mov(&e->as, w, dst, a);
		x64_shift_cl(&e->as, w, op, dst);
	}
	emit_free(e, RCX);
	emit_done(e, i->a);
	emit_done(e, i->b);
}

/* Each half of 32 bits by itself: reversed, its halfwords change places. */
static void
bswap16(struct emit *e, unsigned w, unsigned dst)
{
	unsigned tmp;

	if (w != X64_64) {
		x64_bswap(&e->as, w, dst);
		x64_shift_imm(&e->as, w, SH_ROR, dst, 16);
		return;
	}
	tmp = emit_alloc(e);
	x64_mov(&e->as, X64_64, tmp, dst);
	x64_shift_imm(&e->as, X64_64, SH_SHR, tmp, 32);
	bswap16(e, X64_32, tmp);
	bswap16(e, X64_32, dst);
	x64_shift_imm(&e->as, X64_64, SH_SHL, tmp, 32);
	x64_alu_rr(&e->as, X64_64, ALU_OR, dst, tmp);
	emit_free(e, tmp);
}

/* Bytes, then nibbles, pairs and bits change places. */
static void
rbit(struct emit *e, unsigned w, unsigned dst)
{
	static const uint64_t masks[3] = {
		0x0f0f0f0f0f0f0f0f, 0x3333333333333333, 0x5555555555555555,
	};
	unsigned tmp = emit_alloc(e), mask = emit_alloc(e), i;

	x64_bswap(&e->as, w, dst);
	for (i = 0; i < 3; i++) {
		x64_mov_imm(&e->as, mask, w ? masks[i] : (uint32_t)masks[i]);
		x64_mov(&e->as, w, tmp, dst);
		x64_shift_imm(&e->as, w, SH_SHR, tmp, 4u >> i);
		x64_alu_rr(&e->as, w, ALU_AND, tmp, mask);
		x64_alu_rr(&e->as, w, ALU_AND, dst, mask);
		x64_shift_imm(&e->as, w, SH_SHL, dst, 4u >> i);
		x64_alu_rr(&e->as, w, ALU_OR, dst, tmp);
	}
	emit_free(e, tmp);
	emit_free(e, mask);
}

static void
unary(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned w = i->t == IT64, a, tmp;

	a = use_first(e, i->t, i->a, dst, true);
	if (i->op != IR_not)
		e->fl_host = false;
	if (i->op == IR_clz) {
		if (!x64_cpu_has(X64_CPU_LZCNT)) {
			e->failed = true;
			return;
		}
		x64_rr(&e->as, w, X64_F3 | 0x0fbd, dst, a);
		emit_done(e, i->a);
		return;
	}
	if (i->op == IR_cls) {
		/* the leading zeros of x ^ (x >> 1, arithmetic), less one */
		if (!x64_cpu_has(X64_CPU_LZCNT)) {
			e->failed = true;
			return;
		}
		tmp = emit_alloc(e);
		x64_mov(&e->as, w, tmp, a);
		x64_shift_imm(&e->as, w, SH_SAR, tmp, 1);
		x64_alu_rr(&e->as, w, ALU_XOR, tmp, a);
		x64_rr(&e->as, w, X64_F3 | 0x0fbd, dst, tmp);
		x64_alu_ri(&e->as, w, ALU_SUB, dst, 1);
		emit_free(e, tmp);
		emit_done(e, i->a);
		return;
	}
	if (dst != a)
		x64_mov(&e->as, w, dst, a);
	switch (i->op) {
	case IR_not:
		x64_not(&e->as, w, dst);
		break;
	case IR_neg:
		x64_neg(&e->as, w, dst);
		break;
	case IR_bswap:
		x64_bswap(&e->as, w, dst);
		break;
	case IR_bswap16:
		bswap16(e, w, dst);
		break;
	case IR_bswap32:
		x64_bswap(&e->as, w, dst);
		x64_shift_imm(&e->as, w, SH_ROR, dst, 32);
		break;
	case IR_rbit:
		rbit(e, w, dst);
		break;
	}
	emit_done(e, i->a);
}

static void
extend(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned a;

	a = use_first(e, i->op == IR_zext ? i->t : IT64, i->a, dst, true);
	if (i->op == IR_zext && i->t == IT64)
		x64_mov(&e->as, X64_64, dst, a);
	else if (i->op == IR_zext)
		x64_movzx(&e->as, i->t, dst, a);
	else
		x64_movsx(&e->as, X64_64, i->t, dst, a);
	emit_done(e, i->a);
}

static void
extract(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned w = i->t == IT64, a = use(e, i->t, i->a);
	unsigned b = use(e, i->t, i->b), tmp;

	e->fl_host = false;
	if (a == b) {
		if (dst != a)
			x64_mov(&e->as, w, dst, a);
		x64_shift_imm(&e->as, w, SH_ROR, dst, i->n);
	} else {
		tmp = dst == a ? emit_alloc(e) : dst;
		if (tmp != b)
			x64_mov(&e->as, w, tmp, b);
		x64_shrd_imm(&e->as, w, tmp, a, i->n);
		if (tmp != dst) {
			x64_mov(&e->as, w, dst, tmp);
			emit_free(e, tmp);
		}
	}
	emit_done(e, i->a);
	emit_done(e, i->b);
}

static void
crc32c(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	static const unsigned op[4] = { 0x0f38f0 | X64_F2 | X64_BYTE,
					0x0f38f1 | X64_F2, 0x0f38f1 | X64_F2,
					0x0f38f1 | X64_F2 };
	unsigned a, b, tmp;

	if (!x64_cpu_has(X64_CPU_SSE42)) {
		e->failed = true;
		return;
	}
	a = emit_use(e, i->a);
	b = emit_use(e, i->b);
	tmp = dst == b ? emit_alloc(e) : dst;
	if (tmp != a)
		x64_mov(&e->as, X64_32, tmp, a);
	if (i->t == IT16)
		x64_byte(&e->as, 0x66);
	x64_rr(&e->as, i->t == IT64, op[i->t], tmp, b);
	if (tmp != dst) {
		x64_mov(&e->as, X64_32, dst, tmp);
		emit_free(e, tmp);
	}
	emit_done(e, i->a);
	emit_done(e, i->b);
}

bool
emit_is_quiet(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);

	if (e->loc[r].kind != LOC_NONE)
		return true;
	switch (i->op) {
	case IR_getx:
	case IR_const:
		return true;
	case IR_add:	/* lea */
		return emit_def(e, i->b)->op == IR_const && emit_is_quiet(e, i->a);
	case IR_zext:
	case IR_not:
		return emit_is_quiet(e, i->a);
	}
	return false;
}

/* What could change EFLAGS comes before the condition; the rest after it, when
 * its operands' registers are free. */
static void
choose(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned x, y, to = dst;
	enum x64_cc cc;

	if (!emit_is_quiet(e, i->b))
		emit_use(e, i->b);
	if (!emit_is_quiet(e, i->c))
		emit_use(e, i->c);
	cc = emit_cond(e, i->a);
	emit_done(e, i->a);
	x = emit_use(e, i->b);
	y = emit_use(e, i->c);

	/* The condition may have been computed from dst's old value, and has
	 * been; but x must survive the copy of y. */
	if (dst == x) {
		x64_cmov(&e->as, X64_64, cc ^ 1, dst, y);
	} else {
		if (to != y)
			x64_mov(&e->as, X64_64, to, y);
		x64_cmov(&e->as, X64_64, cc, to, x);
	}
	emit_done(e, i->b);
	emit_done(e, i->c);
}

static void
btoi(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	enum x64_cc cc = emit_cond(e, i->a);

	x64_setcc(&e->as, cc, dst);
	x64_movzx(&e->as, IT8, dst, dst);
	emit_done(e, i->a);
}

static void
getx(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	unsigned pin = x64_pin_of(i->n);

	if (pin == X64_NOREG)
		pin = emit_held(e, i->n);
	if (pin == X64_NOREG)
		x64_load(&e->as, IT64, dst,
			 x64_at(RBP, i->n * 8 - X64_CPU_BIAS));
	else if (pin != dst)
		x64_mov(&e->as, X64_64, dst, pin);
}

/* a64_fpsr_get(): MXCSR's IE, and behind its DE, which does not count, ZE OE UE
 * PE, in Arm's order; and what is not in MXCSR. */
static void
getfpsr(struct emit *e, unsigned dst)
{
	unsigned t = emit_alloc(e);

	x64_rm(&e->as, X64_32, 0x0fae, 3, CPU(mxcsr));	/* stmxcsr */
	x64_load(&e->as, IT32, dst, CPU(mxcsr));
	x64_mov(&e->as, X64_32, t, dst);
	x64_shift_imm(&e->as, X64_32, SH_SHR, dst, 1);
	x64_alu_ri(&e->as, X64_32, ALU_AND, dst, FPSR_DZC | FPSR_OFC |
						 FPSR_UFC | FPSR_IXC);
	x64_alu_ri(&e->as, X64_32, ALU_AND, t, FPSR_IOC);
	x64_alu_rr(&e->as, X64_32, ALU_OR, dst, t);
	x64_alu_rm(&e->as, X64_32, ALU_OR, dst, CPU(fp.fpsr));
	emit_free(e, t);
	e->fl_host = false;
}

static void
emit_by_op(struct emit *e, const struct ir_insn *i, unsigned dst)
{
	switch (i->op) {
	case IR_const:
		x64_mov_imm(&e->as, dst, i->imm);
		break;
	case IR_getx:
		getx(e, i, dst);
		break;
	case IR_gettp:
		x64_load(&e->as, IT64, dst, CPU(tpidr_el0));
		break;
	case IR_getfpcr:
		x64_load(&e->as, IT32, dst, CPU(fp.fpcr));
		break;
	case IR_getfpsr:
		getfpsr(e, dst);
		break;
	case IR_add:
		add(e, i, dst);
		break;
	case IR_sub:
		alu(e, i, ALU_SUB, dst);
		break;
	case IR_and:
		alu(e, i, ALU_AND, dst);
		break;
	case IR_or:
		alu(e, i, ALU_OR, dst);
		break;
	case IR_xor:
		alu(e, i, ALU_XOR, dst);
		break;
	case IR_andn:
		andn(e, i, dst);
		break;
	case IR_mul:
		mul(e, i, dst);
		break;
	case IR_umulh:
	case IR_smulh:
		mulh(e, i, dst);
		break;
	case IR_udiv:
	case IR_sdiv:
		divide(e, i, dst);
		break;
	case IR_shl:
	case IR_shr:
	case IR_sar:
	case IR_ror:
		shift(e, i, dst);
		break;
	case IR_not:
	case IR_neg:
	case IR_clz:
	case IR_cls:
	case IR_bswap:
	case IR_bswap16:
	case IR_bswap32:
	case IR_rbit:
		unary(e, i, dst);
		break;
	case IR_zext:
	case IR_sext:
		extend(e, i, dst);
		break;
	case IR_extract:
		extract(e, i, dst);
		break;
	case IR_crc32c:
		crc32c(e, i, dst);
		break;
	case IR_choose:
		choose(e, i, dst);
		break;
	case IR_btoi:
		btoi(e, i, dst);
		break;
	default:
		e->failed = true;
	}
}

/* Operations that only 32- and 64-bit instructions do. */
static bool
is_narrow(const struct ir_insn *i)
{
	return i->t < IT32 && i->op != IR_const && i->op != IR_getx &&
	       i->op != IR_gettp && i->op != IR_getfpcr &&
	       i->op != IR_getfpsr && i->op != IR_zext && i->op != IR_sext &&
	       i->op != IR_crc32c && i->op != IR_choose && i->op != IR_btoi;
}

void
emit_int_into(struct emit *e, ir_ref r, unsigned dst)
{
	const struct ir_insn *i = &e->b->insn[r];

	if (is_narrow(i))
		e->failed = true;
	else if (r == e->fl_twin && (i->op == IR_add || i->op == IR_sub))
		twin(e, i, dst);
	else
		emit_by_op(e, i, dst);
}
