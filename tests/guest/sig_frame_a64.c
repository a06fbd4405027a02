/*
 * sig_frame_a64.c - the arm64 frame: registers and records as the kernel lays
 * them out, and edits that rt_sigreturn honours.
 */
#define _GNU_SOURCE
#include <asm/sigcontext.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>

#include "check.h"

#define NZCV	0xf0000000ul

static volatile int hits;
static uint64_t last_esr;
static uintptr_t want_addr;

static struct _aarch64_ctx *
record(ucontext_t *uc, uint32_t magic)
{
	char *p = (char *)uc->uc_mcontext.__reserved;
	struct _aarch64_ctx *c;

	for (;; p += c->size) {
		c = (void *)p;
		if (c->magic == magic)
			return c;
		if (!c->magic)
			return NULL;
		CHECK(c->size % 16 == 0 && c->size);
	}
}

static void
on_trap(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;
	struct fpsimd_context *fp = (void *)record(uc, FPSIMD_MAGIC);
	uintptr_t *frame = __builtin_frame_address(0);

	CHECK(sig == SIGTRAP && info->si_code == TRAP_BRKPT);
	CHECK((uintptr_t)info->si_addr == uc->uc_mcontext.pc);
	CHECK((uintptr_t)info % 16 == 0);
	CHECK((char *)ctx - (char *)info == 128);
	CHECK(fp && fp->head.size == 0x210);
	CHECK(uc->uc_mcontext.regs[9] == 0x1234567);
	CHECK(uc->uc_mcontext.regs[21] == 0xfeedfacecafe);
	CHECK((uc->uc_mcontext.pstate & NZCV) == 0x60000000);	/* Z C */
	CHECK((uint64_t)fp->vregs[7] == 0x4141414141414141);
	/* The caller's frame record: {x29, x30} of the interrupted code. */
	CHECK(((uintptr_t *)frame[0])[0] == uc->uc_mcontext.regs[29]);
	CHECK(((uintptr_t *)frame[0])[1] == uc->uc_mcontext.regs[30]);
	CHECK(frame[0] == (uintptr_t)info + 4688);

	uc->uc_mcontext.pc += 4;		/* behind the BRK */
	uc->uc_mcontext.regs[9] = 99;
	uc->uc_mcontext.pstate = 0x90000000;	/* N V */
	fp->vregs[7] = ((__uint128_t)7 << 64) | 5;
	fp->fpcr = 1u << 22;
	hits++;
}

static void
install(int sig, void *fn, int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = (void (*)(int, siginfo_t *, void *))fn;
	sa.sa_flags = SA_SIGINFO | flags;
	CHECK(!sigaction(sig, &sa, NULL));
}

static void
test_edit(void)
{
	uint64_t x9, x21, nzcv, lo, hi, fpcr;

	install(SIGTRAP, on_trap, 0);
	__asm__ volatile(
		"ldr x9, =0x1234567\n\t"
		"ldr x21, =0xfeedfacecafe\n\t"
		"movi v7.16b, #0x41\n\t"
		"cmp x9, x9\n\t"
		"brk #0\n\t"
		"mrs %2, nzcv\n\t"
		"mov %0, x9\n\t"
		"mov %1, x21\n\t"
		"umov %3, v7.d[0]\n\t"
		"umov %4, v7.d[1]\n\t"
		"mrs %5, fpcr\n\t"
		"msr fpcr, xzr"
		: "=&r"(x9), "=&r"(x21), "=&r"(nzcv), "=&r"(lo), "=&r"(hi),
		  "=&r"(fpcr)
		: : "x9", "x21", "v7", "cc", "memory");
	CHECK(hits == 1);
	CHECK(x9 == 99 && x21 == 0xfeedfacecafe);
	CHECK(nzcv == 0x90000000);
	CHECK(lo == 5 && hi == 7);
	CHECK(fpcr == 1u << 22);
}

static void
on_segv(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;
	struct esr_context *esr = (void *)record(uc, ESR_MAGIC);

	CHECK(sig == SIGSEGV);
	CHECK(uc->uc_mcontext.fault_address == (uintptr_t)info->si_addr);
	CHECK(info->si_code == SEGV_MAPERR);
	CHECK((uintptr_t)info->si_addr == want_addr);
	CHECK(esr && esr->head.size == 0x10);
	last_esr = esr->esr;
	CHECK(esr->esr >> 26 == 0x24);			/* data abort, EL0 */
	CHECK((esr->esr >> 6 & 1) == (uint64_t)hits);	/* write */
	uc->uc_mcontext.pc += 4;
}

