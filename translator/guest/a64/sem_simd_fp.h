/*
 * sem_simd_fp.h - Advanced SIMD that calculates, compares or converts floating
 * point (rows of a64_fp.def; Arm ARM C4.1.96).
 *
 * As in sem_fp.h, families are macros that define whole functions. FP_FORMS
 * gives the four forms most instructions have: _v (vectors of singles or
 * doubles), _vh (of halves), _sc and _sch (scalars).
 */
#ifndef FERRY_A64_SEM_SIMD_FP_H
#define FERRY_A64_SEM_SIMD_FP_H

#include "sem_fp.h"

#define FP_SHAPE_v	vfull(o->Q, fp_sd(o->sz))
#define FP_SHAPE_vh	vfull(o->Q, ES16)
#define FP_SHAPE_sc	vscalar(fp_sd(o->sz))
#define FP_SHAPE_sch	vscalar(ES16)

#define FP_VECTORS(FORM, name, ...) \
FORM(name##_v, FP_SHAPE_v, __VA_ARGS__) \
FORM(name##_vh, FP_SHAPE_vh, __VA_ARGS__)
#define FP_SCALARS(FORM, name, ...) \
FORM(name##_sc, FP_SHAPE_sc, __VA_ARGS__) \
FORM(name##_sch, FP_SHAPE_sch, __VA_ARGS__)
#define FP_FORMS(FORM, name, ...) \
FP_VECTORS(FORM, name, __VA_ARGS__) \
FP_SCALARS(FORM, name, __VA_ARGS__)

/* The half of register n that a widening instruction reads (upper: the "2"
 * form), in the low half. */
OP vval
fp_half(sem_ctx *s, unsigned upper, unsigned n)
{
	return upper ? vdup(s, vscalar(ES64), vr(s, n), 1) : vr(s, n);
}

/* Writes the result of a narrowing instruction: v, of 64 bits, alone or
 * (upper) over a low half that stays. */
OP void
fp_write_half(sem_ctx *s, unsigned upper, unsigned n, vval v)
{
	if (upper)
		v = vins(s, vfull(1, ES64), vr(s, n), v, 1, 0);
	vw(s, n, v);
}

/* --- Three same ----------------------------------------------------------- */

#define FP_SAME(name, shape, op) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, op(s, shape, vr(s, o->Rn), vr(s, o->Rm))); \
}

FP_VECTORS(FP_SAME, fadd, fp_add)
FP_VECTORS(FP_SAME, fsub, fp_sub)
FP_VECTORS(FP_SAME, fmul, fp_mul)
FP_VECTORS(FP_SAME, fdiv, fp_div)
FP_VECTORS(FP_SAME, fmax, fp_max)
FP_VECTORS(FP_SAME, fmin, fp_min)
FP_VECTORS(FP_SAME, fmaxnm, fp_maxnm)
FP_VECTORS(FP_SAME, fminnm, fp_minnm)
FP_FORMS(FP_SAME, fabd, fp_abd)
FP_FORMS(FP_SAME, fmulx, fp_mulx)
FP_FORMS(FP_SAME, frecps, fp_recps)
FP_FORMS(FP_SAME, frsqrts, fp_rsqrts)

#define FP_ACCUMULATE(name, shape, op) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, op(s, shape, vr(s, o->Rn), vr(s, o->Rm), \
			vr(s, o->Rd))); \
}

FP_VECTORS(FP_ACCUMULATE, fmla, fp_madd)
FP_VECTORS(FP_ACCUMULATE, fmls, fp_msub)

#define FP_RELATION(name, shape, rel) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_cmp(s, shape, vr(s, o->Rn), vr(s, o->Rm), rel)); \
}

FP_FORMS(FP_RELATION, fcmeq, FP_EQ)
FP_FORMS(FP_RELATION, fcmge, FP_GE)
FP_FORMS(FP_RELATION, fcmgt, FP_GT)
FP_FORMS(FP_RELATION, facge, FP_ACGE)
FP_FORMS(FP_RELATION, facgt, FP_ACGT)

