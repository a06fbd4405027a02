/*
 * tag_calls_a64.c - the tagged address ABI: tags in arguments, in vectors
 * and in messages, as a program with HWAddressSanitizer has them everywhere.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "check.h"

static void *
tagged(const void *p, unsigned tag)
{
	return (void *)((uintptr_t)p | (uintptr_t)tag << 56);
}

static void
test_vectors(void)
{
	static char one[] = "one", two[] = "two", in[2][4];
	struct iovec v[2] = { { tagged(one, 1), 3 }, { tagged(two, 2), 3 } };
	struct iovec r[2] = { { tagged(in[0], 3), 3 }, { tagged(in[1], 4), 3 } };
	struct iovec bad = { tagged((void *)8, 5), 1 };
	static struct iovec many[2000];
	int p[2], n = 0;

	CHECK(!pipe(tagged(p, 6)));
	CHECK(writev(p[1], tagged(v, 7), 2) == 6);
	CHECK(!ioctl(p[0], FIONREAD, tagged(&n, 8)) && n == 6);
	CHECK(readv(p[0], r, 2) == 6);
	CHECK(!strcmp(in[0], "one") && !strcmp(in[1], "two"));
	CHECK(v[0].iov_base == tagged(one, 1));
	FAILS(writev(p[1], &bad, 1), EFAULT);
	FAILS(writev(p[1], tagged((void *)8, 9), 1), EFAULT);
	FAILS(writev(p[1], tagged(many, 9), 2000), EINVAL);
	CHECK(writev(p[1], tagged(many, 9), 0) == 0);
	close(p[0]);
	close(p[1]);
	check_group("vectors");
}

static void
test_messages(void)
{
	static char text[] = "message", in[16];
	struct iovec out_v = { tagged(text, 1), sizeof(text) };
	struct iovec in_v = { tagged(in, 2), sizeof(in) };
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .h = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct msghdr m = { .msg_iov = tagged(&out_v, 3), .msg_iovlen = 1,
			    .msg_control = tagged(&control, 4),
			    .msg_controllen = sizeof(control) };
	struct stat a, b;
	int s[2], fd;

	CHECK(!socketpair(AF_UNIX, SOCK_DGRAM, 0, tagged(s, 5)));
	memcpy(CMSG_DATA(&control.h), &s[0], sizeof(int));
	CHECK(sendmsg(s[0], tagged(&m, 6), 0) == sizeof(text));
	memset(&control, 0, sizeof(control));
	m.msg_iov = tagged(&in_v, 7);
	CHECK(recvmsg(s[1], tagged(&m, 8), MSG_CMSG_CLOEXEC) == sizeof(text));
	CHECK(!strcmp(in, text));
	CHECK(m.msg_iov == tagged(&in_v, 7) && m.msg_iovlen == 1);
	CHECK(m.msg_control == tagged(&control, 4));
	CHECK(m.msg_controllen == sizeof(control));
	CHECK(m.msg_flags == MSG_CMSG_CLOEXEC && m.msg_name == NULL);
	memcpy(&fd, CMSG_DATA(&control.h), sizeof(int));
	CHECK(!fstat(fd, tagged(&a, 9)) && !fstat(s[0], &b));
	CHECK(a.st_ino == b.st_ino);
	/* Without a control message: what was received says so. */
	m = (struct msghdr){ .msg_iov = tagged(&out_v, 3), .msg_iovlen = 1 };
	CHECK(sendmsg(s[0], &m, 0) == sizeof(text));
	in_v.iov_len = 3;
	m = (struct msghdr){ .msg_iov = &in_v, .msg_iovlen = 1,
			     .msg_control = tagged(&control, 4),
			     .msg_controllen = sizeof(control) };
	CHECK(recvmsg(s[1], &m, 0) == 3);
	CHECK(m.msg_flags == MSG_TRUNC && m.msg_controllen == 0);
	FAILS(recvmsg(s[1], tagged((void *)8, 1), 0), EFAULT);
	close(fd);
	close(s[0]);
	close(s[1]);
	check_group("messages");
}

/* The program itself, which says what it was given. */
static void
test_exec(void)
{
	static char name[] = "name", arg[] = "argument", var[] = "VAR=value";
	char *args[] = { tagged(name, 1), tagged(arg, 2), NULL };
	char *env[] = { tagged(var, 3), NULL };
	char *bad[] = { tagged((void *)8, 4), NULL };
	int status;
	pid_t pid = fork();

	if (!pid) {
		FAILS(execve("/proc/self/exe", bad, env), EFAULT);
		execve("/proc/self/exe", tagged(args, 4), tagged(env, 5));
		_exit(1);
	}
	CHECK(waitpid(pid, tagged(&status, 6), 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	check_group("exec");
}

int
main(int argc, char **argv)
{
	char text[] = "x";
	struct iovec v = { tagged(text, 1), 1 };
	int p[2];

	if (argc == 2)
		return !strcmp(argv[0], "name") &&
		       !strcmp(argv[1], "argument") &&
		       !strcmp(getenv("VAR"), "value") ? 42 : 1;
	CHECK(!pipe(p));
	FAILS(writev(p[1], &v, 1), EFAULT);
	CHECK(!prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE, 0, 0, 0));
	CHECK(writev(p[1], &v, 1) == 1);
	test_vectors();
	test_messages();
	test_exec();
	CHECK(!prctl(PR_SET_TAGGED_ADDR_CTRL, 0, 0, 0, 0));
	FAILS(writev(p[1], &v, 1), EFAULT);
	return check_done();
}
