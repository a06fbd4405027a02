/*
 * emit_vec.c - vector operations: which emitter does which, and what all
 * emitters are built from.
 *
 * The emitters proper are in emit_vec_*.c by topic. Most operations are one
 * or two host instructions, so a row of the table says which, by element
 * size, and one emitter serves a family.
 */
#include "emit_vec.h"

/* The same whatever the element size. */
#define ANY(op)		{ op, op, op, op }
#define B(op)		X64_##op##B
#define W(op)		X64_##op##W
#define D(op)		X64_##op##D
#define Q(op)		X64_##op##Q
#define BWDQ(op)	{ B(op), W(op), D(op), Q(op) }
#define BWD(op)		{ B(op), W(op), D(op) }
#define BW(op)		{ B(op), W(op) }

#define FIRST	IR_vand
#define ROW(op)	[IR_##op - FIRST]

static const struct vec_row rows[] = {
	ROW(vand) = { vec_two, ANY(X64_PAND), 0 },
	ROW(vor) = { vec_move_or, ANY(X64_POR), 0 },
	ROW(vxor) = { vec_two, ANY(X64_PXOR), 0 },
	ROW(vandn) = { vec_two, ANY(X64_PANDN), VEC_SWAP },
	ROW(vorn) = { vec_orn, { 0 }, 0 },
	ROW(vnot) = { vec_not, { 0 }, 0 },
	ROW(vselect) = { vec_select, { 0 }, 0 },
	ROW(vcnt) = { vec_cnt, { 0 }, 0 },
	ROW(vrbit) = { vec_rbit, { 0 }, 0 },
	ROW(vrev) = { vec_rev, { 0 }, 0 },

	ROW(vadd) = { vec_two, BWDQ(PADD), 0 },
	ROW(vsub) = { vec_two, BWDQ(PSUB), 0 },
	ROW(vmul) = { vec_mul, { 0, X64_PMULLW, X64_PMULLD }, 0 },
	ROW(vneg) = { vec_neg, BWDQ(PSUB), 0 },
	ROW(vabs) = { vec_abs, BWD(PABS), 0 },
	ROW(vshadd) = { vec_halving, BWD(PADD), VEC_SIGNED },
	ROW(vuhadd) = { vec_halving, BWD(PADD), 0 },
	ROW(vshsub) = { vec_halving, BWD(PSUB), VEC_SIGNED | VEC_NOT },
	ROW(vuhsub) = { vec_halving, BWD(PSUB), VEC_NOT },
	ROW(vsrhadd) = { vec_average, BWD(PSUB), VEC_SIGNED },
	ROW(vurhadd) = { vec_average, BWD(PSUB), 0 },
	ROW(vsmax) = { vec_two, BWD(PMAXS), 0 },
	ROW(vsmin) = { vec_two, BWD(PMINS), 0 },
	ROW(vumax) = { vec_two, BWD(PMAXU), 0 },
	ROW(vumin) = { vec_two, BWD(PMINU), 0 },
	ROW(vsabd) = { vec_abd, BWD(PMAXS), VEC_SIGNED },
	ROW(vuabd) = { vec_abd, BWD(PMAXU), 0 },
	ROW(vcmpeq) = { vec_two, BWDQ(PCMPEQ), VEC_DIRTY },
	ROW(vcmpgt) = { vec_two, BWDQ(PCMPGT), 0 },
	ROW(vcmpge) = { vec_cmp_not, BWDQ(PCMPGT), 0 },
	ROW(vcmphi) = { vec_cmp_minmax, BWD(PMINU), VEC_NOT },
	ROW(vcmphs) = { vec_cmp_minmax, BWD(PMAXU), 0 },
	ROW(vcmptst) = { vec_cmptst, BWDQ(PCMPEQ), 0 },

	ROW(vsqadd) = { vec_saturate, BW(PADDS), VEC_SIGNED },
	ROW(vuqadd) = { vec_saturate, BW(PADDUS), 0 },
	ROW(vsqsub) = { vec_saturate, BW(PSUBS), VEC_SIGNED | VEC_NOT },
	ROW(vuqsub) = { vec_saturate, BW(PSUBUS), VEC_NOT },

	ROW(vsqdmulh) = { vec_double_high, { 0 }, 0 },
	ROW(vsqrdmulh) = { vec_double_high, { 0 }, VEC_NOT },

	ROW(vshl_n) = { vec_shl_n, { 0 }, 0 },
	ROW(vushr_n) = { vec_ushr_n, { 0 }, 0 },
	ROW(vsshr_n) = { vec_sshr_n, { 0 }, 0 },
	ROW(vurshr_n) = { vec_rshr_n, BWDQ(PADD), 0 },
	ROW(vsrshr_n) = { vec_rshr_n, BWDQ(PADD), VEC_SIGNED },
	ROW(vsli_n) = { vec_sli_n, { 0 }, 0 },
	ROW(vsri_n) = { vec_sri_n, { 0 }, 0 },
	ROW(vsshl) = { vec_shift_reg, { 0 }, VEC_SIGNED },
	ROW(vushl) = { vec_shift_reg, { 0 }, 0 },
	ROW(vsrshl) = { vec_shift_reg, { 0 }, VEC_SIGNED | VEC_NOT },
	ROW(vurshl) = { vec_shift_reg, { 0 }, VEC_NOT },

	ROW(vsxtl) = { vec_xtl, { 0, X64_PMOVSXBW, X64_PMOVSXWD,
				  X64_PMOVSXDQ }, 0 },
	ROW(vuxtl) = { vec_xtl, { 0, X64_PMOVZXBW, X64_PMOVZXWD,
				  X64_PMOVZXDQ }, 0 },
	ROW(vsmull) = { vec_mull, { 0, X64_PMOVSXBW, X64_PMULHW,
				    X64_PMULDQ }, 0 },
	ROW(vumull) = { vec_mull, { 0, X64_PMOVZXBW, X64_PMULHUW,
				    X64_PMULUDQ }, 0 },
	ROW(vpmull) = { vec_pmull, { 0 }, 0 },
	ROW(vxtn) = { vec_xtn, { 0 }, 0 },
	ROW(vsqxtn) = { vec_qxtn, { 0, X64_PACKSSWB, X64_PACKSSDW },
			VEC_SIGNED },
	ROW(vuqxtn) = { vec_qxtn, { 0, X64_PMINUW, X64_PMINUD }, VEC_NOT },
	ROW(vsqxtun) = { vec_qxtn, { 0, X64_PACKUSWB, X64_PACKUSDW }, 0 },

	ROW(vaddv) = { vec_reduce, BWDQ(PADD), 0 },
	ROW(vsmaxv) = { vec_reduce, BWD(PMAXS), 0 },
	ROW(vsminv) = { vec_reduce, BWD(PMINS), 0 },
	ROW(vumaxv) = { vec_reduce, BWD(PMAXU), 0 },
	ROW(vuminv) = { vec_reduce, BWD(PMINU), 0 },

	ROW(vsaddlp) = { vec_addlp, { 0 }, VEC_SIGNED },
	ROW(vuaddlp) = { vec_addlp, { 0 }, 0 },

	ROW(vzip1) = { vec_two, { X64_PUNPCKLBW, X64_PUNPCKLWD,
				  X64_PUNPCKLDQ, X64_PUNPCKLQDQ },
		       VEC_DIRTY },
	ROW(vzip2) = { vec_zip2, { X64_PUNPCKHBW, X64_PUNPCKHWD,
				   X64_PUNPCKHDQ, X64_PUNPCKHQDQ }, 0 },
	ROW(vuzp1) = { vec_uzp, { 0 }, 0 },
	ROW(vuzp2) = { vec_uzp, { 0 }, VEC_NOT },
	ROW(vtrn1) = { vec_trn, { 0 }, 0 },
	ROW(vtrn2) = { vec_trn, { 0 }, VEC_NOT },
	ROW(vext) = { vec_ext, { 0 }, 0 },
	ROW(vtbx) = { vec_tbx, { 0 }, 0 },
	ROW(vdup) = { vec_dup, { 0 }, 0 },
	ROW(vsplat) = { vec_splat, { 0 }, 0 },
	ROW(vget) = { vec_get, { 0 }, 0 },
	ROW(vset) = { vec_set, { X64_PINSRB, X64_PINSRW, X64_PINSRD,
				 X64_PINSRD }, 0 },
	ROW(vins) = { vec_ins, { 0 }, 0 },

	ROW(vsdot) = { vec_dot, { X64_PMOVSXBW, X64_PMOVSXBW }, 0 },
	ROW(vudot) = { vec_dot, { X64_PMOVZXBW, X64_PMOVZXBW }, 0 },
	ROW(vusdot) = { vec_dot, { X64_PMOVZXBW, X64_PMOVSXBW }, 0 },
	ROW(vaese) = { vec_aes, { X64_AESENCLAST }, 0 },
	ROW(vaesd) = { vec_aes, { X64_AESDECLAST }, 0 },
	ROW(vaesmc) = { vec_aesmc, { 0 }, 0 },
	ROW(vaesimc) = { vec_aesimc, { 0 }, 0 },
	ROW(vsha1c) = { vec_sha1, { 0, 0x5a827999 }, 0 },
	ROW(vsha1p) = { vec_sha1, { 1, 0x6ed9eba1 }, 0 },
	ROW(vsha1m) = { vec_sha1, { 2, 0x8f1bbcdc }, 0 },
	ROW(vsha256h) = { vec_sha256h, { X64_PUNPCKHQDQ }, 0 },
	ROW(vsha256h2) = { vec_sha256h, { X64_PUNPCKLQDQ }, VEC_SWAP },
	ROW(vsha256su0) = { vec_sha256su0, { 0 }, 0 },
	ROW(vsha256su1) = { vec_sha256su1, { 0 }, 0 },
	ROW(vsha512h) = { vec_sha512h, { 0 }, 0 },
	ROW(vsha512h2) = { vec_sha512h2, { 0 }, 0 },
	ROW(vsha512su0) = { vec_sha512su0, { 0 }, 0 },
	ROW(vsha512su1) = { vec_sha512su1, { 0 }, 0 },
};

