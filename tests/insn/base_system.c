/*
 * base_system.c - system registers, cache maintenance, flags, exceptions.
 *
 * TEST-CFLAGS: -O1 -march=armv8.5-a
 */
#define _GNU_SOURCE
#include <elf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>

#define CHECK(c) \
	((c) ? (void)0 : (printf("line %d: %s\n", __LINE__, #c), exit(1)))

#define MRS(name) __extension__({ \
	uint64_t v_; \
	__asm__ volatile("mrs %0, " name : "=r"(v_)); \
	v_; })
#define MSR(name, v) \
	__asm__ volatile("msr " name ", %0" : : "r"((uint64_t)(v)))

static void
test_registers(void)
{
	uint64_t ctr = MRS("ctr_el0"), a, b;
	struct timespec ts = { .tv_nsec = 20000000 };

	CHECK((ctr >> 28 & 3) == 0);	/* DIC = IDC = 0 */
	CHECK((ctr & 15) == 4 && (ctr >> 16 & 15) == 4);
	CHECK(MRS("dczid_el0") == 4);
	CHECK(MRS("tpidrro_el0") == 0);

	a = MRS("tpidr_el0");
	MSR("tpidr_el0", 0x123456789abcdef0);
	b = MRS("tpidr_el0");
	MSR("tpidr_el0", a);
	CHECK(b == 0x123456789abcdef0);

	for (uint64_t n = 0; n < 16; n++) {
		MSR("nzcv", n << 28 | 0xf0fffffff);
		CHECK(MRS("nzcv") == n << 28);
	}

	CHECK(MRS("cntfrq_el0") >= 1000000);
	a = MRS("cntvct_el0");
	nanosleep(&ts, NULL);
	b = MRS("cntvct_el0") - a;
	CHECK(b >= MRS("cntfrq_el0") / 50 && b < MRS("cntfrq_el0") * 5);
}

/* The identification registers agree with AT_HWCAP. */
static void
test_features(void)
{
	unsigned long h = getauxval(AT_HWCAP), h2 = getauxval(AT_HWCAP2);
	uint64_t isar0 = MRS("id_aa64isar0_el1");
	uint64_t isar1 = MRS("id_aa64isar1_el1");
	uint64_t pfr0 = MRS("id_aa64pfr0_el1");
	static const struct { int bit, shift, min; } in0[] = {
		{ 3, 4, 1 }, { 4, 4, 2 }, { 5, 8, 1 }, { 6, 12, 1 },
		{ 21, 12, 2 }, { 7, 16, 1 }, { 8, 20, 2 }, { 12, 28, 1 },
		{ 17, 32, 1 }, { 18, 36, 1 }, { 19, 40, 1 }, { 20, 44, 1 },
		{ 23, 48, 1 }, { 27, 52, 1 },
	}, in1[] = {
		{ 16, 0, 1 }, { 13, 12, 1 }, { 14, 16, 1 }, { 15, 20, 1 },
		{ 26, 20, 2 }, { 29, 36, 1 },
	};

	CHECK((h & 3) == 3 && (h >> 11 & 1));	/* FP ASIMD CPUID */
	for (size_t i = 0; i < sizeof(in0) / sizeof(in0[0]); i++)
		CHECK((h >> in0[i].bit & 1) ==
		      ((isar0 >> in0[i].shift & 15) >= (unsigned)in0[i].min));
	for (size_t i = 0; i < sizeof(in1) / sizeof(in1[0]); i++)
		CHECK((h >> in1[i].bit & 1) ==
		      ((isar1 >> in1[i].shift & 15) >= (unsigned)in1[i].min));
	CHECK((h >> 9 & 3) == ((pfr0 >> 16 & 255) == 0x11 ? 3 : 0));
	CHECK((h2 & 1) == ((isar1 & 15) == 2));
	CHECK((h2 >> 7 & 1) == ((isar0 >> 52 & 15) == 2));
	CHECK((pfr0 & 0xff) == 0x11);
	CHECK(MRS("midr_el1") >> 24 != 0);
	CHECK(MRS("mpidr_el1") == 0x80000000);
	CHECK(MRS("revidr_el1") == 0);
	CHECK(MRS("s3_0_c0_c4_4") == 0);
}

static void
test_cache(void)
{
	static uint8_t mem[256] __attribute__((aligned(64)));

	memset(mem, 0xff, sizeof(mem));
	__asm__ volatile("dc zva, %0" : : "r"(mem + 64 + 13) : "memory");
	for (int i = 0; i < 256; i++)
		CHECK(mem[i] == (i >= 64 && i < 128 ? 0 : 0xff));
	__asm__ volatile("dc cvac, %0\n\tdc cvau, %0\n\tdc civac, %0\n\t"
			 "dc cvap, %0\n\tdc cvadp, %0\n\tdsb ish"
			 : : "r"(mem + 5) : "memory");
	CHECK(mem[5] == 0xff);
}

/* Code that changes, through another mapping too. */
static void
test_self_modifying(void)
{
	uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t (*volatile fn)(void) = (uint32_t (*)(void))code;

	CHECK(code != MAP_FAILED);
	code[1] = 0xd65f03c0;
	for (uint32_t n = 0; n < 100; n++) {
		code[0] = 0x52800000 | n << 5;	/* mov w0, #n */
		__builtin___clear_cache((char *)code, (char *)(code + 2));
		CHECK(fn() == n);
	}
	munmap(code, 4096);
}

static void
test_hints(void)
{
	uint64_t x16 = 0x1234, lr;

	__asm__ volatile(
		"nop\n\tyield\n\tsev\n\tsevl\n\twfe\n\tbti\n\tbti jc\n\t"
		"csdb\n\tpssbb\n\tssbb\n\tsb\n\tisb\n\tdmb sy\n\tdmb ishld\n\t"
		"dmb ishst\n\tdsb sy\n\tdsb nshld\n\thint #6\n\thint #22\n\t"
		"hint #127");
	__asm__ volatile("mov x9, x30\n\tpaciasp\n\tautiasp\n\tpacibz\n\t"
			 "xpaclri\n\tsub %0, x30, x9\n\tmov x30, x9"
			 : "=r"(lr) : : "x9", "x30");
	CHECK(lr == 0);
	__asm__ volatile("mov x16, %1\n\thint #40\n\tmov %0, x16"
			 : "=r"(x16) : "r"(x16) : "x16");
	CHECK(x16 == 0x1234);
	__asm__ volatile("prfm pldl1keep, [%0]\n\tprfum pstl2strm, [%0, #-1]"
			 : : "r"(16));
}

/* --- Exceptions. --- */

static sigjmp_buf jump;
static volatile int got_code;
static volatile uint64_t got_addr, got_pc;

static void
handler(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	got_code = info->si_code;
	got_addr = (uintptr_t)info->si_addr;
	got_pc = uc->uc_mcontext.pc;
	siglongjmp(jump, sig);
}

/* Runs `code' with x0 = x; returns the signal. */
#define TRY(code, x) __extension__({ \
	int sig_ = sigsetjmp(jump, 1); \
	if (!sig_) { \
		register uint64_t x0_ __asm__("x0") = (uint64_t)(x); \
		__asm__ volatile(code : "+r"(x0_) : : "memory", "x1", "x2", \
				 "x3", "x4", "x5", "x6", "x7", "cc"); \
	} \
	sig_; })

