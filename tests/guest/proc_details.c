/*
 * proc_details.c - what /proc tells of signals, descriptors, system calls and
 * memory: of the process, of one of its threads, and of another program; by
 * path, from a directory's descriptor, and through a link.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

static char text[1 << 18];

static int
slurp_at(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0, r;

	if (fd < 0)
		return 0;
	while ((r = read(fd, text + n, sizeof(text) - 1 - (size_t)n)) > 0)
		n += r;
	text[n] = '\0';
	close(fd);
	return n > 0;
}

static int
slurp(const char *path)
{
	return slurp_at(AT_FDCWD, path);
}

/* The number behind "NAME:\t" in text. */
static unsigned long
value(const char *name, int base)
{
	size_t n = strlen(name);
	char *s = text;

	while (s && (strncmp(s, name, n) || s[n] != ':')) {
		s = strchr(s, '\n');
		s = s ? s + 1 : NULL;
	}
	CHECK(s);
	return strtoul(s + n + 1, NULL, base);
}

static void
nap(void)
{
	struct timespec ts = { 0, 1000000 };

	nanosleep(&ts, NULL);
}

static void
handler(int sig)
{
	(void)sig;
}

/* Fields 31 to 34 of stat. */
static void
check_stat(unsigned long blocked, unsigned long ignored, unsigned long caught)
{
	char *s = strrchr(text, ')');
	unsigned long pending, b, i, c;

	for (int field = 2; field < 31; field++)
		s = strchr(s + 1, ' ');
	CHECK(sscanf(s, "%lu %lu %lu %lu", &pending, &b, &i, &c) == 4);
	CHECK(b == blocked && i == ignored && c == caught);
}

static void
check_signals(unsigned long caught)
{
	unsigned long blocked = 1ul << (SIGSEGV - 1) | 1ul << (SIGHUP - 1) |
				1ul << (SIGRTMIN + 3 - 1);
	unsigned long ignored = 1ul << (SIGUSR1 - 1);

	CHECK(value("SigBlk", 16) == blocked);
	/* libc does not let us set the two that it uses itself. */
	CHECK((value("SigIgn", 16) & ~(3ul << 31)) == ignored);
	CHECK(value("SigCgt", 16) == caught);
}

static void
test_signals(void)
{
	unsigned long caught = 1ul << (SIGUSR2 - 1) | 1ul << (SIGBUS - 1);
	char path[64];
	sigset_t set;
	int dir;

	for (int sig = 1; sig <= SIGRTMAX; sig++)
		signal(sig, SIG_DFL);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, handler);
	signal(SIGBUS, handler);
	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGRTMIN + 3);
	sigprocmask(SIG_SETMASK, &set, NULL);
	CHECK(slurp("/proc/self/status"));
	check_signals(caught);
	CHECK(!strstr(text, "x86"));
	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", getpid(),
		 getpid());
	CHECK(slurp(path));
	check_signals(caught);
	dir = open("/proc/self", O_RDONLY | O_DIRECTORY);
	CHECK(slurp_at(dir, "status"));
	check_signals(caught);
	CHECK(slurp_at(dir, "stat"));
	check_stat(1ul << (SIGSEGV - 1) | 1, 1ul << (SIGUSR1 - 1), caught);
	CHECK(slurp("/proc/thread-self/stat"));
	check_stat(1ul << (SIGSEGV - 1) | 1, 1ul << (SIGUSR1 - 1), caught);
	raise(SIGSEGV);
	CHECK(slurp("/proc/thread-self/status"));
	CHECK(value("SigPnd", 16) == 1ul << (SIGSEGV - 1));
	signal(SIGSEGV, SIG_IGN);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGSEGV, SIG_DFL);
	close(dir);
	check_group("signals");
}

