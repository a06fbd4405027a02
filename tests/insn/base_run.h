/*
 * base_run.h - runs single instructions on chosen registers, in the guest.
 *
 * run_word() puts an instruction word into a copy of a template that loads all
 * general registers, sp and NZCV before it and stores them behind it. sp may
 * hold anything: an exception is taken on an alternate stack and reported as
 * the signal's number.
 *
 * The words come from bit patterns filled with reproducible pseudo-random
 * bits; results are hashed per pattern. With an argument the program prints
 * every word and what it changed, to find what a hash does not tell.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct regs {
	uint64_t x[31];
	uint64_t sp;
	uint64_t nzcv;
};

extern const uint32_t tmpl_start[], tmpl_hole[], tmpl_end[];

struct regs run_out;
uint64_t run_saved_sp;

__asm__(
"	.text\n"
"	.balign 8\n"
"tmpl_start:\n"
"	sub	sp, sp, #96\n"
"	stp	x19, x20, [sp]\n"
"	stp	x21, x22, [sp, #16]\n"
"	stp	x23, x24, [sp, #32]\n"
"	stp	x25, x26, [sp, #48]\n"
"	stp	x27, x28, [sp, #64]\n"
"	stp	x29, x30, [sp, #80]\n"
"	ldr	x2, 1f\n"
"	mov	x1, sp\n"
"	str	x1, [x2]\n"
"	ldr	x1, [x0, #256]\n"
"	msr	nzcv, x1\n"
"	ldr	x1, [x0, #248]\n"
"	mov	sp, x1\n"
"	ldp	x2, x3, [x0, #16]\n"
"	ldp	x4, x5, [x0, #32]\n"
"	ldp	x6, x7, [x0, #48]\n"
"	ldp	x8, x9, [x0, #64]\n"
"	ldp	x10, x11, [x0, #80]\n"
"	ldp	x12, x13, [x0, #96]\n"
"	ldp	x14, x15, [x0, #112]\n"
"	ldp	x16, x17, [x0, #128]\n"
"	ldp	x18, x19, [x0, #144]\n"
"	ldp	x20, x21, [x0, #160]\n"
"	ldp	x22, x23, [x0, #176]\n"
"	ldp	x24, x25, [x0, #192]\n"
"	ldp	x26, x27, [x0, #208]\n"
"	ldp	x28, x29, [x0, #224]\n"
"	ldr	x30, [x0, #240]\n"
"	ldp	x0, x1, [x0]\n"
"tmpl_hole:\n"
"	nop\n"
"	fmov	d31, x30\n"
"	ldr	x30, 2f\n"
"	stp	x0, x1, [x30]\n"
"	stp	x2, x3, [x30, #16]\n"
"	stp	x4, x5, [x30, #32]\n"
"	stp	x6, x7, [x30, #48]\n"
"	stp	x8, x9, [x30, #64]\n"
"	stp	x10, x11, [x30, #80]\n"
"	stp	x12, x13, [x30, #96]\n"
"	stp	x14, x15, [x30, #112]\n"
"	stp	x16, x17, [x30, #128]\n"
"	stp	x18, x19, [x30, #144]\n"
"	stp	x20, x21, [x30, #160]\n"
"	stp	x22, x23, [x30, #176]\n"
"	stp	x24, x25, [x30, #192]\n"
"	stp	x26, x27, [x30, #208]\n"
"	stp	x28, x29, [x30, #224]\n"
"	fmov	x0, d31\n"
"	str	x0, [x30, #240]\n"
"	mov	x0, sp\n"
"	str	x0, [x30, #248]\n"
"	mrs	x0, nzcv\n"
"	str	x0, [x30, #256]\n"
"	ldr	x0, 1f\n"
"	ldr	x0, [x0]\n"
"	mov	sp, x0\n"
"	ldp	x19, x20, [sp]\n"
"	ldp	x21, x22, [sp, #16]\n"
"	ldp	x23, x24, [sp, #32]\n"
"	ldp	x25, x26, [sp, #48]\n"
"	ldp	x27, x28, [sp, #64]\n"
"	ldp	x29, x30, [sp, #80]\n"
"	add	sp, sp, #96\n"
"	ret\n"
"	.balign 8\n"
"1:	.quad	run_saved_sp\n"
"2:	.quad	run_out\n"
"tmpl_end:\n"
);

static uint32_t *run_code;
static sigjmp_buf run_jump;
static int verbose;

static void
run_handler(int sig)
{
	siglongjmp(run_jump, sig);
}

static void
run_init(int argc)
{
	static char stack[65536];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_handler = run_handler,
				.sa_flags = SA_ONSTACK };

	verbose = argc > 1;
	/* A fixed address makes ADR and the like reproducible. */
	run_code = mmap((void *)0x5000000000, 4096,
			PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (run_code == MAP_FAILED)
		exit(99);
	memcpy(run_code, tmpl_start, (char *)tmpl_end - (char *)tmpl_start);
	sigaltstack(&ss, NULL);
	sigaction(SIGILL, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGTRAP, &sa, NULL);
}

/* 0, or the signal's number. */
static int
run_word(uint32_t word, const struct regs *in, struct regs *out)
{
	uint32_t *hole = run_code + (tmpl_hole - tmpl_start);
	void (*volatile fn)(const struct regs *) =
		(void (*)(const struct regs *))run_code;
	int sig;

	*hole = word;
	__builtin___clear_cache((char *)hole, (char *)(hole + 1));
	sig = sigsetjmp(run_jump, 1);
	if (sig) {
		*out = *in;
		return sig;
	}
	fn(in);
	*out = run_out;
	return 0;
}

static uint64_t seed;

static uint64_t
random64(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1d;
}

static uint64_t
hash(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;

	while (n--)
		h = (h ^ *b++) * 0x100000001b3;
	return h;
}

/* A pattern of 0, 1 and x, filled at random; blanks are ignored. */
static uint32_t
random_word(const char *pattern)
{
	uint64_t r = random64();
	uint32_t word = 0;

	for (; *pattern; pattern++) {
		if (*pattern == ' ')
			continue;
		word <<= 1;
		if (*pattern == 'x') {
			word |= r & 1;
			r >>= 1;
		} else {
			word |= *pattern == '1';
		}
	}
	return word;
}

static void
show_change(uint32_t word, int sig, const struct regs *in,
	    const struct regs *out)
{
	printf("  %08x", word);
	if (sig)
		printf(" signal %d", sig);
	for (int i = 0; i < 31; i++)
		if (in->x[i] != out->x[i])
			printf(" x%d=%lx", i, out->x[i]);
	if (in->sp != out->sp)
		printf(" sp=%lx", out->sp);
	if (in->nzcv != out->nzcv)
		printf(" nzcv=%lx", out->nzcv);
	printf("\n");
}
