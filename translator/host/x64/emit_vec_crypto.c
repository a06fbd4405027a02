/*
 * emit_vec_crypto.c - dot products and cryptography.
 *
 * Arm's and x86's instructions cut AES and SHA differently; how the pieces
 * fit is explained in reference_crypto.c, which does the same in C.
 */
#include "emit_vec.h"

/* b = the sums of two neighbouring products of eight bytes of each source, of
 * the upper ones if `upper'. */
static void
pair_products(struct emit *e, const struct vec_row *row, unsigned x,
	      const struct vec_src *b, const struct vec_src *c, bool upper)
{
	unsigned y = emit_alloc_xmm(e);

	vec_load(e, x, b);
	vec_load(e, y, c);
	if (upper) {
		vec_rri(e, X64_PSHUFD, x, x, 0xee);
		vec_rri(e, X64_PSHUFD, y, y, 0xee);
	}
	vec_rr(e, row->op[0], x, x);
	vec_rr(e, row->op[1], y, y);
	vec_rrr(e, X64_PMADDWD, x, x, y);
	emit_free_xmm(e, y);
}

/* The sources are read twice; the accumulator comes last. */
bool
vec_dot(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned bits = vshape_bits(i->shape), low, high, r;
	struct vec_src b = vec_src(e, i->b, 128, SRC_MEM);
	struct vec_src c = vec_src(e, i->c, 128, SRC_MEM), a;

	low = emit_alloc_xmm(e);
	pair_products(e, row, low, &b, &c, false);
	if (bits == 128) {
		high = emit_alloc_xmm(e);
		pair_products(e, row, high, &b, &c, true);
		vec_rrr(e, X64_PHADDD, low, low, high);
		emit_free_xmm(e, high);
	} else {
		vec_rrr(e, X64_PHADDD, low, low, low);
	}
	vec_src_done(e, &b);
	vec_src_done(e, &c);
	a = vec_src(e, i->a, bits, SRC_REG);
	vec_src_done(e, &a);
	emit_free_xmm(e, low);
	r = vec_result_over(e, k);
	vec_rrr(e, X64_PADDD, r, a.reg, low);
	vec_trim(e, r, bits);
	return true;
}

/* --- AES. */

/* The sources' exclusive or, by an instruction whose round key is zero. */
static bool
aes(struct emit *e, ir_ref k, const struct ir_insn *i, unsigned op)
{
	struct vec_src b = vec_src(e, i->b, 128, SRC_MEM);
	struct vec_src a = vec_src(e, i->a, 128, SRC_REG);
	unsigned t = emit_alloc_xmm(e), zero = emit_alloc_xmm(e), r;

	vec_rrs(e, X64_PXOR, t, a.reg, &b);
	vec_zero(e, zero);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	emit_free_xmm(e, t);
	emit_free_xmm(e, zero);
	r = vec_result_over(e, k);
	vec_rrr(e, op, r, t, zero);
	return true;
}

bool
vec_aes(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return aes(e, k, i, emit_vec_row(i->op)->op[0]);
}

void
emit_vec_aes_round(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);

	aes(e, k, i, i->op == IR_vaese ? X64_AESENC : X64_AESDEC);
}

bool
vec_aesmc(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src a = vec_src(e, i->a, 128, SRC_REG);
	unsigned t = emit_alloc_xmm(e), zero = emit_alloc_xmm(e), r;

	vec_zero(e, zero);
	vec_rrr(e, X64_AESDECLAST, t, a.reg, zero);
	vec_src_done(e, &a);
	emit_free_xmm(e, t);
	emit_free_xmm(e, zero);
	r = vec_result_over(e, k);
	vec_rrr(e, X64_AESENC, r, t, zero);
	return true;
}

bool
vec_aesimc(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src a = vec_src(e, i->a, 128, SRC_MEM);

	vec_src_done(e, &a);
	vec_rs(e, X64_AESIMC, vec_result_over(e, k), &a);
	return true;
}

/* --- SHA. */

/* Four rounds; the row has their number and their constant, which the host
 * adds and Arm has added already. */
bool
vec_sha1(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned r, w, b, t, x;

	w = vec_take(e, i->c, 128);
	b = vec_take(e, i->b, 32);
	r = emit_result_from(e, k, i->a, 128);
	x = emit_alloc_xmm(e);
	t = emit_alloc(e);
	x64_mov_imm(&e->as, t, row->op[1]);
	x64_rr(&e->as, X64_32, X64_MOVD_TO, x, t);
	emit_free(e, t);
	vec_rri(e, X64_PSHUFD, x, x, 0);
	vec_rrr(e, X64_PSUBD, w, w, x);
	vec_trim(e, b, 32);
	vec_rrr(e, X64_PADDD, w, w, b);
	vec_rri(e, X64_PSHUFD, w, w, 0x1b);
	vec_rri(e, X64_PSHUFD, r, r, 0x1b);
	vec_rrri(e, X64_SHA1RNDS4, r, r, w, row->op[0]);
	vec_rri(e, X64_PSHUFD, r, r, 0x1b);
	emit_free_xmm(e, w);
	emit_free_xmm(e, b);
	emit_free_xmm(e, x);
	return true;
}

