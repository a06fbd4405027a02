/*
 * reference_vec.h - what the vector integer operations of ir_vec.def mean.
 *
 * ref_<name>() for each row, as plain C. The interpreter inlines them with a
 * constant shape, and then the compiler makes host vector code of the loops;
 * with a shape known only at run time they are correct and slower.
 *
 * Operations whose lanes cannot be told apart from above compute all 128 bits
 * and cut the result (vtrim); those that can set QC go over the shape's lanes
 * only.
 *
 * No function here can fail, or touches anything but its arguments and, where
 * it saturates, env->fpsr. Safe in any context.
 */
#ifndef FERRY_REFERENCE_VEC_H
#define FERRY_REFERENCE_VEC_H

#include "../../runtime/vm/cpu_a64.h"
#include "vshape.h"

#define VREF static inline __attribute__((always_inline))

#define VREF_LANES __attribute__((vector_size(16), may_alias))

typedef uint8_t vref_b VREF_LANES;
typedef uint16_t vref_h VREF_LANES;
typedef uint32_t vref_s VREF_LANES;
typedef uint64_t vref_d VREF_LANES;
typedef int16_t vref_sh VREF_LANES;
typedef int32_t vref_ss VREF_LANES;
typedef int64_t vref_sd VREF_LANES;
#undef VREF_LANES

/* A v128 to and from the compiler's own vectors; m names the lanes. */
union vref {
	union v128 v;
	vref_b b;
	vref_h h;
	vref_s s;
	vref_d d;
	vref_sh sh;
	vref_ss ss;
	vref_sd sd;
};

/* The bits of v that belong to shape s; zero above. */
VREF union v128
vtrim(unsigned s, union v128 v)
{
	unsigned bits = vshape_bits(s);
	union vref x = { .v = v };

	if (bits < 64)
		x.d = (vref_d){ v.d[0] & ((UINT64_C(1) << bits) - 1), 0 };
	else if (bits < 128)
		x.d = (vref_d){ v.d[0], 0 };
	return x.v;
}

/*
 * Loops over lanes. `expr' is the result of a lane; in it x, y, z are the
 * operands' lanes, of type `lane', and i is the lane's number. A loop with a
 * constant count is what vectorises, hence V1, V2 (always 16 bytes) beside
 * the S forms (the shape's lanes).
 */
#define LANES1(T, m, n, expr) \
	for (unsigned i = 0; i < (n); i++) { \
		typedef T lane; \
		lane x = a.m[i]; \
		r.m[i] = (lane)(expr); \
	}
#define LANES2(T, m, n, expr) \
	for (unsigned i = 0; i < (n); i++) { \
		typedef T lane; \
		lane x = a.m[i], y = b.m[i]; \
		r.m[i] = (lane)(expr); \
	}
#define LANES3(T, m, n, expr) \
	for (unsigned i = 0; i < (n); i++) { \
		typedef T lane; \
		lane x = a.m[i], y = b.m[i], z = c.m[i]; \
		r.m[i] = (lane)(expr); \
	}

/* The lane's properties as constants; `lane' is what LANES* defines. */
#define LBITS	((int)sizeof(lane) * 8)
#define LMAX	((lane)((lane)-1 > 0 ? UINT64_MAX : \
			UINT64_MAX >> (65 - LBITS)))
#define LMIN	((lane)((lane)-1 > 0 ? 0 : \
			UINT64_C(1) << (LBITS - 1)))

#define EACH_U(LANES, count, expr) \
	switch (vshape_es(s)) { \
	case ES8: \
		LANES(uint8_t, b, count(16), expr) \
		break; \
	case ES16: \
		LANES(uint16_t, h, count(8), expr) \
		break; \
	case ES32: \
		LANES(uint32_t, s, count(4), expr) \
		break; \
	default: \
		LANES(uint64_t, d, count(2), expr) \
	}
