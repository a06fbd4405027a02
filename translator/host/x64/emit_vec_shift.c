/*
 * emit_vec_shift.c - shifts, widening, narrowing, saturation.
 *
 * The host has no shifts of bytes: those are shifts of halfwords, and a mask
 * for what came over from the neighbour. Nor has it an arithmetic right shift
 * of doublewords (before AVX-512).
 */
#include "emit_vec.h"

/* --- Shifts by a constant. */

static void
shl(struct emit *e, unsigned es, unsigned x, unsigned n)
{
	if (!n)
		return;
	if (es == ES8 && n < 8) {
		vec_shift(e, X64_PSLLW, x, n);
		vec_rc(e, X64_PAND, x, x64_splat8[0xff << n & 0xff]);
	} else if (es == ES8) {
		vec_zero(e, x);
	} else {
		vec_shift(e, vec_psll[es - 1], x, n);
	}
}

static void
ushr(struct emit *e, unsigned es, unsigned x, unsigned n)
{
	if (!n)
		return;
	if (es == ES8 && n < 8) {
		vec_shift(e, X64_PSRLW, x, n);
		vec_rc(e, X64_PAND, x, x64_splat8[0xff >> n]);
	} else if (es == ES8) {
		vec_zero(e, x);
	} else {
		vec_shift(e, vec_psrl[es - 1], x, n);
	}
}

static void
sshr64(struct emit *e, unsigned x, unsigned n)
{
	unsigned t = emit_alloc_xmm(e);

	/* The sign, in all bits. */
	vec_mov(e, t, x);
	vec_shift(e, X64_PSRAD, t, 31);
	vec_rri(e, X64_PSHUFD, t, t, 0xf5);
	if (n >= 63) {
		vec_mov(e, x, t);
	} else {
		vec_shift(e, X64_PSRLQ, x, n);
		vec_shift(e, X64_PSLLQ, t, 64 - n);
		vec_rr(e, X64_POR, x, t);
	}
	emit_free_xmm(e, t);
}

static void
sshr(struct emit *e, unsigned es, unsigned x, unsigned n)
{
	if (!n)
		return;
	switch (es) {
	case ES8:
		/* Sign extension: (x ^ sign) - sign. */
		n = n < 8 ? n : 7;
		ushr(e, es, x, n);
		vec_rc(e, X64_PXOR, x, x64_splat8[0x80 >> n]);
		vec_rc(e, X64_PSUBB, x, x64_splat8[0x80 >> n]);
		break;
	case ES64:
		sshr64(e, x, n);
		break;
	default:
		vec_shift(e, es == ES16 ? X64_PSRAW : X64_PSRAD, x, n);
	}
}

bool
vec_shl_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape);
	unsigned r = vec_result_clean(e, k, i->a, bits);

	shl(e, vshape_es(i->shape), r, i->n);
	if (bits < 64)
		vec_trim(e, r, bits);
	return true;
}

bool
vec_ushr_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned r = vec_result_clean(e, k, i->a, vshape_bits(i->shape));

	ushr(e, vshape_es(i->shape), r, i->n);
	return true;
}

bool
vec_sshr_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned r = vec_result_clean(e, k, i->a, vshape_bits(i->shape));

	sshr(e, vshape_es(i->shape), r, i->n);
	return true;
}

/* Rounding: plus the last bit that goes out. */
bool
vec_rshr_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned es = vshape_es(i->shape), width = 8u << es, t;
	unsigned r = vec_result_clean(e, k, i->a, vshape_bits(i->shape));

	t = emit_alloc_xmm(e);
	vec_mov(e, t, r);
	if (es == ES8) {
		ushr(e, es, t, i->n - 1u);
		vec_rc(e, X64_PAND, t, x64_splat8[1]);
	} else {
		shl(e, es, t, width - i->n);
		ushr(e, es, t, width - 1);
	}
	if (row->flags & VEC_SIGNED)
		sshr(e, es, r, i->n);
	else
		ushr(e, es, r, i->n);
	vec_rr(e, row->op[es], r, t);
	emit_free_xmm(e, t);
	return true;
}

