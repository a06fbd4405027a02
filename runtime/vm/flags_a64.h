/*
 * flags_a64.h - NZCV out of what produced it.
 *
 * The one place that knows what each kind of lazy flags (enum a64_flag_kind)
 * means; signal frames, MRS and the interpreter's conditions all come here.
 * Pure functions, safe anywhere. Operands of 32-bit kinds are zero-extended.
 */
#ifndef FERRY_FLAGS_A64_H
#define FERRY_FLAGS_A64_H

#include "cpu_a64.h"

#define A64_N	(1u << 31)
#define A64_Z	(1u << 30)
#define A64_C	(1u << 29)
#define A64_V	(1u << 28)

static inline uint32_t
a64_nzcv_pack(bool n, bool z, bool c, bool v)
{
	return (uint32_t)n << 31 | (uint32_t)z << 30 | (uint32_t)c << 29 |
	       (uint32_t)v << 28;
}

/* NZCV in bits 31..28, all other bits zero. */
static inline uint32_t
a64_flags_nzcv(uint32_t kind, uint64_t a, uint64_t b)
{
	uint64_t r;
	uint32_t w;

	switch ((enum a64_flag_kind)kind) {
	case FLAG_ADD32:
		w = (uint32_t)a + (uint32_t)b;
		return a64_nzcv_pack(w >> 31, !w, w < (uint32_t)a,
				     (~(a ^ b) & (a ^ w)) >> 31 & 1);
	case FLAG_ADD64:
		r = a + b;
		return a64_nzcv_pack(r >> 63, !r, r < a,
				     (~(a ^ b) & (a ^ r)) >> 63);
	case FLAG_SUB32:
		w = (uint32_t)a - (uint32_t)b;
		return a64_nzcv_pack(w >> 31, !w, (uint32_t)a >= (uint32_t)b,
				     ((a ^ b) & (a ^ w)) >> 31 & 1);
	case FLAG_SUB64:
		r = a - b;
		return a64_nzcv_pack(r >> 63, !r, a >= b,
				     ((a ^ b) & (a ^ r)) >> 63);
	case FLAG_LOGIC32:
		return a64_nzcv_pack(a >> 31 & 1, !(uint32_t)a, false, false);
	case FLAG_LOGIC64:
		return a64_nzcv_pack(a >> 63, !a, false, false);
	case FLAG_FCMP:
		if (a >> 10 & 1)
			return A64_C | A64_V;
		return a >> 8 & 1 ? A64_N : a >> 14 & 1 ? A64_Z | A64_C : A64_C;
	case FLAG_NZCV:
		break;
	}
	return a & (A64_N | A64_Z | A64_C | A64_V);
}

#endif
