/*
 * emit_vec_perm.c - permutations, lanes, reductions.
 *
 * A lane of a guest register that is still in memory is loaded from there.
 */
#include "emit_vec.h"

/* --- Across lanes: by halves. */

/* r = x op t, where t are lanes of x that `shuffle' moves down. */
static void
fold(struct emit *e, uint32_t op, unsigned r, unsigned x, unsigned t,
     unsigned shuffle, unsigned order)
{
	vec_rri(e, shuffle, t, x, order);
	vec_rrr(e, op, r, x, t);
}

/* Sums of eight bytes. */
static void
sum_bytes(struct emit *e, unsigned r, unsigned x, unsigned t, unsigned bits)
{
	vec_zero(e, t);
	vec_rrr(e, X64_PSADBW, r, x, t);
	if (bits == 128)
		fold(e, X64_PADDD, r, r, t, X64_PSHUFD, 0x4e);
}

bool
vec_reduce(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r, t;
	uint32_t op = emit_vec_row(i->op)->op[es];
	struct vec_src a;
	unsigned x;

	if (!op)
		return false;
	a = vec_src(e, i->a, bits, SRC_REG);
	t = emit_alloc_xmm(e);
	r = emit_result_v(e, k);
	x = a.reg;
	if (op == X64_PADDB) {
		sum_bytes(e, r, x, t, bits);
	} else {
		if (bits == 128) {
			fold(e, op, r, x, t, X64_PSHUFD, 0x4e);
			x = r;
		}
		if (es <= ES32) {
			fold(e, op, r, x, t, X64_PSHUFD, 0xb1);
			x = r;
		}
		if (es <= ES16)
			fold(e, op, r, x, t, X64_PSHUFLW, 0xb1);
		if (es == ES8) {
			vec_shift(e, X64_PSRLW, t, r, 8);
			vec_rrr(e, op, r, r, t);
		}
	}
	vec_src_done(e, &a);
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
	struct vec_src a, b;

	if (bits == 128)
		return vec_two(e, k, i);
	/* The upper half of the low halves zipped. */
	a = vec_src(e, i->a, bits, SRC_REG);
	b = vec_src(e, i->b, bits, SRC_REG);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	vec_rrr(e, low[es], r, a.reg, b.reg);
	vec_shift(e, X64_PSRLDQ, r, r, 8);
	return true;
}

/* dst = x with even or odd bytes or halfwords, as wide as two, so that packing
 * them saturates nothing. */
static void
every_other(struct emit *e, unsigned es, bool odd, unsigned dst, unsigned x)
{
	if (es == ES8 && odd) {
		vec_shift(e, X64_PSRLW, dst, x, 8);
	} else if (es == ES8) {
		vec_rrc(e, X64_PAND, dst, x, x64_even[0]);
	} else if (odd) {
		vec_shift(e, X64_PSRAD, dst, x, 16);
	} else {
		vec_shift(e, X64_PSLLD, dst, x, 16);
		vec_shift(e, X64_PSRAD, dst, dst, 16);
	}
}

#define PACK(es)	((es) == ES8 ? X64_PACKUSWB : X64_PACKSSDW)

static bool
unzip64(struct emit *e, ir_ref k, const struct ir_insn *i, bool odd)
{
	unsigned es = vshape_es(i->shape), r;
	struct vec_src a = vec_src(e, i->a, 64, SRC_REG);
	struct vec_src b = vec_src(e, i->b, 64, SRC_REG);

	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	if (es == ES32) {
		vec_rrr(e, X64_PUNPCKLDQ, r, a.reg, b.reg);
		if (odd)
			vec_shift(e, X64_PSRLDQ, r, r, 8);
	} else {
		vec_rrr(e, X64_PUNPCKLQDQ, r, a.reg, b.reg);
		every_other(e, es, odd, r, r);
		vec_rrr(e, PACK(es), r, r, r);
	}
	vec_trim(e, r, 64);
	return true;
}

