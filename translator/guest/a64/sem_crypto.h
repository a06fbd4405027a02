/*
 * sem_crypto.h - AES, SHA-1, SHA-2, SHA-3, SM3 and SM4 (Arm ARM C4.1.96).
 */
#ifndef FERRY_A64_SEM_CRYPTO_H
#define FERRY_A64_SEM_CRYPTO_H

#define BYTES	vfull(1, ES8)
#define WORDS	vfull(1, ES32)
#define DWORDS	vfull(1, ES64)

/* The operands are d, n, m in that order; d is Rd's old value. */
#define CRYPTO2(name, op, shape) \
VSEM(name) \
{ \
	vw(s, o->Rd, op(s, shape, vr(s, o->Rn))); \
}
#define CRYPTO2_D(name, op, shape) \
VSEM(name) \
{ \
	vw(s, o->Rd, op(s, shape, vr(s, o->Rd), vr(s, o->Rn))); \
}
#define CRYPTO3(name, op, shape) \
VSEM(name) \
{ \
	vw(s, o->Rd, op(s, shape, vr(s, o->Rd), vr(s, o->Rn), \
			vr(s, o->Rm))); \
}

CRYPTO2_D(aese, vaese, BYTES)
CRYPTO2_D(aesd, vaesd, BYTES)
CRYPTO2(aesmc, vaesmc, BYTES)
CRYPTO2(aesimc, vaesimc, BYTES)

CRYPTO3(sha1c, vsha1c, WORDS)
CRYPTO3(sha1p, vsha1p, WORDS)
CRYPTO3(sha1m, vsha1m, WORDS)
CRYPTO3(sha1su0, vsha1su0, WORDS)
CRYPTO2_D(sha1su1, vsha1su1, WORDS)
CRYPTO3(sha256h, vsha256h, WORDS)
CRYPTO3(sha256h2, vsha256h2, WORDS)
CRYPTO2_D(sha256su0, vsha256su0, WORDS)
CRYPTO3(sha256su1, vsha256su1, WORDS)
CRYPTO3(sha512h, vsha512h, DWORDS)
CRYPTO3(sha512h2, vsha512h2, DWORDS)
CRYPTO2_D(sha512su0, vsha512su0, DWORDS)
CRYPTO3(sha512su1, vsha512su1, DWORDS)

CRYPTO3(sm3partw1, vsm3partw1, WORDS)
CRYPTO3(sm3partw2, vsm3partw2, WORDS)
CRYPTO2_D(sm4e, vsm4e, WORDS)

#undef CRYPTO2
#undef CRYPTO2_D
#undef CRYPTO3

/* Rotated left by n, which is not 0. */
OP vval
vrol(sem_ctx *s, unsigned shape, vval v, unsigned n)
{
	unsigned bits = 8u << vshape_es(shape);

	return vor(s, shape, vshl_n(s, shape, v, n),
		   vushr_n(s, shape, v, bits - n));
}

VSEM(sha1h)
{
	vw(s, o->Rd, vrol(s, vscalar(ES32), vr(s, o->Rn), 30));
}

/* --- SHA-3 ---------------------------------------------------------------- */

VSEM(eor3)
{
	vval t = vxor(s, BYTES, vr(s, o->Rm), vr(s, o->Ra));

	vw(s, o->Rd, vxor(s, BYTES, vr(s, o->Rn), t));
}

VSEM(bcax)
{
	vval t = vandn(s, BYTES, vr(s, o->Rm), vr(s, o->Ra));

	vw(s, o->Rd, vxor(s, BYTES, vr(s, o->Rn), t));
}

VSEM(rax1)
{
	vval t = vrol(s, DWORDS, vr(s, o->Rm), 1);

	vw(s, o->Rd, vxor(s, DWORDS, vr(s, o->Rn), t));
}

VSEM(xar)
{
	vval t = vxor(s, DWORDS, vr(s, o->Rn), vr(s, o->Rm));

	if (o->imm6)
		t = vrol(s, DWORDS, t, 64 - o->imm6);
	vw(s, o->Rd, t);
}

/* --- SM3 and SM4 ---------------------------------------------------------- */

VSEM(sm3ss1)
{
	vw(s, o->Rd, vsm3ss1(s, WORDS, vr(s, o->Rn), vr(s, o->Rm),
			     vr(s, o->Ra)));
}

#define SM3TT(name, op, b_form) \
VSEM(name) \
{ \
	vw(s, o->Rd, op(s, WORDS, vr(s, o->Rd), vr(s, o->Rn), \
			vr(s, o->Rm), o->imm2 | (b_form) << 2)); \
}
SM3TT(sm3tt1a, vsm3tt1, 0)
SM3TT(sm3tt1b, vsm3tt1, 1)
SM3TT(sm3tt2a, vsm3tt2, 0)
SM3TT(sm3tt2b, vsm3tt2, 1)
#undef SM3TT

VSEM(sm4ekey)
{
	vw(s, o->Rd, vsm4ekey(s, WORDS, vr(s, o->Rn), vr(s, o->Rm)));
}

#undef BYTES
#undef WORDS
#undef DWORDS

#endif
