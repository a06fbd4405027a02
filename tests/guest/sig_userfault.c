/*
 * sig_userfault.c - a handler runs while its thread waits for a page that
 * userfaultfd(2) is to give it: natively the access is given up for it and
 * made again, or never if it jumps out. Loads, stores and atomics, once and in
 * loops.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "check.h"

#define PAGES	8

static int uffd;
static char *pages;
static size_t page;
static volatile int calls, jumps;
static sigjmp_buf env;

/* Gives all pages at the second call. */
static void
on_alarm(int sig)
{
	struct uffdio_zeropage z = {
		.range = { (uintptr_t)pages, PAGES * page },
	};

	(void)sig;
	calls++;
	if (jumps)
		siglongjmp(env, 1);
	if (calls == 2)
		ioctl(uffd, UFFDIO_ZEROPAGE, &z);
}

static void
start_timer(void)
{
	struct itimerval it = { { 0, 30000 }, { 0, 30000 } };

	calls = 0;
	CHECK(!setitimer(ITIMER_REAL, &it, NULL));
}

static void
stop_timer(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 0 } };

	CHECK(!setitimer(ITIMER_REAL, &it, NULL));
}

static void
empty(void)
{
	CHECK(!madvise(pages, PAGES * page, MADV_DONTNEED));
}

static __attribute__((noinline)) unsigned long
load(volatile char *p)
{
	return *(volatile unsigned long *)p + 5;
}

static __attribute__((noinline)) unsigned long
load_pair(volatile char *p)
{
	__int128 v = *(__int128 *)(uintptr_t)p;

	return (unsigned long)v + (unsigned long)(v >> 64) + 5;
}

static __attribute__((noinline)) unsigned long
store(volatile char *p)
{
	*(volatile unsigned long *)p = 3;
	return *(volatile unsigned long *)p + 2;
}

static __attribute__((noinline)) unsigned long
add(volatile char *p)
{
	return __atomic_add_fetch((unsigned long *)(uintptr_t)p, 5,
				  __ATOMIC_SEQ_CST);
}

static __attribute__((noinline)) unsigned long
clear(volatile char *p)
{
	memset((char *)(uintptr_t)p, 0, 512);
	return 5;
}

typedef unsigned long access_fn(volatile char *p);

static access_fn *const functions[] = {
	load, load_pair, store, add, clear,
};

/* Often enough to be translated. */
static void
warm_up(access_fn *fn)
{
	static _Alignas(16) char memory[512];

	for (int i = 0; i < 5000; i++) {
		memset(memory, 0, 16);
		CHECK(fn(memory) == 5);
	}
}

static void
check(access_fn *fn)
{
	empty();
	jumps = 0;
	start_timer();
	CHECK(fn(pages + 2 * page) == 5);
	stop_timer();
	CHECK(calls >= 2);
	CHECK(fn(pages + page) == 5);

	empty();
	jumps = 1;
	if (!sigsetjmp(env, 1)) {
		start_timer();
		fn(pages);
		CHECK(!"given a page");
	}
	stop_timer();
	CHECK(calls == 1);
}

static int
run(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	size_t i;

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	if (uffd < 0) {
		printf("skipped: no userfaultfd\n");
		return 77;
	}
	CHECK(!ioctl(uffd, UFFDIO_API, &api));
	pages = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(pages != MAP_FAILED);
	reg.range.start = (uintptr_t)pages;
	reg.range.len = PAGES * page;
	CHECK(!ioctl(uffd, UFFDIO_REGISTER, &reg));
	CHECK(!sigaction(SIGALRM, &sa, NULL));
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		check(functions[i]);
		warm_up(functions[i]);
		check(functions[i]);
	}
	return 0;
}

/* A thread that waits for a page for ever is to fail, not to hang. */
int
main(void)
{
	int status, i;
	pid_t pid;

	page = (size_t)sysconf(_SC_PAGESIZE);
	pid = fork();
	if (!pid)
		_exit((setbuf(stdout, NULL), run()));
	for (i = 0; i < 1200; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		usleep(50000);
	}
	kill(pid, SIGKILL);
	CHECK(!"still waiting");
	return 1;
}
