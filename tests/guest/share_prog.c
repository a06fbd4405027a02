/*
 * share_prog.c - for share.sh: programs that execute each other, and what they
 * do to their descriptors, limits and credentials before that.
 *
 *	share_prog work N		print what N and some code give
 *	share_prog twice WHAT...	run share_prog WHAT, and again
 *	share_prog storm SEED		many of them, some of which are killed
 *	share_prog deep			with a large stack, which is used
 *	share_prog by-linker		as the dynamic linker's argument; memory
 *					behind the break is used
 *	share_prog user|take-fds|...	see main(); then `work 7'
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

/* --- The work: 30 functions, which call each other. */

typedef uint32_t step_fn(uint32_t v);

#define STEP(n) \
	__attribute__((noinline)) static uint32_t \
	step_##n(uint32_t v) \
	{ \
		unsigned i; \
		for (i = 0; i < 3 + n % 5; i++) \
			v = (v ^ (v >> (n % 13 + 1))) * (2654435761u + 2 * n); \
		return v % 3 ? v + n : v ^ (0x5a5a0000u + n); \
	}
#define TEN(f, d) f(d##0) f(d##1) f(d##2) f(d##3) f(d##4) f(d##5) f(d##6) \
	f(d##7) f(d##8) f(d##9)
TEN(STEP, 1)
TEN(STEP, 2)
TEN(STEP, 3)
#define NAME(n) step_##n,
static step_fn *const steps[] = { TEN(NAME, 1) TEN(NAME, 2) TEN(NAME, 3) };

#define NR_STEPS	(sizeof(steps) / sizeof(steps[0]))

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* What it returns depends on n only; `used' says which functions run. */
static uint32_t
work(unsigned n, unsigned used)
{
	uint32_t v[100], sum = n;
	char text[64];
	unsigned i;

	for (i = 0; i < 100; i++)
		v[i] = sum = steps[(n + i % used) % NR_STEPS](sum);
	qsort(v, 100, sizeof(v[0]), compare);
	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "%u %x %g", v[i], i, v[i] / 3.0);
		sum = sum * 31 + (uint32_t)strlen(text) + v[i];
	}
	return sum;
}

/* --- Running others. */

static void
run_self(char **args)
{
	char *argv[16] = { "share_prog" };
	int i;

	for (i = 0; i < 14 && args[i]; i++)
		argv[i + 1] = args[i];
	execv(getenv("SHARE_PROG"), argv);
	CHECK(!"execv");
}

static int
wait_for(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

static int
twice(char **args)
{
	int i, status;
	pid_t pid;

	for (i = 0; i < 2; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			run_self(args);
		status = wait_for(pid);
		if (status)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	return 0;
}

/* As make runs commands. */
static int
spawn_twice(void)
{
	char *argv[] = { "share_prog", "work", "7", NULL };
	extern char **environ;
	posix_spawnattr_t attr;
	int i, status;
	pid_t pid;

	CHECK(posix_spawnattr_init(&attr) == 0);
	CHECK(posix_spawnattr_setflags(&attr, POSIX_SPAWN_RESETIDS) == 0);
	for (i = 0; i < 2; i++) {
		CHECK(posix_spawn(&pid, getenv("SHARE_PROG"), NULL, &attr,
				  argv, environ) == 0);
		status = wait_for(pid);
		if (status)
			return 1;
	}
	return 0;
}

/* --- What may be done to a process. */

static void
list_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		CHECK(e->d_name[0] == '.' || atoi(e->d_name) >= 0);
	if (d)
		closedir(d);
}

static void
take_fds(void)
{
	int i, fd = open("/dev/null", O_RDWR);

	CHECK(fd >= 0);
	for (i = 200; i < 204; i++) {
		CHECK(dup2(fd, i) == i);
		CHECK(fcntl(i, F_GETFD) == 0);
		list_fds();
		CHECK(work((unsigned)i, 30) == work((unsigned)i, 30));
	}
	for (i = 200; i < 204; i++)
		CHECK(write(i, "x", 1) == 1 && close(i) == 0);
	CHECK(dup3(fd, 201, O_CLOEXEC) == 201);
	close(fd);
}

static void
close_each(void)
{
	int i;

	for (i = 3; i < 1024; i++)
		close(i);
	list_fds();
}

static void
close_all(void)
{
	CHECK(syscall(SYS_close_range, 3, ~0u, 0) == 0);
	list_fds();
}

static void
limit(int resource, rlim_t n)
{
	struct rlimit lim = { n, n };

	CHECK(setrlimit(resource, &lim) == 0);
}

static void *
in_thread(void *arg)
{
	const int *stop = arg;
	unsigned i = 0;

	while (!__atomic_load_n(stop, __ATOMIC_ACQUIRE))
		CHECK(work(i % 60, 30) == work(i % 60, 30)), i++;
	return NULL;
}

/* While another thread runs what is shared. */
static void
limit_threads(void)
{
	int stop = 0;
	pthread_t t;
	unsigned i;

	CHECK(pthread_create(&t, NULL, in_thread, &stop) == 0);
	for (i = 0; i < 20; i++)
		CHECK(work(i, 30) == work(i, 30));
	limit(RLIMIT_AS, 8ul << 30);
	for (i = 0; i < 20; i++)
		CHECK(work(i, 30) == work(i, 30));
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	CHECK(pthread_join(t, NULL) == 0);
}

/* --- Memory that grows. */

#define LARGE	(700ul << 20)

__attribute__((noinline)) static unsigned
use_stack(unsigned long left)
{
	volatile char frame[64 << 10];

	frame[0] = (char)left;
	if (left <= sizeof(frame))
		return 0;
	return use_stack(left - sizeof(frame)) + (unsigned char)frame[0];
}

static int
deep(void)
{
	CHECK(use_stack(LARGE) == 0);
	printf("deep: %lu\n", LARGE);
	return check_done();
}

static int
use_break(void)
{
	char *p = sbrk(LARGE);

	CHECK(p != (void *)-1);
	p[0] = p[LARGE - 1] = 1;
	printf("break: %lu\n", LARGE);
	return check_done();
}

static void
run_by_linker(void)
{
	execl("/lib/ld-linux-aarch64.so.1", "ld.so", getenv("SHARE_PROG"),
	      "break", (char *)NULL);
	CHECK(!"execl");
}

/* As memory for threads is, which a file that was opened before has nothing to
 * do with. */
static void
reserve_often(void)
{
	const size_t size = 128ul << 20;
	struct stat st;
	unsigned i;
	void *p;
	int fd = open(getenv("SHARE_PROG"), O_RDONLY);

	for (i = 0; i < 70000; i++) {
		CHECK(fstat(fd, &st) == 0);
		p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			 (i % 2 ? MAP_NORESERVE : MAP_STACK), -1, 0);
		CHECK(p != MAP_FAILED && munmap(p, size) == 0);
	}
	close(fd);
}

/* --- The storm. */

#define AT_A_TIME	8
#define ROUNDS		50

/* Programs run by a child of the storm: one that was forked, one that has
 * executed itself, one by vfork. */
static void
storm_child(unsigned n, unsigned seed)
{
	char number[16], want[16], *args[] = { "check", number, want, NULL };
	pid_t pid;

	snprintf(number, sizeof(number), "%u", n);
	snprintf(want, sizeof(want), "%u", work(n, 30));
	switch (seed % 3) {
	case 0:
		pid = fork();
		if (pid == 0)
			_exit(work(n + 1, 30) != work(n + 1, 30));
		CHECK(wait_for(pid) == 0);
		break;
	case 1:
		pid = vfork();
		if (pid == 0) {
			execl(getenv("SHARE_PROG"), "share_prog", "check",
			      number, want, (char *)NULL);
			_exit(3);
		}
		CHECK(wait_for(pid) == 0);
		break;
	}
	run_self(args);
}

static int
storm(unsigned seed)
{
	unsigned round, i, killed = 0;

	for (round = 0; round < ROUNDS; round++) {
		pid_t pid[AT_A_TIME];

		for (i = 0; i < AT_A_TIME; i++) {
			seed = seed * 1103515245 + 12345;
			pid[i] = fork();
			CHECK(pid[i] >= 0);
			if (pid[i] == 0)
				storm_child(round * AT_A_TIME + i, seed >> 16);
		}
		for (i = 0; i < AT_A_TIME; i++) {
			int status;

			seed = seed * 1103515245 + 12345;
			if ((seed >> 16) % 4 == 0) {
				nanosleep(&(struct timespec){
					0, (seed >> 8) % 4000000 }, NULL);
				CHECK(kill(pid[i], SIGKILL) == 0);
				killed++;
			}
			status = wait_for(pid[i]);
			CHECK(status == 0 || (WIFSIGNALED(status) &&
					      WTERMSIG(status) == SIGKILL));
		}
	}
	CHECK(killed > 0);
	printf("storm: done\n");
	return check_done();
}

static void
keep_user(void)
{
	uid_t u = getuid();
	gid_t g = getgid();

	CHECK(setuid(u) == 0 && setreuid(u, -1u) == 0);
	CHECK(setresuid(-1u, u, u) == 0 && setfsuid(-1u) == (int)u);
	CHECK(setgid(g) == 0 && setregid(g, -1u) == 0);
	CHECK(setresgid(-1u, g, g) == 0 && setfsgid(-1u) == (int)g);
}

static void
drop_user(void)
{
	CHECK(setgid(65534) == 0 && setuid(65534) == 0);
	CHECK(work(3, 30) == work(3, 30));
}

int
main(int argc, char **argv)
{
	static char *work_args[] = { "work", "7", NULL };
	static char *twice_args[] = { "twice", "work", "7", NULL };
	static char *deep_args[] = { "use-stack", NULL };
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "work") == 0) {
		unsigned n = (unsigned)atoi(argv[2]), i, sum = 0;

		for (i = 0; i < 20; i++)
			sum += work(n + i, 30);
		printf("%u: %u\n", n, sum);
		return check_done();
	}
	if (strcmp(what, "check") == 0) {
		CHECK(work((unsigned)atoi(argv[2]), 30) ==
		      (uint32_t)strtoul(argv[3], NULL, 10));
		return 0;
	}
	if (strcmp(what, "twice") == 0)
		return twice(argv + 2);
	if (strcmp(what, "storm") == 0)
		return storm((unsigned)atoi(argv[2]));
	if (strcmp(what, "use-stack") == 0)
		return deep();
	if (strcmp(what, "break") == 0)
		return use_break();
	if (strcmp(what, "by-linker") == 0)
		run_by_linker();
	if (strcmp(what, "deep") == 0) {
		limit(RLIMIT_STACK, 2 * LARGE);
		run_self(deep_args);
	}
	if (strcmp(what, "user-twice") == 0) {
		drop_user();
		run_self(twice_args);
	}
	if (strcmp(what, "spawn-twice") == 0)
		return spawn_twice();
	if (strcmp(what, "user") == 0)
		drop_user();
	else if (strcmp(what, "same-user") == 0)
		keep_user();
	else if (strcmp(what, "take-fds") == 0)
		take_fds();
	else if (strcmp(what, "close-each") == 0)
		close_each();
	else if (strcmp(what, "close-all") == 0)
		close_all();
	else if (strcmp(what, "few-fds") == 0)
		limit(RLIMIT_NOFILE, 10);
	else if (strcmp(what, "some-fds") == 0)
		limit(RLIMIT_NOFILE, 202);
	else if (strcmp(what, "limit") == 0)
		limit(RLIMIT_AS, 4ul << 30);
	else if (strcmp(what, "limit-data") == 0)
		limit(RLIMIT_DATA, 64ul << 20);
	else if (strcmp(what, "limit-file") == 0)
		limit(RLIMIT_FSIZE, 1ul << 20);
	else if (strcmp(what, "limit-threads") == 0)
		limit_threads();
	else if (strcmp(what, "reserve-often") == 0)
		reserve_often();
	else if (strcmp(what, "host-cpu") == 0)
		CHECK(setenv("FERRY_HOST_CPU", "sse2", 1) == 0);
	else
		CHECK(!"a name of what to do");
	CHECK(work(1, 30) == work(1, 30));
	run_self(work_args);
}