#define EACH_S(LANES, count, expr) \
	switch (vshape_es(s)) { \
	case ES8: \
		LANES(int8_t, sb, count(16), expr) \
		break; \
	case ES16: \
		LANES(int16_t, sh, count(8), expr) \
		break; \
	case ES32: \
		LANES(int32_t, ss, count(4), expr) \
		break; \
	default: \
		LANES(int64_t, sd, count(2), expr) \
	}
#define ALL_LANES(n)	(n)
#define SHAPE_LANES(n)	vshape_lanes(s)

/* An operation on whole vectors: U unsigned lanes, S signed. */
#define V1(sign, name, expr) \
VREF union v128 \
ref_##name(unsigned s, union v128 a) \
{ \
	union v128 r; \
\
	EACH_##sign(LANES1, ALL_LANES, expr) \
	return vtrim(s, r); \
}
#define V2(sign, name, expr) \
VREF union v128 \
ref_##name(unsigned s, union v128 a, union v128 b) \
{ \
	union v128 r; \
\
	EACH_##sign(LANES2, ALL_LANES, expr) \
	return vtrim(s, r); \
}

/* The same for saturating ones; `expr' sets q. */
#define Q1(sign, name, expr) \
VREF union v128 \
ref_##name(struct fp_env *env, unsigned s, union v128 a) \
{ \
	union v128 r = { .d = { 0, 0 } }; \
	bool q = false; \
\
	EACH_##sign(LANES1, SHAPE_LANES, expr) \
	vsat_note(env, q); \
	return r; \
}
#define Q1N(sign, name, expr) \
VREF union v128 \
ref_##name(struct fp_env *env, unsigned s, union v128 a, unsigned n) \
{ \
	union v128 r = { .d = { 0, 0 } }; \
	bool q = false; \
\
	EACH_##sign(LANES1, SHAPE_LANES, expr) \
	vsat_note(env, q); \
	return r; \
}
#define Q2(sign, name, expr) \
VREF union v128 \
ref_##name(struct fp_env *env, unsigned s, union v128 a, union v128 b) \
{ \
	union v128 r = { .d = { 0, 0 } }; \
	bool q = false; \
\
	EACH_##sign(LANES2, SHAPE_LANES, expr) \
	vsat_note(env, q); \
	return r; \
}

VREF void
vsat_note(struct fp_env *env, bool q)
{
	if (q)
		env->fpsr |= FPSR_QC;
}

/* x clamped to [lo, hi]; q tells whether that changed it. */
VREF int64_t
vsat(int64_t x, int64_t lo, int64_t hi, bool *q)
{
	int64_t r = x < lo ? lo : x > hi ? hi : x;

	*q |= r != x;
	return r;
}

/* Bits. The element size does not matter. */

#define BITWISE(name, expr) \
VREF union v128 \
ref_##name(unsigned s, union v128 a, union v128 b) \
{ \
	union v128 r; \
\
	LANES2(uint64_t, d, 2, expr) \
	return vtrim(s, r); \
}
BITWISE(vand, x & y)
BITWISE(vor, x | y)
BITWISE(vxor, x ^ y)
BITWISE(vandn, x & ~y)
BITWISE(vorn, x | ~y)
#undef BITWISE

VREF union v128
ref_vnot(unsigned s, union v128 a)
{
	union v128 r;

	LANES1(uint64_t, d, 2, ~x)
	return vtrim(s, r);
}

VREF union v128
ref_vselect(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 r;

	LANES3(uint64_t, d, 2, (x & y) | (~x & z))
	return vtrim(s, r);
}

VREF unsigned
vlane_cnt(uint8_t x)
{
	x = x - (x >> 1 & 0x55);
	x = (x & 0x33) + (x >> 2 & 0x33);
	return (x + (x >> 4)) & 0xf;
}

VREF unsigned
vlane_rbit(uint8_t x)
{
	x = x >> 4 | x << 4;
	x = (x >> 2 & 0x33) | (x & 0x33) << 2;
	return (x >> 1 & 0x55) | (x & 0x55) << 1;
}

