/*
 * pointers_prog.c - every system call with every bad pointer.
 *
 *	pointers DIRECTORY
 *
 * Made from the rows of syscall/generic64.def, for the guest's numbers when
 * compiled for the guest and for the host's otherwise. Each argument that is
 * an address is in turn null, an unmapped page, a read-only one, the last
 * bytes before a hole, and an address of the kernel's; the others are good.
 * Prints what each call returns, the error's name or `ok'; a call that blocks
 * is interrupted. The output must be the same on both machines.
 *
 * Each row has a process of its own, and nothing there can do harm: what is
 * not to be tried is in `skipped'.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	4096ul
#define MAX_MS	200	/* that a call may block */

static const struct row {
	const char *name, *args;
	int nr;
} rows[] = {
#ifdef __aarch64__
#define ROW(nr, host, name, args) { #name, args, nr },
#else
#define ROW(nr, host, name, args) { #name, args, host },
#endif
#define PASS(nr, host, name, args) ROW(nr, host, name, args)
#define LEAVE(nr, host, name, args) ROW(nr, host, name, args)
#define PATH(nr, host, name, args) ROW(nr, host, name, args)
#define XLATE(nr, host, name, args, why) ROW(nr, host, name, args)
#define EMUL(nr, host, name, args, why) ROW(nr, host, name, args)
#define FAIL(nr, host, name, args, error, why)
#include "../../syscall/generic64.def"
#include "../../syscall/a64.def"
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

/* Rows that are not tried: they end the process, make another one, or change
 * the machine. */
static const char *const skipped[] = {
	"exit", "exit_group", "rt_sigreturn", "clone", "clone3", "reboot",
	"settimeofday", "clock_settime", "adjtimex", "clock_adjtime",
	"sethostname", "setdomainname", "swapon", "swapoff", "execve",
	"execveat", "acct", "rseq", "mseal",
};

/* Good values of arguments of which the kind does not say enough. */
enum { DIR_FD = 1000000, SOCKET, EPOLL, INOTIFY, TIMER, PIPE, SELF, EVENT };

static const struct good {
	const char *name;
	int arg;
	long value;
} goods[] = {
	{ "getdents64", 0, DIR_FD }, { "epoll_ctl", 0, EPOLL },
	{ "epoll_ctl", 1, EPOLL_CTL_ADD }, { "epoll_ctl", 2, EVENT },
	{ "epoll_pwait", 0, EPOLL }, { "epoll_pwait", 2, 1 },
	{ "epoll_pwait", 5, 8 }, { "epoll_pwait2", 0, EPOLL },
	{ "epoll_pwait2", 2, 1 }, { "epoll_pwait2", 5, 8 },
	{ "inotify_add_watch", 0, INOTIFY }, { "inotify_add_watch", 2, 2 },
	{ "timerfd_settime", 0, TIMER }, { "timerfd_gettime", 0, TIMER },
	{ "signalfd4", 0, -1 }, { "signalfd4", 2, 8 },
	{ "bind", 0, SOCKET }, { "connect", 0, SOCKET },
	{ "accept", 0, SOCKET }, { "accept4", 0, SOCKET },
	{ "getsockname", 0, SOCKET }, { "getpeername", 0, SOCKET },
	{ "sendto", 0, SOCKET }, { "recvfrom", 0, SOCKET },
	{ "recvfrom", 3, MSG_DONTWAIT }, { "setsockopt", 0, SOCKET },
	{ "setsockopt", 1, SOL_SOCKET }, { "setsockopt", 2, SO_KEEPALIVE },
	{ "setsockopt", 4, 4 }, { "getsockopt", 0, SOCKET },
	{ "getsockopt", 1, SOL_SOCKET }, { "getsockopt", 2, SO_TYPE },
	{ "sendmsg", 0, SOCKET }, { "recvmsg", 0, SOCKET },
	{ "recvmsg", 2, MSG_DONTWAIT }, { "sendmmsg", 0, SOCKET },
	{ "recvmmsg", 0, SOCKET }, { "recvmmsg", 3, MSG_DONTWAIT },
	{ "socketpair", 0, AF_UNIX }, { "socketpair", 1, SOCK_STREAM },
	{ "vmsplice", 0, PIPE }, { "ppoll", 1, 1 }, { "ppoll", 4, 8 },
	{ "pselect6", 0, 8 }, { "rt_sigaction", 0, SIGUSR1 },
	{ "rt_sigaction", 3, 8 }, { "rt_sigprocmask", 3, 8 },
	{ "rt_sigpending", 1, 8 }, { "rt_sigsuspend", 1, 8 },
	{ "rt_sigtimedwait", 3, 8 }, { "seccomp", 0, 1 },
	{ "waitid", 3, WEXITED | WNOHANG }, { "process_vm_readv", 0, SELF },
	{ "process_vm_writev", 0, SELF }, { "rt_sigqueueinfo", 0, SELF },
	{ "rt_tgsigqueueinfo", 0, SELF }, { "rt_tgsigqueueinfo", 1, SELF },
	{ "fcntl", 1, F_GETLK }, { "openat2", 3, 24 },
	{ "nanosleep", 1, 0 }, { "mmap", 3, MAP_PRIVATE | MAP_ANONYMOUS },
	{ "set_robust_list", 1, 24 }, { "capset", 1, 0 },
	{ "getrlimit", 0, RLIMIT_CORE }, { "setrlimit", 0, RLIMIT_CORE },
	{ "prlimit64", 1, RLIMIT_CORE }, { "clock_nanosleep", 1, 0 },
	{ "sched_getattr", 2, 48 }, { "sched_getattr", 3, 0 },
	{ "sched_setattr", 2, 0 },
};

static char dir[64], file[100];
static int file_fd;
static char *good, *read_only, *hole;	/* a page each; hole's next is none */

static void
die(const char *what)
{
	perror(what);
	exit(99);
}

/* All pages as they are to be, whatever the last call did to them. */
static void
lay_pages(void)
{
	char *p = mmap(good, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p != good ||
	    mmap(read_only, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_FIXED, -1, 0) != read_only ||
	    mmap(hole, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		 MAP_ANONYMOUS | MAP_FIXED, -1, 0) != hole)
		die("mmap");
	munmap(hole + PAGE, PAGE);
}

static int
special(long v)
{
	int fds[2];

	switch (v) {
	case DIR_FD:
		return open(dir, O_RDONLY | O_DIRECTORY);
	case SOCKET:
		return socket(AF_UNIX, SOCK_DGRAM, 0);
	case EPOLL:
		return epoll_create1(0);
	case INOTIFY:
		return inotify_init1(0);
	case TIMER:
		return timerfd_create(CLOCK_MONOTONIC, 0);
	case EVENT:
		return eventfd(0, 0);
	case PIPE:
		return pipe(fds) ? -1 : fds[1];
	case SELF:
		return getpid();
	}
	return (int)v;
}

static int
kind_is(const char *k, size_t n, const char *name)
{
	return strlen(name) == n && !memcmp(k, name, n);
}

static int
is_address(const char *k, size_t n)
{
	static const char *const scalar[] = {
		"int", "uint", "long", "ulong", "size", "off", "hex", "mode",
		"omode", "fd", "dirfd", "sig", "fcntlarg", "ftimeout",
	};

	if (k[1] == ':')
		return 0;
	for (size_t i = 0; i < sizeof(scalar) / sizeof(scalar[0]); i++)
		if (kind_is(k, n, scalar[i]))
			return 0;
	return 1;
}

static long
good_value(const struct row *r, int arg, const char *k, size_t n)
{
	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++)
		if (goods[i].arg == arg && !strcmp(goods[i].name, r->name))
			return special(goods[i].value);
	if (n > 3 && !memcmp(k + n - 4, "path", 4))
		return (long)file;
	if (kind_is(k, n, "str"))
		return (long)"user.ferry";
	if (is_address(k, n))
		return (long)(good + 512 * arg);
	if (kind_is(k, n, "dirfd"))
		return AT_FDCWD;
	if (kind_is(k, n, "fd"))
		return file_fd;
	if (kind_is(k, n, "size") || kind_is(k, n, "ulong"))
		return 64;
	if (kind_is(k, n, "mode") || kind_is(k, n, "omode"))
		return 0600;
	return kind_is(k, n, "int") || kind_is(k, n, "uint");
}