const struct vec_row *
emit_vec_row(unsigned op)
{
	return &rows[op - FIRST];
}

bool
emit_vec(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);

	if (i->op < FIRST || i->op - FIRST >= (int)ARRAY_SIZE(rows) ||
	    !rows[i->op - FIRST].emit)
		return false;
	return rows[i->op - FIRST].emit(e, k, i);
}

/* --- What is known of a value's upper bits. */

unsigned
emit_vec_bits(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);

	switch (i->op) {
	case IR_getv:
		return e->v_bits[i->n];
	case IR_vload:
		return 8u << i->t;
	case IR_vconst:
		return i->imm2 ? 128 : i->imm > UINT32_MAX ? 64 : 32;
	case IR_vxtn: case IR_vsqxtn: case IR_vuqxtn: case IR_vsqxtun:
		return vshape_bits(i->shape) / 2;
	case IR_vaddv: case IR_vsmaxv: case IR_vsminv: case IR_vumaxv:
	case IR_vuminv:
		return 8u << vshape_es(i->shape);
	}
	return vshape_bits(i->shape);
}

/* What a load for `bits' reads of a guest register. */
static unsigned
loaded_bits(unsigned bits)
{
	return bits <= 32 ? 32 : bits <= 64 ? 64 : 128;
}

static bool
is_unread(struct emit *e, ir_ref r)
{
	return emit_def(e, r)->op == IR_getv && e->loc[r].kind == LOC_NONE;
}

