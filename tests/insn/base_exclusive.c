/*
 * base_exclusive.c - exclusives in code that is hot: what closes the monitor,
 * faults and what is in the registers then, tags, signals in between; by a
 * thread that is alone with its memory, and by one that is not.
 *
 * TEST-CFLAGS: -O1 -march=armv8.2-a -pthread
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define CHECK(c) \
	((c) ? (void)0 : (printf("line %d: %s\n", __LINE__, #c), exit(1)))

#define HOT	300	/* times that a piece of code is run */

static uint64_t mem[8] __attribute__((aligned(64)));

/* --- Each size, with registers that the host keeps in registers and with
 * others, the address among what is loaded and stored. --- */

#define LOOP(ld, st, w, mask, a, v, n, f) do { \
	register uint64_t *p __asm__(a) = mem; \
	uint64_t old = mem[0]; \
	__asm__ volatile("1:	" ld " " w v ", [" a "]\n" \
			 "	add x" n ", x" v ", #3\n" \
			 "	" st " w" f ", " w n ", [" a "]\n" \
			 "	cbnz w" f ", 1b\n" \
			 : : "r"(p) : "x" v, "x" n, "x" f, "memory"); \
	CHECK(mem[0] == ((old & ~(mask)) | ((old + 3) & (mask)))); \
} while (0)

#define SIZES(a, v, n, f) do { \
	LOOP("ldxrb", "stxrb", "w", 0xfful, a, v, n, f); \
	LOOP("ldaxrh", "stlxrh", "w", 0xfffful, a, v, n, f); \
	LOOP("ldxr", "stlxr", "w", 0xfffffffful, a, v, n, f); \
	LOOP("ldaxr", "stxr", "x", ~0ul, a, v, n, f); \
} while (0)

static void __attribute__((noinline))
test_sizes(void)
{
	SIZES("x0", "1", "2", "3");
	SIZES("x1", "0", "19", "20");
	SIZES("x9", "10", "11", "12");
	SIZES("x5", "1", "6", "7");
	SIZES("x2", "8", "8", "9");
	SIZES("x21", "13", "0", "14");
}

#define PAIR(a, lo, hi, f) do { \
	register uint64_t *p __asm__(a) = mem + 2; \
	uint64_t l = mem[2], h = mem[3]; \
	__asm__ volatile("1:	ldaxp x" lo ", x" hi ", [" a "]\n" \
			 "	add x" lo ", x" lo ", #1\n" \
			 "	stlxp w" f ", x" hi ", x" lo ", [" a "]\n" \
			 "	cbnz w" f ", 1b\n" \
			 : : "r"(p) : "x" lo, "x" hi, "x" f, "memory"); \
	CHECK(mem[2] == h && mem[3] == l + 1); \
	l = mem[2]; \
	__asm__ volatile("1:	ldxp w" lo ", w" hi ", [" a "]\n" \
			 "	add w" lo ", w" lo ", #7\n" \
			 "	stxp w" f ", w" hi ", w" lo ", [" a "]\n" \
			 "	cbnz w" f ", 1b\n" \
			 : : "r"(p) : "x" lo, "x" hi, "x" f, "memory"); \
	CHECK(mem[2] == (l >> 32 | (l + 7) << 32)); \
} while (0)

static void __attribute__((noinline))
test_pairs(void)
{
	/* x1 is special to cmpxchg16b. */
	PAIR("x1", "0", "2", "3");
	PAIR("x0", "1", "2", "3");
	PAIR("x0", "2", "1", "3");
	PAIR("x0", "2", "3", "1");
	PAIR("x1", "9", "10", "11");
	PAIR("x9", "10", "11", "12");
	PAIR("x9", "1", "11", "12");
	PAIR("x9", "11", "1", "12");
	PAIR("x9", "11", "12", "1");
	mem[2] = 5;
	mem[3] = 6;
	__asm__ volatile("1:	ldxp x3, x4, [%0]\n"
			 "	mov x1, #11\n"
			 "	stxp w2, x1, x1, [%0]\n"
			 "	cbnz w2, 1b\n"
			 "	mov x5, x1\n"
			 "2:	ldxp x3, x4, [%0]\n"
			 "	stxp w2, xzr, x1, [%0]\n"
			 "	cbnz w2, 2b\n"
			 : : "r"(mem + 2)
			 : "x1", "x2", "x3", "x4", "x5", "memory");
	CHECK(mem[2] == 0 && mem[3] == 11);
}