/* The low or the high n bits of each lane. */
static void
keep_low(struct emit *e, unsigned es, unsigned x, unsigned n)
{
	unsigned width = 8u << es;

	if (es == ES8) {
		vec_rc(e, X64_PAND, x, x64_splat8[0xff >> (8 - n)]);
		return;
	}
	shl(e, es, x, width - n);
	ushr(e, es, x, width - n);
}

static void
keep_high(struct emit *e, unsigned es, unsigned x, unsigned n)
{
	unsigned width = 8u << es;

	if (es == ES8) {
		vec_rc(e, X64_PAND, x, x64_splat8[0xff << (8 - n) & 0xff]);
		return;
	}
	ushr(e, es, x, width - n);
	shl(e, es, x, width - n);
}

bool
vec_sli_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r, t;

	t = vec_take(e, i->a, bits);
	r = emit_result_from(e, k, i->b, bits);
	if (i->n) {
		shl(e, es, r, i->n);
		keep_low(e, es, t, i->n);
		vec_rr(e, X64_POR, r, t);
	}
	vec_trim(e, r, bits);
	emit_free_xmm(e, t);
	return true;
}

bool
vec_sri_n(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r, t;

	t = vec_take(e, i->b, bits);
	r = emit_result_from(e, k, i->a, bits);
	if (i->n < 8u << es) {
		ushr(e, es, t, i->n);
		keep_high(e, es, r, i->n);
		vec_rr(e, X64_POR, r, t);
	}
	vec_trim(e, r, bits);
	emit_free_xmm(e, t);
	return true;
}

/* --- Shifts by a register: AVX2. Of bytes, and arithmetic ones of
 * doublewords, AVX-512. */

enum { LEFT, RIGHT, RIGHT_SIGNED };

/* dst = x shifted by the lanes of count. */
static void
shift_lanes(struct emit *e, unsigned es, unsigned how, unsigned dst,
	    unsigned x, unsigned count)
{
	static const uint32_t op[3] = { X64_PSLLV, X64_PSRLV, X64_PSRAVD };
	static const uint32_t word[3] = { X64_PSLLVW, X64_PSRLVW, X64_PSRAVW };

	if (es == ES16)
		x64_vpshiftv(&e->as, word[how], dst, x, count);
	else if (es == ES64 && how == RIGHT_SIGNED)
		x64_vpshiftv(&e->as, X64_PSRAVD, dst, x, count);
	else
		x64_vex_rrr(&e->as, op[how], es == ES64, dst, x, count);
}

/* The signed low byte of each lane, as wide as the lane. */
static void
count_from_byte(struct emit *e, unsigned es, unsigned x)
{
	if (es == ES16) {
		vec_shift(e, X64_PSLLW, x, 8);
		vec_shift(e, X64_PSRAW, x, 8);
	} else if (es == ES32) {
		vec_shift(e, X64_PSLLD, x, 24);
		vec_shift(e, X64_PSRAD, x, 24);
	} else {
		vec_rc(e, X64_PSHUFB, x, x64_low_bytes);
		vec_rr(e, X64_PMOVSXBQ, x, x);
	}
}

/*
 * x shifted by count, which is changed, in lanes of 16 bits (AVX-512) and up.
 * Counts of the lane's width and more give zero (in an arithmetic right shift,
 * signs); as an unsigned number, a negative count is one. So both directions
 * can be done, and the count's sign selects. Rounding adds the bit that is
 * shifted out last.
 */
