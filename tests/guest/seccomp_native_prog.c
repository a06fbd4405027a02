/*
 * seccomp_native_prog.c - for arm64, sets filters and executes the program of
 * its argument; for x86-64, is that program: see seccomp_native.sh.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* Errors that these calls do not have. */
enum { NO_MKDIR = 100, NO_WRITING, NO_PRIORITY, NO_UNLINK, NO_CLONE };

#ifdef __aarch64__

#define LOAD(off) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, off)
#define NR	offsetof(struct seccomp_data, nr)
#define ARG(n)	offsetof(struct seccomp_data, args[n])
#define RET(what) BPF_STMT(BPF_RET | BPF_K, what)
#define ERROR(e) RET(SECCOMP_RET_ERRNO | (e))
#define UNLESS(op, value, skip) BPF_JUMP(BPF_JMP | op | BPF_K, value, 0, skip)

static void
set(struct sock_filter *f, size_t n)
{
	struct sock_fprog p = { (unsigned short)n, f };

	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p));
}

int
main(int argc, char **argv)
{
	struct sock_filter first[] = {
		LOAD(offsetof(struct seccomp_data, arch)),
		UNLESS(BPF_JEQ, AUDIT_ARCH_AARCH64, 1),
		BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		RET(SECCOMP_RET_KILL_PROCESS),
		LOAD(NR),
		UNLESS(BPF_JEQ, SYS_mkdirat, 1),
		ERROR(NO_MKDIR),
		UNLESS(BPF_JEQ, SYS_openat, 3),
		LOAD(ARG(2)),
		UNLESS(BPF_JSET, O_ACCMODE, 1),
		ERROR(NO_WRITING),
		LOAD(NR),
		UNLESS(BPF_JEQ, SYS_getpriority, 1),
		ERROR(NO_PRIORITY),
		UNLESS(BPF_JEQ, SYS_setpriority, 1),
		RET(SECCOMP_RET_KILL_PROCESS),
		RET(SECCOMP_RET_ALLOW),
	};
	/* With memory, and the upper halves of arguments. */
	struct sock_filter second[] = {
		LOAD(NR),
		BPF_STMT(BPF_ST, 0),
		LOAD(ARG(0)),
		BPF_STMT(BPF_ST, 5),
		LOAD(ARG(0) + 4),
		BPF_STMT(BPF_ST, 15),
		BPF_STMT(BPF_LD | BPF_MEM, 0),
		UNLESS(BPF_JEQ, SYS_unlinkat, 5),
		BPF_STMT(BPF_LD | BPF_MEM, 5),
		UNLESS(BPF_JEQ, (uint32_t)AT_FDCWD, 5),
		BPF_STMT(BPF_LD | BPF_MEM, 15),
		UNLESS(BPF_JEQ, 0xffffffff, 3),
		ERROR(NO_UNLINK),
		UNLESS(BPF_JEQ, (uint32_t)-1, 1),
		ERROR(NO_CLONE),
		RET(SECCOMP_RET_ALLOW),
	};

	CHECK(argc > 2);
	set(first, sizeof(first) / sizeof(*first));
	set(second, sizeof(second) / sizeof(*second));
	if (!strcmp(argv[2], "fexecve")) {
		fexecve(open(argv[1], O_RDONLY | O_CLOEXEC), argv + 1,
			environ);
		CHECK(!"fexecve");
	}
	if (!strcmp(argv[2], "text")) {
		FAILS(execv(argv[1], argv + 1), ENOEXEC);
		return 7;
	}
	execv(argv[1], argv + 1);
	CHECK(!"execv");
}

#else

#define CALL(error, ...) FAILS(syscall(__VA_ARGS__), error)

int
main(int argc, char **argv)
{
	int fd, status;
	pid_t pid;

	CHECK(argc > 1);
	if (!strcmp(argv[1], "kill")) {
		syscall(SYS_setpriority, 0, 0, 0);
		return 1;
	}
	CALL(NO_MKDIR, SYS_mkdir, "/nowhere/x", 0700);
	CALL(NO_MKDIR, SYS_mkdirat, AT_FDCWD, "/nowhere/x", 0700);
	fd = (int)syscall(SYS_open, "/dev/null", O_RDONLY);
	CHECK(fd >= 0);
	CALL(NO_WRITING, SYS_open, "/dev/null", O_WRONLY);
	CALL(NO_WRITING, SYS_openat, fd, "/dev/null", O_RDWR);
	CALL(NO_WRITING, SYS_creat, "/dev/null", 0600);
	CHECK(syscall(SYS_openat, fd, "/dev/null", O_RDONLY) >= 0);
	CALL(NO_PRIORITY, SYS_getpriority, 0, 0);
	CALL(NO_UNLINK, SYS_unlink, "/nowhere/x");
	CALL(NO_UNLINK, SYS_rmdir, "/nowhere/x");
	CALL(NO_UNLINK, SYS_unlinkat, (long)AT_FDCWD, "/nowhere/x", 0);
	CALL(ENOTDIR, SYS_unlinkat, fd, "x", 0);
	CALL(NO_CLONE, 400);		/* a call that nobody has */
	CALL(NO_CLONE, 0x40000000 + SYS_getpid);	/* x32's */
	CHECK(syscall(SYS_access, "/dev/null", R_OK) == 0);
	CHECK(prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER);
	/* Children of its own are under them as well. */
	pid = (pid_t)syscall(SYS_fork);
	if (!pid)
		_exit(syscall(SYS_getpriority, 0, 0) == -1 &&
		      errno == NO_PRIORITY ? 3 : 4);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	return 7;
}

#endif
