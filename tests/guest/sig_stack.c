/*
 * sig_stack.c - the stacks that handlers run on and the ways out of them:
 * alternate stacks, overflow, faults in handlers, jumps, contexts, unwinding.
 *
 * TEST-CFLAGS: -pthread -fexceptions -funwind-tables
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unwind.h>

#include "check.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

enum { ALT = 65536 };

static char alt[ALT], alt2[ALT];
static sigjmp_buf env;
static volatile int depth, seen, n;

static void
install(int sig, void *fn, int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = (void (*)(int, siginfo_t *, void *))fn;
	sa.sa_flags = SA_SIGINFO | flags;
	CHECK(!sigaction(sig, &sa, NULL));
}

static int
is_on(const char *stack)
{
	char here;
	uintptr_t at = (uintptr_t)&here;

	return at >= (uintptr_t)stack && at < (uintptr_t)stack + ALT;
}

static void
set_stack(char *stack, unsigned flags)
{
	stack_t ss = { .ss_sp = stack, .ss_size = ALT,
		       .ss_flags = (int)flags };

	if (!stack)
		ss.ss_flags = SS_DISABLE;
	CHECK(!sigaltstack(&ss, NULL));
}

/* --- SS_AUTODISARM: off while the handler runs, and back behind it. */

static void
on_disarmed(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;
	stack_t ss;

	(void)sig;
	(void)info;
	CHECK(is_on(depth ? alt2 : alt));
	CHECK(!sigaltstack(NULL, &ss) && ss.ss_flags == SS_DISABLE);
	CHECK(uc->uc_stack.ss_sp == (depth ? alt2 : alt));
	if (depth++)
		return;
	/* Another one may be used at once, for a nested signal. */
	set_stack(alt2, SS_AUTODISARM);
	raise(SIGUSR1);
	CHECK(depth == 2);
}

static void
test_autodisarm(void)
{
	stack_t ss;

	install(SIGUSR1, on_disarmed, SA_ONSTACK | SA_NODEFER);
	set_stack(alt, SS_AUTODISARM);
	raise(SIGUSR1);
	CHECK(depth == 2);
	CHECK(!sigaltstack(NULL, &ss));
	CHECK(ss.ss_sp == alt && ss.ss_flags == (int)SS_AUTODISARM);
	set_stack(NULL, 0);
}

/* --- Nested on one alternate stack until it is full: death by SIGSEGV. */

static void
on_nested(int sig, siginfo_t *info, void *ctx)
{
	(void)info;
	(void)ctx;
	CHECK(depth == 0 || sig == SIGUSR1);
	depth++;
	raise(SIGUSR1);
}

