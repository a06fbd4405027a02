/*
 * thread_sched.c - what the kernel knows of threads: how many there are,
 * their names, policies, affinity; membarrier; no rseq.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

static atomic_int ready, stop, tid;

static long
status_value(const char *name)
{
	FILE *f = fopen("/proc/self/status", "r");
	size_t n = strlen(name);
	char line[200];
	long v = -1;

	CHECK(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, n))
			v = strtol(line + n, NULL, 10);
	fclose(f);
	return v;
}

static int
count_tasks(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	int n = 0;

	CHECK(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void *
idle(void *arg)
{
	tid = gettid();
	ready++;
	while (!stop)
		usleep(1000);
	return arg;
}

static void
test_count(void)
{
	pthread_t t[20];
	int i;

	CHECK(status_value("Threads:") == 1 && count_tasks() == 1);
	for (i = 0; i < 20; i++) {
		CHECK(!pthread_create(&t[i], NULL, idle, NULL));
		CHECK(status_value("Threads:") == i + 2);
		CHECK(count_tasks() == i + 2);
	}
	stop = 1;
	for (i = 0; i < 20; i++)
		CHECK(!pthread_join(t[i], NULL));
	/* The kernel tells joiners a little before it forgets the thread. */
	for (i = 0; i < 1000 && count_tasks() > 1; i++)
		usleep(1000);
	CHECK(status_value("Threads:") == 1 && count_tasks() == 1);
}

static void
read_comm(int of, char *name)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", of);
	f = fopen(path, "r");
	CHECK(f && fgets(name, 20, f));
	name[strcspn(name, "\n")] = 0;
	fclose(f);
}

static void
test_names(void)
{
	char name[20];
	pthread_t t;

	stop = ready = 0;
	CHECK(!pthread_create(&t, NULL, idle, NULL));
	while (!ready)
		usleep(1000);
	CHECK(!pthread_setname_np(t, "worker-of-mine"));
	CHECK(!pthread_getname_np(t, name, sizeof(name)));
	CHECK(!strcmp(name, "worker-of-mine"));
	read_comm(tid, name);
	CHECK(!strcmp(name, "worker-of-mine"));
	CHECK(!prctl(PR_SET_NAME, "a name that is too long"));
	CHECK(!prctl(PR_GET_NAME, name));
	CHECK(!strcmp(name, "a name that is "));
	read_comm(getpid(), name);
	CHECK(!strcmp(name, "a name that is "));
	read_comm(tid, name);
	CHECK(!strcmp(name, "worker-of-mine"));
	stop = 1;
	CHECK(!pthread_join(t, NULL));
}

static void
test_affinity(void)
{
	cpu_set_t all, one, got;
	unsigned cpu, node;
	int i;

	CHECK(!sched_getaffinity(0, sizeof(all), &all));
	CHECK(CPU_COUNT(&all) > 0);
	for (i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		CHECK(!sched_setaffinity(0, sizeof(one), &one));
		CHECK(!sched_getaffinity(0, sizeof(got), &got));
		CHECK(CPU_EQUAL(&got, &one));
		CHECK(sched_getcpu() == i);
		CHECK(!syscall(SYS_getcpu, &cpu, &node, NULL));
		CHECK(cpu == (unsigned)i);
	}
	CHECK(!sched_setaffinity(0, sizeof(all), &all));
	CPU_ZERO(&one);
	FAILS(sched_setaffinity(0, sizeof(one), &one), EINVAL);
	FAILS(sched_setaffinity(0x3ffffff, sizeof(all), &all), ESRCH);
	CHECK(syscall(SYS_sched_getaffinity, 0, sizeof(all), &all) > 0);
	FAILS(syscall(SYS_sched_getaffinity, 0, 4, &all), EINVAL);
}

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

