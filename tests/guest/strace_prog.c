/*
 * strace_prog.c - makes the system calls that strace.sh wants to see traced.
 *
 * Through syscall(2) where libc might choose another call.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Only what comes between these is compared. */
static void
mark(const char *s)
{
	(void)!syscall(SYS_write, 99, s, 4);
}

static void
files(void)
{
	char buf[100];
	struct stat st;
	struct iovec iov[2] = { { "ab", 2 }, { "c\n", 2 } };
	struct flock fl = { .l_type = F_RDLCK };
	int p[2];

	(void)!open("/dev/null", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	(void)!open("/nonexistent/\ttab", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	(void)!open("/nonexistent", O_RDONLY | O_DIRECTORY | O_DIRECT);
	(void)!open("/nonexistent", O_TMPFILE | O_WRONLY, 0);
	(void)!write(3, "a string that is too long to be shown in full", 45);
	(void)!writev(3, iov, 2);
	(void)!read(3, buf, sizeof(buf));
	lseek(3, 0, SEEK_END);
	fcntl(3, F_GETFL);
	fcntl(3, F_SETFL, O_NONBLOCK | O_APPEND);
	fcntl(3, F_SETFD, FD_CLOEXEC);
	fcntl(3, F_DUPFD_CLOEXEC, 50);
	fcntl(99, F_SETLK, &fl);
	syscall(SYS_newfstatat, AT_FDCWD, "/dev/null", &st, 0);
	syscall(SYS_faccessat, AT_FDCWD, "/nonexistent", R_OK | X_OK);
	syscall(SYS_readlinkat, AT_FDCWD, "/nonexistent", buf, 100);
	syscall(SYS_unlinkat, AT_FDCWD, "/nonexistent", AT_REMOVEDIR);
	syscall(SYS_pipe2, p, O_CLOEXEC);
	syscall(SYS_ioctl, p[0], 0x5401, 0);
	syscall(SYS_read, p[0], (void *)8, 0);
	syscall(SYS_openat, AT_FDCWD, (void *)8, 0);
}

static void
memory(void)
{
	void *p = mmap((void *)0x100000000, 8192, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		       0);

	mprotect(p, 4096, PROT_NONE);
	madvise(p, 8192, MADV_DONTNEED);
	munmap(p, 8192);
	mmap(NULL, 0, PROT_READ, MAP_SHARED, -1, 0);
}

static void
sockets(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(80),
				  .sin_addr = { htonl(0x01020304) } };
	struct sockaddr_un un = { .sun_family = AF_UNIX,
				  .sun_path = "/nonexistent/s" };
	int s;

	(void)!socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bind(99, (void *)&in, sizeof(in));
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	connect(s, (void *)&un, sizeof(un));
	sendto(s, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
	shutdown(s, SHUT_RDWR);
}

static void
waiting(void)
{
	struct timespec ts = { 0, 1000 };
	struct pollfd p = { .fd = 3, .events = POLLIN | POLLOUT };
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET,
				  .data.u64 = 0x1234 };
	sigset_t set;
	int word = 1, st;

	syscall(SYS_ppoll, &p, 1, &ts, NULL, 8);
	ts.tv_nsec = 0;	/* the kernel left the remaining time there */
	epoll_ctl(99, EPOLL_CTL_ADD, 3, &ev);
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ts, NULL);
	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, NULL);
	syscall(SYS_futex, (void *)16, FUTEX_WAKE, 1);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGRTMAX);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
	sigfillset(&set);
	sigdelset(&set, SIGHUP);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8);
	syscall(SYS_wait4, -1, &st, WNOHANG, NULL);
	syscall(SYS_kill, 0x7fffffff, SIGUSR1);
}

static void
others(void)
{
	struct rlimit r = { 1, RLIM_INFINITY };

	syscall(SYS_prlimit64, 0, 77, &r, NULL);
	syscall(SYS_unshare, CLONE_FILES);
	syscall(SYS_gettid + 200);
	syscall(SYS_seccomp, 0, 1, 0);
	syscall(SYS_execve, "/nonexistent", (char *[]){ "a", "b\"c", NULL },
		NULL);
}

int
main(void)
{
	syscall(436, 3, ~0u, 0);	/* close_range */
	mark("BEGN");
	files();
	memory();
	sockets();
	waiting();
	others();
	mark("DONE");
	return 0;
}