/* --- What closes the monitor, or never opened it. --- */

#define FAILS(between, store) do { \
	uint64_t failed; \
	mem[0] = 1; \
	mem[1] = 2; \
	__asm__ volatile("	ldxr x1, [%1]\n" \
			 "	mov x0, #77\n" \
			 between \
			 "	" store "\n" \
			 "	mov %0, x2\n" \
			 /* The failure has closed it, too. */ \
			 "	stxr w2, x0, [%1]\n" \
			 "	and %0, %0, x2\n" \
			 : "=&r"(failed) : "r"(mem) \
			 : "x0", "x1", "x2", "x3", "x8", "memory"); \
	CHECK(failed == 1); \
	CHECK(mem[0] != 77 && mem[1] == 2); \
} while (0)

#define STORE "stxr w2, x0, [%1]"

static void __attribute__((noinline))
test_closed(void)
{
	FAILS("clrex\n", STORE);
	FAILS("stxr w2, x1, [%1]\n", STORE);
	FAILS("", "stxr w2, w0, [%1]");
	FAILS("", "stxrb w2, w0, [%1]");
	FAILS("", "stxp w2, x0, x0, [%1]");
	FAILS("add x3, %1, #8\n", "stxr w2, x0, [x3]");
	FAILS("str x0, [%1]\n str x1, [%1, #8]\n mov x3, #2\n"
	      "str x3, [%1, #8]\n mov x3, #9\n str x3, [%1]\n", STORE);
	/* A system call, getpid. */
	FAILS("mov x3, x0\n mov x8, #172\n svc #0\n mov x0, x3\n", STORE);
	/* A half that was not looked at by the load, and one that was. */
	FAILS("ldxp x3, x8, [%1]\n str x8, [%1]\n",
	      "stxp w2, x0, x0, [%1]");
	mem[4] = 3;
	mem[5] = 4;
	__asm__ volatile("ldxp x0, x3, [%0]\n str xzr, [%0, #8]\n"
			 "stxp w2, x0, x3, [%0]\n str x2, [%0]\n"
			 : : "r"(mem + 4) : "x0", "x2", "x3", "memory");
	CHECK(mem[4] == 1 && mem[5] == 0);
}

/* --- An address with a tag. --- */

static void __attribute__((noinline))
test_tag(void)
{
	uint64_t *tagged = (uint64_t *)((uintptr_t)mem | 0x5aul << 56);

	mem[0] = 10;
	__asm__ volatile("1: ldxr x0, [%0]\n add x0, x0, #1\n"
			 "stxr w2, x0, [%0]\n cbnz w2, 1b\n"
			 "2: ldxr x0, [%0]\n add x0, x0, #1\n"
			 "stxr w2, x0, [%1]\n cbnz w2, 2b\n"
			 "3: ldxr x0, [%1]\n add x0, x0, #1\n"
			 "stxr w2, x0, [%0]\n cbnz w2, 3b\n"
			 : : "r"(tagged), "r"(mem)
			 : "x0", "x2", "memory");
	CHECK(mem[0] == 13);
}

/* --- Faults: the registers are those before the instruction. --- */

static uint64_t *page;
static volatile int faults;
static struct {
	uint64_t x[31], pc, addr;
} at_fault;

