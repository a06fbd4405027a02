/*
 * integer.c - integer code as compilers make it: loops, compares, shifts,
 * multiplications, divisions and memory.
 */
#include "kernel.h"

#define N 4096

static uint8_t composite[1 << 18];

static uint64_t
sieve(long rounds)
{
	uint64_t sum = 0;

	while (rounds--) {
		uint32_t i, k;

		memset(composite, 0, sizeof(composite));
		for (i = 2; i * i < sizeof(composite); i++)
			if (!composite[i])
				for (k = i * i; k < sizeof(composite); k += i)
					composite[k] = 1;
		for (i = 2; i < sizeof(composite); i++)
			sum += composite[i] ? 0 : i;
	}
	return sum;
}

static void
quicksort(uint32_t *lo, uint32_t *hi)
{
	while (hi - lo > 1) {
		uint32_t pivot = lo[(hi - lo) / 2], *l = lo, *r = hi - 1;

		while (l <= r) {
			while (*l < pivot)
				l++;
			while (*r > pivot)
				r--;
			if (l <= r) {
				uint32_t t = *l;

				*l++ = *r;
				*r-- = t;
			}
		}
		quicksort(lo, r + 1);
		lo = l;
	}
}

static uint64_t
sort(long rounds)
{
	static uint32_t v[1 << 15];
	uint64_t x = 88172645463325252, sum = 0;
	unsigned i;

	while (rounds--) {
		for (i = 0; i < 1 << 15; i++)
			v[i] = (uint32_t)next_random(&x);
		quicksort(v, v + (1 << 15));
		for (i = 0; i < 1 << 15; i++)
			sum = sum * 31 + v[i];
	}
	return sum;
}

static uint64_t
hash(long rounds)
{
	static uint8_t text[N];
	uint64_t x = 1, h = 14695981039346656037u;
	unsigned i;

	for (i = 0; i < N; i++)
		text[i] = (uint8_t)next_random(&x);
	while (rounds--) {
		for (i = 0; i < N; i++)
			h = (h ^ text[i]) * 1099511628211u;
		for (i = 0; i + 8 <= N; i += 8) {
			uint64_t w;

			memcpy(&w, text + i, 8);
			w *= 0x9fb21c651e98df25u;
			w ^= w >> 32 | w << 29;
			h = (h ^ w) * 0x9e3779b97f4a7c15u;
		}
	}
	return h;
}

static uint64_t
crc(long rounds)
{
	uint32_t table[256], c = ~0u;
	unsigned i, k;

	for (i = 0; i < 256; i++) {
		uint32_t v = i;

		for (k = 0; k < 8; k++)
			v = v & 1 ? v >> 1 ^ 0xedb88320u : v >> 1;
		table[i] = v;
	}
	while (rounds--)
		for (i = 0; i < N; i++)
			c = table[(c ^ i) & 255] ^ c >> 8;
	return c;
}

static uint64_t
divide(long rounds)
{
	uint64_t sum = 0, i;

	while (rounds--) {
		for (i = 1; i < 2000; i++) {
			uint64_t a = i * 2654435761u + 12345, b = i | 1;

			while (b) {
				uint64_t r = a % b;

				a = b;
				b = r;
			}
			sum += a;
		}
	}
	return sum;
}

/* Branches that depend on data. */
static uint64_t
branches(long rounds)
{
	uint64_t steps = 0, n;

	while (rounds--) {
		for (n = 1; n < 3000; n++) {
			uint64_t x = n;

			while (x != 1) {
				x = x & 1 ? 3 * x + 1 : x / 2;
				steps++;
			}
		}
	}
	return steps;
}

static uint64_t
matrix(long rounds)
{
	static int32_t a[64][64], b[64][64], c[64][64];
	unsigned i, j, k;
	uint64_t sum = 0;

	for (i = 0; i < 64; i++)
		for (j = 0; j < 64; j++) {
			a[i][j] = (int)(i * 3 + j);
			b[i][j] = (int)(i ^ j);
		}
	while (rounds--) {
		for (i = 0; i < 64; i++)
			for (j = 0; j < 64; j++) {
				int32_t s = 0;

				for (k = 0; k < 64; k++)
					s += a[i][k] * b[k][j];
				c[i][j] = s;
			}
		a[rounds & 63][1] ^= c[3][5];
		sum += (uint32_t)c[7][9];
	}
	return sum;
}

const struct kernel kernels[] = {
	{ "sieve", sieve, 300 },
	{ "sort", sort, 110 },
	{ "hash", hash, 32000 },
	{ "crc", crc, 20000 },
	{ "divide", divide, 3000 },
	{ "branches", branches, 600 },
	{ "matrix", matrix, 2500 },
	{ NULL, NULL, 0 },
};
