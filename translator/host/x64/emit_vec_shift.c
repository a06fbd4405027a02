/*
 * emit_vec_shift.c - shifts, widening, narrowing, saturation.
 *
 * The host has no shifts of bytes: those are shifts of halfwords, and a mask
 * for what came over from the neighbour. Nor has it an arithmetic right shift
 * of doublewords (before AVX-512).
 */
#include "emit_vec.h"

/* --- Shifts by a constant. */

/* Each: dst = x shifted. Neither is used beside the other. */

static void
shl(struct emit *e, unsigned es, unsigned dst, unsigned x, unsigned n)
{
	if (!n) {
		vec_mov(e, dst, x);
	} else if (es == ES8 && n < 8) {
		vec_shift(e, X64_PSLLW, dst, x, n);
		vec_rrc(e, X64_PAND, dst, dst, x64_splat8[0xff << n & 0xff]);
	} else if (es == ES8) {
		vec_zero(e, dst);
	} else {
		vec_shift(e, vec_psll[es - 1], dst, x, n);
	}
}

static void
ushr(struct emit *e, unsigned es, unsigned dst, unsigned x, unsigned n)
{
	if (!n) {
		vec_mov(e, dst, x);
	} else if (es == ES8 && n < 8) {
		vec_shift(e, X64_PSRLW, dst, x, n);
		vec_rrc(e, X64_PAND, dst, dst, x64_splat8[0xff >> n]);
	} else if (es == ES8) {
		vec_zero(e, dst);
	} else {
		vec_shift(e, vec_psrl[es - 1], dst, x, n);
	}
}

static void
sshr64(struct emit *e, unsigned dst, unsigned x, unsigned n)
{
	unsigned t;

	if (x64_cpu_has(X64_CPU_AVX512)) {
		x64_evex_rrr(&e->as, X64_66 | (X64_PSRAD & 0xffff), 1,
			     X64_PSRAD >> 16, dst, x);
		x64_byte(&e->as, n);
		return;
	}
	/* The sign, in all bits. */
	t = emit_alloc_xmm(e);
	vec_shift(e, X64_PSRAD, t, x, 31);
	vec_rri(e, X64_PSHUFD, t, t, 0xf5);
	if (n >= 63) {
		vec_mov(e, dst, t);
	} else {
		vec_shift(e, X64_PSRLQ, dst, x, n);
		vec_shift(e, X64_PSLLQ, t, t, 64 - n);
		vec_rrr(e, X64_POR, dst, dst, t);
	}
	emit_free_xmm(e, t);
}

static void
sshr(struct emit *e, unsigned es, unsigned dst, unsigned x, unsigned n)
{
	switch (es) {
	case ES8:
		/* Sign extension: (x ^ sign) - sign. */
		n = n < 8 ? n : 7;
		ushr(e, es, dst, x, n);
		vec_rrc(e, X64_PXOR, dst, dst, x64_splat8[0x80 >> n]);
		vec_rrc(e, X64_PSUBB, dst, dst, x64_splat8[0x80 >> n]);
		break;
	case ES64:
		sshr64(e, dst, x, n);
		break;
	default:
		vec_shift(e, es == ES16 ? X64_PSRAW : X64_PSRAD, dst, x, n);
	}
}

/* Only sshr64() looks at x again when it has written dst. */
static bool
shift_one(struct emit *e, ir_ref k, const struct ir_insn *i,
	  void (*shift)(struct emit *e, unsigned es, unsigned dst, unsigned x,
			unsigned n))
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);
	bool again = es == ES64 && shift == sshr;

	if (!again)
		vec_src_done(e, &a);
	r = vec_result_over(e, k);
	shift(e, es, r, a.reg, i->n);
	if (again)
		vec_src_done(e, &a);
	if (shift == shl && bits < 64)
		vec_trim(e, r, bits);
	return true;
}

bool
vec_shl_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return shift_one(e, k, i, shl);
}

bool
vec_ushr_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return shift_one(e, k, i, ushr);
}

bool
vec_sshr_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return shift_one(e, k, i, sshr);
}

