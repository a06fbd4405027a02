/* sieve.c - integer, floating-point and string code for gcc -O2 to chew on. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 200000

struct matrix {
	double m[16][16];
};

static int
primes(void)
{
	static char composite[LIMIT];
	int n = 0;

	for (int i = 2; i < LIMIT; i++) {
		if (composite[i])
			continue;
		n++;
		for (long j = (long)i * i; j < LIMIT; j += i)
			composite[j] = 1;
	}
	return n;
}

static struct matrix
multiply(const struct matrix *a, const struct matrix *b)
{
	struct matrix c;

	memset(&c, 0, sizeof(c));
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 16; j++)
			for (int k = 0; k < 16; k++)
				c.m[i][j] += a->m[i][k] * b->m[k][j];
	return c;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

int
main(void)
{
	struct matrix a, b;
	uint32_t *numbers = malloc(10000 * sizeof(*numbers)), seed = 1;
	uint64_t hash = 14695981039346656037u;
	__int128 wide = 1;
	char text[64];

	printf("%d primes\n", primes());
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 16; j++)
			a.m[i][j] = 1.0 / (i + j + 1);
	b = multiply(&a, &a);
	b = multiply(&b, &a);
	printf("%.12f %.12f\n", b.m[0][0], b.m[15][15]);
	for (int i = 0; i < 10000; i++) {
		seed = seed * 1664525 + 1013904223;
		numbers[i] = seed;
	}
	qsort(numbers, 10000, sizeof(*numbers), compare);
	for (int i = 0; i < 10000; i++)
		hash = (hash ^ numbers[i]) * 1099511628211u;
	printf("%016" PRIx64 "\n", hash);
	for (int i = 0; i < 80; i++)
		wide = wide * 3 + i;
	printf("%016" PRIx64 "%016" PRIx64 "\n", (uint64_t)(wide >> 64),
	       (uint64_t)wide);
	printf("%.15g %.15g %.15g %a\n", sin(1), pow(2, 0.5), lgamma(10.5),
	       fma(0.1, 10, -1));
	snprintf(text, sizeof(text), "%Lf", 1.0L / 3);
	printf("%s %d\n", text, atoi("-42"));
	free(numbers);
	return 0;
}
