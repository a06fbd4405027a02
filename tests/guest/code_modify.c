/*
 * code_modify.c - programs that write code: what runs after IC IVAU, munmap,
 * mmap and mprotect is what is there then, however it got there and whoever
 * runs it, also if it has run often.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#define PAGE	4096ul
#define OFTEN	200	/* enough to have it translated */

typedef int code_fn(void);

/* mov w0, #n; ret */
static void
put_return(uint32_t *at, unsigned n)
{
	at[0] = 0x52800000 | n << 5;
	at[1] = 0xd65f03c0;
}

static void
flush_code(void *p, size_t n)
{
	__builtin___clear_cache((char *)p, (char *)p + n);
}

static int
run_often(void *p)
{
	int i, v = ((code_fn *)p)();

	for (i = 0; i < OFTEN; i++)
		CHECK(((code_fn *)p)() == v);
	return v;
}

static void *
map(void *at, int prot, int flags, int fd)
{
	void *p = mmap(at, 2 * PAGE, prot, flags, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define RWX	(PROT_READ | PROT_WRITE | PROT_EXEC)
#define RX	(PROT_READ | PROT_EXEC)
#define RW	(PROT_READ | PROT_WRITE)

static void
rewritten(void)
{
	uint32_t *p = map(NULL, RWX, ANON, -1);
	unsigned n;

	for (n = 1; n < 60; n++) {
		put_return(p, n);
		flush_code(p, 8);
		CHECK(run_often(p) == (int)n);
	}
	munmap(p, 2 * PAGE);
	check_group("rewritten");
}

/* What is behind the branch that runs is changed, and what is before it: a
 * chain of blocks, each linked to the next. */
static void
one_of_a_chain(void)
{
	uint32_t *p = map(NULL, RWX, ANON, -1);
	unsigned i, n;

	/* add w0, w0, #1; b .+12; two words of room; ... ret */
	p[0] = 0x52800000;
	for (i = 0; i < 64; i++) {
		p[1 + 4 * i] = 0x11000400;
		p[2 + 4 * i] = 0x14000003;
		p[3 + 4 * i] = p[4 + 4 * i] = 0;
	}
	p[1 + 4 * i] = 0xd65f03c0;
	flush_code(p, 2 * PAGE);
	CHECK(run_often(p) == 64);
	for (n = 0; n < 64; n += 7) {
		p[1 + 4 * n] = 0x11000000 | 101 << 10;
		flush_code(&p[1 + 4 * n], 4);
		CHECK(run_often(p) == (int)(64 + 100 * (n / 7 + 1)));
	}
	munmap(p, 2 * PAGE);
	check_group("one_of_a_chain");
}

/* Code that changes what comes right behind it. */
static void
changes_itself(void)
{
	/* str w1, [x0]; dc cvau, x0; dsb ish; ic ivau, x0; dsb ish; isb;
	 * (x0:) mov w0, #1; ret */
	static const uint32_t code[] = {
		0xb9000001, 0xd50b7b20, 0xd5033b9f, 0xd50b7520, 0xd5033b9f,
		0xd5033fdf, 0x52800020, 0xd65f03c0,
	};
	uint32_t *p = map(NULL, RWX, ANON, -1);
	int (*f)(uint32_t *, uint32_t) = (void *)p;
	unsigned n;

	memcpy(p, code, sizeof(code));
	flush_code(p, sizeof(code));
	for (n = 0; n < OFTEN; n++)
		CHECK(f(&p[6], 0x52800000 | (n & 63) << 5) == (int)(n & 63));
	munmap(p, 2 * PAGE);
	check_group("changes_itself");
}

/* A compare's flags are read only by what comes to stand at the target. */
static void
flags_come_alive(void)
{
	/* cmp w0, w1; b target
	 * target: mov w0, #7; cmp w0, w0; ret
	 * changed to: cset w0, lt; ret */
	uint32_t *p = map(NULL, RWX, ANON, -1);
	uint32_t *target = p + PAGE / 4 + 5;
	int (*f)(int, int) = (void *)p;
	unsigned n;

	p[0] = 0x6b01001f;
	p[1] = 0x14000000 | (uint32_t)(target - &p[1]);
	target[0] = 0x528000e0;
	target[1] = 0x6b00001f;
	target[2] = 0xd65f03c0;
	flush_code(p, 2 * PAGE);
	for (n = 0; n < OFTEN; n++)
		CHECK(f(1, 2) == 7);
	target[0] = 0x1a9fa7e0;
	target[1] = 0xd65f03c0;
	flush_code(target, 8);
	CHECK(f(1, 2) == 1);
	CHECK(f(2, 1) == 0);
	CHECK(f(-1, 1) == 1);
	munmap(p, 2 * PAGE);
	check_group("flags_come_alive");
}

static void
mapped_over(void)
{
	uint32_t *p = map(NULL, RWX, ANON, -1), *q;
	unsigned n;

	for (n = 1; n < 20; n++) {
		put_return(p, n);
		flush_code(p, 8);
		CHECK(run_often(p) == (int)n);
		/* No cache maintenance: pages that the kernel maps are clean. */
		q = map(NULL, RW, ANON, -1);
		put_return(q, n + 100);
		CHECK(mprotect(q, 2 * PAGE, RX) == 0);
		if (n & 1) {
			CHECK(mremap(q, 2 * PAGE, 2 * PAGE,
				     MREMAP_MAYMOVE | MREMAP_FIXED, p) == p);
		} else {
			munmap(p, 2 * PAGE);
			CHECK(mremap(q, 2 * PAGE, 2 * PAGE,
				     MREMAP_MAYMOVE | MREMAP_FIXED, p) == p);
		}
		CHECK(run_often(p) == (int)n + 100);
		CHECK(mprotect(p, 2 * PAGE, RWX) == 0);
	}
	munmap(p, 2 * PAGE);
	check_group("mapped_over");
}

static sigjmp_buf back;
static void *fault_at;

static void
on_fault(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	fault_at = si->si_addr;
	siglongjmp(back, 1);
}

static bool
faults(void *p)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO }, old;
	bool did = true;

	sigaction(SIGSEGV, &sa, &old);
	if (sigsetjmp(back, 1) == 0) {
		((code_fn *)p)();
		did = false;
	}
	sigaction(SIGSEGV, &old, NULL);
	return did && fault_at == p;
}