/* With zero; "zero GE x" is LE. */
OP vval
fp_zeros(sem_ctx *s, unsigned shape)
{
	return vsplat(s, shape, imm(s, 0));
}

#define FP_WITH_ZERO(name, shape, rel) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_cmp(s, shape, vr(s, o->Rn), fp_zeros(s, shape), \
			    rel)); \
}
#define FP_ZERO_WITH(name, shape, rel) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_cmp(s, shape, fp_zeros(s, shape), vr(s, o->Rn), \
			    rel)); \
}
#define FP_ZERO_FORMS(FORM, name, rel) \
FORM(name##_vz, FP_SHAPE_v, rel) \
FORM(name##_vzh, FP_SHAPE_vh, rel) \
FORM(name##_scz, FP_SHAPE_sc, rel) \
FORM(name##_sczh, FP_SHAPE_sch, rel)

FP_ZERO_FORMS(FP_WITH_ZERO, fcmeq, FP_EQ)
FP_ZERO_FORMS(FP_WITH_ZERO, fcmge, FP_GE)
FP_ZERO_FORMS(FP_WITH_ZERO, fcmgt, FP_GT)
FP_ZERO_FORMS(FP_ZERO_WITH, fcmle, FP_GE)
FP_ZERO_FORMS(FP_ZERO_WITH, fcmlt, FP_GT)

/* --- Pairs and all lanes -------------------------------------------------- */

#define FP_PAIRS(name, shape, op) \
FP_SEM(name) \
{ \
	vval n = vr(s, o->Rn), m = vr(s, o->Rm); \
\
	vw(s, o->Rd, op(s, shape, vuzp1(s, shape, n, m), \
			vuzp2(s, shape, n, m))); \
}
#define FP_PAIR_SCALAR(name, shape, op) \
FP_SEM(name) \
{ \
	vval n = vr(s, o->Rn); \
\
	vw(s, o->Rd, op(s, shape, n, vdup(s, shape, n, 1))); \
}

FP_VECTORS(FP_PAIRS, faddp, fp_add)
FP_VECTORS(FP_PAIRS, fmaxp, fp_max)
FP_VECTORS(FP_PAIRS, fminp, fp_min)
FP_VECTORS(FP_PAIRS, fmaxnmp, fp_maxnm)
FP_VECTORS(FP_PAIRS, fminnmp, fp_minnm)
FP_SCALARS(FP_PAIR_SCALAR, faddp, fp_add)
FP_SCALARS(FP_PAIR_SCALAR, fmaxp, fp_max)
FP_SCALARS(FP_PAIR_SCALAR, fminp, fp_min)
FP_SCALARS(FP_PAIR_SCALAR, fmaxnmp, fp_maxnm)
FP_SCALARS(FP_PAIR_SCALAR, fminnmp, fp_minnm)

/* Neighbours first (the manual's Reduce), which decides among NaNs. */
#define FP_REDUCE(name, op) \
OP void \
fp_reduce_##name(sem_ctx *s, unsigned shape, unsigned rd, unsigned rn) \
{ \
	unsigned es = vshape_es(shape); \
	vval v = vr(s, rn); \
\
	for (unsigned n = vshape_lanes(shape); n > 1; n /= 2) { \
		unsigned half = VSHAPE(es, n / 2); \
\
		v = op(s, half, vuzp1(s, VSHAPE(es, n), v, v), \
		       vuzp2(s, VSHAPE(es, n), v, v)); \
	} \
	vw(s, rd, v); \
} \
FP_SEM(name##_v) \
{ \
	fp_reduce_##name(s, vfull(1, ES32), o->Rd, o->Rn); \
} \
FP_SEM(name##_vh) \
{ \
	fp_reduce_##name(s, vfull(o->Q, ES16), o->Rd, o->Rn); \
}

FP_REDUCE(fmaxv, fp_max)
FP_REDUCE(fminv, fp_min)
FP_REDUCE(fmaxnmv, fp_maxnm)
FP_REDUCE(fminnmv, fp_minnm)

/* --- Two registers -------------------------------------------------------- */

#define FP_UNARY(name, shape, op) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, op(s, shape, vr(s, o->Rn))); \
}

FP_VECTORS(FP_UNARY, fabs, fp_abs)
FP_VECTORS(FP_UNARY, fneg, fp_neg)
FP_VECTORS(FP_UNARY, fsqrt, fp_sqrt)
FP_FORMS(FP_UNARY, frecpe, fp_recpe)
FP_FORMS(FP_UNARY, frsqrte, fp_rsqrte)
FP_SCALARS(FP_UNARY, frecpx, fp_recpx)

#define FP_ROUND(name, shape, mode) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_rint(s, shape, vr(s, o->Rn), mode)); \
}

FP_VECTORS(FP_ROUND, frintn, FP_RN)
FP_VECTORS(FP_ROUND, frintp, FP_RP)
FP_VECTORS(FP_ROUND, frintm, FP_RM)
FP_VECTORS(FP_ROUND, frintz, FP_RZ)
FP_VECTORS(FP_ROUND, frinta, FP_RA)
FP_VECTORS(FP_ROUND, frinti, FP_CUR)
FP_VECTORS(FP_ROUND, frintx, FP_CUR | FP_EXACT)

#define FP_ROUND_N(name, shape, mode) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_rint_n(s, shape, vr(s, o->Rn), mode)); \
}

FP_ROUND_N(frint32z_v, FP_SHAPE_v, FP_RZ | FP_INT32)
FP_ROUND_N(frint32x_v, FP_SHAPE_v, FP_CUR | FP_INT32)
FP_ROUND_N(frint64z_v, FP_SHAPE_v, FP_RZ | FP_INT64)
FP_ROUND_N(frint64x_v, FP_SHAPE_v, FP_CUR | FP_INT64)

#define FP_TO_FIX(name, shape, mode, fbits) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_to_fix(s, shape, vr(s, o->Rn), mode, fbits)); \
}
#define FP_FROM_FIX(name, shape, mode, fbits) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_from_fix(s, shape, vr(s, o->Rn), mode, fbits)); \
}

FP_FORMS(FP_TO_FIX, fcvtns, FP_RN, 0)
FP_FORMS(FP_TO_FIX, fcvtnu, FP_RN | FP_UNSIGNED, 0)
FP_FORMS(FP_TO_FIX, fcvtps, FP_RP, 0)
FP_FORMS(FP_TO_FIX, fcvtpu, FP_RP | FP_UNSIGNED, 0)
FP_FORMS(FP_TO_FIX, fcvtms, FP_RM, 0)
FP_FORMS(FP_TO_FIX, fcvtmu, FP_RM | FP_UNSIGNED, 0)
FP_FORMS(FP_TO_FIX, fcvtzs, FP_RZ, 0)
FP_FORMS(FP_TO_FIX, fcvtzu, FP_RZ | FP_UNSIGNED, 0)
FP_FORMS(FP_TO_FIX, fcvtas, FP_RA, 0)
FP_FORMS(FP_TO_FIX, fcvtau, FP_RA | FP_UNSIGNED, 0)
FP_FORMS(FP_FROM_FIX, scvtf, 0, 0)
FP_FORMS(FP_FROM_FIX, ucvtf, FP_UNSIGNED, 0)

/* Fixed point: immh:immb is twice the element's bits less the fraction's. */
#define FP_IMMH_ES	(o->immhb < 64 ? ES32 : ES64)
#define FP_IMMH_FBITS	((o->immhb < 64 ? 64 : 128) - o->immhb)
#define FP_FIXED(FORM, name, mode) \
FORM(name##_n, vfull(o->Q, FP_IMMH_ES), mode, FP_IMMH_FBITS) \
FORM(name##_nsc, vscalar(FP_IMMH_ES), mode, FP_IMMH_FBITS) \
FORM(name##_nh, vfull(o->Q, ES16), mode, 16 - o->immb) \
FORM(name##_nsch, vscalar(ES16), mode, 16 - o->immb)

FP_FIXED(FP_TO_FIX, fcvtzs, FP_RZ)
FP_FIXED(FP_TO_FIX, fcvtzu, FP_RZ | FP_UNSIGNED)
FP_FIXED(FP_FROM_FIX, scvtf, 0)
FP_FIXED(FP_FROM_FIX, ucvtf, FP_UNSIGNED)

/* Longer and shorter formats. */
FP_SEM(fcvtl_v)
{
	unsigned to = fp_sd(o->sz);

	vw(s, o->Rd, fp_cvt(s, vfull(1, to), fp_half(s, o->Q, o->Rn), to - 1));
}

FP_SEM(fcvtn_v)
{
	unsigned from = fp_sd(o->sz);

	fp_write_half(s, o->Q, o->Rd,
		      fp_cvt(s, vfull(0, from - 1), vr(s, o->Rn), from));
}

FP_SEM(fcvtxn_v)
{
	fp_write_half(s, o->Q, o->Rd,
		      fp_cvt(s, vfull(0, ES32), vr(s, o->Rn),
			     ES64 | FP_TO_ODD));
}

FP_SEM(fcvtxn_sc)
{
	vw(s, o->Rd, fp_cvt(s, vscalar(ES32), vr(s, o->Rn),
			    ES64 | FP_TO_ODD));
}

FP_SEM(bfcvtn_v)
{
	fp_write_half(s, o->Q, o->Rd,
		      fp_cvt_bf16(s, vfull(0, ES16), vr(s, o->Rn)));
}

/* --- By element ----------------------------------------------------------- */

/* Register M:Rm and lane H:L or H; of halves register Rm and lane H:L:M. */
#define FP_LANE_SD \
vdup(s, vfull(1, fp_sd(o->sz)), vr(s, o->M << 4 | o->Rm), \
     o->sz ? o->H : o->H << 1 | o->L)
#define FP_LANE_H \
vdup(s, vfull(1, ES16), vr(s, o->Rm), o->H << 2 | o->L << 1 | o->M)

#define FP_ELT_TWO(name, shape, lane, op) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, op(s, shape, vr(s, o->Rn), lane)); \
}
#define FP_ELT_THREE(name, shape, lane, op) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, op(s, shape, vr(s, o->Rn), lane, vr(s, o->Rd))); \
}
#define FP_ELT(FORM, name, op) \
FORM(name##_elt, FP_SHAPE_v, FP_LANE_SD, op) \
FORM(name##_elth, FP_SHAPE_vh, FP_LANE_H, op) \
FORM(name##_eltsc, FP_SHAPE_sc, FP_LANE_SD, op) \
FORM(name##_eltsch, FP_SHAPE_sch, FP_LANE_H, op)

FP_ELT(FP_ELT_TWO, fmul, fp_mul)
FP_ELT(FP_ELT_TWO, fmulx, fp_mulx)
FP_ELT(FP_ELT_THREE, fmla, fp_madd)
FP_ELT(FP_ELT_THREE, fmls, fp_msub)

/* --- Half products to single (FEAT_FHM) ----------------------------------- */

/* Reads the low or, for the "2" forms, the high half of the halves that Q
 * gives: lanes Q * 4 on of a vector, all of one if it comes from an element. */
OP vval
fp_widen_part(sem_ctx *s, unsigned q, unsigned upper, vval v)
{
	unsigned es = q ? ES64 : ES32;

	if (upper)
		v = vdup(s, vscalar(es), v, 1);
	return fp_widen_h(s, vfull(q, ES32), v);
}

/* FMLSL negates the half operand; NaNs change their sign there too. */
OP void
fp_mlal(sem_ctx *s, unsigned q, unsigned upper, bool minus, unsigned rd,
	unsigned rn, vval m)
{
	vval n = vr(s, rn);

	if (minus)
		n = fp_neg(s, vfull(1, ES16), n);
	vw(s, rd, fp_madd(s, vfull(q, ES32), fp_widen_part(s, q, upper, n),
			  fp_widen_part(s, q, upper, m), vr(s, rd)));
}

#define FP_MLAL(name, upper, minus) \
FP_SEM(name##_v) \
{ \
	fp_mlal(s, o->Q, upper, minus, o->Rd, o->Rn, vr(s, o->Rm)); \
} \
FP_SEM(name##_elt) \
{ \
	fp_mlal(s, o->Q, upper, minus, o->Rd, o->Rn, FP_LANE_H); \
}

FP_MLAL(fmlal, 0, false)
FP_MLAL(fmlsl, 0, true)
FP_MLAL(fmlal2, 1, false)
FP_MLAL(fmlsl2, 1, true)

/* --- Complex (FEAT_FCMA) -------------------------------------------------- */

FP_SEM(fcadd_v)
{
	unsigned shape = vfull(o->Q, o->size);

	vw(s, o->Rd, fp_add(s, shape, vr(s, o->Rn),
			    fp_crot(s, shape, vr(s, o->Rm),
				    o->rot ? 3 : 1)));
}

/* d + n.re * m * i^rot, or with odd rot n.im's share. */
OP vval
fp_cmla(sem_ctx *s, unsigned shape, unsigned rot, vval d, vval n, vval m)
{
	n = rot & 1 ? vtrn2(s, shape, n, n) : vtrn1(s, shape, n, n);
	return fp_madd(s, shape, n, fp_crot(s, shape, m, rot), d);
}

FP_SEM(fcmla_v)
{
	vw(s, o->Rd, fp_cmla(s, vfull(o->Q, o->size), o->rot, vr(s, o->Rd),
			     vr(s, o->Rn), vr(s, o->Rm)));
}

/* The element is a pair. */
FP_SEM(fcmla_elt)
{
	vw(s, o->Rd, fp_cmla(s, vfull(1, ES32), o->rot, vr(s, o->Rd),
			     vr(s, o->Rn),
			     vdup(s, vfull(1, ES64), vr(s, o->Rm), o->H)));
}

FP_SEM(fcmla_elth)
{
	vw(s, o->Rd, fp_cmla(s, vfull(o->Q, ES16), o->rot, vr(s, o->Rd),
			     vr(s, o->Rn),
			     vdup(s, vfull(1, ES32), vr(s, o->Rm),
				  o->H << 1 | o->L)));
}

/* --- bfloat16 ------------------------------------------------------------- */

FP_SEM(bfdot_v)
{
	vw(s, o->Rd, fp_bfdot(s, vfull(o->Q, ES32), vr(s, o->Rd),
			      vr(s, o->Rn), vr(s, o->Rm)));
}

FP_SEM(bfdot_elt)
{
	vw(s, o->Rd, fp_bfdot(s, vfull(o->Q, ES32), vr(s, o->Rd),
			      vr(s, o->Rn),
			      vdup(s, vfull(1, ES32), vr(s, o->Rm),
				   o->H << 1 | o->L)));
}

/* Rows of n times rows of m, two bfloat16 at a time. */
FP_SEM(bfmmla_v)
{
	unsigned shape = vfull(1, ES32);
	vval n = vr(s, o->Rn), m = vr(s, o->Rm);
	vval d = fp_bfdot(s, shape, vr(s, o->Rd), vtrn1(s, shape, n, n),
			  vuzp1(s, shape, m, m));

	vw(s, o->Rd, fp_bfdot(s, shape, d, vtrn2(s, shape, n, n),
			      vuzp2(s, shape, m, m)));
}

/* The even or odd bfloat16 of each word as a single. */
OP vval
fp_bf16_part(sem_ctx *s, unsigned odd, vval v)
{
	unsigned shape = vfull(1, ES32);

	if (odd)
		v = vushr_n(s, shape, v, 16);
	return vshl_n(s, shape, v, 16);
}

FP_SEM(bfmlal_v)
{
	vw(s, o->Rd, fp_madd(s, vfull(1, ES32),
			     fp_bf16_part(s, o->Q, vr(s, o->Rn)),
			     fp_bf16_part(s, o->Q, vr(s, o->Rm)),
			     vr(s, o->Rd)));
}

FP_SEM(bfmlal_elt)
{
	vw(s, o->Rd, fp_madd(s, vfull(1, ES32),
			     fp_bf16_part(s, o->Q, vr(s, o->Rn)),
			     fp_bf16_part(s, 0, FP_LANE_H), vr(s, o->Rd)));
}

#endif
