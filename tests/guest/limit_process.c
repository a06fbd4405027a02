/*
 * limit_process.c - resource limits: what exceeds one gets the kernel's error
 * or signal, and the program goes on.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

#define MIB	(1ul << 20)

static void
limit(int which, rlim_t soft)
{
	struct rlimit lim;

	CHECK(!getrlimit(which, &lim));
	lim.rlim_cur = soft;
	CHECK(!setrlimit(which, &lim));
}

static void
in_child(void (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		alarm(60);
		fn();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Bytes of address space, or of data. */
static unsigned long
used(const char *what)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long kib = 0;
	char line[200];

	CHECK(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, what, strlen(what)))
			kib = strtoul(line + strlen(what), NULL, 10);
	fclose(f);
	CHECK(kib);
	return kib << 10;
}

static void processor_time(void);

static void *
map(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void *
nothing(void *arg)
{
	return arg;
}

static void
memory(int which, const char *what)
{
	void *brk = sbrk(0);
	pthread_attr_t a;
	pthread_t t;
	char *p;

	limit(which, used(what) + 64 * MIB);
	CHECK(map(128 * MIB) == MAP_FAILED && errno == ENOMEM);
	p = map(16 * MIB);
	CHECK(p != MAP_FAILED);
	memset(p, 1, 16 * MIB);
	CHECK(sbrk(128 * MIB) == (void *)-1 && errno == ENOMEM);
	CHECK(sbrk(0) == brk);
	CHECK(sbrk(MIB) == brk);
	CHECK(!malloc(100 * MIB));
	CHECK(!pthread_attr_init(&a));
	CHECK(!pthread_attr_setstacksize(&a, 256 * MIB));
	CHECK(pthread_create(&t, &a, nothing, NULL) == EAGAIN);
	CHECK(!pthread_attr_setstacksize(&a, 256 << 10));
	CHECK(!pthread_create(&t, &a, nothing, NULL));
	CHECK(!pthread_join(t, NULL));
	CHECK(mremap(p, 16 * MIB, 128 * MIB, MREMAP_MAYMOVE) == MAP_FAILED &&
	      errno == ENOMEM);
	CHECK(!munmap(p, 16 * MIB));
}

static void
address_space(void)
{
	memory(RLIMIT_AS, "VmSize:");
}

static void
data(void)
{
	memory(RLIMIT_DATA, "VmData:");
}

static volatile int stop;

static void *
wait_stop(void *arg)
{
	while (!stop)
		usleep(1000);
	return arg;
}

/* The same with a second thread, and after something that has an emulator
 * trust the program less. */
static void
with_thread(void (*fn)(void))
{
	pthread_t t;

	CHECK(!pthread_create(&t, NULL, wait_stop, NULL));
	fn();
	stop = 1;
	CHECK(!pthread_join(t, NULL));
}

static void
address_space_of_two(void)
{
	with_thread(address_space);
}

static void
data_less_trusted(void)
{
	void *p;

	limit(RLIMIT_DATA, used("VmData:") + 64 * MIB);
	CHECK(!setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1));
	p = map(16 * MIB);
	CHECK(p != MAP_FAILED && !munmap(p, 16 * MIB));
	data();
}

static void
data_of_two(void)
{
	with_thread(data_less_trusted);
}

/* The program is small, and so is what it locks; also when it goes on. */
static void
all_locked(void)
{
	struct rlimit lim;

	CHECK(!getrlimit(RLIMIT_MEMLOCK, &lim));
	lim.rlim_cur = lim.rlim_max;
	CHECK(!setrlimit(RLIMIT_MEMLOCK, &lim));
	if (mlockall(MCL_CURRENT | MCL_FUTURE)) {
		CHECK(errno == ENOMEM || errno == EPERM);
		return;
	}
	CHECK(used("VmLck:") < 128 * MIB);
	CHECK(used("VmRSS:") < 128 * MIB);
	in_child(processor_time);
	CHECK(used("VmRSS:") < 128 * MIB);
	CHECK(!munlockall());
}

static void
all_locked_of_two(void)
{
	with_thread(all_locked);
}

static void
become_other(void)
{
	uid_t nobody = 100000 + (uid_t)getpid();	/* nobody else's */

	if (geteuid() != 0)
		_exit(0);
	CHECK(!setgroups(0, NULL));
	CHECK(!setresuid(nobody, nobody, nobody));
}