/* The arguments; returns how many, and which are addresses. */
static int
arguments(const struct row *r, long a[6], int address[6])
{
	const char *k = r->args;
	int nr = 0;

	memset(a, 0, 6 * sizeof(a[0]));
	for (; *k && nr < 6; nr++) {
		size_t n = strcspn(k, ",");

		a[nr] = good_value(r, nr, k, n);
		address[nr] = is_address(k, n);
		k += n + (k[n] == ',');
	}
	return nr;
}

static void
nothing(int sig)
{
	(void)sig;
}

static void
try(const struct row *r, int arg, const char *what, char *bad)
{
	struct itimerval it = { .it_value = { .tv_usec = MAX_MS * 1000 } };
	struct itimerval off = { .it_value = { 0 } };
	struct sigaction sa = { .sa_handler = nothing };
	sigset_t none;
	int address[6];
	long a[6], ret;

	lay_pages();
	arguments(r, a, address);
	a[arg] = (long)bad;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	ret = syscall(r->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	setitimer(ITIMER_REAL, &off, NULL);
	printf("%s %d %s: %s\n", r->name, arg, what,
	       ret == -1 ? strerrorname_np(errno) : "ok");
	fflush(stdout);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = 20; fd < 40; fd++)
		close(fd);
}

static void
try_row(const struct row *r)
{
	int address[6], nr;
	long a[6];

	nr = arguments(r, a, address);
	for (int i = 0; i < nr; i++) {
		if (!address[i])
			continue;
		try(r, i, "null", NULL);
		try(r, i, "unmapped", hole + PAGE);
		try(r, i, "read-only", read_only);
		try(r, i, "hole", hole + PAGE - 4);
		try(r, i, "kernel's", (char *)0xffff800000000000);
	}
}

static int
is_skipped(const char *name)
{
	for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++)
		if (!strcmp(skipped[i], name))
			return 1;
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: pointers DIRECTORY [CALL]\n");
		return 2;
	}
	snprintf(dir, sizeof(dir), "%s", argv[1]);
	snprintf(file, sizeof(file), "%s/file", dir);
	good = mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	read_only = good + 2 * PAGE;
	hole = good + 4 * PAGE;
	for (size_t i = 0; i < NR_ROWS; i++) {
		pid_t pid;
		int status;

		if (is_skipped(rows[i].name) ||
		    (argc > 2 && strcmp(argv[2], rows[i].name)))
			continue;
		unlink(file);
		file_fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (file_fd < 0)
			die(file);
		pid = fork();
		if (pid == 0) {
			try_row(&rows[i]);
			_exit(0);
		}
		if (waitpid(pid, &status, 0) != pid)
			die("waitpid");
		if (status)
			printf("%s: status 0x%x\n", rows[i].name, status);
		fflush(stdout);
		close(file_fd);
	}
	return 0;
}
