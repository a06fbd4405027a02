/*
 * strace_prog.c - makes the system calls that strace.sh wants to see traced.
 *
 * Through syscall(2) where libc might choose another call.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
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

/* Messages with control messages, addresses, options. */
static void
messages(void)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(53),
				    .sin6_scope_id = 2 };
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct linger linger = { 1, 2 };
	struct iovec iov = { "message", 7 };
	char buf[16];
	struct iovec in = { buf, sizeof(buf) };
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .h = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct mmsghdr mm = { { .msg_iov = &iov, .msg_iovlen = 1 } };
	socklen_t len = sizeof(int);
	int s[2], v = 1;

	in6.sin6_addr.s6_addr[0] = 0x20;
	in6.sin6_addr.s6_addr[1] = 0x01;
	in6.sin6_addr.s6_addr[15] = 0x7;
	connect(99, (void *)&in6, sizeof(in6));
	in6.sin6_addr = in6addr_loopback;
	connect(99, (void *)&in6, sizeof(in6));
	in6.sin6_addr = in6addr_any;
	connect(99, (void *)&in6, sizeof(in6));
	bind(99, (void *)&nl, sizeof(nl));
	syscall(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET, 0, s);
	*(int *)CMSG_DATA(&control.h) = 0;
	sendmsg(s[0], &m, MSG_NOSIGNAL);
	m.msg_iov = &in;
	recvmsg(s[1], &m, MSG_CMSG_CLOEXEC);
	close(*(int *)CMSG_DATA(&control.h));
	syscall(SYS_sendmmsg, s[0], &mm, 1, 0);
	mm.msg_hdr.msg_iov = &in;
	syscall(SYS_recvmmsg, s[1], &mm, 1, MSG_DONTWAIT, NULL);
	setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &v, sizeof(v));
	getsockopt(s[0], SOL_SOCKET, SO_TYPE, &v, &len);
	setsockopt(99, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	setsockopt(99, IPPROTO_TCP, TCP_NODELAY, &v, sizeof(v));
	setsockopt(99, IPPROTO_IPV6, IPV6_V6ONLY, &v, sizeof(v));
	syscall(SYS_getsockname, s[0], buf, (len = 16, &len));
	syscall(SYS_ioctl, s[0], FIONREAD, &v);
	close(s[0]);
	close(s[1]);
}

static void
terminal(void)
{
	struct winsize w = { 24, 80, 0, 0 };
	struct {	/* the kernel's struct termios */
		unsigned int i, o, c, l;
		unsigned char line, cc[19];
	} t = { 0x500, 5, 0xbf, 0x8a3b };
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY), v;

	syscall(SYS_ioctl, fd, TCSETS, &t);
	syscall(SYS_ioctl, fd, TCGETS, &t);
	syscall(SYS_ioctl, fd, TIOCSWINSZ, &w);
	syscall(SYS_ioctl, fd, TIOCGWINSZ, &w);
	syscall(SYS_ioctl, fd, 0x1234, 5);
	close(fd);
}

static void
children(void)
{
	/* The kernel's names; libc's header would clash with <sched.h>. */
	struct {
		unsigned long flags, pidfd, child_tid, parent_tid, exit_signal,
			stack, stack_size, tls;
	} args = { CLONE_FS | CLONE_VFORK, 0, 0, 0, SIGCHLD };
	struct rusage ru;
	siginfo_t si = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	int pid = (int)syscall(SYS_clone3, &args, sizeof(args)), st;

	if (!pid)
		_exit(3);
	syscall(SYS_waitid, P_ALL, 0, &si, WEXITED | WNOWAIT, &ru);
	syscall(SYS_wait4, -1, &st, 0, &ru);
	syscall(SYS_getrusage, 77, &ru);
	si = (siginfo_t){ .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	si.si_value.sival_int = 42;
	syscall(SYS_rt_sigqueueinfo, 0x7fffffff, SIGUSR1, &si);
	syscall(SYS_prctl, PR_SET_NAME, "renamed", 0, 0, 0);
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	syscall(SYS_getresuid, &st, &st, (int *)8);
}

static void
large(void)
{
	unsigned int params[30] = { 0, 0, 1u << 31 | 8 };	/* flags */
	struct {
		unsigned int type, key, value, entries;
	} map = { 2, 4, 8, 1 };
	struct {
		unsigned long flags, mode, resolve;
	} how = { O_RDONLY, 0, 8 | 4 };
	unsigned long nothing = 0;
	struct timespec ts = { 0, 0 };
	unsigned long set[16] = { 1ul << 3 }, out[16] = { 1ul << 3 };
	sigset_t mask;
	struct {
		sigset_t *set;
		size_t size;
	} arg = { &mask, 8 };

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	syscall(SYS_pselect6, 4, set, out, NULL, &ts, &arg);
	syscall(SYS_io_uring_setup, 4, params);
	syscall(SYS_io_uring_enter, 99, 1, 2, 1, NULL, 0);
	syscall(SYS_io_uring_register, 99, 20, NULL, 0);
	syscall(SYS_bpf, 0, &map, 4);
	syscall(SYS_bpf, 77, &nothing, 8);
	syscall(SYS_openat2, AT_FDCWD, "/nonexistent", &how, sizeof(how));
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
	messages();
	terminal();
	children();
	large();
	others();
	mark("DONE");
	return 0;
}
