/*
 * emit_vec_perm.c - permutations, lanes, reductions.
 *
 * A lane of a guest register that is still in memory is loaded from there.
 */
#include "emit_vec.h"

/* --- Across lanes: by halves. */

bool
vec_reduce(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r, t;
	uint32_t op = emit_vec_row(i->op)->op[es];

	if (!op)
		return false;
	r = emit_result_from(e, k, i->a, bits);
	t = emit_alloc_xmm(e);
	if (op == X64_PADDB) {
		/* Sums of eight bytes. */
		vec_zero(e, t);
		vec_rr(e, X64_PSADBW, r, t);
		if (bits == 128) {
			vec_rri(e, X64_PSHUFD, t, r, 0x4e);
			vec_rr(e, X64_PADDD, r, t);
		}
	} else {
		if (bits == 128) {
			vec_rri(e, X64_PSHUFD, t, r, 0x4e);
			vec_rr(e, op, r, t);
		}
		if (es <= ES32) {
			vec_rri(e, X64_PSHUFD, t, r, 0xb1);
			vec_rr(e, op, r, t);
		}
		if (es <= ES16) {
			vec_rri(e, X64_PSHUFLW, t, r, 0xb1);
			vec_rr(e, op, r, t);
		}
		if (es == ES8) {
			vec_mov(e, t, r);
			vec_shift(e, X64_PSRLW, t, 8);
			vec_rr(e, op, r, t);
		}
	}
	vec_trim(e, r, 8u << es);
	emit_free_xmm(e, t);
	return true;
}

/* --- Permutations. */

bool
vec_zip2(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	static const uint32_t low[4] = { X64_PUNPCKLBW, X64_PUNPCKLWD,
					 X64_PUNPCKLDQ };
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r;
	struct vec_src b;

	if (bits == 128)
		return vec_two(e, k, i);
	/* The upper half of the low halves zipped. */
	b = vec_src(e, i->b, bits, SRC_REG);
	r = emit_result_from(e, k, i->a, bits);
	vec_rs(e, low[es], r, &b);
	vec_src_done(e, &b);
	vec_shift(e, X64_PSRLDQ, r, 8);
	return true;
}

/* Even or odd bytes or halfwords of r, then of t. */
static void
unzip(struct emit *e, unsigned es, bool odd, unsigned r, unsigned t)
{
	for (unsigned j = 0; j < (r == t ? 1 : 2); j++) {
		unsigned x = j ? t : r;

		if (es == ES8 && odd) {
			vec_shift(e, X64_PSRLW, x, 8);
		} else if (es == ES8) {
			vec_rc(e, X64_PAND, x, x64_even[0]);
		} else {
			/* Sign-extended, so that nothing saturates. */
			if (!odd)
				vec_shift(e, X64_PSLLD, x, 16);
			vec_shift(e, X64_PSRAD, x, 16);
		}
	}
	vec_rr(e, es == ES8 ? X64_PACKUSWB : X64_PACKSSDW, r, t);
}

static bool
unzip64(struct emit *e, ir_ref k, const struct ir_insn *i, bool odd)
{
	unsigned es = vshape_es(i->shape), r;
	struct vec_src b = vec_src(e, i->b, 64, SRC_REG);

	r = emit_result_from(e, k, i->a, 64);
	if (es == ES32) {
		vec_rs(e, X64_PUNPCKLDQ, r, &b);
		if (odd)
			vec_shift(e, X64_PSRLDQ, r, 8);
	} else {
		vec_rs(e, X64_PUNPCKLQDQ, r, &b);
		unzip(e, es, odd, r, r);
	}
	vec_src_done(e, &b);
	vec_trim(e, r, 64);
	return true;
}

bool
vec_uzp(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), r, t;
	bool odd = emit_vec_row(i->op)->flags & VEC_NOT;
	bool same = vec_same(e, i->a, i->b);
	struct vec_src b;

	if (vshape_bits(i->shape) == 64)
		return unzip64(e, k, i, odd);
	if (es >= ES32) {
		b = vec_src(e, i->b, 128, SRC_MEM);
		r = emit_result_from(e, k, i->a, 128);
		if (es == ES32)
			vec_rsi(e, X64_SHUFPS, r, &b, odd ? 0xdd : 0x88);
		else
			vec_rs(e, odd ? X64_PUNPCKHQDQ : X64_PUNPCKLQDQ, r,
			       &b);
		vec_src_done(e, &b);
	} else if (same) {
		emit_done(e, i->b);
		r = emit_result_from(e, k, i->a, 128);
		unzip(e, es, odd, r, r);
	} else {
		t = vec_take(e, i->b, 128);
		r = emit_result_from(e, k, i->a, 128);
		unzip(e, es, odd, r, t);
		emit_free_xmm(e, t);
	}
	return true;
}