static void *
set_policies(void *arg)
{
	struct sched_param p = { 0 };
	struct timespec ts;
	struct attr a;

	CHECK(sched_getscheduler(0) == SCHED_OTHER);
	CHECK(!sched_setscheduler(0, SCHED_BATCH, &p));
	CHECK(sched_getscheduler(0) == SCHED_BATCH);
	memset(&a, 0, sizeof(a));
	CHECK(!syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0));
	CHECK(a.size == sizeof(a) && a.policy == SCHED_BATCH && !a.priority);
	a.nice = 19;
	CHECK(!syscall(SYS_sched_setattr, 0, &a, 0));
	CHECK(getpriority(PRIO_PROCESS, 0) == 19);
	CHECK(sched_get_priority_max(SCHED_FIFO) == 99);
	CHECK(sched_get_priority_min(SCHED_RR) == 1);
	p.sched_priority = 100;
	FAILS(sched_setscheduler(0, SCHED_FIFO, &p), EINVAL);
	p.sched_priority = 3;
	if (!sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &p)) {
		CHECK(sched_getscheduler(0) ==
		      (SCHED_RR | SCHED_RESET_ON_FORK));
		CHECK(!sched_getparam(0, &p) && p.sched_priority == 3);
		CHECK(!sched_rr_get_interval(0, &ts));
		CHECK(ts.tv_nsec > 0);
	} else {
		CHECK(errno == EPERM);
	}
	CHECK(!sched_yield());
	return arg;
}

/* Policies are a thread's own. */
static void
test_policies(void)
{
	int nice_before = getpriority(PRIO_PROCESS, 0);
	pthread_t t;

	CHECK(!pthread_create(&t, NULL, set_policies, NULL));
	CHECK(!pthread_join(t, NULL));
	CHECK(sched_getscheduler(0) == SCHED_OTHER);
	CHECK(getpriority(PRIO_PROCESS, 0) == nice_before);
}

static long
membarrier(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

static void
test_membarrier(void)
{
	static const int reg[] = {
		MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED,
		MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
		MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE,
	}, use[] = {
		MEMBARRIER_CMD_GLOBAL_EXPEDITED,
		MEMBARRIER_CMD_PRIVATE_EXPEDITED,
		MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE,
	};
	long has = membarrier(MEMBARRIER_CMD_QUERY);
	pthread_t t;
	int i;

	FAILS(membarrier(1 << 30), EINVAL);
	if (has == -1)
		return;
	FAILS(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED), EPERM);
	stop = 0;
	CHECK(!pthread_create(&t, NULL, idle, NULL));
	for (i = 0; i < 3; i++) {
		if (!(has & reg[i]))
			continue;
		CHECK(!membarrier(reg[i]));
		CHECK(!membarrier(use[i]));
	}
	stop = 1;
	CHECK(!pthread_join(t, NULL));
#ifdef __aarch64__
	/* What a kernel without rseq says. */
	CHECK(!(has & MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ));
	FAILS(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ),
	      EINVAL);
	FAILS(syscall(SYS_rseq, &stop, 32, 0, 0x53053053), ENOSYS);
#endif
}

static void *
outlive(void *arg)
{
	int i;

	/* The leader is a zombie now. It still counts, and its name and
	 * number stay. */
	for (i = 0; i < 1000; i++) {
		char path[64], state = 0;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/task/%d/stat",
			 getpid(), getpid());
		f = fopen(path, "r");
		CHECK(f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1);
		fclose(f);
		if (state == 'Z')
			break;
		usleep(1000);
	}
	CHECK(i < 1000);
	CHECK(gettid() != getpid());
	CHECK(!kill(getpid(), 0));
	i = fork();
	if (!i)
		_exit(0);
	CHECK(waitpid(i, NULL, 0) == i);
	(void)arg;
	exit(4);
}

static void
test_leader_first(void)
{
	pid_t pid = fork();
	pthread_t t;
	int status;

	if (!pid) {
		CHECK(!pthread_create(&t, NULL, outlive, NULL));
		pthread_exit(NULL);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 4);
}

int
main(void)
{
	test_count();
	test_names();
	test_affinity();
	test_policies();
	test_membarrier();
	test_leader_first();
	return 0;
}
