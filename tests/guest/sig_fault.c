/*
 * sig_fault.c - signals that instructions raise: si_addr, si_code, going on
 * after them, the alternate stack, uncaught ones.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>

#include "check.h"

static sigjmp_buf env;
static volatile int sig_seen, code_seen, on_alt;
static void *volatile addr_seen;
static char alt[65536];

static void
jump_out(int sig, siginfo_t *info, void *ctx)
{
	char here;

	(void)ctx;
	sig_seen = sig;
	code_seen = info->si_code;
	addr_seen = info->si_addr;
	on_alt = &here >= alt && &here < alt + sizeof(alt);
	siglongjmp(env, 1);
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
test_addresses(void)
{
	volatile char *ro = mmap(NULL, 4096, PROT_READ,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile char *none = mmap(NULL, 8192, PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile char *volatile bad = (char *)0x10;
	sigset_t cur;
	int i;

	install(SIGSEGV, jump_out, 0);
	for (i = 0; i < 3; i++) {	/* the mask must come back each time */
		if (!sigsetjmp(env, 1)) {
			*bad = 1;
			CHECK(!"reached");
		}
		CHECK(sig_seen == SIGSEGV && code_seen == SEGV_MAPERR);
		CHECK(addr_seen == (void *)0x10);
	}
	sigprocmask(SIG_BLOCK, NULL, &cur);
	CHECK(!sigismember(&cur, SIGSEGV));
	if (!sigsetjmp(env, 1)) {
		ro[5] = 1;
		CHECK(!"reached");
	}
	CHECK(code_seen == SEGV_ACCERR && addr_seen == ro + 5);
	CHECK(ro[5] == 0);
	if (!sigsetjmp(env, 1)) {
		(void)none[4097];
		CHECK(!"reached");
	}
	CHECK(code_seen == SEGV_ACCERR && addr_seen == none + 4097);
	if (!sigsetjmp(env, 1)) {
		((void (*)(void))(unsigned long)ro)();
		CHECK(!"reached");
	}
	CHECK(sig_seen == SIGSEGV && code_seen == SEGV_ACCERR);
	CHECK(addr_seen == ro);
	munmap((void *)ro, 4096);
	if (!sigsetjmp(env, 1)) {
		((void (*)(void))(unsigned long)ro)();
		CHECK(!"reached");
	}
	CHECK(code_seen == SEGV_MAPERR && addr_seen == ro);
}

static void
test_bus(void)
{
	char name[] = "/tmp/ferry-test-XXXXXX";
	int fd = mkstemp(name);
	volatile char *p;

	CHECK(fd >= 0);
	unlink(name);
	CHECK(!ftruncate(fd, 4096));
	p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	install(SIGBUS, jump_out, 0);
	if (!sigsetjmp(env, 1)) {
		(void)p[4100];
		CHECK(!"reached");
	}
	CHECK(sig_seen == SIGBUS && code_seen == BUS_ADRERR);
	CHECK(addr_seen == p + 4100);
	close(fd);
}

static volatile char *page;

static void
open_page(int sig, siginfo_t *info, void *ctx)
{
	(void)ctx;
	sig_seen = sig;
	CHECK(info->si_addr >= (void *)page &&
	      info->si_addr < (void *)(page + 4096));
	CHECK(!mprotect((void *)page, 4096, PROT_READ | PROT_WRITE));
}

/* The instruction is executed again after the handler. */
static void
test_resume(void)
{
	page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	install(SIGSEGV, open_page, 0);
	page[9] = 42;
	CHECK(sig_seen == SIGSEGV && page[9] == 42);
}

static __attribute__((noinline)) int
recurse(int n)
{
	volatile char big[1024];

	big[0] = (char)n;
	return n < 0 ? 0 : recurse(n + 1) + big[0];
}

