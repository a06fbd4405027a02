/*
 * vector.c - loops that gcc -O3 vectorises: SSE2 natively, NEON in the guest.
 */
#include "kernel.h"

#define N 4096

static uint8_t bytes1[N], bytes2[N], bytes3[N];
static int16_t half1[N], half2[N];
static int32_t word1[N], word2[N], word3[N];
static float f1[N], f2[N], f3[N];
static double d1[N], d2[N];

static void
fill(void)
{
	uint64_t x = 99;
	int i;

	for (i = 0; i < N; i++) {
		uint64_t r = next_random(&x);

		bytes1[i] = (uint8_t)r;
		bytes2[i] = (uint8_t)(r >> 8);
		half1[i] = (int16_t)(r >> 16);
		half2[i] = (int16_t)(r >> 32);
		word1[i] = (int32_t)(r >> 5);
		word2[i] = (int32_t)(r >> 17);
		f1[i] = (float)(r & 1023) * .5f;
		f2[i] = (float)(r >> 10 & 1023) * .25f + 1;
		d1[i] = f1[i] * 1.5;
		d2[i] = f2[i] + .25;
	}
}

/* What an encoder does: sum of absolute differences, blending. */
static uint64_t
pixels(long rounds)
{
	uint64_t sum = 0;
	int i;

	fill();
	while (rounds--) {
		uint32_t s = 0;

		for (i = 0; i < N; i++)
			s += (uint32_t)abs(bytes1[i] - bytes2[i]);
		for (i = 0; i < N; i++)
			bytes3[i] = (uint8_t)((bytes1[i] + bytes2[i] + 1) >> 1);
		for (i = 0; i < N; i++)
			bytes1[i] = bytes3[i] > bytes2[i] ? bytes3[i] :
							    bytes2[i] + 3;
		sum += s;
	}
	return sum;
}

static uint64_t
dot(long rounds)
{
	uint64_t sum = 0;
	int i;

	fill();
	while (rounds--) {
		int32_t s = 0;

		for (i = 0; i < N; i++)
			s += half1[i] * half2[i] >> 4;
		half1[rounds & (N - 1)] ^= (int16_t)s;
		sum += (uint32_t)s;
	}
	return sum;
}

static uint64_t
words(long rounds)
{
	uint32_t s = 0;
	int i;

	fill();
	while (rounds--) {
		for (i = 0; i < N; i++)
			word3[i] = (word1[i] << 3) ^ (word2[i] >> 2);
		for (i = 0; i < N; i++)
			word1[i] = (int32_t)((uint32_t)word3[i] +
					     (uint32_t)word2[i] * 5u);
		for (i = 0; i < N; i++)
			s += (uint32_t)(word1[i] > word2[i] ? word1[i] :
							      word3[i]);
	}
	return s;
}

static uint64_t
saxpy(long rounds)
{
	float s = 0;
	int i;

	fill();
	while (rounds--) {
		for (i = 0; i < N; i++)
			f3[i] = f1[i] * 1.0625f + f2[i];
		for (i = 0; i < N; i++)
			f1[i] = f3[i] / f2[i] - f1[i] * .25f;
		s += f1[rounds & (N - 1)];
	}
	return (uint64_t)(int64_t)(s * 1000);
}

static uint64_t
daxpy(long rounds)
{
	double s = 0;
	int i;

	fill();
	while (rounds--) {
		for (i = 0; i < N; i++)
			d1[i] = d1[i] * .5 + d2[i];
		for (i = 0; i < N; i++)
			d2[i] = d1[i] > d2[i] ? d2[i] + .0625 : d1[i];
		s = s * .5 + d1[rounds & (N - 1)];
	}
	return (uint64_t)(int64_t)(s * 1000);
}

/* Widening and narrowing. */
static uint64_t
widen(long rounds)
{
	uint32_t s = 0;
	int i;

	fill();
	while (rounds--) {
		for (i = 0; i < N; i++)
			word1[i] = half1[i] + bytes1[i];
		for (i = 0; i < N; i++)
			half1[i] = (int16_t)(word1[i] >> 1);
		for (i = 0; i < N; i++)
			f1[i] = (float)word1[i];
		s += (uint32_t)word1[rounds & (N - 1)];
	}
	return s + (uint64_t)(int64_t)f1[7];
}

const struct kernel kernels[] = {
	{ "pixels", pixels, 300000 },
	{ "dot", dot, 250000 },
	{ "words", words, 80000 },
	{ "saxpy", saxpy, 80000 },
	{ "daxpy", daxpy, 30000 },
	{ "widen", widen, 100000 },
	{ NULL, NULL, 0 },
};
