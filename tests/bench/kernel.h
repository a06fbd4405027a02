/*
 * kernel.h - what the benchmark programs share: a table of kernels and a main
 * that runs one by its name.
 *
 *	PROGRAM KERNEL [ROUNDS]
 *
 * A kernel does a fixed amount of work per round and returns a checksum, the
 * same on every machine. Rounds are chosen for some 0.2 seconds natively.
 */
#ifndef BENCH_KERNEL_H
#define BENCH_KERNEL_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kernel {
	const char *name;
	uint64_t (*run)(long rounds);
	long rounds;
};

/* Of the program; ends with a NULL name. */
extern const struct kernel kernels[];

/* The same pseudo-random numbers everywhere. */
static inline uint64_t
next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

int
main(int argc, char **argv)
{
	const struct kernel *k;

	for (k = kernels; argc > 1 && k->name; k++) {
		if (strcmp(k->name, argv[1]) != 0)
			continue;
		printf("%s %016" PRIx64 "\n", k->name,
		       k->run(argc > 2 ? atol(argv[2]) : k->rounds));
		return 0;
	}
	fprintf(stderr, "usage: %s KERNEL [ROUNDS]\n", argv[0]);
	for (k = kernels; k->name; k++)
		fprintf(stderr, "\t%s\n", k->name);
	return 2;
}

#endif
