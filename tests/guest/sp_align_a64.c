/*
 * sp_align_a64.c - an access by way of an SP that is not a multiple of 16 is
 * SIGBUS, whichever instruction has made it so: translations look where SP is
 * written, and must not forget what they leave to the interpreter.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <ucontext.h>

#include "check.h"

static char stack[8192] __attribute__((aligned(64))), alt[32768];
static volatile int faults;
static unsigned long fault_pc;

/* Goes on at x9, with the stack in x10. */
static void
on_bus(int sig, siginfo_t *info, void *ctx)
{
	mcontext_t *m = &((ucontext_t *)ctx)->uc_mcontext;

	(void)sig;
	(void)info;
	faults++;
	fault_pc = m->pc;
	m->pc = m->regs[9];
	m->sp = m->regs[10];
}

#define TRY(insn) do { \
	unsigned long want; \
	faults = 0; \
	__asm__ volatile( \
		"	adr	x9, 2f\n" \
		"	mov	x10, sp\n" \
		"	mov	x12, #8\n" \
		"	adr	%0, 1f\n" \
		"	mov	sp, %1\n" \
		"	" insn "\n" \
		"1:	ldr	x11, [sp]\n" \
		"2:	mov	sp, x10\n" \
		: "=&r"(want) : "r"(stack + sizeof(stack) / 2) \
		: "x9", "x10", "x11", "x12", "x13", "v0", "v1", "v2", "v3", \
		  "v29", "v30", "v31", "memory"); \
	if (faults != 1 || fault_pc != want) \
		printf("%s: %d faults\n", insn, faults); \
	CHECK(faults == 1 && fault_pc == want); \
} while (0)

static void
test_writers(void)
{
	TRY("add	sp, sp, #8");
	TRY("sub	sp, sp, x12");
	TRY("orr	sp, x10, #1");
	TRY("ldr	x13, [sp], #8");
	TRY("str	x13, [sp, #-8]!");
	TRY("ldp	w11, w13, [sp], #8");
	TRY("ldr	q0, [sp], #1");
	TRY("ld1	{v0.8b}, [sp], #8");
	TRY("ld1	{v0.b}[1], [sp], #1");
	TRY("ld1	{v0.8b}, [sp], x12");
	TRY("ld2	{v0.8b, v1.8b}, [sp], x12");
	TRY("ld3	{v0.8b, v1.8b, v2.8b}, [sp], #24");
	TRY("ld3	{v0.4h, v1.4h, v2.4h}, [sp], x12");
	TRY("ld3	{v29.2s, v30.2s, v31.2s}, [sp], #24");
	TRY("ld3r	{v0.4h, v1.4h, v2.4h}, [sp], #6");
	TRY("ld4	{v0.8b, v1.8b, v2.8b, v3.8b}, [sp], x12");
	TRY("ld4	{v0.h, v1.h, v2.h, v3.h}[1], [sp], #8");
	TRY("st1	{v0.b}[1], [sp], #1");
	TRY("st3	{v0.8b, v1.8b, v2.8b}, [sp], #24");
	TRY("st3	{v29.4h, v30.4h, v31.4h}, [sp], #24");
	TRY("st4	{v0.8b, v1.8b, v2.8b, v3.8b}, [sp], x12");
}

int
main(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
	int turn;

	sa.sa_sigaction = on_bus;
	CHECK(!sigaltstack(&ss, NULL) && !sigaction(SIGBUS, &sa, NULL));
	for (turn = 0; turn < 3; turn++)
		test_writers();
	check_group("SP that is misaligned");
	return check_done();
}
