/*
 * sys_misc.c - what the kernel says about the machine and the process.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#ifdef __aarch64__
#define MACHINE "aarch64"
#define ON_ARM 1
#else
#define MACHINE "x86_64"
#define ON_ARM 0
#endif

static void
test_uname(void)
{
	struct utsname u;

	CHECK(uname(&u) == 0);
	CHECK(!strcmp(u.machine, MACHINE));
	CHECK(!strcmp(u.sysname, "Linux") && u.release[0]);
	FAILS(syscall(SYS_uname, bad_address), EFAULT);
	check_group("uname");
}

static void
test_prctl(void)
{
	char name[17] = "";
	unsigned long auxv[128] = { 0 };
	long n;
	int seen = 0;

	CHECK(prctl(PR_SET_NAME, "ferry-test-name-long") == 0);
	CHECK(prctl(PR_GET_NAME, name) == 0);
	CHECK(!strcmp(name, "ferry-test-name"));
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0 && prctl(PR_GET_DUMPABLE) == 1);
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	CHECK(prctl(PR_SET_TIMERSLACK, 60000) == 0);
	CHECK(prctl(PR_GET_TIMERSLACK) == 60000);
	FAILS(prctl(9999, 0, 0, 0, 0), EINVAL);
	check_group("prctl");

	n = prctl(0x41555856, auxv, sizeof(auxv), 0, 0);
	if (n != -1 || errno != EINVAL) {	/* since Linux 6.4 */
		CHECK(n >= 16 && n <= (long)sizeof(auxv));
		for (long i = 0; i < n / 16 && auxv[2 * i]; i++) {
			/* libc changes what it says of x86's. */
			CHECK(auxv[2 * i + 1] == getauxval(auxv[2 * i]) ||
			      (!ON_ARM && auxv[2 * i] == AT_HWCAP));
			seen += auxv[2 * i] == AT_PHDR;
		}
		CHECK(seen == 1);
	}
	check_group("auxv");
#ifdef __aarch64__
	CHECK(prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0) == 0);
	CHECK(prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE, 0, 0, 0)
	      == 0);
	CHECK(prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0) == 1);
	CHECK(getcwd((char *)((unsigned long)auxv | 0x5aul << 56),
		     sizeof(auxv)) != NULL);
	FAILS(prctl(PR_SET_TAGGED_ADDR_CTRL, 0x100, 0, 0, 0), EINVAL);
	FAILS(prctl(PR_SET_TAGGED_ADDR_CTRL, 0, 1, 0, 0), EINVAL);
	CHECK(prctl(PR_SET_TAGGED_ADDR_CTRL, 0, 0, 0, 0) == 0);
	FAILS((int)syscall(SYS_getcwd, (unsigned long)auxv | 0x5aul << 56,
			   sizeof(auxv)), EFAULT);
	FAILS(prctl(PR_SET_TSC, 1, 0, 0, 0), EINVAL);
#endif
	check_group("tagged addresses");	/* if the machine has them */
}

static void
test_personality(void)
{
	int old = personality(0xffffffff);

	CHECK(old >= 0);
	CHECK(personality(ADDR_NO_RANDOMIZE) == old);
	CHECK(personality(0xffffffff) == ADDR_NO_RANDOMIZE);
	CHECK(personality((unsigned long)old) == ADDR_NO_RANDOMIZE);
	check_group("personality");
}

static void
test_time(void)
{
	static const clockid_t ids[] = {
		CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW,
		CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,
		CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID, CLOCK_TAI,
	};
	struct timespec a, b, ts = { 0, 20000000 };
	struct timeval tv;
	clockid_t cpu;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		CHECK(syscall(SYS_clock_gettime, ids[i], &a) == 0);
		CHECK(syscall(SYS_clock_gettime, ids[i], &b) == 0);
		CHECK(a.tv_nsec >= 0 && a.tv_nsec < 1000000000);
		CHECK(b.tv_sec > a.tv_sec ||
		      (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
	}
	CHECK(clock_getcpuclockid(0, &cpu) == 0);
	CHECK(clock_gettime(cpu, &a) == 0);
	FAILS(syscall(SYS_clock_gettime, 99, &a), EINVAL);
	FAILS(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, bad_address), EFAULT);
	FAILS(syscall(SYS_gettimeofday, bad_address, 0), EFAULT);
	clock_gettime(CLOCK_REALTIME, &a);
	CHECK(syscall(SYS_gettimeofday, &tv, NULL) == 0);
	CHECK(tv.tv_sec - a.tv_sec <= 1 && tv.tv_usec < 1000000);
	clock_gettime(CLOCK_MONOTONIC, &a);
	CHECK(nanosleep(&ts, NULL) == 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	CHECK((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec >=
	      20000000);
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &a, NULL) == 0);
	CHECK(times(&(struct tms){ 0 }) != -1);
	check_group("time");
}

static void
test_limits(void)
{
	struct rlimit r, old;
	struct rusage ru;
	struct sysinfo si;

	CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
	r = old;
	r.rlim_cur = 64;
	CHECK(setrlimit(RLIMIT_NOFILE, &r) == 0);
	CHECK(prlimit(0, RLIMIT_NOFILE, NULL, &r) == 0 && r.rlim_cur == 64);
	CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
	CHECK(getrusage(RUSAGE_SELF, &ru) == 0 && ru.ru_maxrss > 0);
	CHECK(sysinfo(&si) == 0 && si.totalram > 0 && si.mem_unit > 0);
	check_group("limits");
}

static void
test_ids(void)
{
	cpu_set_t set;
	unsigned cpu, node;
	char buf[16];

	CHECK(getpid() == syscall(SYS_gettid));
	CHECK(getppid() > 0);
	CHECK(sched_getaffinity(0, sizeof(set), &set) == 0);
	CHECK(CPU_COUNT(&set) >= 1);
	CHECK(syscall(SYS_getcpu, &cpu, &node, NULL) == 0);
	CHECK(getrandom(buf, sizeof(buf), 0) == sizeof(buf));
	FAILS(getrandom(bad_address, 16, 0), EFAULT);
	FAILS(getrandom(buf, 1, 0xffff), EINVAL);
	check_group("ids");
}

static void
test_cwd(void)
{
	char buf[PATH_MAX], small[2];

	CHECK(chdir("/tmp") == 0);
	CHECK(getcwd(buf, sizeof(buf)) && !strcmp(buf, "/tmp"));
	FAILS((int)syscall(SYS_getcwd, small, 2), ERANGE);
	FAILS(chdir("/nonexistent"), ENOENT);
	FAILS(chdir(bad_address), EFAULT);
	check_group("cwd");
}

/* What no kernel of the guest's machine has, or ferry refuses. */
static void
test_missing(void)
{
	FAILS(syscall(1000), ENOSYS);
	FAILS(syscall(-1), ENOSYS);
	if (ON_ARM) {
		FAILS(syscall(244), ENOSYS);
		FAILS(syscall(400), ENOSYS);
	}
	check_group("missing");
}

int
main(void)
{
	test_uname();
	test_prctl();
	test_personality();
	test_time();
	test_limits();
	test_ids();
	test_cwd();
	test_missing();
	return check_done();
}
