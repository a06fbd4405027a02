/*
 * fold.c - constant folding and algebra, one operation at a time.
 *
 * Constants are computed by the references that the interpreter runs. A large
 * constant is not always better than what it is computed from: one that is
 * computed from a host register in one instruction stays that.
 */
#include "../ir/reference.h"
#include "fold.h"
#include "rewrite.h"

/* t: an integer type, where that matters. */
static uint64_t
mask_of(unsigned t)
{
	static const uint64_t masks[4] = {
		UINT8_MAX, UINT16_MAX, UINT32_MAX, UINT64_MAX,
	};

	return masks[t & 3];
}

/* All bits up to the highest of v. */
static uint64_t
smear(uint64_t v)
{
	return v ? ~UINT64_C(0) >> __builtin_clzll(v) : 0;
}

static bool
is_const(const struct fold *f, ir_ref r, uint64_t *v)
{
	*v = f->fact[r].value;
	return f->fact[r].known;
}

/* Value k is that of r. */
static void
same_as(struct fold *f, ir_ref k, ir_ref r)
{
	f->fact[k] = f->fact[r];
	f->fact[k].same = f->fact[r].same ? f->fact[r].same : r;
	f->any_same = true;
}

static bool
is_pinned_get(const struct fold *f, ir_ref r)
{
	const struct ir_insn *i = &f->b->insn[r];

	return i->op == IR_getx && f->pinned >> i->n & 1;
}

static void
now_const(struct fold *f, ir_ref k, uint64_t v)
{
	const struct ir_insn *i = &f->b->insn[k];

	f->fact[k] = fold_constant(v);
	if (fold_is_small(v) || !(is_pinned_get(f, i->a) ||
				  is_pinned_get(f, i->b)))
		opt_make_const(f->b, k, v);
}

/* --- Values. */

#define CASE_TII(o) case IR_##o: *v = ref_##o(i->t, a, b); return true;
#define CASE_TI(o) case IR_##o: *v = ref_##o(i->t, a); return true;

/* The value of an operation on constants. */
static bool
evaluate(const struct ir_insn *i, uint64_t a, uint64_t b, uint64_t *v)
{
	switch (i->op) {
	CASE_TII(add) CASE_TII(sub) CASE_TII(mul) CASE_TII(umulh)
	CASE_TII(smulh) CASE_TII(udiv) CASE_TII(sdiv) CASE_TII(and)
	CASE_TII(or) CASE_TII(xor) CASE_TII(andn) CASE_TII(shl) CASE_TII(shr)
	CASE_TII(sar) CASE_TII(ror) CASE_TI(not) CASE_TI(neg) CASE_TI(clz)
	CASE_TI(cls) CASE_TI(rbit) CASE_TI(bswap) CASE_TI(bswap16)
	CASE_TI(bswap32) CASE_TI(zext) CASE_TI(sext)
	case IR_extract:
		*v = ref_extract(i->t, a, b, i->n);
		return true;
	}
	return false;
}

/* The bits that an operation's value may have set. */
static uint64_t
possible_bits(const struct fold *f, const struct ir_insn *i)
{
	uint64_t a = f->fact[i->a].bits, b = f->fact[i->b].bits, n;

	switch (i->op) {
	case IR_zext:
		return a & mask_of(i->t);
	case IR_sext:
		return a & mask_of(i->t) & ~(mask_of(i->t) >> 1) ?
		       ~UINT64_C(0) : a & mask_of(i->t);
	case IR_and:
		return a & b;
	case IR_andn:
		return a;
	case IR_or:
	case IR_xor:
		return a | b;
	case IR_add:
		n = smear(a | b);
		return (n << 1 | n) & mask_of(i->t);
	case IR_shl:
		return is_const(f, i->b, &n) ? ref_shl(i->t, a, n) :
					       mask_of(i->t);
	case IR_shr:
		return is_const(f, i->b, &n) ? ref_shr(i->t, a, n) : smear(a);
	case IR_udiv:
		return smear(a);
	case IR_clz:
	case IR_cls:
		return 127;
	case IR_btoi: case IR_stx: case IR_stxp:
		return 1;
	case IR_choose:
		return b | f->fact[i->c].bits;
	case IR_crc32:
	case IR_crc32c:
		return UINT32_MAX;
	case IR_sub: case IR_mul: case IR_umulh: case IR_smulh: case IR_sdiv:
	case IR_sar: case IR_ror: case IR_not: case IR_neg: case IR_rbit:
	case IR_bswap: case IR_bswap16: case IR_bswap32: case IR_extract:
	case IR_load: case IR_rmw: case IR_cas: case IR_ldx:
		return mask_of(i->t);
	}
	return ~UINT64_C(0);
}

/* --- Algebra. Each returns true if k is done with. */

/* k, once rewritten, is what may be simpler still. */
static bool
again(struct fold *f, ir_ref k)
{
	fold_insn(f, k);
	return true;
}

static bool
become(struct fold *f, ir_ref k, unsigned op, unsigned t)
{
	struct ir_insn *i = &f->b->insn[k];

	i->op = (uint16_t)op;
	i->t = (uint8_t)t;
	if (i->b)
		opt_set_operand(f->b, &i->b, 0);
	return again(f, k);
}