static void
test_overflow(void)
{
	char *stack = mmap(NULL, ALT + 8192, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	CHECK(!mprotect(stack + 8192, ALT, PROT_READ | PROT_WRITE));
	pid = fork();
	if (!pid) {
		depth = 0;
		close(2);
		install(SIGUSR1, on_nested, SA_ONSTACK | SA_NODEFER);
		set_stack(stack + 8192, 0);
		raise(SIGUSR1);
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	munmap(stack, ALT + 8192);
}

/* --- Faults in handlers. */

static void
on_inner(int sig, siginfo_t *info, void *ctx)
{
	(void)ctx;
	CHECK(sig == SIGBUS && info->si_code == BUS_ADRALN + 1);
	seen++;
	siglongjmp(env, 2);
}

static volatile char *beyond;

static void
on_outer(int sig, siginfo_t *info, void *ctx)
{
	(void)info;
	(void)ctx;
	CHECK(sig == SIGSEGV);
	seen++;
	(void)*beyond;
	CHECK(!"reached");
}

static void
test_nested_faults(void)
{
	char name[] = "/tmp/ferry-test-XXXXXX";
	int fd = mkstemp(name), i, status;
	pid_t pid;

	CHECK(fd >= 0);
	unlink(name);
	CHECK(!ftruncate(fd, 4096));
	beyond = (char *)mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0) + 4096;
	install(SIGSEGV, on_outer, 0);
	install(SIGBUS, on_inner, 0);
	for (i = 0; i < 3; i++)
		if (sigsetjmp(env, 1) == 0) {
			*(volatile int *)bad_address = 1;
			CHECK(!"reached");
		}
	CHECK(seen == 6);
	/* The same signal, which its handler blocks: death. */
	pid = fork();
	if (!pid) {
		close(2);
		install(SIGBUS, on_outer, 0);
		install(SIGSEGV, on_outer, SA_RESETHAND);
		beyond = bad_address;
		*(volatile int *)bad_address = 1;
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

/* --- Contexts: a handler switches away, as a preemptive scheduler does. */

static ucontext_t main_uc, co_uc, handler_uc;

static void
on_switch(int sig, siginfo_t *info, void *ctx)
{
	(void)sig;
	(void)info;
	(void)ctx;
	CHECK(!swapcontext(&handler_uc, &main_uc));
	n += 100;		/* continued: back into the loop */
}

static void
co(void)
{
	n = 1;
	raise(SIGUSR2);
	n += 10;
}

static void
test_contexts(void)
{
	static char stack[65536];

	install(SIGUSR2, on_switch, 0);
	CHECK(!getcontext(&co_uc));
	co_uc.uc_stack.ss_sp = stack;
	co_uc.uc_stack.ss_size = sizeof(stack);
	co_uc.uc_link = &main_uc;
	makecontext(&co_uc, co, 0);
	CHECK(!swapcontext(&main_uc, &co_uc));
	CHECK(n == 1);
	CHECK(!swapcontext(&main_uc, &handler_uc));
	CHECK(n == 111);
}

/* --- Unwinding through the frame. */

static uintptr_t fault_pc;
static int passed_handler, passed_fault;

static _Unwind_Reason_Code
step(struct _Unwind_Context *uc, void *arg)
{
	int before;
	uintptr_t pc = _Unwind_GetIPInfo(uc, &before);

	(void)arg;
	/* A signal frame: the pc is the instruction's own. */
	if (before && pc == fault_pc)
		passed_fault = 1;
	n++;
	return n > 50 ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static void
on_unwind(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;

	(void)sig;
	(void)info;
#ifdef __aarch64__
	fault_pc = uc->uc_mcontext.pc;
#else
	fault_pc = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
#endif
	n = 0;
	_Unwind_Backtrace(step, NULL);
	passed_handler = n;
	siglongjmp(env, 1);
}

static __attribute__((noinline)) void
faulty(int levels)
{
	if (levels)
		faulty(levels - 1);
	else
		*(volatile int *)bad_address = 1;
	__asm__ volatile("");
}

static void
test_unwind(void)
{
	install(SIGSEGV, on_unwind, SA_ONSTACK);
	set_stack(alt, 0);
	if (!sigsetjmp(env, 1))
		faulty(4);
	/* step, handler, trampoline, five of faulty, this, main, start */
	CHECK(passed_fault && passed_handler >= 8);
	set_stack(NULL, 0);
}

static void
cleanup(void *arg)
{
	++*(int *)arg;
}

static void
on_cancel(int sig)
{
	(void)sig;
	pthread_testcancel();
	CHECK(!"reached");
}

static void *
cancelled(void *arg)
{
	pthread_cleanup_push(cleanup, arg);
	pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
	pthread_cancel(pthread_self());
	raise(SIGUSR1);
	CHECK(!"reached");
	pthread_cleanup_pop(0);
	return NULL;
}

static void *
spinning(void *arg)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	*(int *)arg = 1;
	for (;;)
		__asm__ volatile("");
	return NULL;
}

static void
test_cancel(void)
{
	struct sigaction sa = { .sa_handler = on_cancel };
	volatile int cleaned = 0;
	pthread_t t;
	void *ret;

	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	CHECK(!pthread_create(&t, NULL, cancelled, (void *)&cleaned));
	CHECK(!pthread_join(t, &ret) && ret == PTHREAD_CANCELED);
	CHECK(cleaned == 1);
	cleaned = 0;
	CHECK(!pthread_create(&t, NULL, spinning, (void *)&cleaned));
	while (!cleaned)
		usleep(1000);
	CHECK(!pthread_cancel(t));
	CHECK(!pthread_join(t, &ret) && ret == PTHREAD_CANCELED);
}

int
main(void)
{
	test_autodisarm();
	check_group("autodisarm");
	test_overflow();
	check_group("overflow");
	test_nested_faults();
	check_group("nested faults");
	test_contexts();
	check_group("contexts");
	test_unwind();
	check_group("unwind");
	test_cancel();
	check_group("cancel");
	return check_done();
}