/* Flags as fdinfo has them are those of fcntl and open. */
static void
check_fdinfo(int flags)
{
	char path[64];
	int fd, dir, got;

	/* For the owner of /tmp. */
	if (geteuid() != 0)
		flags &= ~O_NOATIME;
	fd = open("/tmp", flags);
	CHECK(fd >= 0);
	got = fcntl(fd, F_GETFL);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	CHECK(slurp(path));
	CHECK((int)value("flags", 8) == (got | (flags & O_CLOEXEC)));
	CHECK(value("pos", 10) == 0 && value("mnt_id", 10) > 0);
	dir = open("/proc/self/fdinfo", O_RDONLY | O_DIRECTORY);
	snprintf(path, sizeof(path), "%d", fd);
	CHECK(slurp_at(dir, path));
	CHECK((int)value("flags", 8) == (got | (flags & O_CLOEXEC)));
	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", getpid(), fd);
	CHECK(slurp(path));
	CHECK((int)value("flags", 8) == (got | (flags & O_CLOEXEC)));
	close(dir);
	close(fd);
}

static void
test_descriptors(void)
{
	char path[64];

	check_fdinfo(O_RDONLY | O_DIRECTORY);
	check_fdinfo(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	check_fdinfo(O_RDONLY | O_NONBLOCK | O_NOATIME);
	check_fdinfo(O_PATH | O_DIRECTORY);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", 9999);
	FAILS(open(path, O_RDONLY), ENOENT);
	FAILS(open("/proc/self/fdinfo/0", O_RDONLY | O_DIRECTORY), ENOTDIR);
	check_group("descriptors");
}

static atomic_int sleeper;
static int wake[2];

static void *
block(void *unused)
{
	char c;

	(void)unused;
	sleeper = (int)syscall(SYS_gettid);
	CHECK(read(wake[0], &c, 1) == 1);
	return NULL;
}

/* The number and arguments of the call that a thread is in. */
static void
test_syscall(void)
{
	unsigned long nr, a[6], sp, pc;
	pthread_t t;
	char path[64];

	CHECK(!pipe(wake) && !pthread_create(&t, NULL, block, NULL));
	while (!sleeper)
		nap();
	nap();
	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", sleeper);
	if (!slurp(path)) {	/* the kernel may be without */
		printf("no %s\n", path);
	} else {
		CHECK(sscanf(text, "%lu %lx %lx %lx %lx %lx %lx %lx %lx", &nr,
			     &a[0], &a[1], &a[2], &a[3], &a[4], &a[5], &sp,
			     &pc) == 9);
		CHECK(nr == SYS_read && a[0] == (unsigned long)wake[0]);
		CHECK(a[1] > sp - 4096 && a[1] < sp + 4096 && a[2] == 1 && pc);
	}
	CHECK(write(wake[1], "x", 1) == 1 && !pthread_join(t, NULL));
	close(wake[0]);
	close(wake[1]);
	check_group("system call");
}

static void
check_memory(const char *of)
{
	char path[64];
	unsigned long rss = 0, anonymous;
	char *s;

	snprintf(path, sizeof(path), "/proc/%s/smaps", of);
	CHECK(slurp(path));
	for (s = text; (s = strstr(s, "\nRss:")); s++)
		rss += strtoul(s + 5, NULL, 10);
	CHECK(rss > 0);
	snprintf(path, sizeof(path), "/proc/%s/smaps_rollup", of);
	if (slurp(path)) {
		CHECK(strstr(text, "[rollup]\n"));
		CHECK(value("Rss", 10) + 400 > rss &&
		      value("Rss", 10) < rss + 400);
		anonymous = value("Anonymous", 10);
		CHECK(anonymous > 0 && anonymous <= value("Rss", 10));
		CHECK(value("Pss_Anon", 10) + value("Pss_File", 10) +
		      value("Pss_Shmem", 10) <= value("Pss", 10) + 4);
	}
	snprintf(path, sizeof(path), "/proc/%s/numa_maps", of);
	if (slurp(path)) {
		CHECK(strstr(text, " stack "));
#ifdef __aarch64__
		CHECK(!strstr(text, "700000000000 "));
#endif
	}
	snprintf(path, sizeof(path), "/proc/%s/maps", of);
	CHECK(slurp(path));
	CHECK(strstr(text, " r-xp ") && strstr(text, "[heap]\n"));
	CHECK(strstr(text, "[stack]\n") && strstr(text, "[vdso]\n"));
#ifdef __aarch64__
	CHECK(!strstr(text, "700000000000-") && !strstr(text, "[vvar"));
	CHECK(!strstr(strstr(text, "[stack]") + 1, "[stack]"));
#endif
}

/* KiB that all mappings take. */
static unsigned long
mapped(void)
{
	unsigned long lo, hi, sum = 0;
	char *s;

	CHECK(slurp("/proc/self/maps"));
	for (s = text; s && *s; s = strchr(s, '\n'), s = s ? s + 1 : s) {
		CHECK(sscanf(s, "%lx-%lx", &lo, &hi) == 2);
		sum += (hi - lo) >> 10;
	}
	return sum;
}

/* Field `field' of stat, behind the name. */
static unsigned long
stat_field(const char *path, int field)
{
	char *s;

	CHECK(slurp(path));
	s = strrchr(text, ')');
	for (int i = 2; i < field; i++)
		s = strchr(s + 1, ' ');
	return strtoul(s, NULL, 10);
}

#define SLACK		1024	/* KiB that come and go with the files */
#define OVERHEAD	(96 << 10)	/* KiB that an emulator may take */

static int
is_near(unsigned long a, unsigned long b)
{
	return a < b + SLACK && b < a + SLACK;
}

/* The size of the address space is the same in all files that tell it, and not
 * much more than what maps shows. */
static void
check_size(void)
{
	unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE) >> 10;
	unsigned long maps = mapped(), size, pages, resident, start;
	char path[64];

	CHECK(slurp("/proc/self/status"));
	size = value("VmSize", 10);
	CHECK(size + SLACK > maps && size < maps + OVERHEAD);
	CHECK(value("VmPeak", 10) >= size && strstr(text, " kB\nVmSize:\t"));
	CHECK(size > value("VmRSS", 10));
	CHECK(is_near(stat_field("/proc/self/stat", 23) >> 10, size));
	/* What follows has its place, still. */
	start = stat_field("/proc/self/stat", 22);
	CHECK(start && start == stat_field("/proc/thread-self/stat", 22));
	CHECK(is_near(stat_field("/proc/self/stat", 24) * page,
		      stat_field("/proc/thread-self/stat", 24) * page));
	CHECK(strlen(text) > 100 && text[strlen(text) - 1] == '\n');
	snprintf(path, sizeof(path), "/proc/%d/statm", getpid());
	CHECK(slurp(path));
	CHECK(sscanf(text, "%lu %lu", &pages, &resident) == 2);
	CHECK(is_near(pages * page, size) && resident < pages);
	CHECK(text[strlen(text) - 1] == '\n');
	CHECK(slurp("/proc/thread-self/statm"));
	CHECK(is_near(strtoul(text, NULL, 10) * page, size));
}