/*
 * Both of SHA256H and SHA256H2 are the same four rounds, of which they keep
 * one half of the state each. The host's instruction does two, reads the
 * schedule from xmm0, and wants the state as (a b e f) and (c d g h).
 */
bool
vec_sha256h(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	ir_ref abcd = row->flags & VEC_SWAP ? i->b : i->a;
	ir_ref efgh = row->flags & VEC_SWAP ? i->a : i->b;
	unsigned abef, cdgh, r;
	struct vec_src w;

	if (!(e->free_xmm & 1))
		return false;
	e->free_xmm &= ~1u;
	w = vec_src(e, i->c, 128, SRC_MEM);
	abef = vec_take(e, efgh, 128);
	r = emit_result_from(e, k, abcd, 128);
	cdgh = emit_alloc_xmm(e);
	vec_rri(e, X64_PSHUFD, r, r, 0x1b);		/* d c b a */
	vec_rri(e, X64_PSHUFD, abef, abef, 0x1b);	/* h g f e */
	vec_mov(e, cdgh, abef);
	vec_rrr(e, X64_PUNPCKLQDQ, cdgh, cdgh, r);
	vec_rrr(e, X64_PUNPCKHQDQ, abef, abef, r);
	vec_load(e, 0, &w);
	vec_rrr(e, X64_SHA256RNDS2, cdgh, cdgh, abef);
	vec_rri(e, X64_PSHUFD, 0, 0, 0x0e);
	vec_rrr(e, X64_SHA256RNDS2, abef, abef, cdgh);
	vec_rrr(e, row->op[0], cdgh, cdgh, abef);
	vec_rri(e, X64_PSHUFD, r, cdgh, 0x1b);
	vec_src_done(e, &w);
	emit_free_xmm(e, abef);
	emit_free_xmm(e, cdgh);
	emit_free_xmm(e, 0);
	return true;
}

bool
vec_sha256su0(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src b = vec_src(e, i->b, 128, SRC_MEM);
	unsigned r = emit_result_from(e, k, i->a, 128);

	vec_rrs(e, X64_SHA256MSG1, r, r, &b);
	vec_src_done(e, &b);
	return true;
}

bool
vec_sha256su1(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src c = vec_src(e, i->c, 128, SRC_REG);
	struct vec_src b = vec_src(e, i->b, 128, SRC_MEM);
	unsigned r = emit_result_from(e, k, i->a, 128);
	unsigned mid = emit_alloc_xmm(e);

	vec_op2(e, X64_PALIGNR, mid, c.reg, &b, 4);
	vec_rrr(e, X64_PADDD, r, r, mid);
	vec_rrs(e, X64_SHA256MSG2, r, r, &c);
	vec_src_done(e, &b);
	vec_src_done(e, &c);
	emit_free_xmm(e, mid);
	return true;
}

/*
 * SHA-512, two rounds at once, of which the second needs what the first gives:
 * in low doublewords, with whatever comes along above.
 */
struct rotations {
	uint8_t n[3];
	bool shift;		/* the last one */
};

static const struct rotations big0 = { { 28, 34, 39 }, false };
static const struct rotations big1 = { { 14, 18, 41 }, false };
static const struct rotations small0 = { { 1, 8, 7 }, true };
static const struct rotations small1 = { { 19, 61, 6 }, true };

/* dst = x shifted, or if `more' the exclusive or of that and dst. */
static void
shifted(struct emit *e, unsigned op, unsigned n, bool more, unsigned dst,
	unsigned x, unsigned t)
{
	unsigned to = more ? t : dst;

	vec_shift(e, op, to, x, n);
	if (more)
		vec_rrr(e, X64_PXOR, dst, dst, t);
}

/* dst = the exclusive or of x, rotated thrice; t changes. */
static void
rotations(struct emit *e, const struct rotations *r, unsigned dst, unsigned x,
	  unsigned t)
{
	unsigned j;

	for (j = 0; j < 3; j++) {
		unsigned n = r->n[j];

		if (j == 2 && r->shift) {
			shifted(e, X64_PSRLQ, n, true, dst, x, t);
		} else if (x64_cpu_has(X64_CPU_AVX512)) {
			x64_evex_rrr(&e->as, X64_66 | X64_PROR, 1, 0,
				     j ? t : dst, x);
			x64_byte(&e->as, n);
			if (j)
				vec_rrr(e, X64_PXOR, dst, dst, t);
		} else {
			shifted(e, X64_PSRLQ, n, j, dst, x, t);
			shifted(e, X64_PSLLQ, 64 - n, true, dst, x, t);
		}
	}
}

/* Only xmm remains, as the result; n sources are done with. */
static void
keep(struct emit *e, ir_ref k, unsigned xmm, const struct vec_src *src,
     unsigned n)
{
	while (n--)
		vec_src_done(e, &src[n]);
	e->free_xmm = X64_SCRATCH_XMM & ~(1u << xmm);
	e->loc[k] = (struct emit_loc){ LOC_XMM, (uint8_t)xmm, true };
}