/* Even (odd) lanes of a, beside each those of b. */
bool
vec_trn(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r, t;
	bool odd = emit_vec_row(i->op)->flags & VEC_NOT;

	t = vec_take(e, odd ? i->a : i->b, bits);
	r = emit_result_from(e, k, odd ? i->b : i->a, bits);
	switch (es) {
	case ES8:
		if (odd) {	/* t = a, r = b */
			vec_shift(e, X64_PSRLW, t, 8);
			vec_shift(e, X64_PSRLW, r, 8);
			vec_shift(e, X64_PSLLW, r, 8);
		} else {
			vec_shift(e, X64_PSLLW, t, 8);
			vec_rc(e, X64_PAND, r, x64_even[0]);
		}
		vec_rr(e, X64_POR, r, t);
		break;
	case ES16:
		if (odd) {
			vec_shift(e, X64_PSRLD, t, 16);
			vec_shift(e, X64_PSRLD, r, 16);
			vec_shift(e, X64_PSLLD, r, 16);
		} else {
			vec_shift(e, X64_PSLLD, t, 16);
			vec_rc(e, X64_PAND, r, x64_even[1]);
		}
		vec_rr(e, X64_POR, r, t);
		break;
	case ES32:
		if (odd) {	/* a1 b1 a3 b3: t = a, r = b */
			vec_shift(e, X64_PSRLQ, t, 32);
			vec_shift(e, X64_PSRLQ, r, 32);
			vec_shift(e, X64_PSLLQ, r, 32);
		} else {
			vec_shift(e, X64_PSLLQ, t, 32);
			vec_shift(e, X64_PSLLQ, r, 32);
			vec_shift(e, X64_PSRLQ, r, 32);
		}
		vec_rr(e, X64_POR, r, t);
		break;
	default:
		if (odd) {
			vec_rr(e, X64_PUNPCKHQDQ, t, r);
			vec_mov(e, r, t);
		} else {
			vec_rr(e, X64_PUNPCKLQDQ, r, t);
		}
	}
	vec_trim(e, r, bits);
	emit_free_xmm(e, t);
	return true;
}

bool
vec_ext(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src src;

	if (bits == 64) {
		src = vec_src(e, i->b, 64, SRC_REG);
		r = emit_result_from(e, k, i->a, 64);
		vec_rs(e, X64_PUNPCKLQDQ, r, &src);
		vec_src_done(e, &src);
		if (i->n)
			vec_shift(e, X64_PSRLDQ, r, i->n);
		vec_trim(e, r, 64);
	} else if (vec_same(e, i->a, i->b) && (i->n & 3) == 0) {
		static const uint8_t rotated[4] = { 0xe4, 0x39, 0x4e, 0x93 };

		src = vec_src(e, i->a, 128, SRC_MEM);
		r = vec_result_apart(e, k);
		vec_rsi(e, X64_PSHUFD, r, &src, rotated[i->n / 4]);
		vec_src_done(e, &src);
		emit_done(e, i->b);
	} else if (i->n == 0) {
		emit_result_from(e, k, i->a, 128);
		emit_done(e, i->b);
	} else {
		src = vec_src(e, i->a, 128, SRC_MEM);
		r = emit_result_from(e, k, i->b, 128);
		vec_rsi(e, X64_PALIGNR, r, &src, i->n);
		vec_src_done(e, &src);
	}
	return true;
}

/* Whether a, a look-up itself or zero, is zero wherever the look-up with the
 * same indices c at n finds something. */
static bool
disjoint(struct emit *e, ir_ref a, ir_ref c, unsigned n)
{
	const struct ir_insn *i = emit_def(e, a);

	for (; i->op == IR_vtbx; i = emit_def(e, i->a))
		if (i->c != c || i->n == n)
			return false;
	return i->op == IR_vconst && !i->imm && !i->imm2;
}

/*
 * pshufb gives zero where an index has bit 7 set, and otherwise looks at the
 * low four bits: index - n + 0x70, saturated, is the index for it.
 */