static void
protection(void)
{
	uint32_t *p = map(NULL, RWX, ANON, -1);

	put_return(p, 5);
	flush_code(p, 8);
	CHECK(run_often(p) == 5);
	CHECK(mprotect(p, PAGE, PROT_READ | PROT_WRITE) == 0);
	CHECK(faults(p));
	put_return(p, 6);
	flush_code(p, 8);
	CHECK(mprotect(p, PAGE, RX) == 0);
	CHECK(run_often(p) == 6);
	CHECK(mprotect(p, PAGE, PROT_NONE) == 0);
	CHECK(faults(p));
	CHECK(mprotect(p, PAGE, RX) == 0);
	CHECK(run_often(p) == 6);
	munmap(p, 2 * PAGE);
	CHECK(faults(p));
	check_group("protection");
}

/* Written at w, run at x; maintenance by the address of either. */
static void
through_alias(uint32_t *w, uint32_t *x, const char *name)
{
	unsigned n;

	for (n = 1; n < 30; n++) {
		put_return(w + 100, n);
		flush_code(n & 1 ? w + 100 : x + 100, 8);
		CHECK(run_often(x + 100) == (int)n);
	}
	check_group(name);
}

static void
aliases(void)
{
	int fd = memfd_create("code", 0), id;
	uint32_t *w, *x, *room;

	CHECK(fd >= 0 && ftruncate(fd, 4 * PAGE) == 0);
	w = map(NULL, RW, MAP_SHARED, fd);
	x = map(NULL, RX, MAP_SHARED, fd);
	through_alias(w, x, "aliases of a memfd");

	/* The second page is at another offset of each. */
	room = mmap(NULL, PAGE, RW, MAP_SHARED, fd, PAGE);
	CHECK(room != MAP_FAILED);
	through_alias(room, x + PAGE / 4, "aliases at offsets");

	/* Moved, and cut in the middle. */
	room = map(NULL, PROT_NONE, ANON, -1);
	w = mremap(w, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room);
	CHECK(w == room);
	munmap(w, PAGE);
	through_alias(w + PAGE / 4, x + PAGE / 4, "aliases that moved");
	close(fd);

	w = map(NULL, RWX, MAP_SHARED | MAP_ANONYMOUS, -1);
	x = mremap(w, 0, 2 * PAGE, MREMAP_MAYMOVE);
	CHECK(x != MAP_FAILED);
	through_alias(w, x, "aliases of shared memory");

	id = shmget(IPC_PRIVATE, 2 * PAGE, IPC_CREAT | 0700);
	if (id >= 0) {
		w = shmat(id, NULL, 0);
		x = shmat(id, NULL, SHM_EXEC);
		shmctl(id, IPC_RMID, NULL);
		CHECK(w != (void *)-1 && x != (void *)-1);
		through_alias(w, x, "aliases by shmat");
	}
}