static void
test_esr(void)
{
	uint64_t p = 0x40;

	install(SIGSEGV, on_segv, 0);
	hits = 0;
	want_addr = 0x40;
	__asm__ volatile("ldr x1, [%0]" : : "r"(p) : "x1", "memory");
	hits = 1;
	p = 0x40;
	__asm__ volatile("str x1, [%0]" : : "r"(p) : "x1", "memory");
	/* Beyond what can be mapped, with a tag that is ignored. */
	p = 0xab01000000000010;
	want_addr = 0x0001000000000018;
	__asm__ volatile("str x1, [%0, #8]" : : "r"(p) : "x1", "memory");
	hits = 0;
	__asm__ volatile("ldr q1, [%0, #8]!" : "+r"(p) : : "v1", "memory");
	CHECK(p == 0xab01000000000010);		/* not written back */
	want_addr = 0xfffffffffffffff8;
	p = want_addr;
	__asm__ volatile("ldrb w1, [%0]" : : "r"(p) : "x1", "memory");
}

static void
on_ill(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;

	CHECK(sig == SIGILL && info->si_code == ILL_ILLOPC);
	CHECK((uintptr_t)info->si_addr == uc->uc_mcontext.pc);
	CHECK(*(uint32_t *)uc->uc_mcontext.pc == 0);
	uc->uc_mcontext.pc += 4;
	hits++;
}

static void
test_ill(void)
{
	install(SIGILL, on_ill, 0);
	hits = 0;
	__asm__ volatile(".inst 0\n\t.inst 0");
	CHECK(hits == 2);
}

/* Without SA_SIGINFO nothing but the signal is passed: x1 stays. */
extern uint64_t x1_seen;
void plain_handler(int sig);

__asm__(".data\n"
	".balign 8\n"
	"x1_seen: .quad 0\n"
	".text\n"
	"plain_handler:\n\t"
	"adrp x3, x1_seen\n\t"
	"str x1, [x3, :lo12:x1_seen]\n\t"
	"ret");

static void
test_plain(void)
{
	struct sigaction sa;
	pid_t tid = gettid();
	register long x0 __asm__("x0");
	register long x1 __asm__("x1");
	register long x8 __asm__("x8");

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = plain_handler;
	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	x0 = tid;
	x1 = SIGUSR1;
	x8 = 130;	/* tkill */
	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x8) : "memory");
	CHECK(x0 == 0);
	CHECK(x1_seen == SIGUSR1);
}

/* Which exceptions leave a record, that later frames have, too. */
static void
on_any(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;
	struct esr_context *esr = (void *)record(uc, ESR_MAGIC);

	(void)info;
	hits = sig;
	last_esr = esr ? esr->esr : 0;
	want_addr = uc->uc_mcontext.fault_address;
	if (sig == SIGBUS)
		uc->uc_mcontext.sp &= -16ul;
	if (sig != SIGUSR1)
		uc->uc_mcontext.pc += 4;
}

static void
test_last_record(void)
{
	uint64_t before;

	install(SIGSEGV, on_any, 0);
	install(SIGTRAP, on_any, 0);
	install(SIGILL, on_any, 0);
	install(SIGBUS, on_any, SA_ONSTACK);
	install(SIGUSR1, on_any, 0);
	__asm__ volatile("str x1, [%0]" : : "r"(0x48ul) : "memory");
	CHECK(hits == SIGSEGV && want_addr == 0x48 && last_esr);
	before = last_esr;
	raise(SIGUSR1);
	CHECK(hits == SIGUSR1 && last_esr == before && want_addr == 0x48);
	__asm__ volatile("brk #7");
	CHECK(hits == SIGTRAP && last_esr == before && want_addr == 0x48);
	__asm__ volatile(".inst 0");
	CHECK(hits == SIGILL && !last_esr && !want_addr);
	raise(SIGUSR1);
	CHECK(hits == SIGUSR1 && !last_esr && !want_addr);
	/* Alignment: of data, and of sp, which leaves no address. */
	__asm__ volatile("ldxr x1, [%0]" : : "r"(0x1001ul) : "x1", "memory");
	CHECK(hits == SIGBUS && last_esr >> 26 == 0x24 && want_addr == 0x1001);
	__asm__ volatile("mov x9, sp\n\t"
			 "sub x10, sp, #8\n\t"
			 "mov sp, x10\n\t"
			 "ldr x11, [sp]\n\t"
			 "mov sp, x9"
			 : : : "x9", "x10", "x11", "memory");
	CHECK(hits == SIGBUS && last_esr >> 26 == 0x26 && !want_addr);
}