static bool
clean_use(struct emit *e, ir_ref r, unsigned bits)
{
	if (is_unread(e, r) && e->left[r] == 1 && loaded_bits(bits) <= bits)
		return true;
	return emit_vec_bits(e, r) <= bits;
}

bool
vec_clean_from(struct emit *e, ir_ref r, unsigned bits)
{
	if (is_unread(e, r) && loaded_bits(bits) <= bits)
		return true;
	return emit_vec_bits(e, r) <= bits;
}

static bool
is_pinned(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);

	return i->op == IR_getv && x64_vpin_of(i->n) != X64_NOREG;
}

/* Still where only EVEX reaches it. */
static bool
is_far(struct emit *e, ir_ref r)
{
	return is_unread(e, r) && is_pinned(e, r) &&
	       x64_vpin_of(emit_def(e, r)->n) >= 16;
}

bool
vec_in_memory(struct emit *e, ir_ref r, struct x64_mem *m)
{
	if (!is_unread(e, r) || is_pinned(e, r))
		return false;
	*m = CPU(v[0]);
	m->disp += emit_def(e, r)->n * 16;
	return true;
}

bool
vec_same(struct emit *e, ir_ref a, ir_ref b)
{
	const struct ir_insn *x = emit_def(e, a), *y = emit_def(e, b);

	return a == b ||
	       (x->op == IR_getv && y->op == IR_getv && x->n == y->n);
}

bool
vec_is_zero(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);

	return i->op == IR_vconst && !i->imm && !i->imm2;
}

/* --- Operands. */

unsigned
vec_read(struct emit *e, ir_ref r, unsigned bits)
{
	return emit_use_v(e, r, is_pinned(e, r) ? 128 : bits);
}

unsigned
vec_take(struct emit *e, ir_ref r, unsigned bits)
{
	unsigned src = emit_use_v(e, r, bits), dst = src;

	if (e->left[r] == 1 && e->loc[r].owned) {
		e->loc[r].owned = false;
	} else {
		dst = emit_alloc_xmm(e);
		vec_mov(e, dst, src);
	}
	emit_done(e, r);
	return dst;
}

unsigned
vec_mem_if_whole(unsigned bits)
{
	return bits == 128 ? SRC_MEM : SRC_REG;
}