/* Rounding: plus the last bit that goes out. */
bool
vec_rshr_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned es = vshape_es(i->shape), width = 8u << es, t, u, r;
	struct vec_src a = vec_src(e, i->a, vshape_bits(i->shape), SRC_CLEAN);

	t = emit_alloc_xmm(e);
	u = emit_alloc_xmm(e);
	if (es == ES8) {
		ushr(e, es, t, a.reg, i->n - 1u);
		vec_rrc(e, X64_PAND, t, t, x64_splat8[1]);
	} else {
		shl(e, es, t, a.reg, width - i->n);
		ushr(e, es, t, t, width - 1);
	}
	if (row->flags & VEC_SIGNED)
		sshr(e, es, u, a.reg, i->n);
	else
		ushr(e, es, u, a.reg, i->n);
	vec_src_done(e, &a);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	r = vec_result_over(e, k);
	vec_rrr(e, row->op[es], r, u, t);
	return true;
}

/* dst = the low or the high n bits of each lane of x. */
static void
keep_low(struct emit *e, unsigned es, unsigned dst, unsigned x, unsigned n)
{
	unsigned width = 8u << es;

	if (es == ES8) {
		vec_rrc(e, X64_PAND, dst, x, x64_splat8[0xff >> (8 - n)]);
		return;
	}
	shl(e, es, dst, x, width - n);
	ushr(e, es, dst, dst, width - n);
}

static void
keep_high(struct emit *e, unsigned es, unsigned dst, unsigned x, unsigned n)
{
	unsigned width = 8u << es;

	if (es == ES8) {
		vec_rrc(e, X64_PAND, dst, x, x64_splat8[0xff << (8 - n) & 0xff]);
		return;
	}
	ushr(e, es, dst, x, width - n);
	shl(e, es, dst, dst, width - n);
}

/* What is kept of a, and b shifted. */
static bool
shift_insert(struct emit *e, ir_ref k, const struct ir_insn *i, bool left)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	unsigned n = i->n, r, t, u;
	struct vec_src a, b;

	if (n == (left ? 0 : 8u << es)) {
		emit_done(e, left ? i->a : i->b);
		vec_result_clean(e, k, left ? i->b : i->a, bits);
		return true;
	}
	a = vec_src(e, i->a, bits, SRC_REG);
	b = vec_src(e, i->b, bits, SRC_REG);
	t = emit_alloc_xmm(e);
	u = emit_alloc_xmm(e);
	if (left) {
		keep_low(e, es, t, a.reg, n);
		shl(e, es, u, b.reg, n);
	} else {
		keep_high(e, es, t, a.reg, n);
		ushr(e, es, u, b.reg, n);
	}
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	r = vec_result_over(e, k);
	vec_rrr(e, X64_POR, r, t, u);
	vec_trim(e, r, bits);
	return true;
}

bool
vec_sli_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return shift_insert(e, k, i, true);
}

bool
vec_sri_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return shift_insert(e, k, i, false);
}

/* --- Shifts by a register: AVX2. Of halfwords and bytes, and arithmetic ones
 * of doublewords, the host's own only with AVX-512. */

enum { LEFT, RIGHT, RIGHT_SIGNED };

/* dst = x shifted by the lanes of count. */
static void
shift_lanes(struct emit *e, unsigned es, unsigned how, unsigned dst,
	    unsigned x, unsigned count)
{
	static const uint32_t op[3] = { X64_PSLLV, X64_PSRLV, X64_PSRAVD };
	static const uint32_t word[3] = { X64_PSLLVW, X64_PSRLVW, X64_PSRAVW };

	if (es == ES16)
		x64_evex_rrr(&e->as, word[how], 1, dst, x, count);
	else if (es == ES64 && how == RIGHT_SIGNED)
		x64_evex_rrr(&e->as, X64_PSRAVD, 1, dst, x, count);
	else
		x64_vex_rrr(&e->as, op[how], es == ES64, dst, x, count);
}