/* fpsimd_context moved to where extra_context leads, as the kernel has it
 * when the records do not fit. */
static void
move_out(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;
	char *at = (char *)uc->uc_mcontext.__reserved;
	struct fpsimd_context fp;
	struct extra_context x = { .head = { EXTRA_MAGIC, sizeof(x) } };

	(void)sig;
	(void)info;
	memcpy(&fp, at, sizeof(fp));
	CHECK(fp.head.magic == FPSIMD_MAGIC);
	fp.vregs[8] = 0x8888;
	x.datap = (uintptr_t)at + sizeof(x) + 16;
	x.size = sizeof(fp) + 16;
	memset(at, 0, 4096);
	memcpy(at, &x, sizeof(x));
	memcpy((void *)x.datap, &fp, sizeof(fp));
}

static void
test_extra(void)
{
	uint64_t v;

	install(SIGTRAP, move_out, 0);
	__asm__ volatile("movi v8.2d, #0\n\t"
			 "mov x0, %1\n\t"
			 "mov x1, #5\n\t"		/* SIGTRAP */
			 "mov x8, #130\n\t"		/* tkill */
			 "svc #0\n\t"
			 "umov %0, v8.d[0]"
			 : "=r"(v) : "r"((long)gettid())
			 : "x0", "x1", "x8", "v8", "memory");
	CHECK(v == 0x8888);
}

/* Frames that rt_sigreturn has to refuse. */
static int bad;

static void
spoil(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;
	struct _aarch64_ctx *c = record(uc, FPSIMD_MAGIC);

	(void)sig;
	(void)info;
	switch (bad) {
	case 0:
		c->magic = 0x12345678;
		break;
	case 1:
		c->size = 0x200;
		break;
	case 2:
		c->magic = c->size = 0;
		break;
	case 3:
		uc->uc_mcontext.pstate = 5;	/* EL1h */
		break;
	case 4:		/* twice */
		memcpy((char *)c + c->size, c, c->size);
		break;
	case 5:		/* extra_context without a terminator behind it */
	case 6:		/* that points elsewhere */
	case 7: {	/* with too much data */
		struct extra_context x = { .head = { EXTRA_MAGIC, sizeof(x) } };
		char *at = (char *)c + c->size;

		x.datap = (uintptr_t)at + sizeof(x) + 16;
		x.size = 16;
		memset(at, 0, 64);
		if (bad == 5)
			at[sizeof(x)] = 1;
		if (bad == 6)
			x.datap += 16;
		if (bad == 7)
			x.size = 0x100000;
		memcpy(at, &x, sizeof(x));
		break;
	}
	case 8:		/* no end */
		while ((char *)c < (char *)uc->uc_mcontext.__reserved + 4096) {
			if (c->magic != FPSIMD_MAGIC) {
				c->magic = ESR_MAGIC;
				c->size = 16;
			}
			c = (void *)((char *)c + c->size);
		}
		break;
	case 9:		/* The mask and the registers count all the same. */
		c->magic = 0x12345678;
		uc->uc_mcontext.regs[25] = 0x2525;
		sigaddset(&uc->uc_sigmask, SIGHUP);
		break;
	}
}

static void
on_bad_frame(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;

	CHECK((uintptr_t)info->si_addr == uc->uc_mcontext.sp);
	if (bad == 9)
		CHECK(uc->uc_mcontext.regs[25] == 0x2525 &&
		      sigismember(&uc->uc_sigmask, SIGHUP));
	_exit(sig == SIGSEGV ? 33 : 1);
}

static void
test_bad_frames(void)
{
	int status;

	for (bad = 0; bad < 10; bad++) {
		pid_t pid = fork();

		if (!pid) {
			install(SIGUSR1, spoil, 0);
			install(SIGSEGV, on_bad_frame, 0);
			raise(SIGUSR1);
			_exit(2);
		}
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 33);
	}
}

int
main(void)
{
	test_edit();
	test_esr();
	test_ill();
	test_plain();
	test_last_record();
	test_extra();
	test_bad_frames();
	return 0;
}
