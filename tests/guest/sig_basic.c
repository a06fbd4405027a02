/*
 * sig_basic.c - handlers, masks, nesting, one-shot handlers, siginfo.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <ucontext.h>

#include "check.h"

static volatile int count, depth, max_depth, last_sig, last_code, last_value;
static volatile pid_t last_pid;

static void
simple(int sig)
{
	last_sig = sig;
	count++;
}

static void
detailed(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;

	CHECK(sig == info->si_signo);
	CHECK(uc != NULL);
	last_sig = sig;
	last_code = info->si_code;
	last_pid = info->si_pid;
	last_value = info->si_value.sival_int;
	count++;
}

static void
nested(int sig)
{
	sigset_t cur;

	depth++;
	if (depth > max_depth)
		max_depth = depth;
	sigprocmask(SIG_BLOCK, NULL, &cur);
	CHECK(sigismember(&cur, sig));
	if (sig == SIGUSR1 && count < 3) {
		CHECK(sigismember(&cur, SIGHUP));
		raise(SIGUSR1);		/* blocked: pends */
		raise(SIGUSR2);		/* runs at once */
	} else if (depth > 1) {
		CHECK(sigismember(&cur, SIGUSR1));
	}
	count++;
	depth--;
}

static void
nodefer(int sig)
{
	if (++count < 5)
		raise(sig);
}

static void
install(int sig, void *fn, int flags, int also)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = (void (*)(int))fn;
	sa.sa_flags = flags;
	sigemptyset(&sa.sa_mask);
	if (also)
		sigaddset(&sa.sa_mask, also);
	CHECK(!sigaction(sig, &sa, NULL));
}

static void
test_info(void)
{
	union sigval v = { .sival_int = 77 };

	count = 0;
	install(SIGUSR1, simple, 0, 0);
	CHECK(!raise(SIGUSR1));
	CHECK(count == 1 && last_sig == SIGUSR1);

	install(SIGUSR1, detailed, SA_SIGINFO, 0);
	CHECK(!kill(getpid(), SIGUSR1));
	CHECK(count == 2 && last_code == SI_USER && last_pid == getpid());
	CHECK(!raise(SIGUSR1));
	CHECK(count == 3 && last_code == SI_TKILL && last_pid == getpid());
	CHECK(!sigqueue(getpid(), SIGUSR1, v));
	CHECK(count == 4 && last_code == SI_QUEUE && last_value == 77);
}

static void
test_nesting(void)
{
	struct sigaction old;

	sigset_t set, pend;

	count = max_depth = 0;
	install(SIGUSR2, nested, 0, 0);
	install(SIGUSR1, nested, 0, SIGHUP);
	CHECK(!sigaction(SIGUSR1, NULL, &old));
	CHECK(old.sa_handler == nested && sigismember(&old.sa_mask, SIGHUP));

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK(!raise(SIGUSR2));
	CHECK(count == 0);
	CHECK(!sigpending(&pend));
	CHECK(sigismember(&pend, SIGUSR2) && !sigismember(&pend, SIGUSR1));
	CHECK(!sigprocmask(SIG_UNBLOCK, &set, NULL));
	CHECK(count == 1);
	CHECK(!sigpending(&pend));
	CHECK(!sigismember(&pend, SIGUSR2));

	/* USR1 (USR2 in it), and the one that was pending, twice. */
	count = 0;
	CHECK(!raise(SIGUSR1));
	CHECK(count == 5 && max_depth == 2);

	count = 0;
	install(SIGUSR1, nodefer, SA_NODEFER, 0);
	raise(SIGUSR1);
	CHECK(count == 5);
}

static volatile int order[8], n_order;

static void
ordered(int sig)
{
	order[n_order++] = sig;
	if (sig == SIGUSR1 && n_order < 3) {
		raise(SIGUSR1);
		raise(SIGUSR2);
	}
	order[n_order++] = -sig;
}

static void
test_order(void)
{
	static const int want[] = {
		SIGUSR1, SIGUSR2, -SIGUSR2, -SIGUSR1, SIGUSR1, -SIGUSR1
	};
	unsigned i;

	install(SIGUSR1, ordered, 0, 0);
	install(SIGUSR2, ordered, 0, 0);
	raise(SIGUSR1);
	CHECK(n_order == 6);
	for (i = 0; i < 6; i++)
		CHECK(order[i] == want[i]);
}

/* Two at once: both get a frame, the higher one's handler runs first. */
static void
test_stacked(void)
{
	sigset_t set, old;

	n_order = 0;
	install(SIGHUP, ordered, 0, 0);
	install(SIGTERM, ordered, 0, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	raise(SIGTERM);
	raise(SIGHUP);
	CHECK(n_order == 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	CHECK(n_order == 4);
	CHECK(order[0] == SIGTERM && order[1] == -SIGTERM);
	CHECK(order[2] == SIGHUP && order[3] == -SIGHUP);
}

static void
test_once(void)
{
	struct sigaction old;

	count = 0;
	install(SIGUSR1, simple, SA_RESETHAND, 0);
	raise(SIGUSR1);
	CHECK(count == 1);
	CHECK(!sigaction(SIGUSR1, NULL, &old));
	CHECK(old.sa_handler == SIG_DFL);

	CHECK(signal(SIGUSR1, SIG_IGN) == SIG_DFL);
	raise(SIGUSR1);
	CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
}

static void
test_errors(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	errno = 0;
	CHECK(sigaction(SIGKILL, &sa, NULL) < 0 && errno == EINVAL);
	CHECK(sigaction(SIGSTOP, &sa, NULL) < 0 && errno == EINVAL);
	CHECK(!sigaction(SIGKILL, NULL, &sa));
	CHECK(sa.sa_handler == SIG_DFL);
	CHECK(sigaction(65, NULL, &sa) < 0 && errno == EINVAL);
	CHECK(kill(getpid(), 65) < 0 && errno == EINVAL);
}

/* What the kernel does not know it does not keep. */
static void
test_flags(void)
{
	struct sigaction sa, old;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = simple;
	sa.sa_flags = SA_RESTART | 0x400 | 0x100;
	sigfillset(&sa.sa_mask);
	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	CHECK(!sigaction(SIGUSR1, NULL, &old));
	CHECK((old.sa_flags & 0x500) == 0 && old.sa_flags & SA_RESTART);
	CHECK(!sigismember(&old.sa_mask, SIGKILL));
	CHECK(sigismember(&old.sa_mask, SIGTERM));
}

/* The mask that the frame holds is what is restored. */
static void
edit_mask(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;

	(void)sig;
	(void)info;
	CHECK(!sigismember(&uc->uc_sigmask, SIGUSR1));
	sigaddset(&uc->uc_sigmask, SIGHUP);
}

static void
test_frame_mask(void)
{
	sigset_t cur;

	install(SIGUSR1, edit_mask, SA_SIGINFO, 0);
	raise(SIGUSR1);
	sigprocmask(SIG_BLOCK, NULL, &cur);
	CHECK(sigismember(&cur, SIGHUP));
	CHECK(!sigismember(&cur, SIGUSR1));
	sigemptyset(&cur);
	sigprocmask(SIG_SETMASK, &cur, NULL);
}

int
main(void)
{
	test_info();
	test_nesting();
	test_order();
	test_stacked();
	test_once();
	test_errors();
	test_flags();
	test_frame_mask();
	return 0;
}