bool
vec_tbx(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), index, r, t;
	bool apart = disjoint(e, i->a, i->c, i->n);

	index = vec_take(e, i->c, bits);
	if (i->n)
		vec_rc(e, X64_PSUBB, index, x64_splat8[i->n]);
	vec_rc(e, X64_PADDUSB, index, x64_splat8[0x70]);
	if (vec_is_zero(e, i->a)) {
		r = emit_result_from(e, k, i->b, 128);
		emit_done(e, i->a);
		vec_rr(e, X64_PSHUFB, r, index);
	} else {
		t = vec_take(e, i->b, 128);
		r = emit_result_from(e, k, i->a, bits);
		vec_rr(e, X64_PSHUFB, t, index);
		if (!apart) {
			/* r stays where the index was too large. */
			unsigned zero = emit_alloc_xmm(e);

			vec_zero(e, zero);
			vec_rr(e, X64_PCMPGTB, zero, index);
			vec_rr(e, X64_PAND, r, zero);
			emit_free_xmm(e, zero);
		}
		vec_rr(e, X64_POR, r, t);
		emit_free_xmm(e, t);
	}
	vec_trim(e, r, bits);
	emit_free_xmm(e, index);
	return true;
}

/* --- Lanes. */

static struct x64_mem
lane_of(struct x64_mem m, const struct ir_insn *i, unsigned n)
{
	m.disp += (int)(n << vshape_es(i->shape));
	return m;
}

/* One lane, as a scalar. */
static bool
dup_scalar(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), bits = 8u << es, r;
	struct x64_mem m;

	if (es >= ES32 && vec_in_memory(e, i->a, &m)) {
		r = vec_result_apart(e, k);
		x64_sse_rm(&e->as, es == ES32 ? X64_MOVSS : X64_MOVQ, r,
			   lane_of(m, i, i->n));
		emit_done(e, i->a);
	} else if (i->n == 0) {
		vec_result_clean(e, k, i->a, bits);
	} else {
		r = emit_result_from(e, k, i->a, 128);
		vec_shift(e, X64_PSRLDQ, r, (unsigned)i->n << es);
		if ((i->n + 1u) * bits < 128)
			vec_trim(e, r, bits);
	}
	return true;
}

/* Words and doublewords, from memory. */
static bool
dup_loaded(struct emit *e, ir_ref k, const struct ir_insn *i, unsigned bits)
{
	unsigned es = vshape_es(i->shape), r;
	struct x64_mem m;

	if (es < ES32 || !vec_in_memory(e, i->a, &m))
		return false;
	m = lane_of(m, i, i->n);
	r = vec_result_apart(e, k);
	if (es == ES64) {
		if (!x64_cpu_has(X64_CPU_SSE3))
			e->failed = true;
		x64_sse_rm(&e->as, X64_MOVDDUP, r, m);
	} else if (bits == 128 && x64_cpu_has(X64_CPU_AVX)) {
		x64_vex_rm(&e->as, X64_BROADCASTSS, 0, r, 0, m);
	} else {
		x64_sse_rm(&e->as, X64_MOVSS, r, m);
		vec_rri(e, X64_PSHUFD, r, r, bits == 128 ? 0 : 0x50);
	}
	emit_done(e, i->a);
	return true;
}

bool
vec_dup(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	unsigned r, n = i->n;

	if (vshape_lanes(i->shape) == 1)
		return dup_scalar(e, k, i);
	if (dup_loaded(e, k, i, bits))
		return true;
	r = emit_result_from(e, k, i->a, (n + 1) << (es + 3));
	switch (es) {
	case ES8:
		vec_rc(e, X64_PSHUFB, r, x64_splat8[n]);
		break;
	case ES16:
		if (n < 4) {
			vec_rri(e, X64_PSHUFLW, r, r, n * 0x55);
			if (bits == 128)
				vec_rr(e, X64_PUNPCKLQDQ, r, r);
		} else {
			vec_rri(e, X64_PSHUFHW, r, r, (n - 4) * 0x55);
			vec_rr(e, X64_PUNPCKHQDQ, r, r);
		}
		break;
	case ES32:
		vec_rri(e, X64_PSHUFD, r, r, n * 0x55);
		break;
	default:
		vec_rri(e, X64_PSHUFD, r, r, n ? 0xee : 0x44);
	}
	vec_trim(e, r, bits);
	return true;
}