/* Sources a, b, c; then all scratch registers are the emitter's. False: they
 * take some. */
static bool
sha512_sources(struct emit *e, const struct ir_insn *i, struct vec_src s[3])
{
	const ir_ref ref[3] = { i->a, i->b, i->c };
	unsigned j;

	for (j = 0; j < 3 && ref[j]; j++)
		s[j] = vec_src(e, ref[j], 128, SRC_MEM);
	if (e->free_xmm != X64_SCRATCH_XMM)
		return false;
	e->free_xmm = 0;
	return true;
}

enum { A, B, C };

/* high = choose(c1, b0, b1) + S1(c1) + a1; x = high + c0;
 * low = choose(x, c1, b0) + S1(x) + a0 */
bool
vec_sha512h(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned x = 0, s = 1, t = 2, h = 3;
	struct vec_src v[3];

	if (!sha512_sources(e, i, v))
		return false;
	vec_op1(e, X64_PSHUFD, x, &v[C], 0xee);
	rotations(e, &big1, s, x, t);
	vec_op1(e, X64_PSHUFD, h, &v[B], 0x4e);
	vec_mov(e, t, h);
	vec_rrs(e, X64_PXOR, t, t, &v[B]);
	vec_rrr(e, X64_PAND, t, t, x);
	vec_rrr(e, X64_PXOR, t, t, h);
	vec_rrr(e, X64_PADDQ, s, s, t);
	vec_op1(e, X64_PSHUFD, h, &v[A], 0xee);
	vec_rrr(e, X64_PADDQ, h, h, s);
	vec_load(e, s, &v[C]);
	vec_rrr(e, X64_PADDQ, s, s, h);
	vec_rrs(e, X64_PXOR, x, x, &v[B]);
	vec_rrr(e, X64_PAND, x, x, s);
	vec_rrs(e, X64_PXOR, x, x, &v[B]);
	vec_rrs(e, X64_PADDQ, x, x, &v[A]);
	vec_rrr(e, X64_PUNPCKLQDQ, x, x, h);
	rotations(e, &big1, t, s, h);
	vec_rr(e, X64_MOVQ, t, t);
	vec_rrr(e, X64_PADDQ, x, x, t);
	keep(e, k, x, v, 3);
	return true;
}

/* high = majority(b0, c1, c0) + S0(c0) + a1;
 * low = majority(high, c0, c1) + S0(high) + a0 */
bool
vec_sha512h2(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned x = 0, s = 1, t = 2, h = 3;
	struct vec_src v[3];

	if (!sha512_sources(e, i, v))
		return false;
	vec_load(e, x, &v[C]);
	rotations(e, &big0, s, x, t);
	vec_op1(e, X64_PSHUFD, h, &v[C], 0x4e);
	vec_rrr(e, X64_PXOR, x, x, h);		/* c0 ^ c1 */
	vec_rrs(e, X64_PAND, h, h, &v[C]);		/* c0 & c1 */
	vec_mov(e, t, x);
	vec_rrs(e, X64_PAND, t, t, &v[B]);
	vec_rrr(e, X64_PXOR, t, t, h);
	vec_rrr(e, X64_PADDQ, s, s, t);
	vec_op1(e, X64_PSHUFD, t, &v[A], 0xee);
	vec_rrr(e, X64_PADDQ, s, s, t);
	vec_rrr(e, X64_PAND, x, x, s);
	vec_rrr(e, X64_PXOR, x, x, h);
	vec_rrs(e, X64_PADDQ, x, x, &v[A]);
	vec_rrr(e, X64_PUNPCKLQDQ, x, x, s);
	rotations(e, &big0, t, s, h);
	vec_rr(e, X64_MOVQ, t, t);
	vec_rrr(e, X64_PADDQ, x, x, t);
	keep(e, k, x, v, 3);
	return true;
}

/* a + s0 of a1 and b0 */
bool
vec_sha512su0(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned x = 0, s = 1, t = 2;
	struct vec_src v[3];

	if (!sha512_sources(e, i, v))
		return false;
	vec_load(e, x, &v[A]);
	vec_op2(e, X64_SHUFPD, x, x, &v[B], 1);
	rotations(e, &small0, s, x, t);
	vec_rrs(e, X64_PADDQ, s, s, &v[A]);
	keep(e, k, s, v, 2);
	return true;
}

/* a + s1 of b + c */
bool
vec_sha512su1(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned x = 0, s = 1, t = 2;
	struct vec_src v[3];

	if (!sha512_sources(e, i, v))
		return false;
	vec_load(e, x, &v[B]);
	rotations(e, &small1, s, x, t);
	vec_rrs(e, X64_PADDQ, s, s, &v[A]);
	vec_rrs(e, X64_PADDQ, s, s, &v[C]);
	keep(e, k, s, v, 3);
	return true;
}
