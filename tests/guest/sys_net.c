/*
 * sys_net.c - sockets: addresses, messages, passing descriptors.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void
test_inet(void)
{
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), c, a;
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } }, peer;
	socklen_t len = sizeof(sin), plen = sizeof(peer);
	int one = 1, val;
	char buf[16];

	CHECK(s >= 0);
	CHECK(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, 4) == 0);
	CHECK(bind(s, (void *)&sin, sizeof(sin)) == 0);
	CHECK(listen(s, 5) == 0);
	CHECK(getsockname(s, (void *)&sin, &len) == 0 && sin.sin_port);
	c = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(connect(c, (void *)&sin, sizeof(sin)) == 0);
	a = accept4(s, (void *)&peer, &plen, SOCK_NONBLOCK);
	CHECK(a >= 0 && plen == sizeof(peer));
	CHECK(peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
	CHECK(fcntl(a, F_GETFL) & O_NONBLOCK);
	FAILS(recv(a, buf, sizeof(buf), 0), EAGAIN);
	CHECK(setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, 4) == 0);
	len = sizeof(val);
	CHECK(getsockopt(c, SOL_SOCKET, SO_TYPE, &val, &len) == 0);
	CHECK(val == SOCK_STREAM);
	CHECK(send(c, "hello", 5, MSG_NOSIGNAL) == 5);
	CHECK(fcntl(a, F_SETFL, 0) == 0);
	CHECK(recv(a, buf, 5, MSG_WAITALL) == 5 && !memcmp(buf, "hello", 5));
	CHECK(shutdown(c, SHUT_WR) == 0 && recv(a, buf, 1, 0) == 0);
	close(a);
	close(c);
	close(s);
	check_group("inet");
}

static void
test_unix(void)
{
	char dir[] = "/tmp/ferry-net-XXXXXX";
	struct sockaddr_un un = { .sun_family = AF_UNIX }, got;
	socklen_t len = sizeof(got);
	int s = socket(AF_UNIX, SOCK_DGRAM, 0), c;
	struct stat st;
	char buf[16];

	CHECK(mkdtemp(dir) != NULL);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/sock", dir);
	CHECK(bind(s, (void *)&un, sizeof(un)) == 0);
	CHECK(stat(un.sun_path, &st) == 0 && S_ISSOCK(st.st_mode));
	CHECK(getsockname(s, (void *)&got, &len) == 0);
	CHECK(!strcmp(got.sun_path, un.sun_path));
	c = socket(AF_UNIX, SOCK_DGRAM, 0);
	CHECK(sendto(c, "abc", 3, 0, (void *)&un, sizeof(un)) == 3);
	CHECK(recv(s, buf, sizeof(buf), 0) == 3);
	CHECK(connect(c, (void *)&un, sizeof(un)) == 0);
	CHECK(send(c, "defg", 4, 0) == 4);
	len = sizeof(got);
	CHECK(recvfrom(s, buf, sizeof(buf), 0, (void *)&got, &len) == 4);
	close(c);
	close(s);
	/* An abstract name. */
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			  (size_t)snprintf(un.sun_path + 1, 40, "ferry-%d",
					   getpid()));
	CHECK(bind(s, (void *)&un, len) == 0 && listen(s, 1) == 0);
	c = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(connect(c, (void *)&un, len) == 0);
	close(c);
	close(s);
	unlink(strcat(strcpy((char[80]){ 0 }, dir), "/sock"));
	rmdir(dir);
	check_group("unix");
}

static void
test_rights(void)
{
	int sv[2], p[2], fd = -1;
	char data = 'x';
	struct iovec iov = { &data, 1 };
	union {
		struct cmsghdr h;
		char b[CMSG_SPACE(sizeof(int))];
	} ctl;
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = &ctl,
			    .msg_controllen = sizeof(ctl) };
	struct cmsghdr *h;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	CHECK(pipe(p) == 0);
	memset(&ctl, 0, sizeof(ctl));
	h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &p[1], sizeof(int));
	CHECK(sendmsg(sv[0], &m, 0) == 1);
	memset(&ctl, 0, sizeof(ctl));
	m.msg_controllen = sizeof(ctl);
	CHECK(recvmsg(sv[1], &m, MSG_CMSG_CLOEXEC) == 1);
	h = CMSG_FIRSTHDR(&m);
	CHECK(h && h->cmsg_type == SCM_RIGHTS);
	if (h)
		memcpy(&fd, CMSG_DATA(h), sizeof(int));
	CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK(write(fd, "ok", 2) == 2);
	CHECK(read(p[0], (char[2]){ 0 }, 2) == 2);
	check_group("rights");
}

static void
test_errors(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 0);

	FAILS(socket(AF_INET, 99, 0), EINVAL);
	FAILS(socket(99, SOCK_STREAM, 0), EAFNOSUPPORT);
	FAILS(bind(s, bad_address, 16), EFAULT);
	FAILS(connect(s, bad_address, 16), EFAULT);
	FAILS(bind(-1, bad_address, 16), EBADF);
	FAILS(accept(s, NULL, NULL), EINVAL);
	close(s);
	check_group("errors");
}

int
main(void)
{
	test_inet();
	test_unix();
	test_rights();
	test_errors();
	return check_done();
}