static void
on_segv(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	faults++;
	memcpy(at_fault.x, uc->uc_mcontext.regs, sizeof(at_fault.x));
	at_fault.pc = uc->uc_mcontext.pc;
	at_fault.addr = (uint64_t)info->si_addr;
	/* Nobody closes the monitor between the two instructions, but the
	 * return from this: the loop is gone through once more. */
	CHECK(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
}

/* insn, which faults at its label, between values of x0 to x4 and x9 to x12. */
#define FAULTS(access, load, store, size) do { \
	register uint64_t *p __asm__("x10"); \
	uint64_t pc; \
	page[0] = 100; \
	page[1] = 200; \
	faults = 0; \
	memset(&at_fault, 0, sizeof(at_fault)); \
	CHECK(!mprotect(page, 4096, access)); \
	p = page; \
	__asm__ volatile("	mov x0, #20\n	mov x1, #21\n" \
			 "	mov x2, #22\n	mov x3, #23\n" \
			 "	mov x4, #24\n	mov x11, #31\n" \
			 "	mov x12, #32\n	adr x9, 2f\n" \
			 "1:	" load "\n" \
			 "2:	" store "\n" \
			 "	cbnz w4, 1b\n" \
			 "	mov %0, x9\n" \
			 : "=&r"(pc) : "r"(p) \
			 : "x0", "x1", "x2", "x3", "x4", "x9", "x11", "x12", \
			   "memory"); \
	CHECK(faults == 1); \
	CHECK(at_fault.addr == (uint64_t)page); \
	CHECK(at_fault.pc == ((access) == PROT_READ ? pc : pc - 4)); \
	CHECK(at_fault.x[1] == 21 && at_fault.x[0] == 20); \
	CHECK(at_fault.x[4] == 24); \
	CHECK(at_fault.x[11] == ((access) == PROT_READ ? 100 : 31)); \
	CHECK(at_fault.x[12] == ((access) == PROT_READ && (size) == 16 ? \
				 200 : 32)); \
	CHECK(page[0] == 21 && page[1] == ((size) == 16 ? 20 : 200)); \
} while (0)

static void __attribute__((noinline))
test_faults(void)
{
	FAULTS(PROT_READ, "ldxr x11, [x10]", "stxr w4, x1, [x10]", 8);
	FAULTS(PROT_READ, "ldxrb w11, [x10]", "stlxrb w4, w1, [x10]", 1);
	FAULTS(PROT_READ, "ldxp x11, x12, [x10]", "stxp w4, x1, x0, [x10]",
	       16);
	FAULTS(PROT_NONE, "ldaxr w11, [x10]", "stxr w4, w1, [x10]", 4);
	FAULTS(PROT_NONE, "ldaxp x11, x12, [x10]", "stxp w4, x1, x0, [x10]",
	       16);
}

/* --- A signal in between closes the monitor, even if its handler stores the
 * same value. --- */

static volatile int ticks;

static void
on_alarm(int sig)
{
	(void)sig;
	__asm__ volatile("1: ldxr x0, [%0]\n stxr w1, x0, [%0]\n cbnz w1, 1b\n"
			 : : "r"(mem) : "x0", "x1", "memory");
	ticks++;
}

static void
test_signal(void)
{
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, off;
	uint64_t failed;
	int i;

	memset(&off, 0, sizeof(off));
	signal(SIGALRM, on_alarm);
	CHECK(!setitimer(ITIMER_REAL, &often, NULL));
	for (i = 0; i < 100; i++) {
		__asm__ volatile("	ldxr x0, [%2]\n"
				 "	ldr w1, [%1]\n"
				 "1:	ldr w3, [%1]\n"
				 "	cmp w1, w3\n"
				 "	b.eq 1b\n"
				 "	stxr %w0, x0, [%2]\n"
				 : "=&r"(failed) : "r"(&ticks), "r"(mem)
				 : "x0", "x1", "x3", "cc", "memory");
		CHECK(failed == 1);
	}
	CHECK(!setitimer(ITIMER_REAL, &off, NULL));
}

/* --- */

static void
test_all(void)
{
	int i;

	for (i = 0; i < HOT; i++) {
		test_sizes();
		test_pairs();
		test_closed();
		test_tag();
	}
	for (i = 0; i < HOT / 3; i++)
		test_faults();
	test_signal();
}

static void *
idle(void *arg)
{
	pause();
	return arg;
}

/* Code that has been translated for one thread alone. */
static void
test_thread(void)
{
	sigset_t set, old;
	pthread_t t;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	CHECK(!pthread_sigmask(SIG_BLOCK, &set, &old));
	CHECK(!pthread_create(&t, NULL, idle, NULL));
	CHECK(!pthread_sigmask(SIG_SETMASK, &old, NULL));
	test_all();
}

static void
test_child(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		test_all();
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && !status);
}

int
main(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_segv;
	sa.sa_flags = SA_SIGINFO;
	CHECK(!sigaction(SIGSEGV, &sa, NULL));
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	test_all();
	test_thread();
	test_child();
	puts("ok");
	return 0;
}