static void
test_exceptions(void)
{
	struct sigaction sa = { .sa_sigaction = handler,
				.sa_flags = SA_SIGINFO | SA_ONSTACK };
	static char stack[65536];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	static uint64_t mem[8] __attribute__((aligned(64)));
	char *two;

	sigaltstack(&ss, NULL);
	sigaction(SIGILL, &sa, NULL);
	sigaction(SIGTRAP, &sa, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);

	CHECK(TRY("udf #0", 0) == SIGILL);
	CHECK(got_code == ILL_ILLOPC && got_addr == got_pc);
	CHECK(*(uint32_t *)got_pc == 0);
	CHECK(TRY("hlt #1", 0) == SIGILL);
	CHECK(TRY("hvc #1", 0) == SIGILL);
	CHECK(TRY("mrs x0, sctlr_el1", 0) == SIGILL);
	CHECK(TRY("mrs x0, pmccntr_el0", 0) == SIGILL);
	CHECK(TRY("msr s3_3_c0_c0_1, x0", 0) == SIGILL);
	CHECK(TRY("msr daifset, #2", 0) == SIGILL);
	CHECK(TRY("eret", 0) == SIGILL);
	CHECK(TRY("dc ivac, x0", mem) == SIGILL);
	CHECK(TRY("tlbi vmalle1", 0) == SIGILL);
	CHECK(TRY("brk #7", 0) == SIGTRAP);
	CHECK(got_code == TRAP_BRKPT && got_addr == got_pc);
	CHECK(*(uint32_t *)got_pc == 0xd42000e0);

	/* Alignment: plain accesses do not mind, the others do. */
	CHECK(TRY("ldr x1, [x0]", (char *)mem + 3) == 0);
	CHECK(TRY("ldp x1, x2, [x0]", (char *)mem + 3) == 0);
	CHECK(TRY("ldxr x1, [x0]", (char *)mem + 4) == SIGBUS);
	CHECK(got_code == BUS_ADRALN && got_addr == (uintptr_t)mem + 4);
	CHECK(TRY("ldxp x1, x2, [x0]", (char *)mem + 8) == SIGBUS);
	CHECK(TRY("casp x2, x3, x4, x5, [x0]", (char *)mem + 8) == SIGBUS);
	CHECK(TRY("mov x1, sp\n\tsub sp, sp, #8\n\tldr x2, [sp]\n\t"
		  "mov sp, x1", 0) == SIGBUS);

	/* Faults: the address without its tag, and exact state. */
	CHECK(TRY("ldr x1, [x0]", 0x10) == SIGSEGV);
	CHECK(got_code == SEGV_MAPERR && got_addr == 0x10);
	CHECK(TRY("ldr x1, [x0]", 0xab00000000000010) == SIGSEGV);
	CHECK((got_addr & 0xffffffffffffff) == 0x10);
	CHECK(TRY("strb wzr, [x0]", test_exceptions) == SIGSEGV);
	CHECK(got_code == SEGV_ACCERR &&
	      got_addr == (uintptr_t)test_exceptions);
	CHECK(TRY("ldadd x1, x1, [x0]", 0x20) == SIGSEGV && got_addr == 0x20);
	CHECK(TRY("stlr x1, [x0]", 0x20) == SIGSEGV && got_addr == 0x20);
	CHECK(TRY("dc cvau, x0", 0x40) == SIGSEGV);
	CHECK(TRY("dc zva, x0", 0x40) == SIGSEGV);
	CHECK(TRY("ldr x1, [x0]", 0xffff800000000000) == SIGSEGV);
	CHECK(TRY("ldr x1, [x0]", 0x00f0000000000000) == SIGSEGV);
	CHECK(TRY("br x0", 0x1001) == SIGBUS || got_code == SEGV_MAPERR);

	two = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(two != MAP_FAILED && !mprotect(two + 4096, 4096, PROT_NONE));
	*(uint64_t *)(two + 4088) = 42;
	/* The second half faults: no register changes. */
	CHECK(TRY("ldp x1, x2, [x0], #16", two + 4088) == SIGSEGV);
	CHECK(got_addr == (uintptr_t)two + 4096 && got_code == SEGV_ACCERR);
	CHECK(TRY("ldr x1, [x0, #4]!", two + 4088) == SIGSEGV);
	CHECK(got_addr == (uintptr_t)two + 4096 ||
	      got_addr == (uintptr_t)two + 4092);
	CHECK(TRY("str x0, [x0, #4]", two + 4088) == SIGSEGV);
	CHECK(*(uint32_t *)(two + 4092) == 0);
}

int
main(void)
{
	test_registers();
	test_features();
	test_cache();
	test_self_modifying();
	test_hints();
	test_exceptions();
	puts("ok");
	return 0;
}
