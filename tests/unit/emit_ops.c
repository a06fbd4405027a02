/*
 * emit_ops.c - operations on vectors and floating-point numbers, for tests of
 * their emitters; see the header.
 */
#include "emit_ops.h"

#include <string.h>

#include "../../translator/ir/ops.h"
#include "../../translator/ir/reference_fp.h"
#include "../../translator/ir/reference_vec.h"

/* --- The operations, by signature. */

static uint32_t
nzcv_of(struct ir_flags f)
{
	return (uint32_t)ref_fl_bits(f);
}

#define S	a->i->shape
#define N	a->i->n
#define V(k)	a->v[k]
#define SIG_V_sVV(o)	a->rv = ref_##o(S, V(0), V(1));
#define SIG_V_sV(o)	a->rv = ref_##o(S, V(0));
#define SIG_V_sVVV(o)	a->rv = ref_##o(S, V(0), V(1), V(2));
#define SIG_V_sVn(o)	a->rv = ref_##o(S, V(0), N);
#define SIG_V_sVVn(o)	a->rv = ref_##o(S, V(0), V(1), N);
#define SIG_V_sVVnn(o)	a->rv = ref_##o(S, V(0), V(1), N, a->i->n2);
#define SIG_V_sVVVn(o)	a->rv = ref_##o(S, V(0), V(1), V(2), N);
#define SIG_V_sI(o)	a->rv = ref_##o(S, a->x);
#define SIG_V_sVIn(o)	a->rv = ref_##o(S, V(0), a->x, N);
#define SIG_V_sBVV(o)	a->rv = ref_##o(S, a->x & 1, V(1), V(2));
#define SIG_I_sVn(o)	a->ri = ref_##o(S, V(0), N);
#define SIG_V_esVV(o)	a->rv = ref_##o(a->env, S, V(0), V(1));
#define SIG_V_esV(o)	a->rv = ref_##o(a->env, S, V(0));
#define SIG_V_esVVV(o)	a->rv = ref_##o(a->env, S, V(0), V(1), V(2));
#define SIG_V_esVn(o)	a->rv = ref_##o(a->env, S, V(0), N);
#define SIG_V_esVVn(o)	a->rv = ref_##o(a->env, S, V(0), V(1), N);
#define SIG_V_esVnn(o)	a->rv = ref_##o(a->env, S, V(0), N, a->i->n2);
#define SIG_F_esVVn(o)	a->ri = nzcv_of(ref_##o(a->env, S, V(0), V(1), N));
#define SIG_F_esBVVn(o)	a->ri = nzcv_of(ref_##o(a->env, S, a->x & 1, V(1), \
						V(2), N));
#define SIG_I_esV(o)	a->ri = ref_##o(a->env, S, V(0));
#define SIG_I_estVnn(o)	a->ri = ref_##o(a->env, S, a->i->t, V(0), N, a->i->n2);
#define SIG_V_estInn(o)	a->rv = ref_##o(a->env, S, a->i->t, a->x, N, a->i->n2);

#define IR(name, sig, flags) \
static void \
call_##name(struct emit_args *a) \
{ \
	SIG_##sig(name) \
}
#include "../../translator/ir/ir_vec.def"
#include "../../translator/ir/ir_fp.def"
#undef IR

