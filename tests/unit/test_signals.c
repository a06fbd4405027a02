/*
 * test_signals.c - from a host signal to the guest's frame and back, on a
 * guest thread whose "program" is the test: its registers are filled, its
 * stack is memory of the test's.
 */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../runtime/vm/guest_isa.h"
#include "../../runtime/vm/process.h"
#include "../../signals/internal.h"
#include "../../syscall/syscall.h"

#define HANDLER		0x123450
#define RESTORER	0x543210
#define PC		0x400000
#define SA_RESTORER_	0x04000000u

static struct thread *t;
static struct a64_cpu *cpu;
static char stack[65536] __attribute__((aligned(16)));
#define STACK_TOP	((gaddr)(uintptr_t)(stack + sizeof(stack)))

static uint64_t
host_mask(void)
{
	uint64_t m;

	signals_block_all(&m);
	signals_unblock(m);
	return m;
}

static void
start(void)
{
	unsigned i;

	process.isa = &guest_a64;
	t = thread_init_main(&process);
	signals_init(t);
	cpu = &t->cpu.a64;
	guest_a64.start(t, PC, STACK_TOP - 1024);
	for (i = 0; i < 31; i++)
		cpu->x[i] = 0x1111000000000000 + i;
	for (i = 0; i < 32; i++)
		cpu->v[i].d[0] = cpu->v[i].d[1] = 0x2222000000000000 + i;
	a64_nzcv_set(cpu, 0x50000000);
}

static void
handle(int sig, unsigned flags, uint64_t mask)
{
	struct guest_sigaction a = { HANDLER, flags | SA_RESTORER_, RESTORER,
				     mask };

	ck_assert_int_eq(signals_action(t, sig, &a, NULL), 0);
}

START_TEST(frame_and_return)
{
	struct a64_cpu before = *cpu;

	handle(SIGUSR1, SA_SIGINFO, SIG_BIT(SIGHUP));
	t->sigmask = SIG_BIT(SIGTERM);
	raise(SIGUSR1);
	ck_assert_uint_eq(t->poll, 1);
	/* Until it is delivered, only the five can come. */
	ck_assert_uint_eq(host_mask(), ~(SIG_SYNC_SET | SIG_FORCED_SET));
	ck_assert_uint_eq(cpu->pc, PC);

	signals_deliver(t);
	ck_assert_uint_eq(t->poll, 0);
	ck_assert_uint_eq(cpu->pc, HANDLER);
	ck_assert_uint_eq(cpu->x[0], SIGUSR1);
	ck_assert_uint_eq(cpu->x[30], RESTORER);
	ck_assert_uint_eq(cpu->x[31] % 16, 0);
	ck_assert_uint_eq(cpu->x[1], cpu->x[31]);
	ck_assert_uint_eq(cpu->x[2], cpu->x[31] + 128);
	ck_assert_uint_eq(cpu->x[29], cpu->x[31] + 4688);
	ck_assert_uint_eq(t->sigmask, SIG_BIT(SIGTERM) | SIG_BIT(SIGUSR1) |
			  SIG_BIT(SIGHUP));
	ck_assert_uint_eq(host_mask(), t->sigmask);

	memset(cpu->x, 0, 31 * 8);
	memset(cpu->v, 0, sizeof(cpu->v));
	a64_nzcv_set(cpu, 0xa0000000);
	signals_return(t);
	ck_assert_mem_eq(cpu->x, before.x, sizeof(cpu->x));
	ck_assert_mem_eq(cpu->v, before.v, sizeof(cpu->v));
	ck_assert_uint_eq(cpu->pc, PC);
	ck_assert_uint_eq(a64_nzcv(cpu), 0x50000000);
	ck_assert_uint_eq(t->sigmask, SIG_BIT(SIGTERM));
	ck_assert_uint_eq(host_mask(), SIG_BIT(SIGTERM));
}
END_TEST

START_TEST(several_at_once)
{
	gaddr first;

	handle(SIGUSR1, 0, 0);
	handle(SIGUSR2, 0, 0);
	raise(SIGUSR1);
	raise(SIGUSR2);		/* stays with the kernel */
	first = cpu->x[31];
	signals_deliver(t);
	/* Two frames; the second's handler runs first. */
	ck_assert_uint_eq(cpu->x[0], SIGUSR2);
	ck_assert_uint_lt(cpu->x[31], first - 2 * 4688);
	signals_return(t);
	ck_assert_uint_eq(cpu->pc, HANDLER);
	ck_assert_uint_eq(cpu->x[0], SIGUSR1);
	signals_return(t);
	ck_assert_uint_eq(cpu->pc, PC);
	ck_assert_uint_eq(t->sigmask, 0);
}
END_TEST

/* The ring has room for what races let in; more goes back to the kernel. */
START_TEST(ring_overflows)
{
	int i, n = 0;

	handle(SIGUSR1, SA_NODEFER, 0);
	for (i = 0; i < 10; i++) {
		union sigval v = { .sival_int = i };

		handle(SIGRTMIN + i, SA_NODEFER, 0);
		signals_unblock(0);
		sigqueue(getpid(), SIGRTMIN + i, v);
	}
	ck_assert_uint_eq(t->pending->tail - t->pending->head, RING_SIZE);
	signals_deliver(t);
	while (cpu->pc == HANDLER) {
		signals_return(t);
		n++;
	}
	ck_assert_int_eq(n, 10);
}
END_TEST

