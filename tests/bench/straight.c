/*
 * straight.c - nanoseconds per guest instruction on straight integer code.
 *
 * A loop of 1000 instructions without branches, in equal parts additions,
 * logic, shifts and moves with dependencies like a compiler's. Built for the
 * guest it says what one guest instruction costs; natively, the same mix of
 * the host's.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TIMES10(x)	x x x x x x x x x x
#ifdef __aarch64__
#define STEP						\
	"add	%0, %0, %1\n"				\
	"eor	%1, %1, %2\n"				\
	"add	%2, %2, #13\n"				\
	"lsl	%3, %0, #3\n"				\
	"and	%3, %3, %2\n"				\
	"sub	%1, %1, %3\n"				\
	"orr	%2, %2, %0, lsr #7\n"			\
	"mov	%3, %1\n"				\
	"ubfx	%3, %3, #4, #20\n"			\
	"add	%0, %0, %3\n"
#else
#define STEP						\
	"add	%1, %0\n"				\
	"xor	%2, %1\n"				\
	"add	$13, %2\n"				\
	"lea	(,%0,8), %3\n"				\
	"and	%2, %3\n"				\
	"sub	%3, %1\n"				\
	"or	%0, %2\n"				\
	"mov	%1, %3\n"				\
	"shr	$4, %3\n"				\
	"add	%3, %0\n"
#endif

int
main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 20000;
	uint64_t a = 1, b = 2, c = 3, d = 4;
	struct timespec t0, t1;

	clock_gettime(CLOCK_MONOTONIC, &t0);
	for (long i = 0; i < rounds; i++)
		__asm__ volatile(TIMES10(TIMES10(STEP))
				 : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
	clock_gettime(CLOCK_MONOTONIC, &t1);
	printf("%.3f\n", ((t1.tv_sec - t0.tv_sec) * 1e9 +
			  (t1.tv_nsec - t0.tv_nsec)) / (rounds * 1000.0));
	return 0;
}
