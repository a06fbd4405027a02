/*
 * fp_trap_a64.c - what is invalid, denormal or flushed, in loops that are
 * translated: results, FPSR and condition flags, while ferry goes over from
 * code that lets them trap to code that tests, and FPCR changes; MRS and MSR
 * of FPCR, to what it is and to something else.
 */
#include <math.h>
#include <pthread.h>
#include <stdint.h>

#include "check.h"

#define FZ	(1u << 24)
#define DN	(1u << 25)

#define IOC	1u
#define DZC	2u
#define OFC	4u
#define UFC	8u
#define IXC	16u
#define IDC	128u

#define DEFAULT_NAN	UINT64_C(0x7ff8000000000000)

static uint64_t
bits(double d)
{
	uint64_t v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

static double
number(uint64_t v)
{
	double d;

	memcpy(&d, &v, sizeof(d));
	return d;
}

static unsigned
fpsr(void)
{
	uint64_t v;

	__asm__ volatile("mrs %0, fpsr" : "=r"(v));
	return (unsigned)v;
}

static void
fpsr_set(uint64_t v)
{
	__asm__ volatile("msr fpsr, %0" : : "r"(v));
}

static void
fpcr_set(uint64_t v)
{
	__asm__ volatile("msr fpcr, %0" : : "r"(v));
}

#define DO(op, r, a, b) \
	__asm__ volatile(#op " %d0, %d1, %d2" : "=w"(r) : "w"(a), "w"(b))

/* a - b, where the flags of a comparison live on across it. */
static uint64_t
between(uint64_t x, uint64_t y, double a, double b, double *r)
{
	uint64_t less;

	__asm__ volatile("cmp %2, %3\n\tfsub %d1, %d4, %d5\n\tcset %0, lo"
			 : "=r"(less), "=&w"(*r) : "r"(x), "r"(y), "w"(a),
			   "w"(b) : "cc");
	return less;
}

static void
invalid(void)
{
	double zero = 0, inf = INFINITY, quiet = number(0xfff8000000001234);
	double signal = number(0x7ff0000000004321), r;
	unsigned i;

	for (i = 0; i < 1000; i++) {
		fpsr_set(0);
		DO(fdiv, r, zero, zero);
		CHECK(bits(r) == DEFAULT_NAN && fpsr() == IOC);
		DO(fmul, r, inf, zero);
		CHECK(bits(r) == DEFAULT_NAN);
		/* The signaling one first, made quiet. */
		DO(fadd, r, quiet, signal);
		CHECK(bits(r) == UINT64_C(0x7ff8000000004321));
		fpsr_set(0);
		DO(fadd, r, inf, quiet);
		CHECK(bits(r) == bits(quiet) && fpsr() == 0);
		CHECK(between(i, 500, inf, inf, &r) == (i < 500));
		CHECK(bits(r) == DEFAULT_NAN && fpsr() == IOC);
	}
}

/* By a jump right behind the comparison. */
static int
is_less(double a, double b)
{
	int less = 0;

	__asm__ volatile("fcmpe %d1, %d2\n\tb.pl 1f\n\tmov %w0, 1\n1:"
			 : "+r"(less) : "w"(a), "w"(b) : "cc");
	return less;
}

static void
unordered(void)
{
	unsigned i;

	for (i = 0; i < 1000; i++) {
		fpsr_set(0);
		CHECK(!is_less(i, NAN) && !is_less(NAN, i));
		CHECK(fpsr() == IOC);
		CHECK(is_less(i, i + 1.) && !is_less(i, i));
	}
}

static void
flushing(void)
{
	double denormal = number(0x800fffffffffffff), least = number(1ull << 52);
	double one = 1, half = .5, third = 1 / 3., r;
	int64_t n;
	unsigned i;

	fpcr_set(FZ);
	for (i = 0; i < 300; i++) {
		fpsr_set(0);
		DO(fmul, r, one, half);
		CHECK(r == .5 && fpsr() == 0);
		DO(fadd, r, denormal, one);
		CHECK(r == 1 && fpsr() == IDC);
		fpsr_set(0);
		DO(fmul, r, least, half);
		CHECK(bits(r) == 0 && fpsr() == UFC);
		DO(fmul, r, third, third);
		CHECK(fpsr() == (UFC | IXC));
		DO(fdiv, r, one, denormal);
		CHECK(r == -INFINITY && fpsr() == (UFC | IXC | IDC | DZC));
		fpsr_set(IXC);
		__asm__ volatile("fcvtps %0, %d1" : "=r"(n) : "w"(-denormal));
		CHECK(n == 0 && fpsr() == (IXC | IDC));
		fpsr_set(IXC);
		CHECK(!is_less(NAN, denormal));
		CHECK(fpsr() == (IXC | IOC | IDC));
	}
	fpcr_set(0);
	fpsr_set(0);
	DO(fadd, r, denormal, denormal);
	CHECK(bits(r) == UINT64_C(0x801ffffffffffffe) && fpsr() == 0);
}

static void
default_nan(void)
{
	double quiet = number(0xfff8000000001234), one = 1, r;
	unsigned i;

	for (i = 0; i < 300; i++) {
		fpcr_set(i & 1 ? DN : 0);
		DO(fadd, r, quiet, one);
		CHECK(bits(r) == (i & 1 ? DEFAULT_NAN : bits(quiet)));
	}
	fpcr_set(0);
}

/* 1/3 with FPCR set, mostly to what it is, between a comparison and its use:
 * what fpcr's RMode says. */
static uint64_t
third_with(uint64_t fpcr, uint64_t x, uint64_t y, double *r, uint64_t *less)
{
	uint64_t now;

	__asm__ volatile("cmp %3, %4\n\tmsr fpcr, %5\n\tcset %0, lo\n\t"
			 "fdiv %d1, %d6, %d7\n\tmrs %2, fpcr"
			 : "=&r"(*less), "=&w"(*r), "=&r"(now)
			 : "r"(x), "r"(y), "r"(fpcr), "w"(1.), "w"(3.)
			 : "cc");
	return now;
}

static void
rounding(void)
{
	/* RN RP RM RZ */
	static const uint64_t want[4] = {
		UINT64_C(0x3fd5555555555555), UINT64_C(0x3fd5555555555556),
		UINT64_C(0x3fd5555555555555), UINT64_C(0x3fd5555555555555),
	};
	double r, nan = number(0x7ff4000000000000), zero = 0, one = 1;
	uint64_t less;
	unsigned i;

	for (i = 0; i < 2000; i++) {
		uint64_t mode = i >> 6 & 3;

		fpsr_set(0);
		CHECK(third_with(mode << 22, i & 7, 4, &r, &less) ==
		      mode << 22);
		CHECK(bits(r) == want[mode] && less == ((i & 7) < 4));
		CHECK(fpsr() == IXC);
		DO(fdiv, r, one, zero);
		CHECK(fpsr() == (IXC | DZC));
		if (!(i & 63)) {
			DO(fadd, r, nan, one);
			CHECK(fpsr() == (IXC | DZC | IOC));
		}
		DO(fmul, r, number(3), number(0x8000000000000000));
		CHECK(bits(r) == 0x8000000000000000);
		DO(fmul, r, number(0x7fefffffffffffff), number(1ull << 62));
		CHECK(fpsr() & IXC && fpsr() & OFC);
	}
	/* Bits that are not there. */
	fpcr_set(UINT64_C(0xffffffff00000000));
	CHECK(!(third_with(~UINT64_C(0x07c80000), 0, 0, &r, &less) &
		0x07c80000));
	fpcr_set(0);
	fpsr_set(0);
}

/* Other threads run the same code while it changes. */
static void *
thread(void *arg)
{
	invalid();
	unordered();
	flushing();
	default_nan();
	rounding();
	return arg;
}

int
main(void)
{
	pthread_t t[3];
	unsigned i;

	for (i = 0; i < 3; i++)
		CHECK(pthread_create(&t[i], NULL, thread, NULL) == 0);
	thread(NULL);
	for (i = 0; i < 3; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	check_group("threads");
	return check_done();
}
