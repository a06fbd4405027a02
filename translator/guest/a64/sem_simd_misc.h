/*
 * sem_simd_misc.h - Advanced SIMD with one source: two registers
 * miscellaneous, scalar pairwise, across lanes. A part of sem_simd.h.
 */

/* --- Two registers, miscellaneous ----------------------------------------- */

#define TWO_REG(name, shape, expr) \
VSEM(name) \
{ \
	unsigned sh = shape; \
	vval n = vr(s, o->Rn); \
\
	vw(s, o->Rd, expr); \
}
TWO_REG(rev64_v, vfull(o->Q, o->size), vrev(s, sh, n, 3))
TWO_REG(rev32_v, vfull(o->Q, o->size), vrev(s, sh, n, 2))
TWO_REG(rev16_v, vfull(o->Q, ES8), vrev(s, sh, n, 1))
TWO_REG(not_v, vfull(o->Q, ES8), vnot(s, sh, n))
TWO_REG(rbit_v, vfull(o->Q, ES8), vrbit(s, sh, n))
TWO_REG(cnt_v, vfull(o->Q, ES8), vcnt(s, sh, n))
TWO_REG(cls_v, vfull(o->Q, o->size), vcls(s, sh, n))
TWO_REG(clz_v, vfull(o->Q, o->size), vclz(s, sh, n))
TWO_REG(abs_v, vfull(o->Q, o->size), vabs(s, sh, n))
TWO_REG(abs_sc, vscalar(ES64), vabs(s, sh, n))
TWO_REG(neg_v, vfull(o->Q, o->size), vneg(s, sh, n))
TWO_REG(neg_sc, vscalar(ES64), vneg(s, sh, n))
TWO_REG(sqabs_v, vfull(o->Q, o->size), vsqabs(s, sh, n))
TWO_REG(sqabs_sc, vscalar(o->size), vsqabs(s, sh, n))
TWO_REG(sqneg_v, vfull(o->Q, o->size), vsqneg(s, sh, n))
TWO_REG(sqneg_sc, vscalar(o->size), vsqneg(s, sh, n))
TWO_REG(suqadd_v, vfull(o->Q, o->size), vsuqadd(s, sh, vr(s, o->Rd), n))
TWO_REG(suqadd_sc, vscalar(o->size), vsuqadd(s, sh, vr(s, o->Rd), n))
TWO_REG(usqadd_v, vfull(o->Q, o->size), vusqadd(s, sh, vr(s, o->Rd), n))
TWO_REG(usqadd_sc, vscalar(o->size), vusqadd(s, sh, vr(s, o->Rd), n))
TWO_REG(urecpe_v, vfull(o->Q, ES32), vurecpe(s, sh, n))
TWO_REG(ursqrte_v, vfull(o->Q, ES32), vursqrte(s, sh, n))

TWO_REG(cmgt_vz, vfull(o->Q, o->size), vcmpgt(s, sh, n, vzero(s)))
TWO_REG(cmge_vz, vfull(o->Q, o->size), vcmpge(s, sh, n, vzero(s)))
TWO_REG(cmeq_vz, vfull(o->Q, o->size), vcmpeq(s, sh, n, vzero(s)))
TWO_REG(cmle_vz, vfull(o->Q, o->size), vcmpge(s, sh, vzero(s), n))
TWO_REG(cmlt_vz, vfull(o->Q, o->size), vcmpgt(s, sh, vzero(s), n))
TWO_REG(cmgt_scz, vscalar(ES64), vcmpgt(s, sh, n, vzero(s)))
TWO_REG(cmge_scz, vscalar(ES64), vcmpge(s, sh, n, vzero(s)))
TWO_REG(cmeq_scz, vscalar(ES64), vcmpeq(s, sh, n, vzero(s)))
TWO_REG(cmle_scz, vscalar(ES64), vcmpge(s, sh, vzero(s), n))
TWO_REG(cmlt_scz, vscalar(ES64), vcmpgt(s, sh, vzero(s), n))

/* Narrowing to scalars; the shape is the source's. */
TWO_REG(sqxtn_sc, vscalar(o->size + 1), vsqxtn(s, sh, n))
TWO_REG(sqxtun_sc, vscalar(o->size + 1), vsqxtun(s, sh, n))
TWO_REG(uqxtn_sc, vscalar(o->size + 1), vuqxtn(s, sh, n))
#undef TWO_REG

#define NARROW(name, op) \
VSEM(name##_v) \
{ \
	vw_half(s, o->Q, o->Rd, op(s, vwide(o->size), vr(s, o->Rn))); \
}
NARROW(xtn, vxtn)
NARROW(sqxtn, vsqxtn)
NARROW(sqxtun, vsqxtun)
NARROW(uqxtn, vuqxtn)
#undef NARROW

#define ADD_LONG_PAIRWISE(name, expr) \
VSEM(name##_v) \
{ \
	unsigned sh = vfull(o->Q, o->size + 1); \
	vval n = vr(s, o->Rn); \
\
	vw(s, o->Rd, expr); \
}
ADD_LONG_PAIRWISE(saddlp, vsaddlp(s, sh, n))
ADD_LONG_PAIRWISE(uaddlp, vuaddlp(s, sh, n))
ADD_LONG_PAIRWISE(sadalp, vadd(s, sh, vr(s, o->Rd), vsaddlp(s, sh, n)))
ADD_LONG_PAIRWISE(uadalp, vadd(s, sh, vr(s, o->Rd), vuaddlp(s, sh, n)))
#undef ADD_LONG_PAIRWISE

/* Always by the narrow size. */
VSEM(shll_v)
{
	unsigned sh = vwide(o->size);
	vval v = vuxtl(s, sh, vhalf(s, o->Q, o->Rn));

	vw(s, o->Rd, vshl_n(s, sh, v, 8u << o->size));
}

/* --- Scalar pairwise ------------------------------------------------------ */

VSEM(addp_sc)
{
	vw(s, o->Rd, vaddv(s, vfull(1, ES64), vr(s, o->Rn)));
}

/* --- Across lanes --------------------------------------------------------- */

#define ACROSS(name, op) \
VSEM(name) \
{ \
	vw(s, o->Rd, op(s, vfull(o->Q, o->size), vr(s, o->Rn))); \
}
ACROSS(addv, vaddv)
ACROSS(smaxv, vsmaxv)
ACROSS(sminv, vsminv)
ACROSS(umaxv, vumaxv)
ACROSS(uminv, vuminv)
#undef ACROSS

/* The sum of pairs cannot overflow the wide lane, nor can the sum of those. */
#define ADD_LONG_ACROSS(name, op) \
VSEM(name) \
{ \
	unsigned sh = vfull(o->Q, o->size + 1); \
\
	vw(s, o->Rd, vaddv(s, sh, op(s, sh, vr(s, o->Rn)))); \
}
ADD_LONG_ACROSS(saddlv, vsaddlp)
ADD_LONG_ACROSS(uaddlv, vuaddlp)
#undef ADD_LONG_ACROSS
