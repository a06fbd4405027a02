/*
 * reference_vec.c - those vector operations' references that are too long to
 * inline.
 */
#include "reference_vec.h"

/* Arm ARM: UnsignedRSqrtEstimate(), RecipSqrtEstimate(): of an a of 0.25..1
 * with nine bits, so 128..511. */
static uint32_t
lane_ursqrte(uint32_t x)
{
	uint32_t a = x >> 23, b = 512;

	if (x >> 30 == 0)
		return UINT32_MAX;
	a = a < 256 ? a * 2 + 1 : (a | 1) * 2;
	while (a * (b + 1) * (b + 1) < 1u << 28)
		b++;
	return (b + 1) / 2 << 23;
}

union v128
ref_vursqrte(unsigned s, union v128 a)
{
	union v128 r = { .d = { 0, 0 } };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		r.s[i] = lane_ursqrte(a.s[i]);
	return r;
}