static void
test_altstack(void)
{
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) }, old;

	CHECK(!sigaltstack(NULL, &old));
	CHECK(old.ss_flags == SS_DISABLE);
	CHECK(!sigaltstack(&ss, NULL));
	CHECK(!sigaltstack(NULL, &old));
	CHECK(old.ss_sp == alt && old.ss_flags == 0);
	CHECK(old.ss_size == sizeof(alt));
	ss.ss_size = 100;
	CHECK(sigaltstack(&ss, NULL) < 0 && errno == ENOMEM);
	ss.ss_flags = 77;
	CHECK(sigaltstack(&ss, NULL) < 0 && errno == EINVAL);

	install(SIGSEGV, jump_out, SA_ONSTACK);
	if (!sigsetjmp(env, 1)) {
		recurse(0);
		CHECK(!"reached");
	}
	CHECK(sig_seen == SIGSEGV && on_alt);
	/* And again: the stack is free once it was left. */
	if (!sigsetjmp(env, 1))
		recurse(0);
	CHECK(on_alt);
	ss.ss_flags = SS_DISABLE;
	CHECK(!sigaltstack(&ss, NULL));
}

static void
in_use(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;
	stack_t ss;

	(void)sig;
	(void)info;
	CHECK(!sigaltstack(NULL, &ss));
	CHECK(ss.ss_flags == SS_ONSTACK);
	ss.ss_flags = 0;
	CHECK(sigaltstack(&ss, NULL) < 0 && errno == EPERM);
	CHECK(uc->uc_stack.ss_sp == alt);
	sig_seen = 1234;
}

static void
test_altstack_use(void)
{
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };

	CHECK(!sigaltstack(&ss, NULL));
	install(SIGUSR1, in_use, SA_ONSTACK);
	raise(SIGUSR1);
	CHECK(sig_seen == 1234);
	ss.ss_flags = SS_DISABLE;
	CHECK(!sigaltstack(&ss, NULL));
}

/* Uncaught, blocked or ignored: the parent sees the signal. */
static void
test_death(int how)
{
	int status, fds;
	pid_t pid = fork();
	sigset_t set;

	if (!pid) {
		fds = open("/dev/null", O_WRONLY);
		dup2(fds, 2);
		signal(SIGSEGV, how == 1 ? SIG_IGN : SIG_DFL);
		if (how == 2) {
			install(SIGSEGV, jump_out, 0);
			sigemptyset(&set);
			sigaddset(&set, SIGSEGV);
			sigprocmask(SIG_BLOCK, &set, NULL);
		}
		*(volatile int *)8 = 0;
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

/* The synchronous signals can be sent like any other. */
static void
test_sent(void)
{
	sigset_t set, pend;

	install(SIGSEGV, jump_out, 0);
	sig_seen = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGSEGV);
	CHECK(!sig_seen);
	CHECK(!sigpending(&pend) && sigismember(&pend, SIGSEGV));
	if (!sigsetjmp(env, 0)) {
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		CHECK(!"reached");
	}
	CHECK(sig_seen == SIGSEGV && code_seen == SI_USER);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGSEGV);
	CHECK(sigwaitinfo(&set, NULL) == SIGSEGV);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGSEGV, SIG_IGN);
	kill(getpid(), SIGSEGV);
	signal(SIGSEGV, SIG_DFL);
}

/* Jumps to where there is no code, often enough to be translated. */
static void
test_jumps(void)
{
	static const uintptr_t to[] = { 0, 0x10, 0x7ffffffff000 };
	volatile int i;

	install(SIGSEGV, jump_out, 0);
	for (i = 0; i < 300; i++) {
		void (*volatile fn)(void) = (void (*)(void))to[i % 3];

		if (!sigsetjmp(env, 1)) {
			fn();
			CHECK(!"reached");
		}
		CHECK(sig_seen == SIGSEGV && code_seen == SEGV_MAPERR);
		CHECK(addr_seen == (void *)to[i % 3]);
	}
}

int
main(void)
{
	int i;

	test_addresses();
	test_jumps();
	test_bus();
	test_resume();
	test_altstack();
	test_altstack_use();
	for (i = 0; i < 3; i++)
		test_death(i);
	test_sent();
	return 0;
}