/* dst = the signed low byte of each lane, as wide as the lane. */
static void
count_from_byte(struct emit *e, unsigned es, unsigned dst, unsigned x)
{
	if (es == ES16) {
		vec_shift(e, X64_PSLLW, dst, x, 8);
		vec_shift(e, X64_PSRAW, dst, dst, 8);
	} else if (es == ES32) {
		vec_shift(e, X64_PSLLD, dst, x, 24);
		vec_shift(e, X64_PSRAD, dst, dst, 24);
	} else {
		vec_rrc(e, X64_PSHUFB, dst, x, x64_low_bytes);
		vec_rr(e, X64_PMOVSXBQ, dst, dst);
	}
}

/*
 * dst = x shifted by count, which is changed, in lanes of 16 bits (AVX-512)
 * and up. Counts of the lane's width and more give zero (in an arithmetic right
 * shift, signs); as an unsigned number, a negative count is one. So both
 * directions can be done, and the count's sign selects. Rounding adds the bit
 * that is shifted out last.
 */
static void
shift_by(struct emit *e, unsigned es, unsigned flags, unsigned dst,
	 unsigned x, unsigned count)
{
	static const uint32_t sub[3] = { X64_PSUBW, X64_PSUBD, X64_PSUBQ };
	static const uint32_t add[3] = { X64_PADDW, X64_PADDD, X64_PADDQ };
	unsigned neg = emit_alloc_xmm(e), width = 8u << es, t;
	unsigned how = flags & VEC_SIGNED ? RIGHT_SIGNED : RIGHT;

	vec_zero(e, neg);
	vec_rrr(e, sub[es - 1], neg, neg, count);
	if (flags & VEC_NOT) {
		t = emit_alloc_xmm(e);
		vec_ones(e, t);
		vec_rrr(e, add[es - 1], t, t, neg);
		shift_lanes(e, es, how, t, x, t);
		vec_shift(e, vec_psll[es - 1], t, t, width - 1);
		vec_shift(e, vec_psrl[es - 1], t, t, width - 1);
		shift_lanes(e, es, how, neg, x, neg);
		vec_rrr(e, add[es - 1], neg, neg, t);
		emit_free_xmm(e, t);
	} else {
		shift_lanes(e, es, how, neg, x, neg);
	}
	shift_lanes(e, es, LEFT, dst, x, count);
	x64_vex_rrr(&e->as, X64_PBLENDVB, 0, dst, dst, neg);
	x64_byte(&e->as, count << 4);
	emit_free_xmm(e, neg);
}

/* Four halfwords as words, of the upper half if `upper'; x gets their sign-
 * extended low halves. */
static void
shift_halfwords(struct emit *e, unsigned flags, unsigned x,
		const struct vec_src *a, const struct vec_src *b, bool upper)
{
	unsigned count = emit_alloc_xmm(e);

	vec_load(e, count, b);
	vec_load(e, x, a);
	count_from_byte(e, ES16, count, count);
	if (upper) {
		vec_rri(e, X64_PSHUFD, x, x, 0xee);
		vec_rri(e, X64_PSHUFD, count, count, 0xee);
	}
	vec_rr(e, flags & VEC_SIGNED ? X64_PMOVSXWD : X64_PMOVZXWD, x, x);
	vec_rr(e, X64_PMOVSXWD, count, count);
	shift_by(e, ES32, flags, x, x, count);
	vec_shift(e, X64_PSLLD, x, x, 16);
	vec_shift(e, X64_PSRAD, x, x, 16);
	emit_free_xmm(e, count);
}

/* Eight bytes as halfwords, of the upper half if `upper'; x gets the results'
 * low bytes. */
static void
shift_bytes(struct emit *e, unsigned flags, unsigned x,
	    const struct vec_src *a, const struct vec_src *b, bool upper)
{
	unsigned count = emit_alloc_xmm(e);

	vec_load(e, count, b);
	vec_load(e, x, a);
	if (upper) {
		vec_rri(e, X64_PSHUFD, x, x, 0xee);
		vec_rri(e, X64_PSHUFD, count, count, 0xee);
	}
	vec_rr(e, flags & VEC_SIGNED ? X64_PMOVSXBW : X64_PMOVZXBW, x, x);
	vec_rr(e, X64_PMOVSXBW, count, count);
	shift_by(e, ES16, flags, x, x, count);
	vec_rrc(e, X64_PAND, x, x, x64_even[0]);
	emit_free_xmm(e, count);
}

