/*
 * sem_simd.h - Advanced SIMD on integers: what every part shares, and the
 * parts by chapter of the manual's decode tables (Arm ARM C4.1.96).
 *
 * Most functions here are alike: an operation on vectors of the shape that Q
 * and size give, or on scalars. The families are therefore macros that define
 * whole functions. An instruction's operands are all read before its result
 * is written, so Rd may be a source.
 */
#ifndef FERRY_A64_SEM_SIMD_H
#define FERRY_A64_SEM_SIMD_H

/* A semantic function, whose operands are *o. */
#define VSEM(name) \
OP void \
sem_##name(sem_ctx *s, const struct a64_##name *o)

OP vval
vzero(sem_ctx *s)
{
	return vimm(s, 0, 0);
}

/* The 128-bit shape of elements twice as wide as `size'. */
OP unsigned
vwide(unsigned size)
{
	return vfull(1, size + 1);
}

/* The half of register n that a widening instruction reads (upper: the
 * "2" form), in the low half. */
OP vval
vhalf(sem_ctx *s, unsigned upper, unsigned n)
{
	vval v = vr(s, n);

	return upper ? vext(s, vfull(1, ES8), v, v, 8) : v;
}

/* Writes the result of a narrowing instruction: v, of 64 bits, alone or
 * (upper: the "2" form) over a low half that stays. */
OP void
vw_half(sem_ctx *s, unsigned upper, unsigned n, vval v)
{
	if (upper)
		v = vzip1(s, vfull(1, ES64), vr(s, n), v);
	vw(s, n, v);
}

/* a + b * c and a - b * c. */
OP vval
vmla(sem_ctx *s, unsigned shape, vval a, vval b, vval c)
{
	return vadd(s, shape, a, vmul(s, shape, b, c));
}

OP vval
vmls(sem_ctx *s, unsigned shape, vval a, vval b, vval c)
{
	return vsub(s, shape, a, vmul(s, shape, b, c));
}

#include "sem_simd_three.h"
#include "sem_simd_misc.h"
#include "sem_simd_shift.h"
#include "sem_simd_perm.h"

#endif
