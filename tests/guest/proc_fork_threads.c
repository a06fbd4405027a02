/*
 * proc_fork_threads.c - fork while other threads map memory, make code, read
 * /proc, change signal handlers and start threads: a child must find no lock
 * taken by a thread that it does not have, and can do all of that itself.
 *
 * TEST-CFLAGS: -pthread
 * TEST-ARGS: 30
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

static atomic_int stop;

#ifdef __aarch64__
/* mov w0, #N; ret */
static const uint32_t code[] = { 0x52800000, 0xd65f03c0 };
#define NUMBER(c, n)	((c)[0] | (n) << 5)
#else
/* mov $N, %eax; ret */
static const uint32_t code[] = { 0x000000b8, 0x9090c300 };
#define NUMBER(c, n)	((c)[0] | (n) << 8)
#endif

static void
map_memory(unsigned i)
{
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	p[i % 8192] = 1;
	CHECK(!mprotect(p, 8192, PROT_READ));
	p = mremap(p, 8192, 16384, MREMAP_MAYMOVE);
	CHECK(p != MAP_FAILED);
	CHECK(p[i % 8192] == 1);
	CHECK(!munmap(p, 16384));
}

static void
make_code(unsigned i)
{
	uint32_t *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned k;

	CHECK(p != MAP_FAILED);
	for (k = 0; k < 3; k++) {
		p[1] = code[1];
		p[0] = NUMBER(code, (i + k) % 100);
		__builtin___clear_cache((char *)p, (char *)(p + 2));
		CHECK(((int (*)(void))p)() == (int)((i + k) % 100));
	}
	CHECK(!munmap(p, 4096));
}

static void
handler(int sig)
{
	(void)sig;
}

static void
set_handlers(unsigned i)
{
	CHECK(signal(SIGUSR1, i & 1 ? handler : SIG_IGN) != SIG_ERR);
	CHECK(signal(SIGUSR2, i & 1 ? SIG_IGN : SIG_DFL) != SIG_ERR);
}

static void
read_maps(unsigned i)
{
	int fd = open("/proc/self/maps", O_RDONLY);
	char buf[200];

	(void)i;
	CHECK(fd >= 0 && read(fd, buf, sizeof(buf)) > 0);
	close(fd);
}

/* libc's own locks are not the subject: raw clone, no malloc. */
static int
thread_main(void *arg)
{
	atomic_fetch_add((atomic_int *)arg, 1);
	return 0;
}

static void
start_thread(unsigned i)
{
	atomic_int word = 0;
	char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int pid, status;

	(void)i;
	CHECK(stack != MAP_FAILED);
	pid = clone(thread_main, stack + 65536, CLONE_VM | SIGCHLD, &word);
	CHECK(pid > 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(word == 1 && status == 0);
	CHECK(!munmap(stack, 65536));
}

static void (*const work[])(unsigned) = {
	map_memory, make_code, set_handlers, read_maps, start_thread,
};
#define NR_WORK (sizeof(work) / sizeof(work[0]))

static void *
worker(void *arg)
{
	void (*fn)(unsigned) = work[(intptr_t)arg];
	unsigned i;

	for (i = 0; !stop; i++)
		fn(i);
	return NULL;
}

static void
child(unsigned i)
{
	unsigned k;

	alarm(30);	/* a lock that nobody releases */
	for (k = 0; k < NR_WORK; k++)
		work[k](i + k);
	_exit(17);
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 100, i, status;
	pthread_t t[NR_WORK];
	intptr_t k;

	for (k = 0; k < (intptr_t)NR_WORK; k++)
		CHECK(!pthread_create(&t[k], NULL, worker, (void *)k));
	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (!pid)
			child((unsigned)i);
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 17);
	}
	stop = 1;
	for (k = 0; k < (intptr_t)NR_WORK; k++)
		CHECK(!pthread_join(t[k], NULL));
	return 0;
}