/* Noted, then blocked: it waits in the kernel. */
START_TEST(blocked_after_all)
{
	handle(SIGUSR1, 0, 0);
	raise(SIGUSR1);
	t->sigmask = SIG_BIT(SIGUSR1);
	signals_deliver(t);
	ck_assert_uint_eq(cpu->pc, PC);
	signals_set_mask(t, 0);
	signals_unblock(0);
	ck_assert_uint_eq(t->poll, 1);
	signals_deliver(t);
	ck_assert_uint_eq(cpu->pc, HANDLER);
}
END_TEST

START_TEST(synchronous_ones_are_held)
{
	siginfo_t info;

	handle(SIGSEGV, 0, 0);
	t->sigmask = SIG_BIT(SIGSEGV);
	raise(SIGSEGV);
	/* Who is about to wait for it has to look; others do so in vain. */
	ck_assert_uint_eq(t->poll, 1);
	signals_deliver(t);
	ck_assert_uint_eq(t->poll, 0);
	ck_assert_uint_eq(signals_held(t), SIG_BIT(SIGSEGV));
	ck_assert_int_eq(signals_take_held(t, SIG_BIT(SIGBUS), &info), 0);
	ck_assert_int_eq(signals_take_held(t, ~0ull, &info), SIGSEGV);
	ck_assert_int_eq(info.si_pid, getpid());
	raise(SIGSEGV);
	signals_set_mask(t, 0);
	ck_assert_uint_eq(t->poll, 1);
	signals_deliver(t);
	ck_assert_uint_eq(cpu->pc, HANDLER);
	ck_assert_uint_eq(host_mask() & SIG_SYNC_SET, 0);
}
END_TEST

/* flags, whether a handler runs, what x0 is and whether pc went back */
static const struct {
	unsigned flags;
	bool handler;
	int64_t x0;
	gaddr pc;
} restarts[] = {
	{ SA_RESTART, true, 0x77, PC - 4 },
	{ 0, true, -EINTR, PC },
	{ 0, false, 0x77, PC - 4 },
};

START_TEST(restart)
{
	unsigned i = (unsigned)_i;

	if (restarts[i].handler) {
		handle(SIGUSR1, restarts[i].flags, 0);
		raise(SIGUSR1);
	}
	t->restart = true;
	t->orig_arg0 = 0x77;
	signals_deliver(t);
	ck_assert(!t->restart);
	if (restarts[i].handler)
		signals_return(t);
	ck_assert_int_eq((int64_t)cpu->x[0], restarts[i].x0);
	ck_assert_uint_eq(cpu->pc, restarts[i].pc);
}
END_TEST

START_TEST(temporary_mask)
{
	const uint64_t own = SIG_BIT(SIGUSR1), temp = SIG_BIT(SIGHUP);

	/* Not interrupted, or before it began: as if nothing had been. */
	t->sigmask = own;
	ck_assert_uint_eq(signals_temp_mask(t, temp), temp);
	ck_assert_uint_eq(t->sigmask, temp);
	ck_assert_int_eq(signals_temp_done(t, 3), 3);
	ck_assert_uint_eq(t->sigmask, own);
	signals_temp_mask(t, temp);
	t->poll = 1;
	ck_assert_int_eq(signals_temp_done(t, -ERESTARTNOINTR_GUEST),
			 -ERESTARTNOINTR_GUEST);
	ck_assert_uint_eq(t->sigmask, own);

	/* Interrupted: the handler runs with the temporary mask, the frame
	 * has the other. */
	handle(SIGUSR1, 0, 0);
	signals_temp_mask(t, temp);
	raise(SIGUSR1);
	ck_assert_int_eq(signals_temp_done(t, -EINTR), -EINTR);
	signals_deliver(t);
	ck_assert_uint_eq(t->sigmask, temp | SIG_BIT(SIGUSR1));
	signals_return(t);
	ck_assert_uint_eq(t->sigmask, own);
	ck_assert_uint_eq(host_mask(), own);

	/* Interrupted by what then has no handler. */
	signals_temp_mask(t, temp);
	t->poll = 1;
	signals_temp_done(t, -EINTR);
	signals_deliver(t);
	ck_assert_uint_eq(t->sigmask, own);
	ck_assert(!t->restore_sigmask);
}
END_TEST