bool
vec_uzp(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), r, t, u;
	bool odd = emit_vec_row(i->op)->flags & VEC_NOT;
	struct vec_src a, b;

	if (vshape_bits(i->shape) == 64)
		return unzip64(e, k, i, odd);
	b = vec_src(e, i->b, 128, es >= ES32 ? SRC_MEM : SRC_REG);
	a = vec_src(e, i->a, 128, SRC_REG);
	t = u = 0;
	if (es < ES32) {
		t = u = emit_alloc_xmm(e);
		every_other(e, es, odd, t, a.reg);
		if (!vec_same(e, i->a, i->b)) {
			u = emit_alloc_xmm(e);
			every_other(e, es, odd, u, b.reg);
			emit_free_xmm(e, u);
		}
		emit_free_xmm(e, t);
	}
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	if (es == ES64)
		vec_rrs(e, odd ? X64_PUNPCKHQDQ : X64_PUNPCKLQDQ, r, a.reg,
			&b);
	else if (es == ES32)
		vec_op2(e, X64_SHUFPS, r, a.reg, &b, odd ? 0xdd : 0x88);
	else
		vec_rrr(e, PACK(es), r, t, u);
	return true;
}

/* dst = the even lanes of x, of es, in their place or one lane up; zeros
 * beside them. */
static void
even_lanes(struct emit *e, unsigned es, bool up, unsigned dst, unsigned x)
{
	static const uint32_t shl[3] = { X64_PSLLW, X64_PSLLD, X64_PSLLQ };
	unsigned n = 8u << es;

	if (up) {
		vec_shift(e, shl[es], dst, x, n);
	} else if (es < ES32) {
		vec_rrc(e, X64_PAND, dst, x, x64_even[es]);
	} else {
		vec_shift(e, X64_PSLLQ, dst, x, n);
		vec_shift(e, X64_PSRLQ, dst, dst, n);
	}
}

/* The same for the odd ones, one lane down or in their place. */
static void
odd_lanes(struct emit *e, unsigned es, bool down, unsigned dst, unsigned x)
{
	static const uint32_t shl[3] = { X64_PSLLW, X64_PSLLD, X64_PSLLQ };
	static const uint32_t shr[3] = { X64_PSRLW, X64_PSRLD, X64_PSRLQ };
	unsigned n = 8u << es;

	vec_shift(e, shr[es], dst, x, n);
	if (!down)
		vec_shift(e, shl[es], dst, dst, n);
}

/* Even (odd) lanes of a, beside each those of b. */
bool
vec_trn(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool odd = emit_vec_row(i->op)->flags & VEC_NOT;
	struct vec_src a = vec_src(e, i->a, bits, SRC_REG);
	struct vec_src b = vec_src(e, i->b, bits, SRC_REG);
	unsigned r, t = 0, u = 0;

	if (es < ES64) {
		t = emit_alloc_xmm(e);
		u = emit_alloc_xmm(e);
		if (odd) {
			odd_lanes(e, es, true, t, a.reg);
			odd_lanes(e, es, false, u, b.reg);
		} else {
			even_lanes(e, es, false, t, a.reg);
			even_lanes(e, es, true, u, b.reg);
		}
		emit_free_xmm(e, t);
		emit_free_xmm(e, u);
	}
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	if (es < ES64)
		vec_rrr(e, X64_POR, r, t, u);
	else
		vec_rrr(e, odd ? X64_PUNPCKHQDQ : X64_PUNPCKLQDQ, r, a.reg,
			b.reg);
	if (!(a.clean && b.clean))
		vec_trim(e, r, bits);
	return true;
}

static bool
ext64(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src a = vec_src(e, i->a, 64, SRC_REG);
	struct vec_src b = vec_src(e, i->b, 64, SRC_REG);
	unsigned r;

	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	vec_rrr(e, X64_PUNPCKLQDQ, r, a.reg, b.reg);
	if (i->n)
		vec_shift(e, X64_PSRLDQ, r, r, i->n);
	vec_trim(e, r, 64);
	return true;
}

