/*
 * limit_stack.c - the main thread's stack grows up to RLIMIT_STACK, which
 * may change while the program runs, and not further: SIGSEGV, which a
 * handler on another stack can take.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "check.h"

static sigjmp_buf env;
static char *top, *fault_at;
static int fault_code;
static const char *self;

static void
on_segv(int sig, siginfo_t *info, void *ctx)
{
	(void)sig;
	(void)ctx;
	fault_at = info->si_addr;
	fault_code = info->si_code;
	siglongjmp(env, 1);
}

static __attribute__((noinline)) long
dig(long pages, volatile char *up)
{
	volatile char page[4096];

	page[0] = *up;
	page[4095] = 1;
	return pages ? dig(pages - 1, page) + page[0] : 0;
}

static void
limit(rlim_t size)
{
	struct rlimit lim = { size, RLIM_INFINITY };

	getrlimit(RLIMIT_STACK, &lim);
	lim.rlim_cur = size;
	CHECK(!setrlimit(RLIMIT_STACK, &lim));
}

/* How much of the stack there was when it ended. */
static size_t
dig_to_end(void)
{
	char c = 0;

	fault_at = NULL;
	if (!sigsetjmp(env, 1)) {
		dig(1 << 20, &c);
		CHECK(!"reached");
	}
	CHECK(fault_code == SEGV_MAPERR);
	return (size_t)(top - fault_at);
}

static void
in_child(void (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		fn();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#define SLACK	(256u << 10)	/* arguments, random distance, frames */
/* What dig() touches lies a frame apart, a little more than a page: it may
 * skip the first page that is not there. */
#define STEP	(2 * 4096)

static void
is_about(size_t got, size_t want)
{
	if (got <= want + STEP && got > want - SLACK)
		return;
	printf("the stack ended after %zu, not %zu\n", got, want);
	fflush(stdout);
	_exit(1);
}

static void
lower(void)
{
	limit(2 << 20);
	is_about(dig_to_end(), 2 << 20);
}

static void
higher(void)
{
	limit(40 << 20);
	is_about(dig_to_end(), 40 << 20);
}

static void
as_is(void)
{
	struct rlimit lim;

	CHECK(!getrlimit(RLIMIT_STACK, &lim));
	is_about(dig_to_end(), lim.rlim_cur);
}

/* The kernel's own accesses make it grow as well. */
static __attribute__((noinline)) void
read_below(void)
{
	volatile char far[1 << 20];
	int p[2];

	CHECK(!pipe(p) && write(p[1], "abc", 3) == 3);
	CHECK(read(p[0], (char *)far, 3) == 3);
	CHECK(far[2] == 'c');
}

/* What is mapped right below is not grown into. */
static void
blocked(void)
{
	char *at = (char *)(((uintptr_t)top - (4 << 20)) & ~4095ul), *p;
	size_t got;

	p = mmap(at, 4096, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	CHECK(p == at);
	p[0] = 77;
	got = dig_to_end();
	CHECK(got < 4u << 20 && got > 2u << 20);
	CHECK(p[0] == 77);
}

static void
untouched(void)
{
	char line[200], size[100] = "";
	FILE *f = fopen("/proc/self/status", "r");

	CHECK(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "VmStk: %[0-9]", size) == 1)
			break;
	fclose(f);
	CHECK(atoi(size) > 0 && atoi(size) < 4096);
}

/* Without a handler it is death by SIGSEGV, in a new program too. */
static void
dies(void)
{
	char c = 0;

	limit(1 << 20);
	if (!fork()) {
		execl(self, self, "dig", NULL);
		_exit(1);
	}
	for (int i = 0; i < 2; i++) {
		int status;

		if (i && !fork()) {
			signal(SIGSEGV, SIG_DFL);
			dig(1 << 20, &c);
		}
		CHECK(wait(&status) > 0);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	}
}

int
main(int argc, char **argv)
{
	static char other[65536];
	stack_t ss = { .ss_sp = other, .ss_size = sizeof(other) };
	struct sigaction sa;
	struct rlimit lim;
	char path[4096], c = 0;
	ssize_t n;

	(void)argv;
	if (argc > 1)
		return (int)dig(1 << 20, &c);
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	CHECK(n > 0);
	path[n] = 0;
	self = path;
	/* The last string on the stack, right below its end. */
	top = (char *)getauxval(AT_EXECFN) + strlen(self) + 4096;
	top = (char *)((uintptr_t)top & ~4095ul);
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_segv;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	CHECK(!sigaltstack(&ss, NULL));
	CHECK(!sigaction(SIGSEGV, &sa, NULL));
	CHECK(!getrlimit(RLIMIT_STACK, &lim));
	untouched();
	if (lim.rlim_cur != RLIM_INFINITY && lim.rlim_cur >= 8 << 20) {
		in_child(as_is);
		in_child(lower);
		in_child(blocked);
		in_child(read_below);
	}
	if (lim.rlim_max == RLIM_INFINITY)
		in_child(higher);
	in_child(dies);
	return 0;
}