/* Elements shifted by `half', eight bytes or four halfwords at a time, not in
 * xmm16 and up, and packed together by `pack'. */
static bool
shift_halves(struct emit *e, ir_ref k, const struct ir_insn *i,
	     void (*half)(struct emit *e, unsigned flags, unsigned x,
			  const struct vec_src *a, const struct vec_src *b,
			  bool upper), unsigned pack)
{
	unsigned flags = emit_vec_row(i->op)->flags;
	unsigned bits = vshape_bits(i->shape), low, high, r;
	struct vec_src a = vec_src(e, i->a, 128, SRC_MEM);
	struct vec_src b = vec_src(e, i->b, 128, SRC_MEM);

	r = vec_result_apart(e, k);
	low = high = r < 16 ? r : emit_alloc_xmm(e);
	half(e, flags, low, &a, &b, false);
	if (bits == 128) {
		high = emit_alloc_xmm(e);
		half(e, flags, high, &a, &b, true);
		emit_free_xmm(e, high);
	}
	vec_rrr(e, pack, r, low, high);
	if (low != r)
		emit_free_xmm(e, low);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	vec_trim(e, r, bits);
	return true;
}

bool
vec_shift_reg(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned flags = emit_vec_row(i->op)->flags;
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool avx512 = x64_cpu_has(X64_CPU_AVX512);
	unsigned count, r;
	struct vec_src a, b;

	if (!avx512 && (es == ES8 || (flags & VEC_SIGNED && es == ES64) ||
			!x64_cpu_has(X64_CPU_AVX2)))
		return false;
	if (es == ES8)
		return shift_halves(e, k, i, shift_bytes, X64_PACKUSWB);
	if (es == ES16 && !avx512)
		return shift_halves(e, k, i, shift_halfwords, X64_PACKSSDW);
	a = vec_src(e, i->a, bits, SRC_REG);
	b = vec_src(e, i->b, bits, SRC_REG);
	count = vec_temp_over(e, &b);
	count_from_byte(e, es, count, b.reg);
	vec_src_done(e, &b);
	r = vec_result_own(e, k, &a);
	shift_by(e, es, flags, r, a.reg, count);
	vec_src_done(e, &a);
	vec_trim(e, r, bits);
	emit_free_xmm(e, count);
	return true;
}

/* --- Widening. */

bool
vec_xtl(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits / 2, SRC_MEM);

	vec_src_done(e, &a);
	r = vec_result_over(e, k);
	vec_rs(e, emit_vec_row(i->op)->op[vshape_es(i->shape)], r, &a);
	vec_trim(e, r, bits);
	return true;
}

/* Sums of neighbours that the host does as products with one. */
static bool
addlp_by_products(struct emit *e, ir_ref k, const struct ir_insn *i,
		  bool is_signed, const struct vec_src *a)
{
	unsigned es = vshape_es(i->shape), one = 0;
	struct vec_src ones = { .constant = x64_splat8[1] };

	if (es != ES16 && !(es == ES32 && is_signed))
		return false;
	if (es == ES16 && !vec_have(X64_PMADDUBSW))
		return false;
	if (es == ES16 && is_signed) {	/* the unsigned factor comes first */
		one = emit_alloc_xmm(e);
		vec_op1(e, X64_MOVAPS, one, &ones, -1);
		emit_free_xmm(e, one);
	}
	vec_src_done(e, a);
	if (es == ES32)
		vec_rrc(e, X64_PMADDWD, vec_result_over(e, k), a->reg,
			x64_one16);
	else if (is_signed)
		vec_rrs(e, X64_PMADDUBSW, vec_result_over(e, k), one, a);
	else
		vec_rrs(e, X64_PMADDUBSW, vec_result_over(e, k), a->reg,
			&ones);
	return true;
}

