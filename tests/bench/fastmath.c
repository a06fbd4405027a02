/*
 * fastmath.c - code compiled with -Ofast, whose start-up has denormal numbers
 * flushed to zero, as signal processing wants it. No expression leaves the
 * compiler a choice that would change a result.
 */
#include "kernel.h"

#define N 2048

static uint64_t
sum_of(const float *v)
{
	uint64_t sum = 0;
	uint32_t b;
	int i;

	for (i = 0; i < N; i++) {
		memcpy(&b, &v[i], sizeof(b));
		sum = sum * 31 + b;
	}
	return sum;
}

/* Echoes that fade away until they are flushed: loops of vectors. */
static uint64_t
echoes(long rounds)
{
	static float line[N], gain[N];
	uint64_t x = 42;
	int i;

	for (i = 0; i < N; i++)
		gain[i] = (float)(next_random(&x) >> 40) * 0x1p-24f;
	while (rounds--) {
		if (rounds % 512 == 0)
			for (i = 0; i < N; i++)
				line[i] += 1;
		for (i = 0; i < N; i++)
			line[i] = line[i] * gain[i];
	}
	return sum_of(line);
}

/* A resonator rung again and again: one number after the other. */
static uint64_t
resonator(long rounds)
{
	static float out[N];
	float low = 0, band = 0;
	int i;

	while (rounds--) {
		band += 1;
		for (i = 0; i < N; i++) {
			low = low + .25f * band;
			band = band * .75f - .25f * low;
			out[i] = low;
		}
	}
	return sum_of(out);
}

const struct kernel kernels[] = {
	{ "echoes", echoes, 500000 },
	{ "resonator", resonator, 15000 },
	{ NULL, NULL, 0 },
};