static void
processes(void)
{
	pthread_t t[8];
	int n, r = 0;
	pid_t pid;

	become_other();
	limit(RLIMIT_NPROC, 4);
	for (n = 0; n < 8; n++) {
		r = pthread_create(&t[n], NULL, wait_stop, NULL);
		if (r)
			break;
	}
	CHECK(n == 3 && r == EAGAIN);
	CHECK(fork() == -1 && errno == EAGAIN);
	CHECK(vfork() == -1 && errno == EAGAIN);
	stop = 1;
	while (n)
		CHECK(!pthread_join(t[--n], NULL));
	pid = fork();
	if (!pid)
		_exit(0);
	CHECK(pid > 0 && waitpid(pid, NULL, 0) == pid);
}

static void
files(void)
{
	int n = 0, fd, p[2];

	closefrom(3);
	limit(RLIMIT_NOFILE, 12);
	while ((fd = dup(0)) >= 0)
		n++;
	CHECK(errno == EMFILE && n == 9);
	FAILS(open("/dev/null", O_RDONLY), EMFILE);
	FAILS(pipe(p), EMFILE);
	FAILS(socket(1, 1, 0), EMFILE);
	FAILS(fcntl(0, F_DUPFD, 12), EINVAL);
	FAILS(dup2(0, 12), EBADF);
	FAILS((int)syscall(SYS_memfd_create, "m", 0), EMFILE);
	/* A program needs none to start. */
	closefrom(3);
	limit(RLIMIT_NOFILE, 3);
	execl("/proc/self/exe", "limit_process", "no descriptors", NULL);
	CHECK(!"execl");
}

/* What that starts. */
static int
no_descriptors(void)
{
	struct rlimit lim;

	CHECK(!getrlimit(RLIMIT_NOFILE, &lim) && lim.rlim_cur == 3);
	FAILS(dup(0), EMFILE);
	FAILS(fcntl(3, F_GETFD), EBADF);
	return 0;
}

static void
locked(void)
{
	char *p = map(MIB);

	become_other();
	limit(RLIMIT_MEMLOCK, 64 << 10);
	CHECK(!mlock(p, 64 << 10));
	FAILS(mlock(p + (64 << 10), 4096), ENOMEM);
	FAILS(mlock2(p + (64 << 10), 4096, MLOCK_ONFAULT), ENOMEM);
	CHECK(mmap(NULL, MIB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		   MAP_LOCKED, -1, 0) == MAP_FAILED && errno == EAGAIN);
	CHECK(!munlock(p, 4096));
	CHECK(!mlock(p + (64 << 10), 4096));
	FAILS(mlockall(MCL_CURRENT), ENOMEM);
	CHECK(!munlockall());
	limit(RLIMIT_MEMLOCK, 0);
	FAILS(mlock(p, 4096), EPERM);
}

static volatile int got;

static void
note(int sig)
{
	got = sig;
}

static void
file_size(void)
{
	char name[] = "/tmp/ferry-limit-XXXXXX", buf[300] = "";
	int fd = mkstemp(name);

	CHECK(fd >= 0 && !unlink(name));
	signal(SIGXFSZ, note);
	limit(RLIMIT_FSIZE, 200);
	CHECK(write(fd, buf, 300) == 200);
	FAILS(write(fd, buf, 1), EFBIG);
	CHECK(got == SIGXFSZ);
	signal(SIGXFSZ, SIG_IGN);
	FAILS(ftruncate(fd, 300), EFBIG);
}

static void
processor_time(void)
{
	volatile unsigned n = 0;

	signal(SIGXCPU, note);
	limit(RLIMIT_CPU, 1);
	while (!got)
		n++;
	CHECK(got == SIGXCPU);
}

static void
values(void)
{
	struct rlimit lim, old;

	CHECK(!getrlimit(RLIMIT_NICE, &lim));
	FAILS(getrlimit((enum __rlimit_resource)99, &lim), EINVAL);
	lim.rlim_cur = 10;
	lim.rlim_max = 5;
	FAILS(setrlimit(RLIMIT_MSGQUEUE, &lim), EINVAL);
	lim.rlim_cur = 5;
	lim.rlim_max = 10;
	CHECK(!prlimit(getpid(), RLIMIT_MSGQUEUE, &lim, &old));
	CHECK(!prlimit(0, RLIMIT_MSGQUEUE, NULL, &old));
	CHECK(old.rlim_cur == 5 && old.rlim_max == 10);
	FAILS(prlimit(0x3ffffff, RLIMIT_MSGQUEUE, NULL, &old), ESRCH);
	become_other();
	lim.rlim_max = 11;
	FAILS(setrlimit(RLIMIT_MSGQUEUE, &lim), EPERM);
}

int
main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return no_descriptors();
	in_child(address_space);
	in_child(address_space_of_two);
	in_child(data);
	in_child(data_less_trusted);
	in_child(data_of_two);
	in_child(all_locked);
	in_child(all_locked_of_two);
	in_child(processes);
	in_child(files);
	in_child(locked);
	in_child(file_size);
	in_child(processor_time);
	in_child(values);
	return 0;
}