bool
vec_addlp(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	static const uint32_t add[3] = { X64_PADDW, X64_PADDD, X64_PADDQ };
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool is_signed = emit_vec_row(i->op)->flags & VEC_SIGNED;
	struct vec_src a = vec_src(e, i->a, bits, SRC_REG);
	unsigned half = 4u << es, t, u;

	if (!addlp_by_products(e, k, i, is_signed, &a)) {
		t = emit_alloc_xmm(e);
		u = emit_alloc_xmm(e);
		if (is_signed) {
			shl(e, es, t, a.reg, half);
			sshr(e, es, t, t, half);
			sshr(e, es, u, a.reg, half);
		} else {
			vec_rrc(e, X64_PAND, t, a.reg, x64_even[es - 1]);
			ushr(e, es, u, a.reg, half);
		}
		vec_src_done(e, &a);
		emit_free_xmm(e, t);
		emit_free_xmm(e, u);
		vec_rrr(e, add[es - 1], vec_result_over(e, k), t, u);
	}
	if (!a.clean)
		vec_trim(e, e->loc[k].reg, bits);
	return true;
}

/* Bytes and words widen first; of halfwords there are both halves of the
 * products. */
bool
vec_mull(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	uint32_t op = emit_vec_row(i->op)->op[es], last = op;
	struct vec_src a = vec_src(e, i->a, bits / 2, SRC_REG);
	struct vec_src b = vec_src(e, i->b, bits / 2, SRC_REG);
	unsigned t = emit_alloc_xmm(e), u = emit_alloc_xmm(e), r;

	if (es == ES16) {
		vec_rr(e, op, t, a.reg);
		vec_rr(e, op, u, b.reg);
		last = X64_PMULLW;
	} else if (es == ES32) {
		vec_rrr(e, X64_PMULLW, t, a.reg, b.reg);
		vec_rrr(e, op, u, a.reg, b.reg);
		last = X64_PUNPCKLWD;
	} else {
		/* Even words count. */
		vec_rri(e, X64_PSHUFD, t, a.reg, 0x50);
		vec_rri(e, X64_PSHUFD, u, b.reg, 0x50);
	}
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	vec_rrr(e, last, r, t, u);
	vec_trim(e, r, bits);
	return true;
}

/* Of doublewords only. */
bool
vec_pmull(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src a, b;
	unsigned r;

	if (vshape_es(i->shape) != ES128)
		return false;
	b = vec_src(e, i->b, 64, SRC_REG);
	a = vec_src(e, i->a, 64, SRC_REG);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	vec_rrri(e, X64_PCLMULQDQ, r, a.reg, b.reg, 0);
	return true;
}

/* --- Narrowing. */

bool
vec_xtn(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);

	vec_src_done(e, &a);
	r = vec_result_over(e, k);
	if (es == ES64) {
		vec_rri(e, X64_PSHUFD, r, a.reg, 8);
		vec_rr(e, X64_MOVQ, r, r);
	} else {
		vec_rrc(e, X64_PSHUFB, r, a.reg, x64_narrow[es - 1]);
	}
	return true;
}

/* What is not the same when widened again has saturated. */
bool
vec_qxtn(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r, t;
	bool words = es == ES32;
	uint32_t op = row->op[es], pack, widen;
	struct vec_src a;

	if (!op)
		return false;
	a = vec_src(e, i->a, bits, SRC_CLEAN);
	t = emit_alloc_xmm(e);
	r = emit_result_v(e, k);
	if (row->flags & VEC_NOT) {
		/* Unsigned to unsigned: the host narrows signed numbers. */
		pack = words ? X64_PACKUSDW : X64_PACKUSWB;
		vec_rrc(e, op, r, a.reg, x64_even[es - 1]);
		vec_rrr(e, X64_PXOR, t, r, a.reg);
		vec_rrr(e, pack, r, r, r);
	} else {
		if (row->flags & VEC_SIGNED)
			widen = words ? X64_PMOVSXWD : X64_PMOVSXBW;
		else
			widen = words ? X64_PMOVZXWD : X64_PMOVZXBW;
		vec_rrr(e, op, r, a.reg, a.reg);
		vec_rr(e, widen, t, r);
		vec_rrr(e, X64_PXOR, t, t, a.reg);
	}
	vec_src_done(e, &a);
	vec_trim(e, r, bits / 2);
	vec_note_qc(e, t);
	emit_free_xmm(e, t);
	return true;
}

