/*
 * sem_simd_shift.h - Advanced SIMD shift by immediate and modified immediate.
 * A part of sem_simd.h.
 */

/* --- Shift by immediate --------------------------------------------------- */

/* immh:immb is the element size in bits plus a left shift, or twice the size
 * less a right shift. */
OP unsigned
shift_es(unsigned immh)
{
	return immh & 8 ? ES64 : immh & 4 ? ES32 : immh & 2 ? ES16 : ES8;
}

OP unsigned
shift_left(unsigned es, unsigned immh, unsigned immb)
{
	return (immh << 3 | immb) - (8u << es);
}

OP unsigned
shift_right(unsigned es, unsigned immh, unsigned immb)
{
	return (16u << es) - (immh << 3 | immb);
}

/* Calls fn with the element size as a constant, so that the interpreter's
 * operations know their shape. */
#define BY_SIZE(fn) \
	if (o->immh & 8) \
		fn(s, o, ES64); \
	else \
		BY_NARROW_SIZE(fn)
#define BY_NARROW_SIZE(fn) \
	if (o->immh & 4) \
		fn(s, o, ES32); \
	else if (o->immh & 2) \
		fn(s, o, ES16); \
	else \
		fn(s, o, ES8);

/* The vector and the scalar form; k is the shift, n the source, sh the
 * shape. */