static void
shift_by(struct emit *e, unsigned es, unsigned flags, unsigned x,
	 unsigned count)
{
	static const uint32_t sub[3] = { X64_PSUBW, X64_PSUBD, X64_PSUBQ };
	static const uint32_t add[3] = { X64_PADDW, X64_PADDD, X64_PADDQ };
	unsigned neg = emit_alloc_xmm(e), width = 8u << es, t;
	unsigned how = flags & VEC_SIGNED ? RIGHT_SIGNED : RIGHT;

	vec_zero(e, neg);
	vec_rr(e, sub[es - 1], neg, count);
	if (flags & VEC_NOT) {
		t = emit_alloc_xmm(e);
		vec_ones(e, t);
		x64_vex_rrr(&e->as, add[es - 1], 0, t, t, neg);
		shift_lanes(e, es, how, t, x, t);
		vec_shift(e, vec_psll[es - 1], t, width - 1);
		vec_shift(e, vec_psrl[es - 1], t, width - 1);
		shift_lanes(e, es, how, neg, x, neg);
		vec_rr(e, add[es - 1], neg, t);
		emit_free_xmm(e, t);
	} else {
		shift_lanes(e, es, how, neg, x, neg);
	}
	shift_lanes(e, es, LEFT, x, x, count);
	x64_vex_rrr(&e->as, X64_PBLENDVB, 0, x, x, neg);
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
	count_from_byte(e, ES16, count);
	if (upper) {
		vec_rri(e, X64_PSHUFD, x, x, 0xee);
		vec_rri(e, X64_PSHUFD, count, count, 0xee);
	}
	vec_rr(e, flags & VEC_SIGNED ? X64_PMOVSXWD : X64_PMOVZXWD, x, x);
	vec_rr(e, X64_PMOVSXWD, count, count);
	shift_by(e, ES32, flags, x, count);
	vec_shift(e, X64_PSLLD, x, 16);
	vec_shift(e, X64_PSRAD, x, 16);
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
	shift_by(e, ES16, flags, x, count);
	vec_rc(e, X64_PAND, x, x64_even[0]);
	emit_free_xmm(e, count);
}

/* Elements shifted by `half', eight bytes or four halfwords at a time, and
 * packed together by `pack'. */
static bool
shift_halves(struct emit *e, ir_ref k, const struct ir_insn *i,
	     void (*half)(struct emit *e, unsigned flags, unsigned x,
			  const struct vec_src *a, const struct vec_src *b,
			  bool upper), unsigned pack)
{
	unsigned flags = emit_vec_row(i->op)->flags;
	unsigned bits = vshape_bits(i->shape), high, r;
	struct vec_src a = vec_src(e, i->a, 128, SRC_MEM);
	struct vec_src b = vec_src(e, i->b, 128, SRC_MEM);

	r = vec_result_apart(e, k);
	half(e, flags, r, &a, &b, false);
	if (bits == 128) {
		high = emit_alloc_xmm(e);
		half(e, flags, high, &a, &b, true);
		vec_rr(e, pack, r, high);
		emit_free_xmm(e, high);
	} else {
		vec_rr(e, pack, r, r);
	}
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
	unsigned count, r;

	if (!x64_cpu_has(es == ES8 || (flags & VEC_SIGNED && es == ES64) ?
			 X64_CPU_AVX512 : X64_CPU_AVX2))
		return false;
	if (es == ES8)
		return shift_halves(e, k, i, shift_bytes, X64_PACKUSWB);
	if (es == ES16)
		return shift_halves(e, k, i, shift_halfwords, X64_PACKSSDW);
	count = vec_take(e, i->b, bits);
	r = emit_result_from(e, k, i->a, bits);
	count_from_byte(e, es, count);
	shift_by(e, es, flags, r, count);
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

	r = vec_result_apart(e, k);
	vec_rs(e, emit_vec_row(i->op)->op[vshape_es(i->shape)], r, &a);
	vec_src_done(e, &a);
	vec_trim(e, r, bits);
	return true;
}

/* Bytes and words widen first; of halfwords there are both halves of the
 * products. */
