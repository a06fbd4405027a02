/*
 * sem_fp.h - scalar floating point (rows of a64_fp.def; Arm ARM C4.1.96).
 *
 * Nearly every function is one operation on scalar shapes, so the families
 * are macros that define whole functions: for the row `name' (single and
 * double precision by sz) and the half precision row beside it. Writing a
 * scalar clears the rest of the vector register, which the operations do.
 */
#ifndef FERRY_A64_SEM_FP_H
#define FERRY_A64_SEM_FP_H

/* A semantic function, whose operands are *o. */
#define FP_SEM(name) \
OP void \
sem_##name(sem_ctx *s, const struct a64_##name *o)

/* Single or double: the sz bit. */
OP unsigned
fp_sd(unsigned sz)
{
	return sz ? ES64 : ES32;
}

/* Element size of a scalar as a raw value: register n and nothing above. */
OP vval
fp_scalar(sem_ctx *s, unsigned es, unsigned n)
{
	return vdup(s, vscalar(es), vr(s, n), 0);
}

/* --- Two sources ---------------------------------------------------------- */

#define FP_TWO(name, op) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, op(s, vscalar(fp_sd(o->sz)), vr(s, o->Rn), \
			vr(s, o->Rm))); \
} \
FP_SEM(name##_h) \
{ \
	vw(s, o->Rd, op(s, vscalar(ES16), vr(s, o->Rn), vr(s, o->Rm))); \
}

/* A NaN product changes its sign too. */
OP vval
fp_nmul(sem_ctx *s, unsigned shape, vval a, vval b)
{
	return fp_neg(s, shape, fp_mul(s, shape, a, b));
}

FP_TWO(fadd, fp_add)
FP_TWO(fsub, fp_sub)
FP_TWO(fmul, fp_mul)
FP_TWO(fdiv, fp_div)
FP_TWO(fnmul, fp_nmul)
FP_TWO(fmax, fp_max)
FP_TWO(fmin, fp_min)
FP_TWO(fmaxnm, fp_maxnm)
FP_TWO(fminnm, fp_minnm)

/* --- Three sources -------------------------------------------------------- */

#define FP_THREE(name, op) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, op(s, vscalar(fp_sd(o->sz)), vr(s, o->Rn), \
			vr(s, o->Rm), vr(s, o->Ra))); \
} \
FP_SEM(name##_h) \
{ \
	vw(s, o->Rd, op(s, vscalar(ES16), vr(s, o->Rn), vr(s, o->Rm), \
			vr(s, o->Ra))); \
}

/* -n m + a: the sign is that of the first factor, NaNs included. */
OP vval
fp_msub(sem_ctx *s, unsigned shape, vval n, vval m, vval a)
{
	return fp_madd(s, shape, fp_neg(s, shape, n), m, a);
}

OP vval
fp_nmadd(sem_ctx *s, unsigned shape, vval n, vval m, vval a)
{
	return fp_msub(s, shape, n, m, fp_neg(s, shape, a));
}

OP vval
fp_nmsub(sem_ctx *s, unsigned shape, vval n, vval m, vval a)
{
	return fp_madd(s, shape, n, m, fp_neg(s, shape, a));
}

FP_THREE(fmadd, fp_madd)
FP_THREE(fmsub, fp_msub)
FP_THREE(fnmadd, fp_nmadd)
FP_THREE(fnmsub, fp_nmsub)

/* --- One source ----------------------------------------------------------- */

#define FP_ONE(name, op) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, op(s, vscalar(fp_sd(o->sz)), vr(s, o->Rn))); \
} \
FP_SEM(name##_h) \
{ \
	vw(s, o->Rd, op(s, vscalar(ES16), vr(s, o->Rn))); \
}

FP_ONE(fabs, fp_abs)
FP_ONE(fneg, fp_neg)
FP_ONE(fsqrt, fp_sqrt)

FP_SEM(fmov_reg)
{
	vw(s, o->Rd, fp_scalar(s, fp_sd(o->sz), o->Rn));
}

FP_SEM(fmov_regh)
{
	vw(s, o->Rd, fp_scalar(s, ES16, o->Rn));
}

#define FP_RINT(name, mode) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_rint(s, vscalar(fp_sd(o->sz)), vr(s, o->Rn), mode)); \
} \
FP_SEM(name##_h) \
{ \
	vw(s, o->Rd, fp_rint(s, vscalar(ES16), vr(s, o->Rn), mode)); \
}

FP_RINT(frintn, FP_RN)
FP_RINT(frintp, FP_RP)
FP_RINT(frintm, FP_RM)
FP_RINT(frintz, FP_RZ)
FP_RINT(frinta, FP_RA)
FP_RINT(frinti, FP_CUR)
FP_RINT(frintx, FP_CUR | FP_EXACT)

#define FP_RINT_N(name, mode) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_rint_n(s, vscalar(fp_sd(o->sz)), vr(s, o->Rn), \
			       mode)); \
}

