/*
 * base_flags.c - the flags that are found where a conditional branch goes to,
 * and behind it: of each sort of comparison, of registers that the host keeps
 * in registers and of others, of constants; prefetches, which do nothing.
 *
 * TEST-CFLAGS: -O1
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(c) \
	((c) ? (void)0 : (printf("line %d: %s\n", __LINE__, #c), exit(1)))

static const uint64_t values[] = {
	0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
	0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff,
	0xffffffff00000001,
};

#define NR (sizeof(values) / sizeof(values[0]))

/* What the instruction leaves if nothing comes between. */
#define DIRECT(insn, a, b, x, y) ({ \
	uint64_t nzcv; \
	register uint64_t p __asm__(x) = a; \
	register uint64_t q __asm__(y) = b; \
	__asm__ volatile(insn "\n	mrs %0, nzcv\n" \
			 : "=&r"(nzcv), "+r"(p), "+r"(q) : : "cc"); \
	nzcv; })

/* Whether the branch was taken, and what is found behind it or there. */
#define BRANCH(insn, cond, between, a, b, x, y) ({ \
	uint64_t nzcv, taken; \
	register uint64_t p __asm__(x) = a; \
	register uint64_t q __asm__(y) = b; \
	__asm__ volatile("	mov %1, #1\n" \
			 "	" insn "\n" \
			 between \
			 "	b." cond " 1f\n" \
			 "	mov %1, #0\n" \
			 "	add %1, %1, #0\n" \
			 "1:	mrs %0, nzcv\n" \
			 : "=&r"(nzcv), "=&r"(taken), "+r"(p), "+r"(q) \
			 : : "cc", "memory"); \
	nzcv | taken; })

static int
holds(unsigned cond, uint64_t nzcv)
{
	int n = nzcv >> 31 & 1, z = nzcv >> 30 & 1;
	int c = nzcv >> 29 & 1, v = nzcv >> 28 & 1, r;

	switch (cond >> 1) {
	case 0:
		r = z;
		break;
	case 1:
		r = c;
		break;
	case 2:
		r = n;
		break;
	case 3:
		r = v;
		break;
	case 4:
		r = c && !z;
		break;
	case 5:
		r = n == v;
		break;
	default:
		r = n == v && !z;
	}
	return r ^ (cond & 1);
}

#define ONE(insn, cond, n, between, x, y) do { \
	uint64_t want = DIRECT(insn, a, b, x, y); \
	CHECK(BRANCH(insn, cond, between, a, b, x, y) == \
	      (want | (uint64_t)holds(n, want))); \
} while (0)

/* The operands are x and y; y, or neither, is changed in between. */
#define PAIR(insn, x, y) do { \
	ONE(insn, "eq", 0, "", x, y); \
	ONE(insn, "ne", 1, "", x, y); \
	ONE(insn, "hs", 2, "", x, y); \
	ONE(insn, "mi", 4, "", x, y); \
	ONE(insn, "vs", 6, "", x, y); \
	ONE(insn, "ls", 9, "	mov " y ", #5\n", x, y); \
	ONE(insn, "lt", 11, "	eor " y ", " y ", " x "\n", x, y); \
	ONE(insn, "gt", 12, "", x, y); \
} while (0)

#define SORTS(n, m) do { \
	PAIR("cmp x" n ", x" m, "x" n, "x" m); \
	PAIR("cmp w" n ", w" m, "x" n, "x" m); \
	PAIR("cmp x" n ", #1", "x" n, "x" m); \
	PAIR("cmp w" n ", #2", "x" n, "x" m); \
	PAIR("cmn x" n ", x" m, "x" n, "x" m); \
	PAIR("cmn w" n ", #1", "x" n, "x" m); \
	PAIR("tst x" n ", x" m, "x" n, "x" m); \
	PAIR("tst w" n ", w" m, "x" n, "x" m); \
	PAIR("tst x" n ", #0x8000000000000000", "x" n, "x" m); \
	PAIR("subs x" m ", x" n ", x" m, "x" n, "x" m); \
	PAIR("adds w" m ", w" m ", #1", "x" n, "x" m); \
	PAIR("ands x" m ", x" n ", x" m, "x" n, "x" m); \
} while (0)

static void __attribute__((noinline))
test_in_registers(uint64_t a, uint64_t b)
{
	SORTS("1", "2");
}

static void __attribute__((noinline))
test_in_memory(uint64_t a, uint64_t b)
{
	SORTS("10", "11");
}

static void __attribute__((noinline))
test_mixed(uint64_t a, uint64_t b)
{
	SORTS("3", "12");
	SORTS("13", "4");
}

/* A loop whose branch back finds flags that its first instruction reads. */
static void __attribute__((noinline))
test_loop(void)
{
	uint64_t seen = 0, last = 0;

	__asm__ volatile("	mov x9, #20\n"
			 "	cmp x9, #0\n"
			 "1:	mrs x10, nzcv\n"
			 "	orr %0, %0, x10\n"
			 "	sub x9, x9, #1\n"
			 "	cmp x9, #10\n"
			 "	b.ne 1b\n"
			 "	mrs %1, nzcv\n"
			 : "+r"(seen), "=r"(last) : : "x9", "x10", "cc");
	CHECK(seen == 0x20000000 && last == 0x60000000);
}

static void __attribute__((noinline))
test_prefetch(void)
{
	uint64_t *none = (uint64_t *)0x10, a = 1;

	__asm__ volatile("	prfm pldl1keep, [%1]\n"
			 "	prfm pldl2strm, [%1, #64]\n"
			 "	prfm pldl3keep, [%1, %0, lsl #3]\n"
			 "	prfm pstl1keep, [%1, w9, sxtw]\n"
			 "	prfum pldl1strm, [%1, #-9]\n"
			 "	prfm plil1keep, [%1]\n"
			 "	prfm #31, [%1]\n"
			 "	prfm #6, [%1]\n"
			 "	prfm pldl1keep, test_prefetch\n"
			 "	mov x9, sp\n"
			 "	sub x10, x9, #8\n"
			 "	mov sp, x10\n"
			 "	prfm pldl1keep, [sp, #8]\n"
			 "	mov sp, x9\n"
			 : "+r"(a) : "r"(none) : "x9", "x10");
	CHECK(a == 1);
}

int
main(void)
{
	unsigned i, j, n;

	for (n = 0; n < 3; n++)
		for (i = 0; i < NR; i++)
			for (j = 0; j < NR; j++) {
				test_in_registers(values[i], values[j]);
				test_in_memory(values[i], values[j]);
				test_mixed(values[i], values[j]);
				test_loop();
				test_prefetch();
			}
	puts("ok");
	return 0;
}