#define SHIFT_FORM(name, shape, amount, expr) \
OP void \
do_##name(sem_ctx *s, const struct a64_##name *o, unsigned es) \
{ \
	unsigned sh = shape; \
	unsigned k = amount(es, o->immh, o->immb); \
	vval n = vr(s, o->Rn); \
\
	vw(s, o->Rd, expr); \
} \
VSEM(name) \
{ \
	BY_SIZE(do_##name) \
}
#define SHIFT(name, amount, expr) \
SHIFT_FORM(name##_n, vfull(o->Q, es), amount, expr) \
SHIFT_FORM(name##_nsc, vscalar(es), amount, expr)

SHIFT(sshr, shift_right, vsshr_n(s, sh, n, k))
SHIFT(ushr, shift_right, vushr_n(s, sh, n, k))
SHIFT(srshr, shift_right, vsrshr_n(s, sh, n, k))
SHIFT(urshr, shift_right, vurshr_n(s, sh, n, k))
SHIFT(ssra, shift_right, vadd(s, sh, vr(s, o->Rd), vsshr_n(s, sh, n, k)))
SHIFT(usra, shift_right, vadd(s, sh, vr(s, o->Rd), vushr_n(s, sh, n, k)))
SHIFT(srsra, shift_right, vadd(s, sh, vr(s, o->Rd), vsrshr_n(s, sh, n, k)))
SHIFT(ursra, shift_right, vadd(s, sh, vr(s, o->Rd), vurshr_n(s, sh, n, k)))
SHIFT(sri, shift_right, vsri_n(s, sh, vr(s, o->Rd), n, k))
SHIFT(shl, shift_left, vshl_n(s, sh, n, k))
SHIFT(sli, shift_left, vsli_n(s, sh, vr(s, o->Rd), n, k))
SHIFT(sqshl, shift_left, vsqshl_n(s, sh, n, k))
SHIFT(uqshl, shift_left, vuqshl_n(s, sh, n, k))
SHIFT(sqshlu, shift_left, vsqshlu_n(s, sh, n, k))
#undef SHIFT
#undef SHIFT_FORM

/* Right and narrow. The shift is at least one, so a rounded result still fits
 * the wide lane. */
#define SHIFT_NARROW(name, shr, xtn) \
OP void \
do_##name(sem_ctx *s, const struct a64_##name##_n *o, unsigned es) \
{ \
	unsigned sh = vwide(es); \
	unsigned k = shift_right(es, o->immh, o->immb); \
\
	vw_half(s, o->Q, o->Rd, xtn(s, sh, shr(s, sh, vr(s, o->Rn), k))); \
} \
VSEM(name##_n) \
{ \
	BY_NARROW_SIZE(do_##name) \
}
#define SHIFT_NARROW_ALL(name, shr, xtn) \
SHIFT_NARROW(name, shr, xtn) \
VSEM(name##_nsc) \
{ \
	unsigned es = shift_es(o->immh), sh = vscalar(es + 1); \
	unsigned k = shift_right(es, o->immh, o->immb); \
\
	vw(s, o->Rd, xtn(s, sh, shr(s, sh, vr(s, o->Rn), k))); \
}
SHIFT_NARROW(shrn, vushr_n, vxtn)
SHIFT_NARROW(rshrn, vurshr_n, vxtn)
SHIFT_NARROW_ALL(sqshrn, vsshr_n, vsqxtn)
SHIFT_NARROW_ALL(sqrshrn, vsrshr_n, vsqxtn)
SHIFT_NARROW_ALL(sqshrun, vsshr_n, vsqxtun)
SHIFT_NARROW_ALL(sqrshrun, vsrshr_n, vsqxtun)
SHIFT_NARROW_ALL(uqshrn, vushr_n, vuqxtn)
SHIFT_NARROW_ALL(uqrshrn, vurshr_n, vuqxtn)
#undef SHIFT_NARROW
#undef SHIFT_NARROW_ALL

#define SHIFT_LONG(name, xtl) \
OP void \
do_##name(sem_ctx *s, const struct a64_##name##_n *o, unsigned es) \
{ \
	unsigned sh = vwide(es); \
	vval v = xtl(s, sh, vhalf(s, o->Q, o->Rn)); \
\
	vw(s, o->Rd, vshl_n(s, sh, v, shift_left(es, o->immh, o->immb))); \
} \
VSEM(name##_n) \
{ \
	BY_NARROW_SIZE(do_##name) \
}
SHIFT_LONG(sshll, vsxtl)
SHIFT_LONG(ushll, vuxtl)
#undef SHIFT_LONG
#undef BY_SIZE
#undef BY_NARROW_SIZE

/* --- Modified immediate (AdvSIMDExpandImm) -------------------------------- */

/* v in every lane of `size', as much of it as Q has. */
OP vval
vmodimm(sem_ctx *s, unsigned Q, unsigned size, uint64_t v)
{
	for (unsigned bits = 8u << size; bits < 64; bits *= 2)
		v |= v << bits;
	return vimm(s, v, Q ? v : 0);
}

OP uint64_t
modimm_ones(unsigned sh, uint64_t imm8)
{
	return sh ? imm8 << 16 | 0xffff : imm8 << 8 | 0xff;
}

/* Every bit a byte. */
OP uint64_t
modimm_bits(uint64_t imm8)
{
	uint64_t r = 0;

	for (unsigned i = 0; i < 8; i++)
		if (imm8 >> i & 1)
			r |= UINT64_C(0xff) << (8 * i);
	return r;
}

/* A floating-point number of `size': sign, e exponent bits of which the
 * lower ones but two repeat the second bit, four of the fraction. */
OP uint64_t
modimm_float(unsigned size, unsigned imm8)
{
	unsigned e = size == ES16 ? 5 : size == ES32 ? 8 : 11;
	unsigned f = (8u << size) - e - 1;
	uint64_t b = imm8 >> 6 & 1;
	uint64_t exp = (b ^ 1) << (e - 1) |
		(b ? (UINT64_C(1) << (e - 3)) - 1 : 0) << 2 | (imm8 >> 4 & 3);

	return (uint64_t)(imm8 >> 7) << (e + f) | exp << f |
		(uint64_t)(imm8 & 15) << (f - 4);
}

#define IMM8	((uint64_t)(o->abc << 5 | o->defgh))

#define MODIMM(name, size, value) \
VSEM(name) \
{ \
	vw(s, o->Rd, vmodimm(s, o->Q, size, value)); \
}
MODIMM(movi_s, ES32, IMM8 << (8 * o->sh))
MODIMM(movi_h, ES16, IMM8 << (8 * o->sh))
MODIMM(movi_b, ES8, IMM8)
MODIMM(movi_d, ES64, modimm_bits(IMM8))
MODIMM(movi_ones, ES32, modimm_ones(o->sh, IMM8))
MODIMM(mvni_s, ES32, ~(IMM8 << (8 * o->sh)) & 0xffffffff)
MODIMM(mvni_h, ES16, ~(IMM8 << (8 * o->sh)) & 0xffff)
MODIMM(mvni_ones, ES32, ~modimm_ones(o->sh, IMM8) & 0xffffffff)
MODIMM(fmov_vs, ES32, modimm_float(ES32, (unsigned)IMM8))
MODIMM(fmov_vh, ES16, modimm_float(ES16, (unsigned)IMM8))
#undef MODIMM

VSEM(fmov_vd)
{
	vw(s, o->Rd, vmodimm(s, 1, ES64, modimm_float(ES64, (unsigned)IMM8)));
}

#define MODIMM_OP(name, op, size) \
VSEM(name) \
{ \
	vval m = vmodimm(s, o->Q, size, IMM8 << (8 * o->sh)); \
\
	vw(s, o->Rd, op(s, vfull(o->Q, size), vr(s, o->Rd), m)); \
}
MODIMM_OP(orr_s, vor, ES32)
MODIMM_OP(orr_h, vor, ES16)
MODIMM_OP(bic_s, vandn, ES32)
MODIMM_OP(bic_h, vandn, ES16)
#undef MODIMM_OP
#undef IMM8
