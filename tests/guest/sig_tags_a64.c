/*
 * sig_tags_a64.c - faults at tagged addresses, in each kind of access: with
 * SA_EXPOSE_TAGBITS si_addr has the tag, without it not, and the frame's
 * fault_address never has (arch/arm64/mm/fault.c, hide_si_addr_tag_bits() in
 * kernel/signal.c). An address of the kernel's half is shown as it is.
 *
 * TEST-CFLAGS: -march=armv8.4-a
 *
 * qemu-aarch64 7.2 shows no tags.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "check.h"

#ifndef SA_EXPOSE_TAGBITS
#define SA_EXPOSE_TAGBITS 0x800
#endif

enum { PAGE = 4096 };

static uint64_t seen, far_seen;
static int sig_seen, code_seen;

static void
on_fault(int sig, siginfo_t *info, void *context)
{
	mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;

	sig_seen = sig;
	code_seen = info->si_code;
	seen = (uint64_t)info->si_addr;
	far_seen = m->fault_address;
	if (info->si_pid != getpid())
		m->pc += 4;
}

static void
install(int flags)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO | flags };

	CHECK(!sigaction(SIGSEGV, &sa, NULL));
	CHECK(!sigaction(SIGBUS, &sa, NULL));
	CHECK(!sigaction(SIGTRAP, &sa, NULL));
}

/* [0] is the base, x1 the offset. */
#define FORMS(F) \
	F("ldr	x3, [%0]", 0) \
	F("ldr	w3, [%0, #16]", 16) \
	F("ldrb	w3, [%0], #1", 0) \
	F("ldrsh	x3, [%0, #-2]!", -2) \
	F("ldur	x3, [%0, #-8]", -8) \
	F("str	x3, [%0, #8]!", 8) \
	F("strh	w3, [%0, #2]", 2) \
	F("ldp	x3, x4, [%0, #-32]", -32) \
	F("stp	w3, w4, [%0], #8", 0) \
	F("ldnp	x3, x4, [%0, #16]", 16) \
	F("ldpsw	x3, x4, [%0, #8]", 8) \
	F("ldr	x3, [%0, %1]", 24) \
	F("ldr	x3, [%0, %1, lsl #3]", 192) \
	F("ldr	w3, [%0, %w1, uxtw #2]", 96) \
	F("str	w3, [%0, %w1, sxtw]", 24) \
	F("ldrh	w3, [%0, %1, sxtx #1]", 48) \
	F("ldr	q3, [%0, %1, lsl #4]", 384) \
	F("str	b3, [%0, %1]", 24) \
	F("ldr	q3, [%0, #32]", 32) \
	F("str	d3, [%0, #-8]!", -8) \
	F("stp	q3, q4, [%0, #32]", 32) \
	F("ldp	s3, s4, [%0]", 0) \
	F("ld1	{v3.16b, v4.16b}, [%0]", 0) \
	F("st1	{v3.b}[5], [%0], %1", 0) \
	F("ld4	{v3.4s, v4.4s, v5.4s, v6.4s}, [%0]", 0) \
	F("ld1r	{v3.2d}, [%0]", 0) \
	F("ldxr	x3, [%0]", 0) \
	F("ldaxp	x3, x4, [%0]", 0) \
	F("ldar	x3, [%0]", 0) \
	F("stlr	w3, [%0]", 0) \
	F("ldapr	x3, [%0]", 0) \
	F("ldapur	x3, [%0, #8]", 8) \
	F("stlur	w3, [%0, #4]", 4) \
	F("ldaddal	x3, x4, [%0]", 0) \
	F("swp	w3, w4, [%0]", 0) \
	F("cas	x3, x4, [%0]", 0) \
	F("casp	x2, x3, x4, x5, [%0]", 0) \
	F("dc	zva, %0", 0)