bool
vec_mull(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r, b;
	uint32_t op = emit_vec_row(i->op)->op[es];

	b = vec_take(e, i->b, bits / 2);
	r = emit_result_from(e, k, i->a, bits / 2);
	if (es == ES16) {
		vec_rr(e, op, r, r);
		vec_rr(e, op, b, b);
		vec_rr(e, X64_PMULLW, r, b);
	} else if (es == ES32) {
		unsigned high = emit_alloc_xmm(e);

		vec_mov(e, high, r);
		vec_rr(e, X64_PMULLW, r, b);
		vec_rr(e, op, high, b);
		vec_rr(e, X64_PUNPCKLWD, r, high);
		emit_free_xmm(e, high);
	} else {
		/* Even words count. */
		vec_rri(e, X64_PSHUFD, r, r, 0x50);
		vec_rri(e, X64_PSHUFD, b, b, 0x50);
		vec_rr(e, op, r, b);
	}
	vec_trim(e, r, bits);
	emit_free_xmm(e, b);
	return true;
}

/* Of doublewords only. */
bool
vec_pmull(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src b;
	unsigned r;

	if (vshape_es(i->shape) != ES128)
		return false;
	b = vec_src(e, i->b, 64, SRC_REG);
	r = emit_result_from(e, k, i->a, 64);
	vec_rs(e, X64_PCLMULQDQ, r, &b);
	x64_byte(&e->as, 0);
	vec_src_done(e, &b);
	return true;
}

/* --- Narrowing. */

bool
vec_xtn(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	unsigned r = vec_result_clean(e, k, i->a, bits);

	if (es == ES64) {
		vec_rri(e, X64_PSHUFD, r, r, 8);
		vec_rr(e, X64_MOVQ, r, r);
	} else {
		vec_rc(e, X64_PSHUFB, r, x64_narrow[es - 1]);
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

	if (!op)
		return false;
	r = vec_result_clean(e, k, i->a, bits);
	t = emit_alloc_xmm(e);
	if (row->flags & VEC_NOT) {
		/* Unsigned to unsigned: the host narrows signed numbers. */
		pack = words ? X64_PACKUSDW : X64_PACKUSWB;
		vec_mov(e, t, r);
		vec_rc(e, op, r, x64_even[es - 1]);
		vec_rr(e, X64_PXOR, t, r);
		vec_rr(e, pack, r, r);
	} else {
		if (row->flags & VEC_SIGNED)
			widen = words ? X64_PMOVSXWD : X64_PMOVSXBW;
		else
			widen = words ? X64_PMOVZXWD : X64_PMOVZXBW;
		vec_mov(e, t, r);
		vec_rr(e, op, r, r);
		/* t ^= widened r */
		{
			unsigned u = emit_alloc_xmm(e);

			vec_rr(e, widen, u, r);
			vec_rr(e, X64_PXOR, t, u);
			emit_free_xmm(e, u);
		}
	}
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
	vec_rc(e, X64_PXOR, x, x64_sign[ES64][2]);
	vec_rc(e, X64_PXOR, y, x64_sign[ES64][2]);
	vec_rr(e, X64_PCMPGTQ, x, y);
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
		vec_rr(e, X64_PMAXUD, r, b);
		vec_rr(e, X64_PXOR, t, r);
		vec_rr(e, X64_PSUBD, r, b);
	} else if (minus) {
		vec_rr(e, X64_PSUBQ, r, b);
		greater_unsigned64(e, b, t);
		vec_mov(e, t, b);
		vec_rr(e, X64_PANDN, b, r);
		vec_mov(e, r, b);
	} else if (es == ES32) {
		/* Not where max(a, a + b) is the sum. */
		u = emit_alloc_xmm(e);
		vec_rr(e, X64_PADDD, r, b);
		vec_rr(e, X64_PMAXUD, t, r);
		vec_rr(e, X64_PCMPEQD, t, r);
		vec_ones(e, u);
		vec_rr(e, X64_PXOR, t, u);
		vec_rr(e, X64_POR, r, t);
		emit_free_xmm(e, u);
	} else {
		vec_rr(e, X64_PADDQ, r, b);
		vec_mov(e, b, r);
		greater_unsigned64(e, t, b);
		vec_rr(e, X64_POR, r, t);
	}
	vec_note_qc(e, t);
	emit_free_xmm(e, t);
}

