/*
 * test_context.c - memory operands as the host's fault handler decodes them.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../signals/context_x64.h"

/* Registers: number n (as encoded) holds 0x1000 << n. */
#define R(n)	(0x1000ull << (n))

static const struct {
	const char code[12];
	uint64_t addr;
	bool write;
} rows[] = {
	{ "\x8b\x06", R(6), false },			/* mov (%rsi),%eax */
	{ "\x48\x89\x07", R(7), true },			/* mov %rax,(%rdi) */
	{ "\x0f\xb6\x08", R(0), false },		/* movzbl (%rax) */
	{ "\x66\x89\x03", R(3), true },			/* mov %ax,(%rbx) */
	{ "\x41\x88\x45\x08", R(13) + 8, true },	/* mov %al,8(%r13) */
	{ "\x49\x8b\x04\x24", R(12), false },		/* mov (%r12),%rax */
	{ "\x48\x8b\x04\xcb", R(3) + 8 * R(1), false },	/* (%rbx,%rcx,8) */
	{ "\x4a\x8b\x44\xad\xf0", R(5) + 4 * R(13) - 16, false },
	{ "\x48\x8b\x80\x00\xff\xff\xff", R(0) - 256, false },
	{ "\x8b\x04\x4d\x10\x00\x00\x00", 2 * R(1) + 16, false },
	{ "\x0f\x10\x06", R(6), false },		/* movups load */
	{ "\x41\x0f\x11\x00", R(8), true },		/* movups store */
	{ "\xf0\x48\x0f\xb1\x0a", R(2), true },		/* lock cmpxchg */
	{ "\xf0\x48\x0f\xc7\x0e", R(6), true },		/* cmpxchg16b */
	{ "\x87\x0a", R(2), true },			/* xchg */
	{ "\xf0\x48\x0f\xc1\x02", R(2), true },		/* xadd */
	{ "\xf3\x0f\x7e\x02", R(2), false },		/* movq load */
	{ "\x66\x0f\x7e\x02", R(2), true },		/* movd store */
	{ "\xc5\xfa\x7e\x02", R(2), false },		/* vmovq load */
	{ "\x66\x0f\x6f\x07", R(7), false },		/* movdqa load */
	{ "\xc5\xf8\x11\x07", R(7), true },		/* vmovups store */
	{ "\xc4\xc1\x7a\x6f\x01", R(9), false },	/* vmovdqu load */
	{ "\xf0\x01\x01", R(1), true },			/* lock add */
	{ "\x03\x01", R(1), false },			/* add (%rcx),%eax */
};

static const int order[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

START_TEST(operand)
{
	uint8_t code[16] = { 0 };
	ucontext_t uc;
	bool write;
	int i;

	memset(&uc, 0, sizeof(uc));
	for (i = 0; i < 16; i++)
		uc.uc_mcontext.gregs[order[i]] = (greg_t)R(i);
	memcpy(code, rows[_i].code, sizeof(rows[_i].code));
	uc.uc_mcontext.gregs[REG_RIP] = (greg_t)code;
	ck_assert_uint_eq(context_access(&uc, &write), rows[_i].addr);
	ck_assert_int_eq(write, rows[_i].write);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("context");
	TCase *tc = tcase_create("operands");
	SRunner *r;
	int failed;

	tcase_add_loop_test(tc, operand, 0,
			    sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