const struct emit_op emit_ops[] = {
#define IR(name, sig, flags) \
	{ #name, #sig, IR_##name, (flags) == IR_FP, call_##name },
#include "../../translator/ir/ir_vec.def"
#include "../../translator/ir/ir_fp.def"
#undef IR
};

const unsigned nr_emit_ops = ARRAY_SIZE(emit_ops);

/* --- Which shapes and constants there are. */

enum { INTS = 1, FLOATS = 2, B_ONLY = 4, WIDE = 8, FULL128 = 16, VECTORS = 32,
       WORDS = 64, TO_D = 128 };

static unsigned
kind_of(unsigned op)
{
	if (op >= IR_vaese && op <= IR_vsm4ekey)
		return FULL128 | INTS;
	if (op >= IR_vsdot && op <= IR_vusdot)
		return WORDS | VECTORS;
	if (op >= IR_vsmmla && op <= IR_vusmmla)
		return WORDS | FULL128;
	if ((op >= IR_vsxtl && op <= IR_vxtn) || op == IR_vsqdmull)
		return WIDE;
	switch (op) {
	case IR_vcnt: case IR_vrbit: case IR_vpmul: case IR_vext:
	case IR_vtbx:
		return B_ONLY | VECTORS;
	case IR_vrev: case IR_vmul: case IR_vclz: case IR_vcls:
		return INTS | VECTORS;
	case IR_vset: case IR_vins: case IR_vget:
		return INTS | FULL128;
	case IR_vurecpe: case IR_vursqrte:
		return WORDS | VECTORS;
	case IR_vaddv: case IR_vsmaxv: case IR_vsminv: case IR_vumaxv:
	case IR_vuminv: case IR_vzip1: case IR_vzip2: case IR_vuzp1:
	case IR_vuzp2: case IR_vtrn1: case IR_vtrn2:
		return INTS | VECTORS;
	case IR_fp_to_js:
		return TO_D;
	case IR_fp_bfdot:
		return WORDS | VECTORS;
	}
	return op >= IR_fp_add ? FLOATS : INTS;
}

bool
emit_op_has_shape(unsigned op, unsigned s)
{
	unsigned kind = kind_of(op), es = vshape_es(s), bits = vshape_bits(s);

	if (es == ES128)
		return op == IR_vpmull;
	if (op == IR_vpmull)
		return s == vfull(1, ES16);
	if (kind & TO_D)
		return s == vscalar(ES64);
	if (kind & FULL128 && bits != 128)
		return false;
	if (kind & VECTORS && vshape_lanes(s) == 1)
		return false;
	if (kind & B_ONLY)
		return es == ES8;
	if (kind & WORDS)
		return es == ES32;
	if (kind & WIDE)
		return bits == 128 && es >= ES16;
	if (kind & FLOATS && es == ES8)
		return false;
	switch (op) {
	case IR_vmul: case IR_vsabd: case IR_vuabd: case IR_vsmax:
	case IR_vsmin: case IR_vumax: case IR_vumin: case IR_vshadd:
	case IR_vuhadd: case IR_vsrhadd: case IR_vurhadd: case IR_vshsub:
	case IR_vuhsub: case IR_vrev: case IR_vsmaxv: case IR_vsminv:
	case IR_vumaxv: case IR_vuminv: case IR_vcls: case IR_vclz:
		return es != ES64;
	case IR_vsqdmulh: case IR_vsqrdmulh: case IR_vsqrdmlah:
	case IR_vsqrdmlsh:
		return es == ES16 || es == ES32;
	case IR_vsaddlp: case IR_vuaddlp:
		return es != ES8;
	case IR_vsqxtn: case IR_vuqxtn: case IR_vsqxtun:
		return es != ES8 && (bits == 128 || vshape_lanes(s) == 1);
	case IR_fp_cmp_flags: case IR_fp_ccmp_flags: case IR_fp_choose:
	case IR_fp_to_int: case IR_fp_from_int:
		return vshape_lanes(s) == 1;
	case IR_fp_crot: case IR_fp_cvt_bf16: case IR_fp_widen_h:
		return false;	/* no emitter, and shapes of their own */
	}
	return true;
}

bool
emit_op_constants(const struct ir_insn *i, unsigned k, unsigned *n,
		  unsigned *n2)
{
	static const uint8_t modes[] = {
		FP_RN, FP_RP, FP_RM, FP_RZ, FP_RA, FP_CUR,
	};
	static const uint8_t rints[] = {
		FP_RN, FP_RP, FP_RM, FP_RZ, FP_RA, FP_CUR, FP_CUR | FP_EXACT,
	};
	static const uint8_t fbits[] = { 0, 1, 5, 16, 31, 32 };
	unsigned es = vshape_es(i->shape), width = 8u << es;
	unsigned lanes = vshape_lanes(i->shape);

	*n2 = 0;
	*n = k;
	switch (i->op) {
	case IR_vrev:
		*n = es + 1 + k;
		return *n <= 3;
	case IR_vshl_n: case IR_vsli_n: case IR_vsqshl_n: case IR_vuqshl_n:
	case IR_vsqshlu_n:
		return k < width;
	case IR_vushr_n: case IR_vsshr_n: case IR_vurshr_n: case IR_vsrshr_n:
	case IR_vsri_n:
		*n = k + 1;
		return k < width;
	case IR_vext:
		return k < lanes;
	case IR_vtbx:
		*n = 16 * k;
		return k < 4;
	case IR_vdup:
		return k < 16u >> es;
	case IR_vget: case IR_vset:
		return k < lanes;
	case IR_vins:
		*n = k % lanes;
		*n2 = k / lanes;
		return k < lanes * lanes;
	case IR_vsm3tt1: case IR_vsm3tt2:
		return k < 8;
	case IR_fp_cmp:
		return k < 5;
	case IR_fp_cmp_flags:
		return k < 2;
	case IR_fp_ccmp_flags:
		return k < 32;
	case IR_fp_rint:
		*n = rints[k % ARRAY_SIZE(rints)];
		return k < ARRAY_SIZE(rints);
	case IR_fp_rint_n:
		*n = (k & 1 ? FP_RZ : FP_CUR) | (k & 2 ? FP_INT64 : 0);
		return k < 4 && es != ES16;
	case IR_fp_cvt:
		*n = ES16 + k;
		return k < 3 && *n != es && lanes << (*n + 3) <= 128;
	case IR_fp_to_int: case IR_fp_to_fix:
		*n = modes[k / 2 % 5] | (k & 1 ? FP_UNSIGNED : 0);
		*n2 = k < 10 ? 0 : fbits[(k - 9) % 6];
		if (*n2 > width)
			*n2 = width;
		return k < 15;
	case IR_fp_from_int: case IR_fp_from_fix:
		*n = k & 1 ? FP_UNSIGNED : 0;
		*n2 = fbits[k / 2 % 6];
		if (*n2 > width)
			*n2 = width;
		return k < 12;
	}
	return k == 0;
}

/* --- Operands. */

static uint64_t seed = 88172645463325252;

uint64_t
emit_rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

uint64_t
emit_int_value(unsigned bits)
{
	uint64_t mask = UINT64_MAX >> (64 - bits);
	uint64_t top = UINT64_C(1) << (bits - 1);
	const uint64_t v[] = {
		0, 1, 2, 3, mask, mask - 1, top, top + 1, top - 1, top - 2,
		mask / 3, bits - 1, bits, bits + 1, -(uint64_t)bits & mask,
		mask >> bits / 2, (mask >> bits / 2) + 1,
		mask >> (bits / 2 + 1), (mask >> (bits / 2 + 1)) + 1,
		-(mask >> bits / 2) & mask,
	};

	if (emit_rnd() % 3 == 0)
		return emit_rnd() & mask;
	if (emit_rnd() % 4 == 0)
		return emit_rnd() % 24 & mask;
	return v[emit_rnd() % ARRAY_SIZE(v)];
}

/* Numbers near the borders of formats and conversions. */
static uint64_t
fp_value(unsigned es)
{
	unsigned frac = es == ES16 ? 10 : es == ES32 ? 23 : 52;
	unsigned width = 8u << es;
	uint64_t max = (UINT64_C(1) << (width - 1 - frac)) - 1;
	uint64_t mask = (UINT64_C(1) << frac) - 1, bias = max >> 1, e, f;
	const uint64_t exps[] = {
		0, 0, 1, 1, 2, bias - frac - 1, bias - frac, bias - 1, bias,
		bias + 1, bias + frac, bias + frac + 1, bias + 30, bias + 31,
		bias + 32, bias + 62, bias + 63, bias + 64, max - 1, max, max,
		bias / 2, bias / 2 + 1, bias + bias / 2,
		bias - 14, bias - 15, bias + 15, bias + 16, bias - 126,
		bias - 127, bias + 127, bias + 128,
	};
	const uint64_t fracs[] = {
		0, 0, 0, 1, mask, mask - 1, mask >> 1, (mask >> 1) + 1,
		(mask >> 1) + 2, mask >> 2, 3, mask << (frac / 2) & mask,
		mask << 1 & mask, mask << 3 & mask,
	};

	e = emit_rnd() % 2 ? exps[emit_rnd() % ARRAY_SIZE(exps)] & max :
	    bias - 8 + emit_rnd() % 16;
	if (emit_rnd() % 16 == 0)
		e = emit_rnd() & max;
	f = emit_rnd() % 2 ? fracs[emit_rnd() % ARRAY_SIZE(fracs)] : emit_rnd() & mask;
	/* Small integers and halves of them. */
	if (emit_rnd() % 4 == 0)
		f &= ~(mask >> 3);
	return (emit_rnd() & 1) << (width - 1) | e << frac | f;
}

union v128
emit_value(const struct emit_op *o, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape) & 3, bits;
	unsigned special = (unsigned)emit_rnd() % vshape_lanes(i->shape);
	bool fp = o->fp;
	union v128 v;

	if (o->op == IR_fp_cvt)
		es = i->n & 7;
	if (o->op >= IR_vsxtl && o->op <= IR_vsqdmull && emit_rnd() % 2)
		es -= es > 0;
	if (o->op == IR_fp_from_fix)
		fp = false;
	if (o->op == IR_vtbx)
		es = ES8;
	bits = 8u << es;
	for (unsigned j = 0; j < 16u >> es; j++) {
		uint64_t x = fp ? fp_value(es) : emit_int_value(bits);

		memcpy(v.b + (j << es), &x, 1u << es);
	}
	/* Often, only one lane is special. */
	if (fp && emit_rnd() % 2)
		for (unsigned j = 0; j < 16u >> es; j++) {
			uint64_t x = es == ES64 ?
				(UINT64_C(0x3ff) << 52) + (emit_rnd() >> 14) :
				es == ES32 ? 0x3f800000 + (emit_rnd() >> 42) :
				0x3c00 + (emit_rnd() >> 56);

			if (j != special)
				memcpy(v.b + (j << es), &x, 1u << es);
		}
	return v;
}
