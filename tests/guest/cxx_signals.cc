/*
 * cxx_signals.cc - for cxx_signals.sh: C++ exceptions and thread cancellation
 * across signal frames. Only what the kernel, libgcc and libstdc++ promise:
 * it also runs natively.
 *
 * Compiled with -fnon-call-exceptions: what accesses memory may throw. What a
 * signal interrupts elsewhere is unwound too, if its function has neither
 * handlers nor destructors.
 */
#include <exception>
#include <stdexcept>
#include <vector>

#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "check.h"

/* The compiler knows nothing of what it does, nor that it does not throw. */
#define OPAQUE __attribute__((noipa))

struct Fault {
	int sig;
	void *addr;
	int uncaught;
};

/* Each names the order in which it is destroyed. */
struct Trace {
	int n;
	explicit Trace(int n) : n(n) {}
	~Trace() { seen = seen * 10 + n; uncaught = std::uncaught_exceptions(); }
	static int seen, uncaught;
};
int Trace::seen, Trace::uncaught;

/* Declared as never throwing, which they do here. */
static int (*volatile send)(int) = raise;
static int (*volatile send_to)(pid_t, int) = kill;

static char *page;		/* that nobody may access */
static volatile int zero;

static void
open_mask(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK(!pthread_sigmask(SIG_UNBLOCK, &set, NULL));
}

static void
thrower(int sig, siginfo_t *info, void *)
{
	open_mask(sig);
	throw Fault{ sig, info->si_addr, std::uncaught_exceptions() };
}

static void
install(int sig, void (*fn)(int, siginfo_t *, void *), int flags = 0)
{
	struct sigaction sa = {};

	sa.sa_sigaction = fn;
	sa.sa_flags = SA_SIGINFO | flags;
	CHECK(!sigaction(sig, &sa, NULL));
}

/* --- Faults. */

OPAQUE static int
load(volatile int *p)
{
	return *p;
}

OPAQUE static void
store(volatile int *p)
{
	*p = 1;
}

OPAQUE static int
load_deep(volatile int *p, int depth)
{
	Trace t(depth % 10);
	/* Live across the calls, in registers that are preserved. */
	double a = depth * 0.5, b = depth * 3.25;
	int v = depth ? load_deep(p, depth - 1) : load(p);

	return v + (int)(a * b);
}

OPAQUE static Fault
catch_load(volatile int *p)
{
	double a = zero + 1.5, b = zero + 2.5, c = zero + 3.5, d = zero + 4.5;
	long i = zero + 11, j = zero + 12, k = zero + 13;

	try {
		load_deep(p, 3);
	} catch (const Fault &f) {
		CHECK(a == 1.5 && b == 2.5 && c == 3.5 && d == 4.5);
		CHECK(i == 11 && j == 12 && k == 13);
		return f;
	}
	CHECK(!"nothing was thrown");
	return Fault();
}

static void
test_faults()
{
	volatile int *p = (volatile int *)(page + 64);
	Fault f;
	int i;

	install(SIGSEGV, thrower);
	for (i = 0; i < 300; i++) {
		Trace::seen = 0;
		f = catch_load(p);
		CHECK(f.sig == SIGSEGV && f.addr == p && f.uncaught == 0);
		CHECK(Trace::seen == 123 && Trace::uncaught == 1);
	}
	/* In the function that has the handler. */
	for (i = 0; i < 10; i++) {
		int caught = 0;

		try {
			*p = 3;
		} catch (const Fault &) {
			caught++;
		}
		try {
			i += *p;
		} catch (const Fault &) {
			caught++;
		}
		try {
			store(p);
		} catch (...) {
			caught++;
		}
		CHECK(caught == 3);
	}
	CHECK(std::uncaught_exceptions() == 0);
}

/* A jump to nowhere: the caller's frame is the first that there is. */
static void
test_sent()
{
	int i, caught = 0;

	install(SIGFPE, thrower);
	install(SIGUSR1, thrower);
	for (i = 0; i < 50; i++) {
		try {
			Trace t(1);

			send(i & 1 ? SIGFPE : SIGUSR1);
			CHECK(!"not reached");
		} catch (const Fault &f) {
			CHECK(f.sig == (i & 1 ? SIGFPE : SIGUSR1));
			caught++;
		}
		try {
			send_to(getpid(), SIGFPE);
			CHECK(!"not reached");
		} catch (const Fault &) {
			caught++;
		}
	}
	CHECK(caught == 100);
}