static void
try(uint64_t base, int expose, int sig, int code)
{
	uint64_t want, plain, p;

	install(expose ? SA_EXPOSE_TAGBITS : 0);
#define TRY(text, offset) \
	p = base; \
	sig_seen = 0; \
	__asm__ volatile(text : "+r"(p) : "r"(24ul) \
			 : "x2", "x3", "x4", "x5", "v3", "v4", "v5", "v6", \
			   "memory"); \
	want = base + (uint64_t)(int64_t)(offset); \
	plain = want >> 55 & 1 ? want : want & ~0ul >> 8; \
	if (sig_seen != sig || seen != (expose ? want : plain) || \
	    far_seen != plain || code_seen != code) { \
		printf("%s of %lx: signal %d, code %d, si_addr %lx, " \
		       "fault_address %lx\n", text, base, sig_seen, \
		       code_seen, seen, far_seen); \
		exit(1); \
	} \
	CHECK(p == base);
	FORMS(TRY)
}

extern char here[];

/* What is not aligned; a tag that an index brings; the end of a page. */
static void
test_others(char *at)
{
	uint64_t tagged = (uint64_t)at | 0x5aul << 56, p;

	install(SA_EXPOSE_TAGBITS);
	p = tagged + 4;
	__asm__ volatile("ldar x1, [%0]" : : "r"(p) : "x1", "memory");
	CHECK(sig_seen == SIGBUS && code_seen == BUS_ADRALN && seen == p);
	CHECK(far_seen == (p & ~0ul >> 8));
	__asm__ volatile("ldaddh w1, w1, [%0]"
			 : : "r"(p + 1) : "x1", "memory");
	CHECK(sig_seen == SIGBUS && seen == p + 1);
	__asm__ volatile("ldr x1, [%0, %1]"
			 : : "r"(0x3000000000000010), "r"(0x4000000000000008)
			 : "x1", "memory");
	CHECK(sig_seen == SIGSEGV && seen == 0x7000000000000018);
	p = tagged + PAGE - 4;		/* what follows is missing */
	__asm__ volatile("ldr x1, [%0]" : : "r"(p) : "x1", "memory");
	CHECK(sig_seen == SIGSEGV);
	CHECK(seen == tagged + PAGE || seen == p);
	__asm__ volatile("brk #1\n.global here\nhere:");
	CHECK(sig_seen == SIGTRAP && seen == (uint64_t)here - 4);
}

/* The kernel goes by what siginfo says, whoever made it. */
static void
test_sent(void)
{
	siginfo_t info = { .si_signo = SIGSEGV, .si_code = SEGV_ACCERR };
	uint64_t low = (uint64_t)(uint32_t)getpid() | 1ul << 32;

	/* Where si_pid is, which on_fault() looks at. */
	info.si_addr = (void *)(low | 0x99ul << 56);
	install(SA_EXPOSE_TAGBITS);
	CHECK(!syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGSEGV,
		       &info));
	CHECK(sig_seen == SIGSEGV && seen == (low | 0x99ul << 56));
	install(0);
	CHECK(!syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGSEGV,
		       &info));
	CHECK(seen == low);
	/* Not a fault's. */
	info.si_code = SI_QUEUE;
	CHECK(!syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGSEGV,
		       &info));
	CHECK(seen == (low | 0x99ul << 56));
}

int
main(void)
{
	char *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned tag;

	CHECK(at != MAP_FAILED);
	CHECK(!munmap(at + PAGE, PAGE));
	for (tag = 0; tag < 256; tag += tag < 3 ? 1 : 21) {
		uint64_t p = (uint64_t)(at + PAGE) | (uint64_t)tag << 56;

		try(p + 512, 0, SIGSEGV, SEGV_MAPERR);
		try(p + 512, 1, SIGSEGV, SEGV_MAPERR);
	}
	check_group("tags");
	/* Nowhere, and the kernel's half. */
	try(0x2a40000000000000, 0, SIGSEGV, SEGV_MAPERR);
	try(0x2a40000000000000, 1, SIGSEGV, SEGV_MAPERR);
	try(0xffff800000001000, 0, SIGSEGV, SEGV_MAPERR);
	try(0x12ff800000001000, 0, SIGSEGV, SEGV_MAPERR);
	try(0x12ff800000001000, 1, SIGSEGV, SEGV_MAPERR);
	check_group("nowhere");
	test_others(at);
	check_group("others");
	test_sent();
	check_group("sent");
	return check_done();
}