FP_RINT_N(frint32z, FP_RZ | FP_INT32)
FP_RINT_N(frint32x, FP_CUR | FP_INT32)
FP_RINT_N(frint64z, FP_RZ | FP_INT64)
FP_RINT_N(frint64x, FP_CUR | FP_INT64)

#define FP_CONVERT(name, to, from) \
FP_SEM(name) \
{ \
	vw(s, o->Rd, fp_cvt(s, vscalar(to), vr(s, o->Rn), from)); \
}

FP_CONVERT(fcvt_sd, ES64, ES32)
FP_CONVERT(fcvt_sh, ES16, ES32)
FP_CONVERT(fcvt_ds, ES32, ES64)
FP_CONVERT(fcvt_dh, ES16, ES64)
FP_CONVERT(fcvt_hs, ES32, ES16)
FP_CONVERT(fcvt_hd, ES64, ES16)

FP_SEM(bfcvt)
{
	vw(s, o->Rd, fp_cvt_bf16(s, vscalar(ES16), vr(s, o->Rn)));
}

/* --- Comparison and selection --------------------------------------------- */

#define FP_COMPARE(suffix, es) \
FP_SEM(fcmp_reg##suffix) \
{ \
	flags_set(s, fp_cmp_flags(s, vscalar(es), vr(s, o->Rn), \
				  vr(s, o->Rm), o->op)); \
} \
FP_SEM(fcmp_zero##suffix) \
{ \
	flags_set(s, fp_cmp_flags(s, vscalar(es), vr(s, o->Rn), \
				  vsplat(s, vscalar(es), imm(s, 0)), \
				  o->op)); \
}

FP_COMPARE(, fp_sd(o->sz))
FP_COMPARE(h, ES16)

/* The comparison raises flags only if it is made. */
OP void
fp_ccmp(sem_ctx *s, unsigned es, unsigned cc, unsigned nzcv, vval a, vval b,
	unsigned signal)
{
	bval c = cond(s, flags(s), cc);

	flags_set(s, fp_ccmp_flags(s, vscalar(es), c, a, b,
				   nzcv << 1 | signal));
}

FP_SEM(fccmp)
{
	fp_ccmp(s, fp_sd(o->sz), o->cond, o->nzcv, vr(s, o->Rn), vr(s, o->Rm),
		o->op);
}

FP_SEM(fccmp_h)
{
	fp_ccmp(s, ES16, o->cond, o->nzcv, vr(s, o->Rn), vr(s, o->Rm), o->op);
}

FP_SEM(fcsel)
{
	vw(s, o->Rd, fp_choose(s, vscalar(fp_sd(o->sz)),
			     cond(s, flags(s), o->cond), vr(s, o->Rn),
			     vr(s, o->Rm)));
}

FP_SEM(fcsel_h)
{
	vw(s, o->Rd, fp_choose(s, vscalar(ES16), cond(s, flags(s), o->cond),
			     vr(s, o->Rn), vr(s, o->Rm)));
}

/* --- Moves ---------------------------------------------------------------- */

/* VFPExpandImm: sign, exponent of 3 bits, fraction of 4. */
OP uint64_t
fp_expand_imm(unsigned es, unsigned imm8)
{
	unsigned frac = es == ES16 ? 10 : es == ES32 ? 23 : 52;
	unsigned exp = es == ES16 ? 5 : es == ES32 ? 8 : 11;
	uint64_t b = imm8 >> 6 & 1;
	uint64_t e = (!b << (exp - 1)) |
		     (b ? ((UINT64_C(1) << (exp - 3)) - 1) << 2 : 0) |
		     (imm8 >> 4 & 3);

	return (uint64_t)(imm8 >> 7) << (frac + exp) | e << frac |
	       (uint64_t)(imm8 & 15) << (frac - 4);
}

FP_SEM(fmov_imm)
{
	unsigned es = fp_sd(o->sz);

	vw(s, o->Rd, vsplat(s, vscalar(es),
			    imm(s, fp_expand_imm(es, o->imm8))));
}

FP_SEM(fmov_immh)
{
	vw(s, o->Rd, vsplat(s, vscalar(ES16),
			    imm(s, fp_expand_imm(ES16, o->imm8))));
}

FP_SEM(fmov_ws)
{
	xw(s, o->Rd, vget(s, vscalar(ES32), vr(s, o->Rn), 0));
}

FP_SEM(fmov_sw)
{
	vw(s, o->Rd, vsplat(s, vscalar(ES32), xr(s, IT32, o->Rn)));
}

FP_SEM(fmov_xd)
{
	xw(s, o->Rd, vget(s, vscalar(ES64), vr(s, o->Rn), 0));
}

FP_SEM(fmov_dx)
{
	vw(s, o->Rd, vsplat(s, vscalar(ES64), xr(s, IT64, o->Rn)));
}

FP_SEM(fmov_xv)
{
	xw(s, o->Rd, vget(s, vfull(1, ES64), vr(s, o->Rn), 1));
}

FP_SEM(fmov_vx)
{
	vw(s, o->Rd, vset(s, vfull(1, ES64), vr(s, o->Rd),
			  xr(s, IT64, o->Rn), 1));
}

FP_SEM(fmov_gh)
{
	xw(s, o->Rd, vget(s, vscalar(ES16), vr(s, o->Rn), 0));
}

FP_SEM(fmov_hg)
{
	vw(s, o->Rd, vsplat(s, vscalar(ES16), xr(s, IT16, o->Rn)));
}

/* --- General registers: integers and fixed point -------------------------- */

#define FP_TO_GENERAL(name, suffix, es, mode, fbits) \
FP_SEM(name##suffix) \
{ \
	xw(s, o->Rd, fp_to_int(s, vscalar(es), o->sf ? IT64 : IT32, \
			       vr(s, o->Rn), mode, fbits)); \
}
#define FP_FROM_GENERAL(name, suffix, es, mode, fbits) \
FP_SEM(name##suffix) \
{ \
	unsigned t = o->sf ? IT64 : IT32; \
\
	vw(s, o->Rd, fp_from_int(s, vscalar(es), t, xr(s, t, o->Rn), mode, \
				 fbits)); \
}
#define FP_TO(name, mode) \
FP_TO_GENERAL(name, , fp_sd(o->sz), mode, 0) \
FP_TO_GENERAL(name, _h, ES16, mode, 0)

FP_TO(fcvtns, FP_RN)
FP_TO(fcvtnu, FP_RN | FP_UNSIGNED)
FP_TO(fcvtps, FP_RP)
FP_TO(fcvtpu, FP_RP | FP_UNSIGNED)
FP_TO(fcvtms, FP_RM)
FP_TO(fcvtmu, FP_RM | FP_UNSIGNED)
FP_TO(fcvtzs, FP_RZ)
FP_TO(fcvtzu, FP_RZ | FP_UNSIGNED)
FP_TO(fcvtas, FP_RA)
FP_TO(fcvtau, FP_RA | FP_UNSIGNED)
FP_TO_GENERAL(fcvtzs, _fix, fp_sd(o->sz), FP_RZ, 64 - o->scale)
FP_TO_GENERAL(fcvtzs, _fixh, ES16, FP_RZ, 64 - o->scale)
FP_TO_GENERAL(fcvtzu, _fix, fp_sd(o->sz), FP_RZ | FP_UNSIGNED, 64 - o->scale)
FP_TO_GENERAL(fcvtzu, _fixh, ES16, FP_RZ | FP_UNSIGNED, 64 - o->scale)

FP_FROM_GENERAL(scvtf, , fp_sd(o->sz), 0, 0)
FP_FROM_GENERAL(scvtf, _h, ES16, 0, 0)
FP_FROM_GENERAL(scvtf, _fix, fp_sd(o->sz), 0, 64 - o->scale)
FP_FROM_GENERAL(scvtf, _fixh, ES16, 0, 64 - o->scale)
FP_FROM_GENERAL(ucvtf, , fp_sd(o->sz), FP_UNSIGNED, 0)
FP_FROM_GENERAL(ucvtf, _h, ES16, FP_UNSIGNED, 0)
FP_FROM_GENERAL(ucvtf, _fix, fp_sd(o->sz), FP_UNSIGNED, 64 - o->scale)
FP_FROM_GENERAL(ucvtf, _fixh, ES16, FP_UNSIGNED, 64 - o->scale)

FP_SEM(fjcvtzs)
{
	ival v = fp_to_js(s, vscalar(ES64), vr(s, o->Rn));

	xw(s, o->Rd, zext(s, IT32, v));
	flags_set(s, fl_nzcv(s, shr(s, IT64, v, imm(s, 32))));
}

#endif