/* --- Saturating addition and subtraction. */

/* A lane of all ones where unsigned x is greater than y, in x; y changes. */
static void
greater_unsigned64(struct emit *e, unsigned x, unsigned y)
{
	vec_rrc(e, X64_PXOR, x, x, x64_sign[ES64][2]);
	vec_rrc(e, X64_PXOR, y, y, x64_sign[ES64][2]);
	vec_rrr(e, X64_PCMPGTQ, x, x, y);
}

/* Without sign: ones over a sum that is less than a, zero for a difference
 * where b is greater than a. b changes. */
static void
saturate_unsigned(struct emit *e, unsigned es, unsigned r, unsigned b,
		  bool minus)
{
	unsigned t = emit_alloc_xmm(e), u;

	vec_mov(e, t, r);
	if (minus && es == ES32) {
		/* max(a, b) - b */
		vec_rrr(e, X64_PMAXUD, r, r, b);
		vec_rrr(e, X64_PXOR, t, t, r);
		vec_rrr(e, X64_PSUBD, r, r, b);
	} else if (minus) {
		vec_rrr(e, X64_PSUBQ, r, r, b);
		greater_unsigned64(e, b, t);
		vec_mov(e, t, b);
		vec_rrr(e, X64_PANDN, r, b, r);
	} else if (es == ES32) {
		/* Not where max(a, a + b) is the sum. */
		u = emit_alloc_xmm(e);
		vec_rrr(e, X64_PADDD, r, r, b);
		vec_rrr(e, X64_PMAXUD, t, t, r);
		vec_rrr(e, X64_PCMPEQD, t, t, r);
		vec_ones(e, u);
		vec_rrr(e, X64_PXOR, t, t, u);
		vec_rrr(e, X64_POR, r, r, t);
		emit_free_xmm(e, u);
	} else {
		vec_rrr(e, X64_PADDQ, r, r, b);
		vec_mov(e, b, r);
		greater_unsigned64(e, t, b);
		vec_rrr(e, X64_POR, r, r, t);
	}
	vec_note_qc(e, t);
	emit_free_xmm(e, t);
}

/* The sign of each lane in all its bits. */
static void
spread_sign(struct emit *e, unsigned es, unsigned dst, unsigned x)
{
	vec_shift(e, X64_PSRAD, dst, x, 31);
	if (es == ES64)
		vec_rri(e, X64_PSHUFD, dst, dst, 0xf5);
}

/* With a sign: overflow is where the sum's sign is not that of either operand
 * (of a and ~b); the limit's is the opposite of the sum's. */
static void
saturate_signed(struct emit *e, unsigned es, unsigned r, unsigned b,
		bool minus)
{
	static const uint32_t op[2][2] = { { X64_PADDD, X64_PSUBD },
					   { X64_PADDQ, X64_PSUBQ } };
	unsigned over = emit_alloc_xmm(e), t = emit_alloc_xmm(e);

	vec_rrr(e, X64_PXOR, over, r, b);	/* a ^ b */
	vec_mov(e, t, r);
	vec_rrr(e, op[es == ES64][minus], r, r, b);
	vec_rrr(e, X64_PXOR, t, t, r);		/* a ^ r */
	vec_rrr(e, minus ? X64_PAND : X64_PANDN, over, over, t);
	spread_sign(e, es, over, over);
	/* The limit: the wrong sign in all bits, its top bit flipped. */
	spread_sign(e, es, t, r);
	vec_rrc(e, X64_PXOR, t, t, x64_sign[es][2]);
	vec_rrr(e, X64_PXOR, t, t, r);
	vec_rrr(e, X64_PAND, t, t, over);
	vec_rrr(e, X64_PXOR, r, r, t);
	vec_note_qc(e, over);
	emit_free_xmm(e, over);
	emit_free_xmm(e, t);
}

