/*
 * fp.c - scalar floating point. Compiled without contraction, so that results
 * are the same on both machines to the last bit.
 */
#include <math.h>

#include "kernel.h"

static uint64_t
bits(double d)
{
	uint64_t v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

#define BODIES 5

static uint64_t
nbody(long rounds)
{
	double p[BODIES][3] = { { 0, 0, 0 }, { 4.84, -1.16, -.10 },
		{ 8.34, 4.12, -.4 }, { 12.89, -15.11, -.22 },
		{ 15.37, -25.9, .17 } };
	double v[BODIES][3] = { { 0, 0, 0 }, { .6, 2.8, -.02 },
		{ -1.01, 1.82, .008 }, { 1.08, .86, -.01 },
		{ .97, .59, -.03 } };
	static const double m[BODIES] = { 39.47, .037, .011, .0017, .002 };
	int i, j, k;

	while (rounds--) {
		for (i = 0; i < BODIES; i++)
			for (j = i + 1; j < BODIES; j++) {
				double d[3], s = 0, f;

				for (k = 0; k < 3; k++) {
					d[k] = p[i][k] - p[j][k];
					s += d[k] * d[k];
				}
				f = .001 / (s * sqrt(s));
				for (k = 0; k < 3; k++) {
					v[i][k] -= d[k] * m[j] * f;
					v[j][k] += d[k] * m[i] * f;
				}
			}
		for (i = 0; i < BODIES; i++)
			for (k = 0; k < 3; k++)
				p[i][k] += .001 * v[i][k];
	}
	return bits(p[0][0]) ^ bits(v[3][2]);
}

static uint64_t
mandelbrot(long rounds)
{
	uint64_t sum = 0;
	int x, y, i;

	while (rounds--)
		for (y = 0; y < 64; y++)
			for (x = 0; x < 64; x++) {
				double cr = x / 32. - 1.5, ci = y / 32. - 1;
				double r = 0, m = 0, t;

				for (i = 0; i < 100 && r * r + m * m < 4; i++) {
					t = r * r - m * m + cr;
					m = 2 * r * m + ci;
					r = t;
				}
				sum += (uint64_t)i;
			}
	return sum;
}

static uint64_t
spectral(long rounds)
{
	double u[100], v[100];
	int i, j;

	for (i = 0; i < 100; i++)
		u[i] = 1;
	while (rounds--) {
		for (i = 0; i < 100; i++) {
			double s = 0;

			for (j = 0; j < 100; j++)
				s += u[j] / ((i + j) * (i + j + 1) / 2 + i + 1);
			v[i] = s;
		}
		for (i = 0; i < 100; i++)
			u[i] = v[i] / v[0];
	}
	return bits(u[99]);
}

/* Between integers, float and double, with rounding. */
static uint64_t
convert(long rounds)
{
	uint64_t sum = 0;
	int i;

	while (rounds--)
		for (i = 1; i < 1000; i++) {
			float f = (float)i * 1.25f;
			double d = f + 0.5;
			int32_t w = (int32_t)(d * 3);

			sum += (uint64_t)(int64_t)(d / 7) + (uint32_t)w;
			sum ^= (uint64_t)((float)d < (float)w ? i : w);
		}
	return sum;
}

/* Horner's rule, by fused multiply-add where the machine has it. */
#ifdef __x86_64__
__attribute__((target("fma")))
#endif
static uint64_t
fused(long rounds)
{
	double sum = 0;
	int i;

	while (rounds--)
		for (i = 0; i < 1000; i++) {
			double x = i * .001, y = .25;

			y = __builtin_fma(y, x, .5);
			y = __builtin_fma(y, x, -.125);
			y = __builtin_fma(y, x, .0625);
			y = __builtin_fma(y, x, -1);
			y = __builtin_fma(y, x, 3);
			sum += y;
		}
	return bits(sum);
}

/* The C library's functions, to a precision on which all builds agree. */
static uint64_t
libm(long rounds)
{
	double sum = 0;
	int i;

	while (rounds--)
		for (i = 1; i < 1000; i++) {
			double x = i * .01;

			sum += sin(x) + exp(-x) + log(x) + pow(x, .3) +
			       floor(x * 7);
		}
	return (uint64_t)(int64_t)(sum / 1000);
}

const struct kernel kernels[] = {
	{ "nbody", nbody, 2000000 },
	{ "mandelbrot", mandelbrot, 300 },
	{ "spectral", spectral, 10000 },
	{ "convert", convert, 50000 },
	{ "fused", fused, 80000 },
	{ "libm", libm, 4000 },
	{ NULL, NULL, 0 },
};
