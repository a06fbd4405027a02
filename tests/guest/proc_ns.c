/*
 * proc_ns.c - namespaces: clone, unshare and setns of each kind, and a small
 * container made of all of them. Needs root, or user namespaces.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static const struct {
	const char *file;
	int flag;
} kinds[] = {
	{ "ns/uts", CLONE_NEWUTS }, { "ns/ipc", CLONE_NEWIPC },
	{ "ns/net", CLONE_NEWNET }, { "ns/mnt", CLONE_NEWNS },
	{ "ns/cgroup", CLONE_NEWCGROUP },
};
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static ino_t
namespace_of(const char *file)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	CHECK(!stat(path, &st));
	return st.st_ino;
}

static void
in_child(void (*fn)(int), int arg)
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (!pid) {
		fn(arg);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* unshare moves us, and setns moves us back. */
static void
there_and_back(int i)
{
	ino_t before = namespace_of(kinds[i].file);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/%s", kinds[i].file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK(!unshare(kinds[i].flag));
	CHECK(namespace_of(kinds[i].file) != before);
	FAILS(setns(fd, CLONE_NEWUSER), EINVAL);
	CHECK(!setns(fd, kinds[i].flag));
	CHECK(namespace_of(kinds[i].file) == before);
}

/* clone(2) with the flag: the child is somewhere else, we are not. */
static void
cloned(int i)
{
	ino_t before = namespace_of(kinds[i].file);
	int status;
	long pid;

	pid = syscall(SYS_clone, kinds[i].flag | SIGCHLD, 0, 0, 0, 0);
	CHECK(pid >= 0);
	if (!pid)
		_exit(namespace_of(kinds[i].file) == before);
	CHECK(waitpid((pid_t)pid, &status, 0) == pid && status == 0);
	CHECK(namespace_of(kinds[i].file) == before);
}

/* The first process of a namespace of pids is 1, its children follow, and
 * they end with it. */
static void
pids(int how)
{
	int status, p[2];
	pid_t pid, grandchild;
	char c;

	CHECK(!pipe(p));
	if (how == 0) {
		CHECK(!unshare(CLONE_NEWPID));
		pid = fork();
	} else {
		pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0,
				     0, 0);
	}
	CHECK(pid >= 0);
	if (!pid) {
		CHECK(getpid() == 1 && gettid() == 1 && getppid() == 0);
		grandchild = fork();
		if (!grandchild) {
			close(p[0]);
			pause();
		}
		CHECK(grandchild == 2);
		raise(SIGTERM);		/* init does not die of it */
		_exit(3);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	close(p[1]);
	CHECK(read(p[0], &c, 1) == 0);	/* the grandchild is gone */
	if (how == 0)
		FAILS(fork(), ENOMEM);	/* and with it, the namespace */
}

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* A one-thread process may unshare its users: one that had a second thread
 * behind the scenes would get EINVAL. */
static void
users(int how)
{
	unsigned uid = getuid();
	char map[64];
	int status;
	long pid;

	if (how == 0) {
		CHECK(!unshare(CLONE_NEWUSER));
		pid = 0;
	} else {
		pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	}
	CHECK(pid >= 0);
	if (pid) {
		CHECK(waitpid((pid_t)pid, &status, 0) == pid && !status);
		return;
	}
	CHECK(getuid() == 65534);
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	CHECK(getuid() == 0);
	CHECK(!unshare(CLONE_NEWUTS));
	CHECK(!sethostname("inner", 5));
	if (how)
		_exit(0);
}

static void
times(int unused)
{
	struct timespec a, b;
	int status;
	pid_t pid;

	(void)unused;
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (unshare(CLONE_NEWTIME)) {
		CHECK(errno == EINVAL);		/* not configured */
		return;
	}
	write_file("/proc/self/timens_offsets", "monotonic 100000 0\n");
	pid = fork();
	if (!pid) {
		clock_gettime(CLOCK_MONOTONIC, &b);
		_exit(!(b.tv_sec - a.tv_sec >= 99999 &&
			b.tv_sec - a.tv_sec < 100100));
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	CHECK(b.tv_sec - a.tv_sec < 100);
}

/* What a container's run-time does; the program starts itself in there. */
static void
container(int unused)
{
	static char *const argv[] = { (char *)"x", (char *)"inside", NULL };
	static char *const envp[] = { NULL };
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int status;
	long pid;

	(void)unused;
	CHECK(n > 0);
	self[n] = 0;
	pid = syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS |
		      CLONE_NEWIPC | CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0);
	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
		CHECK(!mount("proc", "/proc", "proc", 0, NULL));
		CHECK(!sethostname("box", 3));
		execve(self, argv, envp);
		_exit(100 + errno);
	}
	CHECK(waitpid((pid_t)pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

static int
inside(void)
{
	char path[4096];
	struct utsname u;

	uname(&u);
	CHECK(!strcmp(u.nodename, "box"));
	CHECK(getpid() == 1);
	CHECK(readlink("/proc/self/exe", path, sizeof(path)) > 0);
	CHECK(readlink("/proc/self", path, sizeof(path)) == 1);
	return 5;
}

static void
probe(int flag)
{
	if (unshare(flag) && (errno == EPERM || errno == ENOSPC))
		_exit(77);
}

/* Whether this machine lets us have such a namespace at all. */
static int
may_unshare(int flag)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		probe(flag);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	return status == 0;
}

int
main(int argc, char **argv)
{
	size_t i;

	(void)argv;
	if (argc > 1)
		return inside();
	if (!may_unshare(CLONE_NEWUSER)) {
		printf("skipped: no namespaces of users here\n");
		return 77;
	}
	in_child(users, 0);
	in_child(users, 1);
	if (!may_unshare(CLONE_NEWNS))
		return 0;
	for (i = 0; i < NR_KINDS; i++) {
		in_child(there_and_back, (int)i);
		in_child(cloned, (int)i);
	}
	in_child(pids, 0);
	in_child(pids, 1);
	in_child(times, 0);
	in_child(container, 0);
	return 0;
}