/* The sign of each lane in all its bits. */
static void
spread_sign(struct emit *e, unsigned es, unsigned x)
{
	vec_shift(e, X64_PSRAD, x, 31);
	if (es == ES64)
		vec_rri(e, X64_PSHUFD, x, x, 0xf5);
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

	vec_mov(e, t, r);
	vec_rr(e, X64_PXOR, t, b);		/* a ^ b */
	vec_mov(e, over, r);
	vec_rr(e, op[es == ES64][minus], r, b);
	vec_rr(e, X64_PXOR, over, r);		/* a ^ r */
	if (minus) {
		vec_rr(e, X64_PAND, over, t);
	} else {
		vec_rr(e, X64_PANDN, t, over);
		vec_mov(e, over, t);
	}
	spread_sign(e, es, over);
	/* The limit: the wrong sign in all bits, its top bit flipped. */
	vec_mov(e, t, r);
	spread_sign(e, es, t);
	vec_rc(e, X64_PXOR, t, x64_sign[es][2]);
	vec_rr(e, X64_PXOR, t, r);
	vec_rr(e, X64_PAND, t, over);
	vec_rr(e, X64_PXOR, r, t);
	vec_note_qc(e, over);
	emit_free_xmm(e, over);
	emit_free_xmm(e, t);
}

bool
vec_saturate(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool minus = row->flags & VEC_NOT, is_signed = row->flags & VEC_SIGNED;
	unsigned r, b, t;

	b = vec_take(e, i->b, bits);
	r = vec_result_clean(e, k, i->a, bits);
	if (bits < 128)
		vec_trim(e, b, bits);
	if (es >= ES32) {
		if (is_signed)
			saturate_signed(e, es, r, b, minus);
		else
			saturate_unsigned(e, es, r, b, minus);
	} else {
		t = emit_alloc_xmm(e);
		vec_mov(e, t, r);
		if (minus)
			vec_rr(e, es ? X64_PSUBW : X64_PSUBB, t, b);
		else
			vec_rr(e, es ? X64_PADDW : X64_PADDB, t, b);
		vec_rr(e, row->op[es], r, b);
		vec_rr(e, X64_PXOR, t, r);
		vec_note_qc(e, t);
		emit_free_xmm(e, t);
	}
	emit_free_xmm(e, b);
	return true;
}

/* --- Doubling multiplication, high half. */

/* Words: r = the high half of 2ab, of the even and the odd lanes. */
static void
double_high_words(struct emit *e, bool round, unsigned r, unsigned b)
{
	unsigned odd = emit_alloc_xmm(e);

	vec_mov(e, odd, r);
	vec_rr(e, X64_PMULDQ, r, b);
	vec_shift(e, X64_PSRLQ, odd, 32);
	vec_shift(e, X64_PSRLQ, b, 32);
	vec_rr(e, X64_PMULDQ, odd, b);
	vec_rr(e, X64_PADDQ, r, r);
	vec_rr(e, X64_PADDQ, odd, odd);
	if (round) {
		vec_rc(e, X64_PADDQ, r, x64_round32);
		vec_rc(e, X64_PADDQ, odd, x64_round32);
	}
	vec_shift(e, X64_PSRLQ, r, 32);
	vec_shift(e, X64_PSRLQ, odd, 32);
	vec_shift(e, X64_PSLLQ, odd, 32);
	vec_rr(e, X64_POR, r, odd);
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
		vec_rr(e, X64_PMULHRSW, r, b);
	} else {
		vec_mov(e, t, r);
		vec_rr(e, X64_PMULHW, r, b);
		vec_rr(e, X64_PMULLW, t, b);
		vec_shift(e, X64_PSLLW, r, 1);
		vec_shift(e, X64_PSRLW, t, 15);
		vec_rr(e, X64_POR, r, t);
	}
	vec_mov(e, t, r);
	vec_rc(e, es == ES32 ? X64_PCMPEQD : X64_PCMPEQW, t, x64_sign[es][2]);
	vec_rr(e, X64_PXOR, r, t);
	vec_note_qc(e, t);
	emit_free_xmm(e, b);
	emit_free_xmm(e, t);
	return true;
}
