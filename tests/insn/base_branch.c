/*
 * base_branch.c - branches: each condition, ranges, and the link register.
 *
 * TEST-CFLAGS: -O1
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(c) \
	((c) ? (void)0 : (printf("line %d: %s\n", __LINE__, #c), exit(1)))

#define TAKEN(cond, nzcv) __extension__({ \
	uint64_t t_; \
	__asm__ volatile("msr nzcv, %1\n\tmov %0, #1\n\tb." cond " 1f\n\t" \
			 "mov %0, #0\n1:" \
			 : "=&r"(t_) : "r"((uint64_t)(nzcv) << 28) : "cc"); \
	t_; })

/* Where a compare left the flags. */
#define TAKEN_CMP(cond, a, b) __extension__({ \
	uint64_t t_; \
	__asm__ volatile("cmp %1, %2\n\tmov %0, #1\n\tb." cond " 1f\n\t" \
			 "mov %0, #0\n1:" \
			 : "=&r"(t_) : "r"((uint64_t)(a)), \
			   "r"((uint64_t)(b)) : "cc"); \
	t_; })
#define TAKEN_TST(cond, a, b) __extension__({ \
	uint64_t t_; \
	__asm__ volatile("tst %w1, %w2\n\tmov %0, #1\n\tb." cond " 1f\n\t" \
			 "mov %0, #0\n1:" \
			 : "=&r"(t_) : "r"((uint64_t)(a)), \
			   "r"((uint64_t)(b)) : "cc"); \
	t_; })

static void
test_conditions(void)
{
	static const uint64_t v[] = { 0, 1, 0x7fffffffffffffff,
				      0x8000000000000000, ~0ul, 0x80000000 };

	for (unsigned f = 0; f < 16; f++) {
		int n = f >> 3, z = f >> 2 & 1, c = f >> 1 & 1, o = f & 1;

		CHECK(TAKEN("eq", f) == z && TAKEN("ne", f) == !z);
		CHECK(TAKEN("cs", f) == c && TAKEN("cc", f) == !c);
		CHECK(TAKEN("mi", f) == n && TAKEN("pl", f) == !n);
		CHECK(TAKEN("vs", f) == o && TAKEN("vc", f) == !o);
		CHECK(TAKEN("hi", f) == (c && !z));
		CHECK(TAKEN("ls", f) == !(c && !z));
		CHECK(TAKEN("ge", f) == (n == o) && TAKEN("lt", f) == (n != o));
		CHECK(TAKEN("gt", f) == (!z && n == o));
		CHECK(TAKEN("le", f) == !(!z && n == o));
		CHECK(TAKEN("al", f) && TAKEN("nv", f));
	}
	for (int i = 0; i < 6; i++) {
		for (int j = 0; j < 6; j++) {
			uint64_t a = v[i], b = v[j];
			int32_t t = a & b;
			int64_t x = a, y = b, r;
			int over = __builtin_sub_overflow(x, y, &r);

			CHECK(TAKEN_CMP("eq", a, b) == (a == b));
			CHECK(TAKEN_CMP("cs", a, b) == (a >= b));
			CHECK(TAKEN_CMP("mi", a, b) == (r < 0));
			CHECK(TAKEN_CMP("vs", a, b) == over);
			CHECK(TAKEN_CMP("hi", a, b) == (a > b));
			CHECK(TAKEN_CMP("ge", a, b) == (x >= y));
			CHECK(TAKEN_CMP("gt", a, b) == (x > y));
			CHECK(TAKEN_CMP("lt", a, b) == (x < y));
			CHECK(TAKEN_TST("eq", a, b) == (t == 0));
			CHECK(TAKEN_TST("mi", a, b) == (t < 0));
			CHECK(TAKEN_TST("hi", a, b) == 0);
			CHECK(TAKEN_TST("ls", a, b) == 1);
			CHECK(TAKEN_TST("ge", a, b) == (t >= 0));
			CHECK(TAKEN_TST("gt", a, b) == (t > 0));
			CHECK(TAKEN_TST("le", a, b) == (t <= 0));
		}
	}
}

static void
test_compare_and_test(void)
{
	uint64_t r;

	__asm__ volatile("mov %0, #0\n\tcbz %w1, 1f\n\torr %0, %0, #1\n"
			 "1:\tcbz %1, 2f\n\torr %0, %0, #2\n"
			 "2:\tcbnz %w1, 3f\n\torr %0, %0, #4\n"
			 "3:\tcbnz %1, 4f\n\torr %0, %0, #8\n4:"
			 : "=&r"(r) : "r"(0x100000000));
	CHECK(r == (2 | 4));
	__asm__ volatile("mov %0, #0\n\ttbz %1, #63, 1f\n\torr %0, %0, #1\n"
			 "1:\ttbz %1, #31, 2f\n\torr %0, %0, #2\n"
			 "2:\ttbnz %1, #32, 3f\n\torr %0, %0, #4\n"
			 "3:\ttbnz %1, #0, 4f\n\torr %0, %0, #8\n4:"
			 : "=&r"(r) : "r"(0x8000000000000001));
	CHECK(r == (1 | 4));
}

static void
test_links(void)
{
	uint64_t at, link, back;

	/* BL, RET to x30; a tagged target; BLR of x30 itself. */
	__asm__ volatile("mov x9, x30\n\tadr %0, 1f\n\tbl 2f\n"
			 "1:\tmov %1, x30\n\tb 3f\n2:\tret\n"
			 "3:\tadr x30, 4f\n\torr x30, x30, #0xff00000000000000"
			 "\n\tblr x30\n4:\tmov %2, x30\n\tadr x10, 4b\n\t"
			 "sub %2, %2, x10\n\tmov x30, x9"
			 : "=&r"(at), "=&r"(link), "=&r"(back)
			 : : "x9", "x10", "x30");
	CHECK(at == link);
	CHECK(back == 0);
	/* RET through another register, backwards. */
	__asm__ volatile("b 2f\n1:\tb 3f\n2:\tadr %0, 1b\n\tret %0\n3:"
			 : "=&r"(at));
}

int
main(void)
{
	test_conditions();
	test_compare_and_test();
	test_links();
	puts("ok");
	return 0;
}