/* Bytes and halfwords: the host's own; other than modulo, it saturated. */
static bool
saturate_small(struct emit *e, ir_ref k, const struct ir_insn *i, bool minus)
{
	static const uint32_t plain[2][2] = { { X64_PADDB, X64_PSUBB },
					      { X64_PADDW, X64_PSUBW } };
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), t, r;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);
	struct vec_src b = vec_src(e, i->b, bits, SRC_CLEAN);

	t = emit_alloc_xmm(e);
	vec_rrr(e, plain[es][minus], t, a.reg, b.reg);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	vec_rrr(e, emit_vec_row(i->op)->op[es], r, a.reg, b.reg);
	vec_rrr(e, X64_PXOR, t, t, r);
	vec_note_qc(e, t);
	emit_free_xmm(e, t);
	return true;
}

bool
vec_saturate(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool minus = row->flags & VEC_NOT, is_signed = row->flags & VEC_SIGNED;
	unsigned r, b;

	if (es <= ES16)
		return saturate_small(e, k, i, minus);
	b = vec_take(e, i->b, bits);
	r = vec_result_clean(e, k, i->a, bits);
	vec_trim(e, b, bits);
	if (is_signed)
		saturate_signed(e, es, r, b, minus);
	else
		saturate_unsigned(e, es, r, b, minus);
	emit_free_xmm(e, b);
	return true;
}

/* --- Doubling multiplication, high half. */

/* Words: r = the high half of 2ab, of the even and the odd lanes. */
static void
double_high_words(struct emit *e, bool round, unsigned r, unsigned b)
{
	unsigned odd = emit_alloc_xmm(e);

	vec_shift(e, X64_PSRLQ, odd, r, 32);
	vec_rrr(e, X64_PMULDQ, r, r, b);
	vec_shift(e, X64_PSRLQ, b, b, 32);
	vec_rrr(e, X64_PMULDQ, odd, odd, b);
	vec_rrr(e, X64_PADDQ, r, r, r);
	vec_rrr(e, X64_PADDQ, odd, odd, odd);
	if (round) {
		vec_rrc(e, X64_PADDQ, r, r, x64_round32);
		vec_rrc(e, X64_PADDQ, odd, odd, x64_round32);
	}
	vec_shift(e, X64_PSRLQ, r, r, 32);
	vec_shift(e, X64_PSRLQ, odd, odd, 32);
	vec_shift(e, X64_PSLLQ, odd, odd, 32);
	vec_rrr(e, X64_POR, r, r, odd);
	emit_free_xmm(e, odd);
}

/* Only the least integer times itself saturates; wrapped, its result is the
 * least integer, which no other product gives. */
bool
vec_double_high(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	bool round = emit_vec_row(i->op)->flags & VEC_NOT;
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	unsigned b, r, t;

	b = vec_take(e, i->b, bits);
	r = vec_result_clean(e, k, i->a, bits);
	t = emit_alloc_xmm(e);
	if (es == ES32) {
		double_high_words(e, round, r, b);
	} else if (round) {
		vec_rrr(e, X64_PMULHRSW, r, r, b);
	} else {
		vec_rrr(e, X64_PMULLW, t, r, b);
		vec_rrr(e, X64_PMULHW, r, r, b);
		vec_shift(e, X64_PSLLW, r, r, 1);
		vec_shift(e, X64_PSRLW, t, t, 15);
		vec_rrr(e, X64_POR, r, r, t);
	}
	vec_rrc(e, es == ES32 ? X64_PCMPEQD : X64_PCMPEQW, t, r,
		x64_sign[es][2]);
	vec_rrr(e, X64_PXOR, r, r, t);
	vec_note_qc(e, t);
	emit_free_xmm(e, b);
	emit_free_xmm(e, t);
	return true;
}
