/*
 * vec_lanes.h - boundary values in the lanes of a vector, for tests of the
 * operations on them. Lanes are computed as exact numbers of 128 bits.
 */
#ifndef TEST_VEC_LANES_H
#define TEST_VEC_LANES_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../translator/ir/reference_vec.h"

typedef __int128 wide;

static const unsigned shapes[] = {
	VSHAPE(ES8, 1), VSHAPE(ES8, 8), VSHAPE(ES8, 16),
	VSHAPE(ES16, 1), VSHAPE(ES16, 4), VSHAPE(ES16, 8),
	VSHAPE(ES32, 1), VSHAPE(ES32, 2), VSHAPE(ES32, 4),
	VSHAPE(ES64, 1), VSHAPE(ES64, 2),
};

#define FOR_EACH_SHAPE(s) \
	for (unsigned s##_i = 0, s; s##_i < ARRAY_SIZE(shapes) && \
	     (s = shapes[s##_i], true); s##_i++)

enum { NR_VALUES = 18 };

/* The k-th boundary value of so many bits. */
static inline uint64_t
value(unsigned bits, unsigned k)
{
	uint64_t mask = UINT64_MAX >> (64 - bits);
	uint64_t top = UINT64_C(1) << (bits - 1);
	const uint64_t v[NR_VALUES] = {
		0, 1, 2, 3, mask, mask - 1, mask - 6, top, top + 1, top - 1,
		top - 2, mask / 3, mask / 3 * 2, bits - 1, bits, bits + 1,
		-(uint64_t)bits & mask, UINT64_C(0x9e3779b97f4a7c15) & mask,
	};

	return v[k % NR_VALUES];
}

static inline unsigned
width(unsigned s)
{
	return 8u << vshape_es(s);
}

static inline uint64_t
get(unsigned es, union v128 v, unsigned i)
{
	uint64_t r = 0;

	memcpy(&r, v.b + (i << es), 1u << es);
	return r;
}

static inline void
set(unsigned es, union v128 *v, unsigned i, uint64_t x)
{
	memcpy(v->b + (i << es), &x, 1u << es);
}

static inline wide
sign(unsigned bits, uint64_t x)
{
	return x >> (bits - 1) & 1 ? (wide)x - ((wide)1 << bits) : (wide)x;
}

static inline uint64_t
cut(unsigned bits, wide x)
{
	return (uint64_t)x & UINT64_MAX >> (64 - bits);
}

/* Lanes from value k on, in steps; above the shape the most troublesome
 * ones. */
static inline union v128
operand(unsigned s, unsigned k, unsigned step)
{
	unsigned es = vshape_es(s);
	union v128 v;

	memset(&v, 0x80, sizeof(v));
	for (unsigned i = 0; i < vshape_lanes(s); i++)
		set(es, &v, i, value(8u << es, k + i * step));
	return v;
}

static inline void
check_above(unsigned s, union v128 r)
{
	for (unsigned i = vshape_bits(s) / 8; i < 16; i++)
		ck_assert_uint_eq(r.b[i], 0);
}

#define SLIMIT(w)	(((wide)1 << ((w) - 1)) - 1)

static inline uint64_t
saturate(unsigned w, bool is_unsigned, wide x, bool *q)
{
	wide max = is_unsigned ? 2 * SLIMIT(w) + 1 : SLIMIT(w);
	wide min = is_unsigned ? 0 : ~SLIMIT(w);

	*q |= x > max || x < min;
	return cut(w, x > max ? max : x < min ? min : x);
}

#endif