/* One thread changes what another runs; when the other has been told, it sees
 * the new code. */
static uint32_t *volatile shared_code;
static volatile int told, seen;

static void *
runner(void *arg)
{
	int last = 0;

	(void)arg;
	for (;;) {
		int want = __atomic_load_n(&told, __ATOMIC_ACQUIRE), v;

		if (want < 0)
			return NULL;
		if (want != last)
			__asm__ volatile("isb" : : : "memory");
		v = ((code_fn *)shared_code)();
		CHECK(v >= want);
		last = want;
		__atomic_store_n(&seen, v, __ATOMIC_RELEASE);
	}
}

static void
other_threads(void)
{
	pthread_t t[2];
	unsigned n;

	shared_code = map(NULL, RWX, ANON, -1);
	put_return(shared_code, 0);
	flush_code(shared_code, 8);
	pthread_create(&t[0], NULL, runner, NULL);
	pthread_create(&t[1], NULL, runner, NULL);
	for (n = 1; n < 3000; n++) {
		/* One word, so that what runs is the old or the new. */
		__atomic_store_n(&shared_code[0], 0x52800000 | n << 5,
				 __ATOMIC_RELEASE);
		flush_code(shared_code, 8);
		__atomic_store_n(&told, (int)n, __ATOMIC_RELEASE);
		if (n % 16 == 0)
			while (__atomic_load_n(&seen, __ATOMIC_ACQUIRE) !=
			       (int)n)
				sched_yield();
	}
	told = -1;
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);
	check_group("other_threads");
}

/* One thread changes the loop that another one is in: a branch to a NOP, which
 * the manual allows without anything done on the other side (Arm ARM B2.2.5).
 * It must get out. */
static volatile int entered;

static void *
spinner(void *arg)
{
	(void)arg;
	entered = 1;
	return (void *)(long)((code_fn *)shared_code)();
}

static void
running_loop(void)
{
	struct timespec while_it_spins = { 0, 1000000 };
	void *result;
	pthread_t t;
	unsigned n, size;

	shared_code = map(NULL, RWX, ANON, -1);
	for (n = 0; n < 100; n++) {
		size = n % 3;		/* NOPs in the loop */
		for (unsigned i = 0; i < size; i++)
			shared_code[i] = 0xd503201f;
		shared_code[size] = 0x14000000 | (-size & 0x3ffffff);
		put_return(&shared_code[size + 1], n);
		flush_code(shared_code, 32);
		entered = 0;
		pthread_create(&t, NULL, spinner, NULL);
		while (!entered)
			sched_yield();
		nanosleep(&while_it_spins, NULL);
		__atomic_store_n(&shared_code[size], 0xd503201f,
				 __ATOMIC_RELEASE);
		flush_code(&shared_code[size], 4);
		pthread_join(t, &result);
		CHECK((long)result == n);
	}
	check_group("running_loop");
}

/* A child has its own copy of all. */
static void
forked(void)
{
	uint32_t *p = map(NULL, RWX, ANON, -1);
	int status;
	pid_t pid;

	put_return(p, 1);
	flush_code(p, 8);
	CHECK(run_often(p) == 1);
	pid = fork();
	if (pid == 0) {
		CHECK(run_often(p) == 1);
		put_return(p, 2);
		flush_code(p, 8);
		CHECK(run_often(p) == 2);
		rewritten();
		_exit(0);
	}
	CHECK(run_often(p) == 1);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	put_return(p, 3);
	flush_code(p, 8);
	CHECK(run_often(p) == 3);
	munmap(p, 2 * PAGE);
	check_group("forked");
}

static void
run_from_memfd(void)
{
	char *const argv[] = { "again", "memfd", NULL }, *const envp[] = { NULL };
	int fd = memfd_create("program", 0), status, self;
	char buf[1 << 16];
	ssize_t n;
	pid_t pid;

	self = open("/proc/self/exe", 0);
	CHECK(fd >= 0 && self >= 0);
	while ((n = read(self, buf, sizeof(buf))) > 0)
		CHECK(write(fd, buf, (size_t)n) == n);
	pid = fork();
	if (pid == 0) {
		syscall(SYS_execveat, fd, "", argv, envp, 0x1000);
		_exit(9);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	check_group("run_from_memfd");
}

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "memfd") == 0)
		return 42;
	rewritten();
	one_of_a_chain();
	changes_itself();
	flags_come_alive();
	mapped_over();
	protection();
	aliases();
	other_threads();
	running_loop();
	forked();
	run_from_memfd();
	return check_done();
}