/* Also when there is a mapping more and when it has gone again, and after a
 * limit that makes an emulator give up what it can. */
static void
test_size(void)
{
	size_t more = 256ul << 20;
	struct rlimit lim;
	unsigned long before;
	char *p;

	check_size();
	CHECK(slurp("/proc/self/status"));
	before = value("VmSize", 10);
	p = mmap(NULL, more, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED);
	check_size();
	CHECK(slurp("/proc/self/status"));
	CHECK(is_near(value("VmSize", 10), before + (more >> 10)));
	CHECK(!munmap(p, more));
	check_size();
	CHECK(slurp("/proc/self/status"));
	CHECK(is_near(value("VmSize", 10), before));
	CHECK(is_near(value("VmPeak", 10), before + (more >> 10)));
	CHECK(!getrlimit(RLIMIT_AS, &lim));
	if (lim.rlim_max == RLIM_INFINITY) {
		lim.rlim_cur = 4ul << 30;
		CHECK(!setrlimit(RLIMIT_AS, &lim));
		check_size();
		CHECK(slurp("/proc/self/status"));
		CHECK(is_near(value("VmPeak", 10), before + (more >> 10)));
		lim.rlim_cur = RLIM_INFINITY;
		CHECK(!setrlimit(RLIMIT_AS, &lim));
	}
	check_group("size");
}

