/*
 * atomic_align_a64.c - atomic and ordered accesses that are not aligned:
 * SIGBUS with BUS_ADRALN and the address, at the instruction, and nothing
 * stored. No FEAT_LSE2, which would allow some of them, is advertised.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>

#include "check.h"

#ifndef HWCAP_USCAT
#define HWCAP_USCAT (1 << 25)
#endif

static volatile int faults;
static uint64_t fault_addr;
static int fault_code;

static void
on_bus(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	faults++;
	fault_addr = (uint64_t)info->si_addr;
	fault_code = info->si_code;
	uc->uc_mcontext.pc += 4;
}

static _Alignas(64) unsigned char mem[128], before[128];

/* The access at mem + off, which is misaligned; STXR and STXP first get
 * their monitor at an aligned address. */
#define TRY(insn, off) do { \
	register void *p __asm__("x9") = mem + (off); \
	register void *q __asm__("x10") = mem; \
	faults = 0; \
	__asm__ volatile("ldxr x11, [x10]\n" \
			 "mov x0, #1\n mov x1, #2\n mov x2, #3\n mov x3, #4\n" \
			 insn "\n" \
			 : : "r"(p), "r"(q) \
			 : "x0", "x1", "x2", "x3", "x4", "x11", "memory"); \
	if (faults != 1 || fault_code != BUS_ADRALN || \
	    fault_addr != (uint64_t)p || memcmp(mem, before, sizeof(mem))) { \
		printf("%s: %d faults, code %d at %#lx, not %p\n", insn, \
		       faults, fault_code, fault_addr, p); \
		bad++; \
	} \
} while (0)

static _Alignas(4096) uint64_t page[512];

static void
on_segv(int sig)
{
	(void)sig;
	faults++;
	CHECK(!mprotect(page, sizeof(page), PROT_READ | PROT_WRITE));
}

/* A store-exclusive that faults leaves nothing behind that would delay the
 * next one, here or in another thread. */
static void
test_fault(void)
{
	struct timespec start, end;
	uint32_t failed;
	int i;

	signal(SIGSEGV, on_segv);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	faults = 0;
	for (i = 0; i < 1000; i++) {
		CHECK(!mprotect(page, sizeof(page), PROT_READ));
		__asm__ volatile("1: ldxr x1, [%1]\n add x1, x1, #1\n"
				 "stxr %w0, x1, [%1]\n cbnz %w0, 1b\n"
				 : "=&r"(failed) : "r"(page) : "x1", "memory");
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	CHECK(faults == 1000 && page[0] == 1000);
	CHECK(end.tv_sec - start.tv_sec < 3);
}

int
main(void)
{
	struct sigaction sa;
	int i, round, bad = 0;

	CHECK(!(getauxval(AT_HWCAP) & HWCAP_USCAT));
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_bus;
	sa.sa_flags = SA_SIGINFO;
	CHECK(!sigaction(SIGBUS, &sa, NULL));
	for (i = 0; i < 128; i++)
		mem[i] = before[i] = (unsigned char)(i * 7);
	for (round = 0; round < 100; round++) {
		TRY("ldxrh w4, [x9]", 1);
		TRY("ldxr w4, [x9]", 2);
		TRY("ldaxr x4, [x9]", 4);
		TRY("ldxp w4, w3, [x9]", 4);
		TRY("ldaxp x4, x3, [x9]", 8);
		TRY("stxr w4, x0, [x9]", 4);
		TRY("stlxrh w4, w0, [x9]", 1);
		TRY("stxp w4, x0, x1, [x9]", 8);
		TRY("ldar x4, [x9]", 1);
		TRY("ldarh w4, [x9]", 1);
		TRY("stlr x0, [x9]", 4);
		TRY("stlr w0, [x9]", 62);
		TRY(".arch_extension rcpc\n ldapr x4, [x9]", 4);
		TRY(".arch_extension lse\n ldadd x0, x4, [x9]", 4);
		TRY(".arch_extension lse\n swpal w0, w4, [x9]", 62);
		TRY(".arch_extension lse\n ldseth w0, w4, [x9]", 1);
		TRY(".arch_extension lse\n ldsmaxa x0, x4, [x9]", 60);
		TRY(".arch_extension lse\n stclr x0, [x9]", 1);
		TRY(".arch_extension lse\n cas x0, x1, [x9]", 4);
		TRY(".arch_extension lse\n casp x0, x1, x2, x3, [x9]", 8);
		TRY(".arch_extension lse\n casp w0, w1, w2, w3, [x9]", 4);
		CHECK(!bad);
	}
	test_fault();
	return 0;
}