/* The low lane of r, zero above it, to all lanes of the shape. */
static void
splat(struct emit *e, unsigned r, unsigned es, unsigned bits)
{
	switch (es) {
	case ES8:
		vec_rc(e, X64_PSHUFB, r, bits == 128 ?
		       (const void *)x64_splat8[0] : x64_splat_b8);
		break;
	case ES16:
		vec_rri(e, X64_PSHUFLW, r, r, 0);
		if (bits == 128)
			vec_rr(e, X64_PUNPCKLQDQ, r, r);
		break;
	case ES32:
		vec_rri(e, X64_PSHUFD, r, r, bits == 128 ? 0 : 0x50);
		break;
	default:
		vec_rr(e, X64_PUNPCKLQDQ, r, r);
	}
}

bool
vec_splat(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool scalar = vshape_lanes(i->shape) == 1;
	unsigned r = vec_result_apart(e, k), x, t;
	int64_t v;

	if (emit_is_const(e, i->a, &v) && v == 0) {
		vec_zero(e, r);
		emit_done(e, i->a);
		return true;
	}
	x = emit_use(e, i->a);
	if (scalar && es < ES32) {
		t = emit_alloc(e);
		x64_movzx(&e->as, es, t, x);
		x64_rr(&e->as, X64_32, X64_MOVD_TO, r, t);
		emit_free(e, t);
	} else {
		x64_rr(&e->as, es == ES64, X64_MOVD_TO, r, x);
	}
	emit_done(e, i->a);
	if (!scalar)
		splat(e, r, es, bits);
	return true;
}

/* Lane n of XMM x, zero-extended. */
static void
extract(struct emit *e, unsigned es, unsigned dst, unsigned x, unsigned n)
{
	unsigned w = es == ES64;

	if (es == ES16) {
		x64_rr(&e->as, 0, X64_PEXTRW, dst, x);
		x64_byte(&e->as, n);
		return;
	}
	if (n == 0 && es != ES8) {
		x64_rr(&e->as, w, X64_MOVD_FROM, x, dst);
		return;
	}
	if (!vec_have(X64_PEXTRD))
		e->failed = true;
	x64_rr(&e->as, w, es == ES8 ? X64_PEXTRB : X64_PEXTRD, x, dst);
	x64_byte(&e->as, n);
}

bool
vec_get(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), x, dst;
	struct x64_mem m;

	if (vec_in_memory(e, i->a, &m)) {
		dst = emit_result(e, k);
		x64_load(&e->as, es, dst, lane_of(m, i, i->n));
	} else {
		x = vec_read(e, i->a, (i->n + 1u) << (es + 3));
		dst = emit_result(e, k);
		extract(e, es, dst, x, i->n);
	}
	emit_done(e, i->a);
	emit_int_loaded(e, k, dst, true);
	return true;
}

static void
insert(struct emit *e, const struct ir_insn *i, unsigned r, unsigned x)
{
	unsigned es = vshape_es(i->shape);
	uint32_t op = emit_vec_row(IR_vset)->op[es];

	if (!vec_have(op))
		e->failed = true;
	x64_rr(&e->as, es == ES64, op, r, x);
	x64_byte(&e->as, i->n);
}

bool
vec_set(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, x;

	x = emit_use(e, i->b);
	r = vec_result_clean(e, k, i->a, bits);
	insert(e, i, r, x);
	emit_done(e, i->b);
	return true;
}

bool
vec_ins(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	unsigned r, x, t;
	struct x64_mem m;

	if (bits != 128)
		return false;
	if (es == ES64 && vec_in_memory(e, i->b, &m)) {
		r = emit_result_from(e, k, i->a, 128);
		x64_sse_rm(&e->as, i->n ? X64_MOVHPS : X64_MOVLPS, r,
			   lane_of(m, i, i->n2));
		emit_done(e, i->b);
		return true;
	}
	x = emit_use_v(e, i->b, 128);
	r = emit_result_from(e, k, i->a, 128);
	if (es == ES64) {
		/* Low or high half of r, or of x, in that order. */
		if (i->n == 0 && i->n2 == 0)
			vec_rr(e, X64_MOVSD, r, x);
		else if (i->n == 0)
			vec_rr(e, X64_MOVHLPS, r, x);
		else
			vec_rri(e, X64_SHUFPD, r, x, i->n2 << 1);
	} else if (es == ES32) {
		vec_rri(e, X64_INSERTPS, r, x,
			(unsigned)i->n2 << 6 | (unsigned)i->n << 4);
	} else {
		t = emit_alloc(e);
		extract(e, es, t, x, i->n2);
		insert(e, i, r, t);
		emit_free(e, t);
	}
	emit_done(e, i->b);
	return true;
}
