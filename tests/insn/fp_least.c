/*
 * fp_least.c - results that become the least normal number by being rounded:
 * they are tiny (Arm ARM, FPRound: tininess is detected before rounding), so
 * FPSR has UFC and IXC. x86 detects it after rounding. Exact ones are not.
 *
 * Nothing here makes a NaN, so that translations trust the host's exceptions.
 */
#include <stdint.h>
#include <stdio.h>

#define TINY	0x18u	/* UFC, IXC */
#define LEAST32	0x00800000u
#define LEAST64	0x0010000000000000ul
#define UP	(1u << 22)	/* FPCR: towards plus infinity */

static unsigned failed;

static void
expect(const char *what, uint64_t got, uint64_t want, unsigned fpsr,
       unsigned want_fpsr)
{
	if (got == want && fpsr == want_fpsr)
		return;
	printf("%s: %#lx, FPSR %#x, not %#lx, %#x\n", what, got, fpsr, want,
	       want_fpsr);
	failed++;
}

/* d2 = insn of d0, d1 with these bits, in `lane' if it is a vector of two
 * doubles, or of four singles; a and b are one in the other lanes. */
#define TRY(insn, es, lane, a, b, fpcr, want, flags) do { \
	uint##es##_t x[128 / es], y[128 / es], z[128 / es]; \
	uint64_t fpsr; \
	for (unsigned i = 0; i < 128 / es; i++) \
		x[i] = y[i] = es == 64 ? (uint##es##_t)0x3ff0000000000000 : \
					 (uint##es##_t)0x3f800000; \
	x[lane] = a; \
	y[lane] = b; \
	__asm__ volatile( \
		"msr	fpcr, %4\n" \
		"msr	fpsr, xzr\n" \
		"ldr	q0, [%1]\n" \
		"ldr	q1, [%2]\n" \
		insn "\n" \
		"str	q2, [%3]\n" \
		"mrs	%0, fpsr\n" \
		"msr	fpcr, xzr\n" \
		: "=&r"(fpsr) : "r"(x), "r"(y), "r"(z), "r"((uint64_t)(fpcr)) \
		: "v0", "v1", "v2", "memory"); \
	expect(insn " lane " #lane, z[lane], want, (unsigned)fpsr, flags); \
} while (0)

/* Half of the least, times nearly two; a quotient that is rounded up; what
 * does not need rounding. */
#define TRY_ALL(form32, form64, lane32, lane64) do { \
	TRY("fmul " form32, 32, lane32, 0x1f800001, 0x207ffffe, 0, LEAST32, \
	    TINY); \
	TRY("fmul " form32, 32, lane32, 0x9f800001, 0x207ffffe, 0, \
	    0x80000000 | LEAST32, TINY); \
	TRY("fmul " form32, 32, lane32, 0x1f800000, 0x20800000, 0, LEAST32, \
	    0); \
	TRY("fdiv " form32, 32, lane32, 0x20000000, 0x5f000001, UP, LEAST32, \
	    TINY); \
	TRY("fdiv " form32, 32, lane32, 0x20000000, 0x5f000000, 0, LEAST32, \
	    0); \
	TRY("fmul " form64, 64, lane64, 0x1b50000000000001, \
	    0x24affffffffffffe, 0, LEAST64, TINY); \
	TRY("fmul " form64, 64, lane64, 0x1b50000000000001, \
	    0xa4affffffffffffe, 0, 1ul << 63 | LEAST64, TINY); \
	TRY("fmul " form64, 64, lane64, 0x1b50000000000000, \
	    0x24b0000000000000, 0, LEAST64, 0); \
	TRY("fdiv " form64, 64, lane64, 0x2000000000000000, \
	    0x5fe0000000000001, UP, LEAST64, TINY); \
	TRY("fdiv " form64, 64, lane64, 0x2000000000000000, \
	    0x5fe0000000000000, 0, LEAST64, 0); \
} while (0)

int
main(void)
{
	unsigned turn;

	for (turn = 0; turn < 3; turn++) {
		TRY_ALL("s2, s0, s1", "d2, d0, d1", 0, 0);
		TRY_ALL("v2.2s, v0.2s, v1.2s", "v2.2d, v0.2d, v1.2d", 1, 0);
		TRY_ALL("v2.4s, v0.4s, v1.4s", "v2.2d, v0.2d, v1.2d", 3, 1);
		TRY("fcvt s2, d0", 64, 0, 0x380fffffffffffff, 0, 0, LEAST32,
		    TINY);
		TRY("fcvt s2, d0", 64, 0, 0x3810000000000000, 0, 0, LEAST32,
		    0);
	}
	return failed != 0;
}