/* --- On the alternate stack, and from one into another. */

static void
test_altstack()
{
	static char room[2][128 << 10];
	stack_t ss = {}, old;
	int i;

	ss.ss_sp = room[0];
	ss.ss_size = sizeof(room[0]);
	CHECK(!sigaltstack(&ss, NULL));
	install(SIGSEGV, thrower, SA_ONSTACK);
	for (i = 0; i < 100; i++) {
		Fault f = catch_load((volatile int *)page);

		CHECK(f.addr == page);
		CHECK(!sigaltstack(NULL, &old) && old.ss_flags == 0);
	}
	ss.ss_sp = room[1];
	CHECK(!sigaltstack(&ss, NULL));
	CHECK(catch_load((volatile int *)page).sig == SIGSEGV);
	ss.ss_flags = SS_DISABLE;
	CHECK(!sigaltstack(&ss, NULL));
	install(SIGSEGV, thrower);
}

/* --- Handlers that catch, and such that pass on. */

static int inner_caught;

static void
catcher(int, siginfo_t *, void *)
{
	Trace t(5);

	try {
		load_deep((volatile int *)page, 1);
	} catch (const Fault &f) {
		CHECK(f.sig == SIGSEGV);
		inner_caught++;
	}
}

static void
passer(int, siginfo_t *, void *)
{
	Trace t(7);

	open_mask(SIGUSR2);
	load_deep((volatile int *)page, 1);
	CHECK(!"not reached");
}

/* Throws as what it was called for is unwound. */
struct Unwound {
	~Unwound() {
		try {
			load((volatile int *)page);
		} catch (const Fault &f) {
			CHECK(f.uncaught == 1);
			inner_caught++;
		}
	}
};

OPAQUE static void
throw_in_unwinding()
{
	Unwound u;

	load((volatile int *)page);
}

static void
test_nested()
{
	std::exception_ptr kept;
	int i, caught = 0;

	install(SIGUSR2, catcher);
	Trace::seen = inner_caught = 0;
	send(SIGUSR2);
	CHECK(inner_caught == 1 && Trace::seen == 15);

	install(SIGUSR2, passer);
	for (i = 0; i < 20; i++) {
		Trace::seen = 0;
		try {
			Trace t(9);

			send(SIGUSR2);
		} catch (const Fault &f) {
			caught++;
			CHECK(f.sig == SIGSEGV && Trace::seen == 179);
		}
	}
	CHECK(caught == 20);

	inner_caught = caught = 0;
	try {
		throw_in_unwinding();
	} catch (const Fault &) {
		caught++;
	}
	CHECK(caught == 1 && inner_caught == 1);

	/* While another one is being handled; and kept for later. */
	try {
		try {
			throw std::runtime_error("first");
		} catch (const std::exception &e) {
			try {
				send(SIGUSR2);
			} catch (...) {
				kept = std::current_exception();
			}
			CHECK(!strcmp(e.what(), "first"));
			throw;
		}
	} catch (const std::runtime_error &e) {
		CHECK(!strcmp(e.what(), "first"));
	}
	try {
		std::rethrow_exception(kept);
	} catch (const Fault &f) {
		CHECK(f.sig == SIGSEGV);
	}
}

/* --- Wherever a signal comes. */

static volatile unsigned turns;

OPAQUE static unsigned
leaf(unsigned v)
{
	unsigned i;

	for (i = 0; i < 3; i++)
		v = v * 5 + (v >> 3);
	return v;
}

OPAQUE static unsigned
spin(unsigned v, unsigned depth)
{
	if (depth)
		v += spin(v, depth - 1);
	return v + leaf(depth);
}

static void
async_thrower(int sig, siginfo_t *, void *)
{
	throw sig;	/* it stays blocked until it is caught */
}

/* No destructor and no handler: it can be left anywhere. After that many
 * microseconds, if there are any. */
OPAQUE static void
work(int delay)
{
	struct itimerval it = { { 0, 0 }, { 0, delay } };

	if (delay && setitimer(ITIMER_REAL, &it, NULL) < 0)
		return;
	for (;;)
		turns = spin(turns, 6);
}