/* Of this process, and of a child that runs the same program. */
static void
test_memory(void)
{
	char name[32];
	int pid;

	*(volatile char *)sbrk(4096) = 1;
	check_memory("self");
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	nap();
	snprintf(name, sizeof(name), "%d", pid);
	check_memory(name);
	snprintf(name, sizeof(name), "%d/task/%d", pid, pid);
	CHECK(!chdir("/proc") && slurp(strcat(name, "/maps")));
	CHECK(strstr(text, " r-xp ") && !chdir("/"));
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, NULL, 0) == pid);
	check_group("memory");
}

/* Files that only one architecture has, and what tells them apart. */
static void
test_machine(void)
{
#ifdef __aarch64__
	static const char midr[] = "/sys/devices/system/cpu/cpu0/regs/"
				   "identification/midr_el1";
	unsigned long id;
	struct stat st;
	int dir;

	FAILS(open("/proc/self/arch_status", O_RDONLY), ENOENT);
	FAILS(access("/proc/self/arch_status", F_OK), ENOENT);
	FAILS(stat("/proc/thread-self/arch_status", &st), ENOENT);
	if (access("/sys/devices/system/cpu/cpu0", F_OK)) {
		puts("not tried: registers, for /sys is not there");
		return;
	}
	CHECK(slurp(midr) && !access(midr, R_OK) && !stat(midr, &st));
	CHECK(S_ISREG(st.st_mode));
	__asm__("mrs %0, midr_el1" : "=r"(id));
	CHECK(strlen(text) == 19 && strtoul(text, NULL, 16) == id);
	dir = open("/sys/devices/system/cpu", O_RDONLY | O_DIRECTORY);
	CHECK(slurp_at(dir, "cpu0/regs/identification/revidr_el1"));
	close(dir);
	FAILS(open("/sys/devices/system/cpu/cpu99999/regs/identification/"
		   "midr_el1", O_RDONLY), ENOENT);
#endif
	check_group("machine");
}

static void
test_release(void)
{
	struct utsname u;
	char want[128];

	CHECK(!uname(&u) && slurp("/proc/sys/kernel/osrelease"));
	snprintf(want, sizeof(want), "%s\n", u.release);
	CHECK(!strcmp(text, want));
	snprintf(want, sizeof(want), "Linux version %s ", u.release);
	CHECK(slurp("/proc/version"));
	CHECK(!strncmp(text, want, strlen(want)) && strchr(text, '#'));
	check_group("release");
}

static atomic_int stop;

static void *
reads(void *path)
{
	char buf[4096];

	while (!stop) {
		int fd = open(path, O_RDONLY);

		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
	}
	return NULL;
}

static void *
sets(void *unused)
{
	while (!stop) {
		signal(SIGUSR1, SIG_IGN);
		signal(SIGUSR1, SIG_DFL);
	}
	return unused;
}

/* All of it while the process forks, which takes every lock there is. */
static void
test_forks(void)
{
	static char *const path[] = { "/proc/self/status", "/proc/self/maps",
				      "/proc/thread-self/stat" };
	pthread_t t[4];
	int status;

	for (int i = 0; i < 4; i++)
		CHECK(!pthread_create(&t[i], NULL, i < 3 ? reads : sets,
				      i < 3 ? path[i] : NULL));
	for (int i = 0; i < 300; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(3);
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	}
	stop = 1;
	for (int i = 0; i < 4; i++)
		CHECK(!pthread_join(t[i], NULL));
	check_group("forks");
}

static void
test_seccomp(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K,
					    SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };

	CHECK(slurp("/proc/self/status") && value("Seccomp", 10) == 0);
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
	CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
	CHECK(slurp("/proc/self/status") && value("Seccomp", 10) == 2);
	CHECK(value("Seccomp_filters", 10) == 2);
	CHECK(value("NoNewPrivs", 10) == 1);
	check_group("seccomp");
}

int
main(void)
{
	test_signals();
	test_descriptors();
	test_syscall();
	test_memory();
	test_machine();
	test_release();
	test_forks();
	test_size();
	test_seccomp();
	return check_done();
}