VREF union v128
ref_vcnt(unsigned s, union v128 a)
{
	union v128 r;

	LANES1(uint8_t, b, 16, vlane_cnt(x))
	return vtrim(s, r);
}

VREF union v128
ref_vrbit(unsigned s, union v128 a)
{
	union v128 r;

	LANES1(uint8_t, b, 16, vlane_rbit(x))
	return vtrim(s, r);
}

VREF unsigned
vlane_clz(uint64_t x, unsigned bits)
{
	return x ? (unsigned)__builtin_clzll(x) - (64 - bits) : bits;
}

V1(U, vclz, vlane_clz(x, LBITS))
/* Flip the sign's run to zeros, count, and leave out the sign itself. */
V1(S, vcls, __builtin_clzll(((uint64_t)((int64_t)x ^ (int64_t)x >> 63) << 1 | 1)
	<< (64 - LBITS)))

VREF union v128
ref_vrev(unsigned s, union v128 a, unsigned n)
{
	unsigned flip = (1u << (n - vshape_es(s))) - 1;
	union v128 r;

	switch (vshape_es(s)) {
	case ES8:
		for (unsigned i = 0; i < 16; i++)
			r.b[i] = a.b[i ^ flip];
		break;
	case ES16:
		for (unsigned i = 0; i < 8; i++)
			r.h[i] = a.h[i ^ flip];
		break;
	default:
		for (unsigned i = 0; i < 4; i++)
			r.s[i] = a.s[i ^ flip];
	}
	return vtrim(s, r);
}

/* Arithmetic. The 1u and the unsigned lanes keep C's promotions from making
 * signed overflow. */
V2(U, vadd, x + y)
V2(U, vsub, x - y)
V2(U, vmul, 1u * x * y)
V1(U, vneg, 0u - x)
V1(S, vabs, x < 0 ? 0 - (uint64_t)x : (uint64_t)x)
/* Averages: what both have, plus half of what one has. */
V2(S, vshadd, (x & y) + ((x ^ y) >> 1))
V2(U, vuhadd, (x & y) + ((x ^ y) >> 1))
V2(S, vsrhadd, (x | y) - ((x ^ y) >> 1))
V2(U, vurhadd, (x | y) - ((x ^ y) >> 1))
/* a - b = (a ^ b) - 2 (~a & b). */
V2(S, vshsub, (uint64_t)((x ^ y) >> 1) - (uint64_t)(~x & y))
V2(U, vuhsub, (lane)(x ^ y) / 2 - (lane)(~x & y))
V2(S, vsmax, x > y ? x : y)
V2(S, vsmin, x < y ? x : y)
V2(U, vumax, x > y ? x : y)
V2(U, vumin, x < y ? x : y)
V2(S, vsabd, x > y ? (uint64_t)x - (uint64_t)y : (uint64_t)y - (uint64_t)x)
V2(U, vuabd, x > y ? x - y : y - x)
V2(U, vcmpeq, -(lane)(x == y))
V2(S, vcmpgt, -(lane)(x > y))
V2(S, vcmpge, -(lane)(x >= y))
V2(U, vcmphi, -(lane)(x > y))
V2(U, vcmphs, -(lane)(x >= y))
V2(U, vcmptst, -(lane)((x & y) != 0))

/* Saturating arithmetic. r is typed by the lane, so that the overflow that
 * the builtin sees is the lane's. */
#define SATURATE(builtin, x, y, limit) __extension__ ({ \
	lane t_; \
	bool o_ = builtin(x, y, &t_); \
	q |= o_; \
	o_ ? (limit) : t_; \
})
Q2(S, vsqadd, SATURATE(__builtin_add_overflow, x, y, x < 0 ? LMIN : LMAX))
Q2(U, vuqadd, SATURATE(__builtin_add_overflow, x, y, LMAX))
Q2(S, vsqsub, SATURATE(__builtin_sub_overflow, x, y, x < 0 ? LMIN : LMAX))
Q2(U, vuqsub, SATURATE(__builtin_sub_overflow, x, y, 0))
/* The builtins take operands of any signedness as the numbers they are. */
#define UNSIGNED_LANE(x)	((uint64_t)(x) & UINT64_MAX >> (64 - LBITS))
#define SIGNED_LANE(x)	((int64_t)((uint64_t)(x) << (64 - LBITS)) \
				>> (64 - LBITS))