static void
test_anywhere()
{
	int i, caught = 0;

	install(SIGALRM, async_thrower);
	for (i = 0; i < 200; i++) {
		try {
			Trace t(1);

			work(200 + i);
		} catch (int sig) {
			CHECK(sig == SIGALRM);
			open_mask(sig);
			caught++;
		}
	}
	CHECK(caught == 200);
}

/* With --signal-edges: at the N-th edge each time. */
OPAQUE static void
open_and_work(int sig)
{
	open_mask(sig);
	work(0);
}

static void
test_edges()
{
	sigset_t set;
	int i, caught = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	install(SIGUSR1, async_thrower);
	for (i = 0; i < 5; i++) {
		try {
			Trace t(1);

			open_and_work(SIGUSR1);
		} catch (int sig) {
			CHECK(sig == SIGUSR1);
			caught++;
		}
	}
	CHECK(caught == 5);
}

/* --- Backtraces. */

static void *addresses[50];
static int nr_addresses;

static void
tracer(int, siginfo_t *, void *context)
{
	nr_addresses = backtrace(addresses, 50);
	(void)context;
}

OPAQUE static int
traced(volatile int *p, int sig)
{
	send(sig);
	return *p;
}

static void
test_backtrace()
{
	int before[1] = { 7 }, i, found = 0;

	install(SIGUSR2, tracer);
	CHECK(traced(before, SIGUSR2) == 7);
	for (i = 0; i < nr_addresses; i++)
		found += (char *)addresses[i] > (char *)traced &&
			 (char *)addresses[i] < (char *)traced + 64;
	CHECK(found == 1 && nr_addresses > 5);
}

/* --- Cancellation. */

static volatile int ready, cleaned;
static int order;

struct Cleaned {
	int n;
	~Cleaned() { order = order * 10 + n; }
};

static void
clean(void *arg)
{
	order = order * 10 + *(int *)arg;
	cleaned++;
}

static void
wait_in_handler(int, siginfo_t *, void *)
{
	Cleaned c{ 1 };
	int n = 2;

	pthread_cleanup_push(clean, &n);
	ready = 1;
	for (;;)
		pause();	/* where cancellation comes */
	pthread_cleanup_pop(0);
}

static void
spin_in_handler(int, siginfo_t *, void *)
{
	Cleaned c{ 1 };
	int n = 2;

	pthread_cleanup_push(clean, &n);
	CHECK(!pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL));
	ready = 1;
	work(0);
	pthread_cleanup_pop(0);
}

static void *
thread(void *)
{
	Cleaned c{ 3 };
	int n = 4;

	pthread_cleanup_push(clean, &n);
	send(SIGUSR2);
	pthread_cleanup_pop(0);
	return NULL;
}

static void
test_cancel(void (*handler)(int, siginfo_t *, void *))
{
	pthread_t t;
	void *result;
	int i;

	install(SIGUSR2, handler);
	for (i = 0; i < 20; i++) {
		ready = cleaned = order = 0;
		CHECK(!pthread_create(&t, NULL, thread, NULL));
		while (!ready)
			sched_yield();
		CHECK(!pthread_cancel(t));
		CHECK(!pthread_join(t, &result));
		CHECK(result == PTHREAD_CANCELED);
		CHECK(cleaned == 2 && order == 2143);
	}
}

/* Every thread its own. */
static void *
fault_often(void *)
{
	int i;

	for (i = 0; i < 100; i++)
		CHECK(catch_load((volatile int *)page).addr == page);
	return NULL;
}

static void
test_threads()
{
	std::vector<pthread_t> t(4);

	for (pthread_t &id : t)
		CHECK(!pthread_create(&id, NULL, fault_often, NULL));
	for (pthread_t &id : t)
		CHECK(!pthread_join(id, NULL));
}

int
main(int argc, char **)
{
	page = (char *)mmap(NULL, 4096, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	if (argc > 1) {
		test_edges();
		return check_done();
	}
	test_faults();
	check_group("faults");
	test_sent();
	check_group("sent");
	test_altstack();
	check_group("altstack");
	test_nested();
	check_group("nested");
	test_anywhere();
	check_group("anywhere");
	test_backtrace();
	check_group("backtrace");
	test_threads();
	check_group("threads");
	test_cancel(wait_in_handler);
	check_group("cancel");
	test_cancel(spin_in_handler);
	check_group("cancel at once");
	return check_done();
}