START_TEST(altstack)
{
	static char alt[16384];
	struct guest_stack_t ss = { (gaddr)(uintptr_t)alt, 0, 0,
				    sizeof(alt) };
	struct guest_stack_t old;

	signals_altstack(t, NULL, &old);
	ck_assert_int_eq(old.ss_flags, SS_DISABLE);
	ss.ss_size = 5119;
	ck_assert_int_eq(signals_altstack(t, &ss, NULL), -ENOMEM);
	ss.ss_size = sizeof(alt);
	ss.ss_flags = 8;
	ck_assert_int_eq(signals_altstack(t, &ss, NULL), -EINVAL);
	ss.ss_flags = (int)(1u << 31);
	ck_assert_int_eq(signals_altstack(t, &ss, NULL), 0);
	signals_altstack(t, NULL, &old);
	ck_assert_int_eq(old.ss_flags, ss.ss_flags);

	/* Used, and disarmed while the handler runs. */
	handle(SIGUSR1, SA_ONSTACK, 0);
	raise(SIGUSR1);
	signals_deliver(t);
	ck_assert(cpu->x[31] > ss.ss_sp &&
		  cpu->x[31] < ss.ss_sp + ss.ss_size);
	signals_altstack(t, NULL, &old);
	ck_assert_int_eq(old.ss_flags, SS_DISABLE);
	signals_return(t);
	signals_altstack(t, NULL, &old);
	ck_assert_int_eq(old.ss_flags, ss.ss_flags);
	ck_assert_uint_eq(old.ss_sp, ss.ss_sp);
}
END_TEST

START_TEST(reset_and_ignore)
{
	struct guest_sigaction old, ign = { 1, 0, 0, 0 };

	handle(SIGUSR1, SA_RESETHAND, 0);
	raise(SIGUSR1);
	signals_deliver(t);
	signals_action(t, SIGUSR1, NULL, &old);
	ck_assert_uint_eq(old.handler, 0);
	signals_return(t);
	/* Ignored between the note and the poll. */
	handle(SIGUSR2, 0, 0);
	raise(SIGUSR2);
	signals_action(t, SIGUSR2, &ign, &old);
	ck_assert_uint_eq(old.handler, HANDLER);
	ck_assert_uint_eq(old.restorer, RESTORER);
	signals_deliver(t);
	ck_assert_uint_eq(cpu->pc, PC);
	ck_assert_uint_eq(host_mask(), 0);
	ck_assert_int_eq(signals_action(t, SIGKILL, &ign, NULL), -EINVAL);
	ck_assert_int_eq(signals_action(t, 0, NULL, NULL), -EINVAL);
	ck_assert_int_eq(signals_action(t, 65, NULL, NULL), -EINVAL);
}
END_TEST

/* Default actions are the kernel's, with the right wait status. */
START_TEST(default_action)
{
	struct guest_sigaction dfl = { 0 };

	handle(SIGTERM, 0, 0);
	raise(SIGTERM);
	signals_action(t, SIGTERM, &dfl, NULL);
	signals_deliver(t);
	ck_abort_msg("alive");
}
END_TEST

static void
fault_now(int code)
{
	t->fault.sig = SIGSEGV;
	t->fault.code = code;
	t->fault.addr = t->fault.far = 0xabc;
	t->fault.esr = 0x92000046;
	signals_fault(t);
}

START_TEST(fault)
{
	gaddr sp;

	handle(SIGSEGV, SA_SIGINFO, 0);
	fault_now(SEGV_ACCERR);
	ck_assert_uint_eq(cpu->pc, HANDLER);
	sp = cpu->x[31];
	ck_assert_int_eq(((siginfo_t *)sp)->si_code, SEGV_ACCERR);
	ck_assert_uint_eq((uintptr_t)((siginfo_t *)sp)->si_addr, 0xabc);
	/* sigcontext.fault_address, and the record after fpsimd_context */
	ck_assert_uint_eq(*(uint64_t *)(sp + 304), 0xabc);
	ck_assert_uint_eq(*(uint64_t *)(sp + 592 + 0x210),
			  0x1045535201);
	ck_assert_uint_eq(*(uint64_t *)(sp + 592 + 0x218), 0x92000046);
	signals_return(t);
	ck_assert_uint_eq(cpu->pc, PC);
	ck_assert_uint_eq(t->sigmask, 0);
}
END_TEST

START_TEST(fault_blocked)
{
	handle(SIGSEGV, 0, 0);
	t->sigmask = SIG_BIT(SIGSEGV);
	fault_now(SEGV_MAPERR);
	ck_abort_msg("alive");
}
END_TEST

START_TEST(fault_without_stack)
{
	handle(SIGSEGV, 0, 0);
	cpu->x[31] = 0x1000;
	fault_now(SEGV_MAPERR);
	ck_abort_msg("alive");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("signals");
	TCase *tc = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, start, NULL);
	tcase_add_test(tc, frame_and_return);
	tcase_add_test(tc, several_at_once);
	tcase_add_test(tc, ring_overflows);
	tcase_add_test(tc, blocked_after_all);
	tcase_add_test(tc, synchronous_ones_are_held);
	tcase_add_loop_test(tc, restart, 0, ARRAY_SIZE(restarts));
	tcase_add_test(tc, temporary_mask);
	tcase_add_test(tc, altstack);
	tcase_add_test(tc, reset_and_ignore);
	tcase_add_test_raise_signal(tc, default_action, SIGTERM);
	tcase_add_test(tc, fault);
	tcase_add_test_raise_signal(tc, fault_blocked, SIGSEGV);
	tcase_add_test_raise_signal(tc, fault_without_stack, SIGSEGV);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