bool
vec_ext(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	static const uint8_t rotated[4] = { 0xe4, 0x39, 0x4e, 0x93 };
	bool words = vec_same(e, i->a, i->b) && (i->n & 3) == 0;
	struct vec_src a, b;
	unsigned r;

	if (vshape_bits(i->shape) == 64)
		return ext64(e, k, i);
	if (i->n == 0 || words) {
		emit_done(e, i->b);
		if (i->n == 0) {
			vec_result_clean(e, k, i->a, 128);
			return true;
		}
		a = vec_src(e, i->a, 128, SRC_MEM);
		vec_src_done(e, &a);
		r = vec_result_over(e, k);
		vec_op1(e, X64_PSHUFD, r, &a, rotated[i->n / 4]);
		return true;
	}
	a = vec_src(e, i->a, 128, SRC_MEM);
	b = vec_src(e, i->b, 128, SRC_REG);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	vec_op2(e, X64_PALIGNR, r, b.reg, &a, i->n);
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
	unsigned bits = vshape_bits(i->shape), index, r, t, zero;
	bool apart = disjoint(e, i->a, i->c, i->n);
	struct vec_src a, b, c = vec_src(e, i->c, bits, SRC_REG);

	index = emit_alloc_xmm(e);
	if (i->n) {
		vec_rrc(e, X64_PSUBB, index, c.reg, x64_splat8[i->n]);
		vec_rrc(e, X64_PADDUSB, index, index, x64_splat8[0x70]);
	} else {
		vec_rrc(e, X64_PADDUSB, index, c.reg, x64_splat8[0x70]);
	}
	vec_src_done(e, &c);
	b = vec_src(e, i->b, 128, SRC_REG);
	if (vec_is_zero(e, i->a)) {
		emit_done(e, i->a);
		vec_src_done(e, &b);
		emit_free_xmm(e, index);
		r = vec_result_over(e, k);
		vec_rrr(e, X64_PSHUFB, r, b.reg, index);
		vec_trim(e, r, bits);
		return true;
	}
	t = emit_alloc_xmm(e);
	vec_rrr(e, X64_PSHUFB, t, b.reg, index);
	vec_src_done(e, &b);
	a = vec_src(e, i->a, bits, SRC_REG);
	if (!apart) {
		/* What there is stays where the index was too large. */
		zero = emit_alloc_xmm(e);
		vec_zero(e, zero);
		vec_rrr(e, X64_PCMPGTB, zero, zero, index);
		vec_rrr(e, X64_PAND, index, zero, a.reg);
		emit_free_xmm(e, zero);
	}
	emit_free_xmm(e, index);
	emit_free_xmm(e, t);
	vec_src_done(e, &a);
	r = vec_result_over(e, k);
	vec_rrr(e, X64_POR, r, t, apart ? a.reg : index);
	vec_trim(e, r, bits);
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
	struct vec_src src;
	struct x64_mem m;

	if (es >= ES32 && vec_in_memory(e, i->a, &m)) {
		r = vec_result_apart(e, k);
		x64_sse_rm(&e->as, es == ES32 ? X64_MOVSS : X64_MOVQ, r,
			   lane_of(m, i, i->n));
		emit_done(e, i->a);
	} else if (i->n == 0) {
		vec_result_clean(e, k, i->a, bits);
	} else {
		src = vec_src(e, i->a, 128, SRC_REG);
		vec_src_done(e, &src);
		r = vec_result_over(e, k);
		if (es == ES64) {
			vec_rrr(e, X64_PUNPCKHQDQ, r, src.reg, src.reg);
			vec_trim(e, r, bits);
		} else {
			vec_shift(e, X64_PSRLDQ, r, src.reg,
				  (unsigned)i->n << es);
			if ((i->n + 1u) * bits < 128)
				vec_trim(e, r, bits);
		}
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
	struct vec_src a;

	if (vshape_lanes(i->shape) == 1)
		return dup_scalar(e, k, i);
	if (dup_loaded(e, k, i, bits))
		return true;
	a = vec_src(e, i->a, (n + 1) << (es + 3), SRC_REG);
	vec_src_done(e, &a);
	r = vec_result_over(e, k);
	switch (es) {
	case ES8:
		vec_rrc(e, X64_PSHUFB, r, a.reg, x64_splat8[n]);
		break;
	case ES16:
		if (n < 4) {
			vec_rri(e, X64_PSHUFLW, r, a.reg, n * 0x55);
			if (bits == 128)
				vec_rrr(e, X64_PUNPCKLQDQ, r, r, r);
		} else {
			vec_rri(e, X64_PSHUFHW, r, a.reg, (n - 4) * 0x55);
			vec_rrr(e, X64_PUNPCKHQDQ, r, r, r);
		}
		break;
	case ES32:
		vec_rri(e, X64_PSHUFD, r, a.reg, n * 0x55);
		break;
	default:
		vec_rri(e, X64_PSHUFD, r, a.reg, n ? 0xee : 0x44);
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
		vec_rrc(e, X64_PSHUFB, r, r, bits == 128 ?
			(const void *)x64_splat8[0] : x64_splat_b8);
		break;
	case ES16:
		vec_rri(e, X64_PSHUFLW, r, r, 0);
		if (bits == 128)
			vec_rrr(e, X64_PUNPCKLQDQ, r, r, r);
		break;
	case ES32:
		vec_rri(e, X64_PSHUFD, r, r, bits == 128 ? 0 : 0x50);
		break;
	default:
		vec_rrr(e, X64_PUNPCKLQDQ, r, r, r);
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
	emit_locate(e, k, LOC_REG, dst, true);
	return true;
}

/* r = x with lane n of i replaced by general register g. */
static void
insert(struct emit *e, const struct ir_insn *i, unsigned r, unsigned x,
       unsigned g)
{
	unsigned es = vshape_es(i->shape), w = es == ES64;
	uint32_t op = emit_vec_row(IR_vset)->op[es];

	if (!vec_have(op))
		e->failed = true;
	if (x64_cpu_has(X64_CPU_AVX)) {
		x64_vex_rrr(&e->as, op, w, r, x, g);
	} else {
		vec_mov(e, r, x);
		x64_rr(&e->as, w, op, r, g);
	}
	x64_byte(&e->as, i->n);
}

bool
vec_set(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned x = emit_use(e, i->b), r;
	struct vec_src a = vec_src(e, i->a, vshape_bits(i->shape), SRC_CLEAN);

	vec_src_done(e, &a);
	r = vec_result_over(e, k);
	insert(e, i, r, a.reg, x);
	emit_done(e, i->b);
	return true;
}

/* Doublewords: lane n2 of b into lane n of a. */
static void
insert64(struct emit *e, const struct ir_insn *i, unsigned r, unsigned a,
	 unsigned b)
{
	/* Low or high half of a, or of b, in that order. */
	if (i->n)
		vec_rrri(e, X64_SHUFPD, r, a, b, (unsigned)i->n2 << 1);
	else if (i->n2)
		vec_rrr(e, X64_MOVHLPS, r, a, b);
	else
		vec_rrr(e, X64_MOVSD, r, a, b);
}

bool
vec_ins(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), r, t;
	struct vec_src a, b;
	struct x64_mem m;

	if (vshape_bits(i->shape) != 128)
		return false;
	if (es == ES64 && vec_in_memory(e, i->b, &m)) {
		a = vec_src(e, i->a, 128, SRC_REG);
		b = (struct vec_src){ .ref = i->b, .is_mem = true,
				      .mem = lane_of(m, i, i->n2) };
		vec_src_done(e, &a);
		vec_src_done(e, &b);
		r = vec_result_over(e, k);
		vec_rrs(e, i->n ? X64_MOVHPS : X64_MOVLPS, r, a.reg, &b);
		return true;
	}
	b = vec_src(e, i->b, 128, SRC_REG);
	a = vec_src(e, i->a, 128, SRC_REG);
	vec_src_done(e, &a);
	if (es >= ES32) {
		vec_src_done(e, &b);
		r = vec_result_over(e, k);
		if (es == ES64)
			insert64(e, i, r, a.reg, b.reg);
		else
			vec_rrri(e, X64_INSERTPS, r, a.reg, b.reg,
				 (unsigned)i->n2 << 6 | (unsigned)i->n << 4);
		return true;
	}
	t = emit_alloc(e);
	extract(e, es, t, b.reg, i->n2);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	insert(e, i, r, a.reg, t);
	emit_free(e, t);
	return true;
}