/* x & m, with all of m's bits possible in x: a zero extension, perhaps. */
static bool
and_mask(struct fold *f, ir_ref k, uint64_t m)
{
	struct ir_insn *i = &f->b->insn[k];

	if (!(f->fact[i->a].bits & ~m)) {
		same_as(f, k, i->a);
		return true;
	}
	if (m == UINT8_MAX)
		return become(f, k, IR_zext, IT8);
	if (m == UINT16_MAX)
		return become(f, k, IR_zext, IT16);
	if (m == UINT32_MAX)
		return become(f, k, IR_zext, IT32);
	return false;
}

/* x & ~m, if the constant is nobody else's. */
static bool
and_not(struct fold *f, ir_ref k)
{
	struct ir_insn *i = &f->b->insn[k], *m = &f->b->insn[i->b];

	if (m->op != IR_const || m->uses != 1)
		return false;
	m->imm = ~m->imm & mask_of(i->t);
	f->fact[i->b].bits = f->fact[i->b].value = m->imm;
	i->op = IR_and;
	return again(f, k);
}

/* x >> n of x << n: an extension of the low bits. */
static bool
shift_pair(struct fold *f, ir_ref k, uint64_t n)
{
	struct ir_insn *i = &f->b->insn[k], *x = &f->b->insn[i->a];
	unsigned width = it_bits(i->t), t;
	uint64_t m;

	if (x->op != IR_shl || x->t != i->t || !is_const(f, x->b, &m) ||
	    m != n)
		return false;
	t = n == width - 8 ? IT8 : n == width - 16 ? IT16 : IT32;
	if (n != width - it_bits(t) || t >= i->t)
		return false;
	if (i->t == IT64) {
		opt_set_operand(f->b, &i->a, x->a);
		return become(f, k, IR_sext, t);
	}
	/* The high half is to be zero: zext of sext. */
	if (x->uses != 1)
		return false;
	opt_set_operand(f->b, &x->b, 0);
	x->op = IR_sext;
	x->t = (uint8_t)t;
	f->fact[i->a].bits = possible_bits(f, x);
	return become(f, k, IR_zext, IT32);
}

/* An operation with constant v on the right. */
static bool
with_const(struct fold *f, ir_ref k, uint64_t v)
{
	struct ir_insn *i = &f->b->insn[k];

	switch (i->op) {
	case IR_add:
	case IR_sub:
	case IR_or:
	case IR_xor:
		if (v == 0)
			same_as(f, k, i->a);
		return v == 0;
	case IR_and:
		return and_mask(f, k, v);
	case IR_andn:
		return and_not(f, k);
	case IR_shl:
	case IR_shr:
	case IR_ror:
	case IR_sar:
		v &= it_bits(i->t) - 1;
		if (v == 0)
			same_as(f, k, i->a);
		return v == 0 || (i->op == IR_sar && shift_pair(f, k, v));
	}
	return false;
}

static bool
commutes(unsigned op)
{
	return op == IR_add || op == IR_and || op == IR_or || op == IR_xor ||
	       op == IR_mul;
}

static bool
extension(struct fold *f, ir_ref k)
{
	struct ir_insn *i = &f->b->insn[k];
	const struct ir_insn *x = &f->b->insn[i->a];
	uint64_t mask = mask_of(i->t);

	/* sxtw: of what has been cut there already. */
	if (x->op == IR_zext && x->t >= i->t) {
		opt_set_operand(f->b, &i->a, x->a);
		return again(f, k);
	}
	if (i->op == IR_sext)
		mask >>= i->t != IT64;
	if (f->fact[i->a].bits & ~mask)
		return false;
	same_as(f, k, i->a);
	return true;
}

/* cset: 1 or 0. */
static bool
choose_bit(struct fold *f, ir_ref k)
{
	struct ir_insn *i = &f->b->insn[k], *c = &f->b->insn[i->a];
	uint64_t x, y;

	if (!is_const(f, i->b, &x) || !is_const(f, i->c, &y) || x + y != 1 ||
	    x > 1)
		return false;
	if (x == 0) {
		if (c->op != IR_cond || c->n >= 14 || c->uses != 1)
			return false;
		c->n ^= 1;
	}
	opt_set_operand(f->b, &i->b, 0);
	opt_set_operand(f->b, &i->c, 0);
	i->op = IR_btoi;
	f->fact[k] = (struct fold_fact){ .bits = 1 };
	return true;
}

static bool
simplify(struct fold *f, ir_ref k)
{
	struct ir_insn *i = &f->b->insn[k];
	uint64_t v;

	if (i->op == IR_zext || i->op == IR_sext)
		return extension(f, k);
	if (i->op == IR_choose)
		return choose_bit(f, k);
	if (commutes(i->op) && f->fact[i->a].known) {
		ir_ref a = i->a;

		i->a = i->b;
		i->b = a;
	}
	if (i->op == IR_sub && is_const(f, i->a, &v) && v == 0) {
		opt_set_operand(f->b, &i->a, i->b);
		return become(f, k, IR_neg, i->t);
	}
	return i->b && is_const(f, i->b, &v) && with_const(f, k, v);
}

static bool
is_integer(unsigned op)
{
	return op >= IR_add && op <= IR_choose;
}

void
fold_insn(struct fold *f, ir_ref k)
{
	struct ir_insn *i = &f->b->insn[k];
	uint64_t a, b = 0, v;

	if (is_integer(i->op)) {
		if (is_const(f, i->a, &a) &&
		    (!i->b || is_const(f, i->b, &b)) &&
		    evaluate(i, a, b, &v)) {
			now_const(f, k, v);
			return;
		}
		if (simplify(f, k))
			return;
	}
	f->fact[k] = (struct fold_fact){ .bits = possible_bits(f, i) };
}