/* Its register becomes the caller's, if nothing else wants what is there. */
static bool
disown(struct emit *e, struct vec_src *s)
{
	struct emit_loc *l = &e->loc[s->ref];
	bool own = s->is_tmp;

	s->is_tmp = false;
	if (!own && s->ref && l->kind == LOC_XMM && l->owned &&
	    e->left[s->ref] == 1) {
		l->owned = false;
		own = true;
	}
	return own;
}

unsigned
vec_temp_over(struct emit *e, struct vec_src *s)
{
	return disown(e, s) ? s->reg : emit_alloc_xmm(e);
}

unsigned
vec_result_own(struct emit *e, ir_ref k, struct vec_src *s)
{
	if (!disown(e, s))
		return emit_result_v(e, k);
	e->loc[k] = (struct emit_loc){ LOC_XMM, s->reg, true };
	return s->reg;
}

/* Clean in its place, or a copy that is. */
static void
make_clean(struct emit *e, struct vec_src *s, unsigned bits)
{
	unsigned t = vec_temp_over(e, s);

	vec_trim_to(e, t, s->reg, bits);
	s->reg = (uint8_t)t;
	s->is_tmp = true;
}

struct vec_src
vec_src(struct emit *e, ir_ref r, unsigned bits, unsigned how)
{
	struct vec_src s = { .ref = r };

	if (is_far(e, r) && !(how & SRC_NEAR)) {
		s.reg = (uint8_t)x64_vpin_of(emit_def(e, r)->n);
		s.clean = emit_vec_bits(e, r) <= bits;
	} else if (is_pinned(e, r)) {
		s.reg = (uint8_t)vec_read(e, r, bits);
		s.clean = emit_vec_bits(e, r) <= bits;
	} else {
		s.clean = clean_use(e, r, bits);
		if (how & SRC_MEM && e->left[r] == 1 &&
		    vec_in_memory(e, r, &s.mem)) {
			s.is_mem = true;
			return s;
		}
		s.reg = (uint8_t)emit_use_v(e, r, bits);
	}
	if (how & SRC_CLEAN && !s.clean)
		make_clean(e, &s, bits);
	return s;
}

void
vec_src_done(struct emit *e, const struct vec_src *s)
{
	if (s->is_tmp)
		emit_free_xmm(e, s->reg);
	emit_done(e, s->ref);
}

/* The pinned register that k's result is for, and for nothing else. */
static unsigned
destination(struct emit *e, ir_ref k, unsigned *guest)
{
	const struct ir_insn *set = emit_def(e, k + 1u);

	if (k + 1u >= e->b->guest[e->guest].last || set->op != IR_setv ||
	    set->a != k || e->left[k] != 1)
		return X64_NOREG;
	*guest = set->n;
	return x64_vpin_of(set->n);
}

/* Whether the instruction reads a guest's vector register, before operation
 * k; `later': has not done so yet. */
static bool
reads(struct emit *e, ir_ref k, unsigned guest, bool later)
{
	ir_ref r = e->b->guest[e->guest].first;

	for (; r < k; r++)
		if (emit_def(e, r)->op == IR_getv &&
		    emit_def(e, r)->n == guest && (!later || e->left[r]))
			return true;
	return false;
}

static unsigned
result_in(struct emit *e, ir_ref k, bool later)
{
	unsigned guest = 0, pin = destination(e, k, &guest);

	if (pin == X64_NOREG || reads(e, k, guest, later))
		return emit_result_v(e, k);
	e->loc[k] = (struct emit_loc){ LOC_XMM, (uint8_t)pin, false };
	return pin;
}

/*
 * The slow path does the instruction again, with what its sources are then:
 * the destination may have been written if it is none of them.
 */
unsigned
vec_result_apart(struct emit *e, ir_ref k)
{
	return result_in(e, k, false);
}

unsigned
vec_result_over(struct emit *e, ir_ref k)
{
	return result_in(e, k, true);
}

static unsigned
result_of(struct emit *e, ir_ref k, ir_ref a, unsigned bits, bool later)
{
	struct vec_src src = vec_src(e, a, bits, SRC_REG);
	unsigned r;

	vec_src_done(e, &src);
	r = result_in(e, k, later);
	if (src.clean)
		vec_mov(e, r, src.reg);
	else
		vec_trim_to(e, r, src.reg, bits);
	return r;
}

unsigned
vec_result_copy(struct emit *e, ir_ref k, ir_ref a, unsigned bits)
{
	return result_of(e, k, a, bits, false);
}

unsigned
vec_result_clean(struct emit *e, ir_ref k, ir_ref a, unsigned bits)
{
	return result_of(e, k, a, bits, true);
}