Q2(S, vsuqadd, SATURATE(__builtin_add_overflow, x, UNSIGNED_LANE(y), LMAX))
Q2(U, vusqadd, SATURATE(__builtin_add_overflow, x, SIGNED_LANE(y),
	SIGNED_LANE(y) < 0 ? 0 : LMAX))
Q1(S, vsqabs, x >= 0 ? x : SATURATE(__builtin_sub_overflow, 0, x, LMAX))
Q1(S, vsqneg, SATURATE(__builtin_sub_overflow, 0, x, LMAX))
#undef SATURATE
#undef UNSIGNED_LANE
#undef SIGNED_LANE

/* a * 2^bits + 2 * p, rounded if asked, its high half: for lanes of 16 and 32
 * bits, all halved once so that it fits. */
VREF int64_t
vlane_dmulh(int64_t a, int64_t p, bool round, unsigned bits, bool *q)
{
	int64_t half = INT64_C(1) << (bits - 1);
	int64_t sum = a * half + p + (round ? half / 2 : 0);

	return vsat(sum >> (bits - 1), -half, half - 1, q);
}

#define DMULH(name, acc, sub, round) \
	switch (vshape_es(s)) { \
	case ES16: \
		for (unsigned i = 0; i < vshape_lanes(s); i++) \
			r.h[i] = (uint16_t)vlane_dmulh(acc.sh[i], (sub) * \
				(int64_t)b.sh[i] * c.sh[i], round, 16, &q); \
		break; \
	default: \
		for (unsigned i = 0; i < vshape_lanes(s); i++) \
			r.s[i] = (uint32_t)vlane_dmulh(acc.ss[i], (sub) * \
				(int64_t)b.ss[i] * c.ss[i], round, 32, &q); \
	} \
	vsat_note(env, q);

VREF union v128
ref_vsqdmulh(struct fp_env *env, unsigned s, union v128 b, union v128 c)
{
	union v128 r = { .d = { 0, 0 } };
	const union v128 zero = r;
	bool q = false;

	DMULH(vsqdmulh, zero, 1, false)
	return r;
}

VREF union v128
ref_vsqrdmulh(struct fp_env *env, unsigned s, union v128 b, union v128 c)
{
	union v128 r = { .d = { 0, 0 } };
	const union v128 zero = r;
	bool q = false;

	DMULH(vsqrdmulh, zero, 1, true)
	return r;
}

VREF union v128
ref_vsqrdmlah(struct fp_env *env, unsigned s, union v128 a, union v128 b,
	      union v128 c)
{
	union v128 r = { .d = { 0, 0 } };
	bool q = false;

	DMULH(vsqrdmlah, a, 1, true)
	return r;
}

VREF union v128
ref_vsqrdmlsh(struct fp_env *env, unsigned s, union v128 a, union v128 b,
	      union v128 c)
{
	union v128 r = { .d = { 0, 0 } };
	bool q = false;

	DMULH(vsqrdmlsh, a, -1, true)
	return r;
}
#undef DMULH

#include "reference_vperm.h"
#include "reference_vshift.h"
#include "reference_vmisc.h"

#undef V1
#undef V2
#undef Q1
#undef Q1N
#undef Q2
#undef LANES1
#undef LANES2
#undef LANES3
#undef LBITS
#undef LMAX
#undef LMIN
#undef EACH_U
#undef EACH_S
#undef ALL_LANES
#undef SHAPE_LANES
#undef VREF

#endif
