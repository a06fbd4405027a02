/*
 * carry_a64.c - numbers of many words: adcs and sbcs in chains, with and
 * without something in between that changes the host's flags, and the high
 * half of products, on registers of every kind.
 */
#include <stdint.h>

#include "check.h"

typedef unsigned __int128 u128;

static uint64_t state = 88172645463325252u;

/* Often with long runs of ones or zeros, so that carries go far. */
static uint64_t
word(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	switch (state >> 60) {
	case 0: case 1: case 2: case 3:
		return UINT64_MAX;
	case 4: case 5: case 6:
		return 0;
	}
	return state;
}

/* c = a + b, or a + ~b + 1; the carry. */
static unsigned
by_c(uint64_t *c, const uint64_t *a, const uint64_t *b, unsigned minus)
{
	unsigned carry = minus, i;

	for (i = 0; i < 4; i++) {
		u128 sum = (u128)a[i] + (minus ? ~b[i] : b[i]) + carry;

		c[i] = (uint64_t)sum;
		carry = (unsigned)(sum >> 64);
	}
	return carry;
}

/* N Z C V of the last step. */
static unsigned
nzcv_of(uint64_t c, uint64_t a, uint64_t b, unsigned carry, unsigned minus)
{
	uint64_t v = (c ^ a) & (c ^ (minus ? ~b : b));

	return (unsigned)(c >> 63) << 3 | (c == 0) << 2 | carry << 1 |
	       (unsigned)(v >> 63);
}

/* Registers that ferry keeps in the host's, and others, in either role. */
#define CHAIN(first, next, between) \
	__asm__ volatile("ldp x0, x19, [%2]\n\tldp x14, x25, [%2, 16]\n\t" \
			 "ldp x5, x6, [%3]\n\tldp x1, x26, [%3, 16]\n\t" \
			 first " x2, x0, x5\n\t" between \
			 next " x19, x19, x6\n\t" between \
			 next " x14, x14, x1\n\t" \
			 next " x26, x25, x26\n\tmrs %0, nzcv\n\t" \
			 "stp x2, x19, [%1]\n\tstp x14, x26, [%1, 16]" \
			 : "=&r"(nzcv) : "r"(got), "r"(a), "r"(b) \
			 : "x0", "x1", "x2", "x5", "x6", "x14", "x19", "x25", \
			   "x26", "x7", "cc", "memory")

static void
chains(void)
{
	uint64_t a[4], b[4], want[4], got[4], nzcv;
	unsigned i, j, carry, minus;

	for (i = 0; i < 4000; i++) {
		for (j = 0; j < 4; j++) {
			a[j] = word();
			b[j] = word();
		}
		minus = i & 1;
		carry = by_c(want, a, b, minus);
		if (i % 4 == 0)
			CHAIN("adds", "adcs", "");
		else if (i % 4 == 1)
			CHAIN("subs", "sbcs", "");
		else if (i % 4 == 2)
			CHAIN("adds", "adcs", "mul x7, x5, x6\n\t");
		else
			CHAIN("subs", "sbcs", "ldr x7, [%2]\n\t");
		CHECK(!memcmp(want, got, sizeof(got)));
		CHECK(nzcv >> 28 == nzcv_of(want[3], a[3], b[3], carry,
					    minus));
	}
}

/* 32 bits, the zero register, the result thrown away. */
static void
words(void)
{
	unsigned i;

	for (i = 0; i < 2000; i++) {
		uint64_t a = word(), b = word(), r, neg, nzcv;
		unsigned carry = (uint32_t)a >= (uint32_t)b;
		uint32_t want = (uint32_t)a + ~(uint32_t)b + carry;

		__asm__("cmp %w3, %w4\n\tsbcs %w0, %w3, %w4\n\tmrs %2, nzcv\n\t"
			"ngcs %1, %4\n\tadcs xzr, xzr, %3"
			: "=&r"(r), "=&r"(neg), "=&r"(nzcv)
			: "r"(a), "r"(b) : "cc");
		CHECK(r == want);
		CHECK((nzcv >> 31 & 1) == want >> 31 &&
		      (nzcv >> 30 & 1) == (want == 0));
		carry = (unsigned)(nzcv >> 29 & 1);
		CHECK(neg == ~b + carry);
		__asm__("cmn %2, %3\n\tmov x25, %2\n\tadc x26, x25, xzr\n\t"
			"adc x25, x25, x26\n\tsbc %0, x25, x26\n\t"
			"adc %w1, w26, w25"
			: "=&r"(r), "=&r"(neg)
			: "r"(a), "r"(b) : "x25", "x26", "cc");
		carry = a + b < a;
		CHECK(r == a + carry - !carry);
		CHECK(neg == (uint32_t)(3 * a + 4 * carry));
	}
}

static void
products(void)
{
	unsigned i;

	for (i = 0; i < 2000; i++) {
		uint64_t a = word(), b = word(), high, shigh, q, rest;
		uint32_t w;

		__asm__("mov x25, %5\n\tmov x26, %6\n\tumulh x27, x25, x26\n\t"
			"mov %0, x27\n\tsmulh x27, x25, x26\n\tmov %1, x27\n\t"
			"udiv x27, x25, x26\n\tmov %2, x27\n\t"
			"msub x28, x27, x26, x25\n\tmov %3, x28\n\t"
			"madd w27, w25, w26, w28\n\tmov %w4, w27"
			: "=&r"(high), "=&r"(shigh), "=&r"(q), "=&r"(rest),
			  "=&r"(w)
			: "r"(a), "r"(b) : "x25", "x26", "x27", "x28");
		CHECK(high == (uint64_t)((u128)a * b >> 64));
		CHECK(shigh == (uint64_t)((__int128)(int64_t)a * (int64_t)b >>
					  64));
		CHECK(q == (b ? a / b : 0) && rest == a - q * b);
		CHECK(w == (uint32_t)(a * b + rest));
	}
}

int
main(void)
{
	chains();
	check_group("chains of carries");
	words();
	check_group("words");
	products();
	check_group("products");
	return check_done();
}
