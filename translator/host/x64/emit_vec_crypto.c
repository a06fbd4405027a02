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
	vec_rr(e, X64_PMADDWD, x, y);
	emit_free_xmm(e, y);
}

/* The sources are read twice; the accumulator comes last. */
bool
vec_dot(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned bits = vshape_bits(i->shape), low, high, r;
	struct vec_src b = vec_src(e, i->b, 128, SRC_MEM);
	struct vec_src c = vec_src(e, i->c, 128, SRC_MEM);

	low = emit_alloc_xmm(e);
	pair_products(e, row, low, &b, &c, false);
	if (bits == 128) {
		high = emit_alloc_xmm(e);
		pair_products(e, row, high, &b, &c, true);
		vec_rr(e, X64_PHADDD, low, high);
		emit_free_xmm(e, high);
	} else {
		vec_rr(e, X64_PHADDD, low, low);
	}
	vec_src_done(e, &b);
	vec_src_done(e, &c);
	r = emit_result_from(e, k, i->a, bits);
	vec_rr(e, X64_PADDD, r, low);
	vec_trim(e, r, bits);
	emit_free_xmm(e, low);
	return true;
}

/* --- AES. */

bool
vec_aes(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src b = vec_src(e, i->b, 128, SRC_MEM);
	unsigned r = emit_result_from(e, k, i->a, 128);
	unsigned zero = emit_alloc_xmm(e);

	vec_rs(e, X64_PXOR, r, &b);
	vec_src_done(e, &b);
	vec_zero(e, zero);
	vec_rr(e, emit_vec_row(i->op)->op[0], r, zero);
	emit_free_xmm(e, zero);
	return true;
}

bool
vec_aesmc(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned r = emit_result_from(e, k, i->a, 128);
	unsigned zero = emit_alloc_xmm(e);

	vec_zero(e, zero);
	vec_rr(e, X64_AESDECLAST, r, zero);
	vec_rr(e, X64_AESENC, r, zero);
	emit_free_xmm(e, zero);
	return true;
}

bool
vec_aesimc(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned r = emit_result_from(e, k, i->a, 128);

	vec_rr(e, X64_AESIMC, r, r);
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
	vec_rr(e, X64_PSUBD, w, x);
	vec_trim(e, b, 32);
	vec_rr(e, X64_PADDD, w, b);
	vec_rri(e, X64_PSHUFD, w, w, 0x1b);
	vec_rri(e, X64_PSHUFD, r, r, 0x1b);
	vec_rri(e, X64_SHA1RNDS4, r, w, row->op[0]);
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
	vec_rr(e, X64_PUNPCKLQDQ, cdgh, r);
	vec_rr(e, X64_PUNPCKHQDQ, abef, r);
	vec_load(e, 0, &w);
	vec_rr(e, X64_SHA256RNDS2, cdgh, abef);
	vec_rri(e, X64_PSHUFD, 0, 0, 0x0e);
	vec_rr(e, X64_SHA256RNDS2, abef, cdgh);
	vec_rr(e, row->op[0], cdgh, abef);
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

	vec_rs(e, X64_SHA256MSG1, r, &b);
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

	vec_mov(e, mid, c.reg);
	vec_rsi(e, X64_PALIGNR, mid, &b, 4);
	vec_rr(e, X64_PADDD, r, mid);
	vec_rs(e, X64_SHA256MSG2, r, &c);
	vec_src_done(e, &b);
	vec_src_done(e, &c);
	emit_free_xmm(e, mid);
	return true;
}
