/*
 * sem_simd_three.h - Advanced SIMD with two sources: three same, three
 * different, by element. A part of sem_simd.h.
 */

/* --- Three same ----------------------------------------------------------- */

#define THREE_SAME(name, op) \
VSEM(name##_v) \
{ \
	vw(s, o->Rd, op(s, vfull(o->Q, o->size), vr(s, o->Rn), vr(s, o->Rm))); \
}
/* The same, and the scalar form with 64 bits only. */
#define THREE_SAME_D(name, op) \
THREE_SAME(name, op) \
VSEM(name##_sc) \
{ \
	vw(s, o->Rd, op(s, vscalar(ES64), vr(s, o->Rn), vr(s, o->Rm))); \
}
/* The same, and the scalar form with every size. */
#define THREE_SAME_ALL(name, op) \
THREE_SAME(name, op) \
VSEM(name##_sc) \
{ \
	vw(s, o->Rd, op(s, vscalar(o->size), vr(s, o->Rn), vr(s, o->Rm))); \
}

THREE_SAME_D(add, vadd)
THREE_SAME_D(sub, vsub)
THREE_SAME_D(cmgt, vcmpgt)
THREE_SAME_D(cmge, vcmpge)
THREE_SAME_D(cmhi, vcmphi)
THREE_SAME_D(cmhs, vcmphs)
THREE_SAME_D(cmeq, vcmpeq)
THREE_SAME_D(cmtst, vcmptst)
THREE_SAME_D(sshl, vsshl)
THREE_SAME_D(ushl, vushl)
THREE_SAME_D(srshl, vsrshl)
THREE_SAME_D(urshl, vurshl)
THREE_SAME_ALL(sqadd, vsqadd)
THREE_SAME_ALL(uqadd, vuqadd)
THREE_SAME_ALL(sqsub, vsqsub)
THREE_SAME_ALL(uqsub, vuqsub)
THREE_SAME_ALL(sqshl, vsqshl)
THREE_SAME_ALL(uqshl, vuqshl)
THREE_SAME_ALL(sqrshl, vsqrshl)
THREE_SAME_ALL(uqrshl, vuqrshl)
THREE_SAME_ALL(sqdmulh, vsqdmulh)
THREE_SAME_ALL(sqrdmulh, vsqrdmulh)
THREE_SAME(shadd, vshadd)
THREE_SAME(uhadd, vuhadd)
THREE_SAME(srhadd, vsrhadd)
THREE_SAME(urhadd, vurhadd)
THREE_SAME(shsub, vshsub)
THREE_SAME(uhsub, vuhsub)
THREE_SAME(smax, vsmax)
THREE_SAME(smin, vsmin)
THREE_SAME(umax, vumax)
THREE_SAME(umin, vumin)
THREE_SAME(sabd, vsabd)
THREE_SAME(uabd, vuabd)
THREE_SAME(mul, vmul)

#undef THREE_SAME
#undef THREE_SAME_D
#undef THREE_SAME_ALL

VSEM(pmul_v)
{
	vw(s, o->Rd, vpmul(s, vfull(o->Q, ES8), vr(s, o->Rn), vr(s, o->Rm)));
}

/* Those that start from Rd. */
#define ACCUMULATE(name, op) \
VSEM(name##_v) \
{ \
	unsigned sh = vfull(o->Q, o->size); \
\
	vw(s, o->Rd, op(s, sh, vr(s, o->Rd), vr(s, o->Rn), vr(s, o->Rm))); \
}

OP vval
vsaba(sem_ctx *s, unsigned shape, vval a, vval b, vval c)
{
	return vadd(s, shape, a, vsabd(s, shape, b, c));
}

OP vval
vuaba(sem_ctx *s, unsigned shape, vval a, vval b, vval c)
{
	return vadd(s, shape, a, vuabd(s, shape, b, c));
}

ACCUMULATE(mla, vmla)
ACCUMULATE(mls, vmls)
ACCUMULATE(saba, vsaba)
ACCUMULATE(uaba, vuaba)
ACCUMULATE(sqrdmlah, vsqrdmlah)
ACCUMULATE(sqrdmlsh, vsqrdmlsh)

#undef ACCUMULATE

#define RDM_SCALAR(name, op) \
VSEM(name##_sc) \
{ \
	unsigned sh = vscalar(o->size); \
\
	vw(s, o->Rd, op(s, sh, vr(s, o->Rd), vr(s, o->Rn), vr(s, o->Rm))); \
}
RDM_SCALAR(sqrdmlah, vsqrdmlah)
RDM_SCALAR(sqrdmlsh, vsqrdmlsh)
#undef RDM_SCALAR

/* Pairwise: of the even and the odd lanes of Rn followed by Rm. */
#define PAIRWISE(name, op) \
VSEM(name##_v) \
{ \
	unsigned sh = vfull(o->Q, o->size); \
	vval n = vr(s, o->Rn), m = vr(s, o->Rm); \
\
	vw(s, o->Rd, op(s, sh, vuzp1(s, sh, n, m), vuzp2(s, sh, n, m))); \
}
PAIRWISE(addp, vadd)
PAIRWISE(smaxp, vsmax)
PAIRWISE(sminp, vsmin)
PAIRWISE(umaxp, vumax)
PAIRWISE(uminp, vumin)
#undef PAIRWISE

#define BITWISE(name, expr) \
VSEM(name##_v) \
{ \
	unsigned sh = vfull(o->Q, ES8); \
	vval n = vr(s, o->Rn), m = vr(s, o->Rm); \
\
	vw(s, o->Rd, expr); \
}
BITWISE(and, vand(s, sh, n, m))
BITWISE(bic, vandn(s, sh, n, m))
BITWISE(orr, vor(s, sh, n, m))
BITWISE(orn, vorn(s, sh, n, m))
BITWISE(eor, vxor(s, sh, n, m))
BITWISE(bsl, vselect(s, sh, vr(s, o->Rd), n, m))
BITWISE(bit, vselect(s, sh, m, n, vr(s, o->Rd)))
BITWISE(bif, vselect(s, sh, m, vr(s, o->Rd), n))
#undef BITWISE

/* --- Dot products and matrices -------------------------------------------- */

#define DOT(name, op, Q) \
VSEM(name##_v) \
{ \
	vw(s, o->Rd, op(s, vfull(Q, ES32), vr(s, o->Rd), vr(s, o->Rn), \
		       vr(s, o->Rm))); \
}
DOT(sdot, vsdot, o->Q)
DOT(udot, vudot, o->Q)
DOT(usdot, vusdot, o->Q)
DOT(smmla, vsmmla, 1)
DOT(ummla, vummla, 1)
DOT(usmmla, vusmmla, 1)
#undef DOT

/* --- Three different ------------------------------------------------------ */

/* Long: n and m are the widened sources, d the destination, sh wide. */
#define LONG(name, xtl, expr) \
VSEM(name##_v) \
{ \
	unsigned sh = vwide(o->size); \
	vval n = xtl(s, sh, vhalf(s, o->Q, o->Rn)); \
	vval m = xtl(s, sh, vhalf(s, o->Q, o->Rm)); \
\
	vw(s, o->Rd, expr); \
}
LONG(saddl, vsxtl, vadd(s, sh, n, m))
LONG(uaddl, vuxtl, vadd(s, sh, n, m))
LONG(ssubl, vsxtl, vsub(s, sh, n, m))
LONG(usubl, vuxtl, vsub(s, sh, n, m))
#undef LONG

/* A difference is widened when it is there: without its sign it fits. */
#define LONG_DIFFERENCE(name, abd, expr) \
VSEM(name##_v) \
{ \
	unsigned sh = vwide(o->size); \
	vval d = abd(s, vfull(1, o->size), vr(s, o->Rn), vr(s, o->Rm)); \
\
	if (o->Q) \
		d = vext(s, vfull(1, ES8), d, d, 8); \
	d = vuxtl(s, sh, d); \
	vw(s, o->Rd, expr); \
}
LONG_DIFFERENCE(sabdl, vsabd, d)
LONG_DIFFERENCE(uabdl, vuabd, d)
LONG_DIFFERENCE(sabal, vsabd, vadd(s, sh, vr(s, o->Rd), d))
LONG_DIFFERENCE(uabal, vuabd, vadd(s, sh, vr(s, o->Rd), d))
#undef LONG_DIFFERENCE

/* Long, of products. */
#define LONG_MUL(name, mull, expr) \
VSEM(name##_v) \
{ \
	unsigned sh = vwide(o->size); \
	vval p = mull(s, sh, vhalf(s, o->Q, o->Rn), vhalf(s, o->Q, o->Rm)); \
\
	vw(s, o->Rd, expr); \
}
LONG_MUL(smull, vsmull, p)
LONG_MUL(umull, vumull, p)
LONG_MUL(smlal, vsmull, vadd(s, sh, vr(s, o->Rd), p))
LONG_MUL(umlal, vumull, vadd(s, sh, vr(s, o->Rd), p))
LONG_MUL(smlsl, vsmull, vsub(s, sh, vr(s, o->Rd), p))
LONG_MUL(umlsl, vumull, vsub(s, sh, vr(s, o->Rd), p))
LONG_MUL(sqdmull, vsqdmull, p)
LONG_MUL(sqdmlal, vsqdmull, vsqadd(s, sh, vr(s, o->Rd), p))
LONG_MUL(sqdmlsl, vsqdmull, vsqsub(s, sh, vr(s, o->Rd), p))
#undef LONG_MUL

#define LONG_MUL_SCALAR(name, expr) \
VSEM(name##_sc) \
{ \
	unsigned sh = vscalar(o->size + 1); \
	vval p = vsqdmull(s, sh, vr(s, o->Rn), vr(s, o->Rm)); \
\
	vw(s, o->Rd, expr); \
}
LONG_MUL_SCALAR(sqdmull, p)
LONG_MUL_SCALAR(sqdmlal, vsqadd(s, sh, vr(s, o->Rd), p))
LONG_MUL_SCALAR(sqdmlsl, vsqsub(s, sh, vr(s, o->Rd), p))
#undef LONG_MUL_SCALAR

VSEM(pmull_v)
{
	vw(s, o->Rd, vpmull(s, vwide(ES8), vhalf(s, o->Q, o->Rn),
			   vhalf(s, o->Q, o->Rm)));
}

VSEM(pmull_64)
{
	vw(s, o->Rd, vpmull(s, vscalar(ES128), vhalf(s, o->Q, o->Rn),
			   vhalf(s, o->Q, o->Rm)));
}

/* Wide: only the second source is widened. */
#define WIDE(name, xtl, op) \
VSEM(name##_v) \
{ \
	unsigned sh = vwide(o->size); \
	vval m = xtl(s, sh, vhalf(s, o->Q, o->Rm)); \
\
	vw(s, o->Rd, op(s, sh, vr(s, o->Rn), m)); \
}
WIDE(saddw, vsxtl, vadd)
WIDE(uaddw, vuxtl, vadd)
WIDE(ssubw, vsxtl, vsub)
WIDE(usubw, vuxtl, vsub)
#undef WIDE

/* The high half, narrowed. Rounding may carry out of the wide lane, which the
 * narrowing drops. */
#define HIGH_NARROW(name, op, shift) \
VSEM(name##_v) \
{ \
	unsigned sh = vwide(o->size); \
	vval v = op(s, sh, vr(s, o->Rn), vr(s, o->Rm)); \
\
	vw_half(s, o->Q, o->Rd, vxtn(s, sh, shift(s, sh, v, 8u << o->size))); \
}
HIGH_NARROW(addhn, vadd, vushr_n)
HIGH_NARROW(raddhn, vadd, vurshr_n)
HIGH_NARROW(subhn, vsub, vushr_n)
HIGH_NARROW(rsubhn, vsub, vurshr_n)
#undef HIGH_NARROW

/* --- By element ----------------------------------------------------------- */

/* The second source: one lane, in all lanes of the shape. */
OP vval
velement(sem_ctx *s, unsigned shape, unsigned size, unsigned H, unsigned L,
	 unsigned M, unsigned Rm)
{
	if (size == ES16)
		return vdup(s, shape, vr(s, Rm), H << 2 | L << 1 | M);
	return vdup(s, shape, vr(s, M << 4 | Rm), H << 1 | L);
}

/* n and m are the sources; sh is the result's shape and the sources' too. */
#define BY_ELEMENT(name, shape, expr) \
VSEM(name) \
{ \
	unsigned sh = shape; \
	vval n = vr(s, o->Rn); \
	vval m = velement(s, sh, o->size, o->H, o->L, o->M, o->Rm); \
\
	vw(s, o->Rd, expr); \
}
BY_ELEMENT(mul_elt, vfull(o->Q, o->size), vmul(s, sh, n, m))
BY_ELEMENT(mla_elt, vfull(o->Q, o->size), vmla(s, sh, vr(s, o->Rd), n, m))
BY_ELEMENT(mls_elt, vfull(o->Q, o->size), vmls(s, sh, vr(s, o->Rd), n, m))
BY_ELEMENT(sqdmulh_elt, vfull(o->Q, o->size), vsqdmulh(s, sh, n, m))
BY_ELEMENT(sqdmulh_eltsc, vscalar(o->size), vsqdmulh(s, sh, n, m))
BY_ELEMENT(sqrdmulh_elt, vfull(o->Q, o->size), vsqrdmulh(s, sh, n, m))
BY_ELEMENT(sqrdmulh_eltsc, vscalar(o->size), vsqrdmulh(s, sh, n, m))
BY_ELEMENT(sqrdmlah_elt, vfull(o->Q, o->size),
	vsqrdmlah(s, sh, vr(s, o->Rd), n, m))
BY_ELEMENT(sqrdmlah_eltsc, vscalar(o->size),
	vsqrdmlah(s, sh, vr(s, o->Rd), n, m))
BY_ELEMENT(sqrdmlsh_elt, vfull(o->Q, o->size),
	vsqrdmlsh(s, sh, vr(s, o->Rd), n, m))
BY_ELEMENT(sqrdmlsh_eltsc, vscalar(o->size),
	vsqrdmlsh(s, sh, vr(s, o->Rd), n, m))
#undef BY_ELEMENT

/* p is the wide product, sh its shape. */
#define LONG_BY_ELEMENT(name, mull, expr) \
VSEM(name##_elt) \
{ \
	unsigned sh = vwide(o->size); \
	vval n = vhalf(s, o->Q, o->Rn); \
	vval m = velement(s, vfull(0, o->size), o->size, o->H, o->L, o->M, \
			  o->Rm); \
	vval p = mull(s, sh, n, m); \
\
	vw(s, o->Rd, expr); \
}
LONG_BY_ELEMENT(smull, vsmull, p)
LONG_BY_ELEMENT(umull, vumull, p)
LONG_BY_ELEMENT(smlal, vsmull, vadd(s, sh, vr(s, o->Rd), p))
LONG_BY_ELEMENT(umlal, vumull, vadd(s, sh, vr(s, o->Rd), p))
LONG_BY_ELEMENT(smlsl, vsmull, vsub(s, sh, vr(s, o->Rd), p))
LONG_BY_ELEMENT(umlsl, vumull, vsub(s, sh, vr(s, o->Rd), p))
LONG_BY_ELEMENT(sqdmull, vsqdmull, p)
LONG_BY_ELEMENT(sqdmlal, vsqdmull, vsqadd(s, sh, vr(s, o->Rd), p))
LONG_BY_ELEMENT(sqdmlsl, vsqdmull, vsqsub(s, sh, vr(s, o->Rd), p))
#undef LONG_BY_ELEMENT

#define LONG_BY_ELEMENT_SCALAR(name, expr) \
VSEM(name##_eltsc) \
{ \
	unsigned sh = vscalar(o->size + 1); \
	vval m = velement(s, vscalar(o->size), o->size, o->H, o->L, o->M, \
			  o->Rm); \
	vval p = vsqdmull(s, sh, vr(s, o->Rn), m); \
\
	vw(s, o->Rd, expr); \
}
LONG_BY_ELEMENT_SCALAR(sqdmull, p)
LONG_BY_ELEMENT_SCALAR(sqdmlal, vsqadd(s, sh, vr(s, o->Rd), p))
LONG_BY_ELEMENT_SCALAR(sqdmlsl, vsqsub(s, sh, vr(s, o->Rd), p))
#undef LONG_BY_ELEMENT_SCALAR

/* A lane of a dot product is four bytes, so it is one of words. */
#define DOT_BY_ELEMENT(name, expr) \
VSEM(name##_elt) \
{ \
	unsigned sh = vfull(o->Q, ES32); \
	vval d = vr(s, o->Rd), n = vr(s, o->Rn); \
	vval m = velement(s, sh, ES32, o->H, o->L, o->M, o->Rm); \
\
	vw(s, o->Rd, expr); \
}
DOT_BY_ELEMENT(sdot, vsdot(s, sh, d, n, m))
DOT_BY_ELEMENT(udot, vudot(s, sh, d, n, m))
DOT_BY_ELEMENT(usdot, vusdot(s, sh, d, n, m))
DOT_BY_ELEMENT(sudot, vusdot(s, sh, d, m, n))
#undef DOT_BY_ELEMENT
