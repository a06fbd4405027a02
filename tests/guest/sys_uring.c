/*
 * sys_uring.c - io_uring: the rings, and the entries that say what differs
 * between machines: open flags and epoll events. Entries are as they were
 * when the call that submits them returns.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "check.h"

#define ENTRIES 8

struct uring {
	int fd;
	struct io_uring_params p;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
	uint32_t tail;
};

static uint32_t *
word(char *ring, uint32_t off)
{
	return (uint32_t *)(ring + off);
}

static int
uring_open(struct uring *u, uint32_t flags)
{
	size_t size;

	memset(u, 0, sizeof(*u));
	u->p.flags = flags;
	u->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &u->p);
	if (u->fd < 0)
		return -1;
	CHECK(u->p.flags == flags && u->p.sq_entries == ENTRIES);
	size = u->p.cq_off.cqes + u->p.cq_entries *
				  sizeof(struct io_uring_cqe);
	u->sq = u->cq = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_POPULATE, u->fd,
			     IORING_OFF_SQ_RING);
	CHECK(u->sq != MAP_FAILED);
	u->sqes = mmap(NULL, ENTRIES * sizeof(struct io_uring_sqe),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		       u->fd, IORING_OFF_SQES);
	CHECK(u->sqes != MAP_FAILED);
	return 0;
}

static struct io_uring_sqe *
next_sqe(struct uring *u, int op, int fd)
{
	uint32_t i = u->tail++ & (ENTRIES - 1);
	struct io_uring_sqe *e = &u->sqes[i];

	memset(e, 0, sizeof(*e));
	e->opcode = (uint8_t)op;
	e->fd = fd;
	e->user_data = u->tail;
	word(u->sq, u->p.sq_off.array)[i] = i;
	return e;
}

static int
uring_enter(struct uring *u, unsigned nr, unsigned wait, unsigned flags)
{
	__atomic_store_n(word(u->sq, u->p.sq_off.tail), u->tail,
			 __ATOMIC_RELEASE);
	return (int)syscall(SYS_io_uring_enter, u->fd, nr, wait, flags, NULL,
			    0);
}

/* The next result; it must be that of entry `data', unless that is 0. */
static int
result(struct uring *u, uint64_t data)
{
	uint32_t *head = word(u->cq, u->p.cq_off.head);
	struct io_uring_cqe *c = (void *)(u->cq + u->p.cq_off.cqes);
	uint32_t tail = __atomic_load_n(word(u->cq, u->p.cq_off.tail),
					__ATOMIC_ACQUIRE);

	CHECK(*head != tail);
	c += *head & (u->p.cq_entries - 1);
	CHECK(!data || c->user_data == data);
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return c->res;
}

/* Submits the one entry that was made, and waits for it. */
static int
one(struct uring *u)
{
	struct io_uring_sqe *e = &u->sqes[(u->tail - 1) & (ENTRIES - 1)];
	struct io_uring_sqe was = *e;

	CHECK(uring_enter(u, 1, 1, IORING_ENTER_GETEVENTS) == 1);
	CHECK(memcmp(e, &was, sizeof(was)) == 0);
	return result(u, u->tail);
}

static int
open_at(struct uring *u, const char *path, uint32_t flags)
{
	struct io_uring_sqe *e = next_sqe(u, IORING_OP_OPENAT, AT_FDCWD);

	e->addr = (uintptr_t)path;
	e->open_flags = flags;
	return one(u);
}

static int
open_at2(struct uring *u, const char *path, uint64_t flags)
{
	struct open_how how = { .flags = flags };
	struct io_uring_sqe *e = next_sqe(u, IORING_OP_OPENAT2, AT_FDCWD);
	int r;

	e->addr = (uintptr_t)path;
	e->len = sizeof(how);
	e->off = (uintptr_t)&how;
	r = one(u);
	CHECK(how.flags == flags);
	return r;
}

static char dir[] = "/tmp/uring-XXXXXX", file[64], link_[64];

static void
test_open(struct uring *u)
{
	struct stat st;
	int fd;

	CHECK(open_at(u, dir, O_DIRECTORY) >= 0);
	CHECK(open_at(u, file, O_DIRECTORY) == -ENOTDIR);
	CHECK(open_at(u, link_, O_NOFOLLOW) == -ELOOP);
	CHECK(open_at(u, link_, O_RDONLY) >= 0);
	CHECK(open_at(u, file, O_RDONLY | O_LARGEFILE) >= 0);
	CHECK(open_at(u, bad_address, O_RDONLY) == -EFAULT);
	fd = open_at(u, dir, O_TMPFILE | O_RDWR);
	CHECK(fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0);
	fd = open_at(u, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK(fcntl(fd, F_GETFL) & O_NOFOLLOW);
	CHECK(!(fcntl(fd, F_GETFL) & (O_DIRECTORY | O_DIRECT)));
	check_group("openat");

	CHECK(open_at2(u, file, O_DIRECTORY) == -ENOTDIR);
	CHECK(open_at2(u, link_, O_NOFOLLOW) == -ELOOP);
	CHECK(open_at2(u, dir, O_DIRECTORY | O_CLOEXEC) >= 0);
	CHECK(open_at2(u, file, 1ull << 40) == -EINVAL);
	check_group("openat2");
}

static void
test_epoll(struct uring *u)
{
	struct epoll_event ev = { .events = EPOLLIN }, got[2];
	int ep = epoll_create1(0), fd = eventfd(1, 0);
	struct io_uring_sqe *e = next_sqe(u, IORING_OP_EPOLL_CTL, ep);

	ev.data.u64 = 0x0123456789abcdef;
	e->addr = (uintptr_t)&ev;
	e->len = EPOLL_CTL_ADD;
	e->off = (uint32_t)fd;
	CHECK(one(u) == 0);
	CHECK(epoll_wait(ep, got, 2, 1000) == 1);
	CHECK(got[0].events == EPOLLIN);
	CHECK(got[0].data.u64 == 0x0123456789abcdef);
	e = next_sqe(u, IORING_OP_EPOLL_CTL, ep);
	e->len = EPOLL_CTL_DEL;
	e->off = (uint32_t)fd;
	CHECK(one(u) == 0);
	CHECK(epoll_wait(ep, got, 2, 0) == 0);
	e = next_sqe(u, IORING_OP_EPOLL_CTL, ep);
	e->addr = 8;
	e->len = EPOLL_CTL_ADD;
	e->off = (uint32_t)fd;
	CHECK(one(u) == -EFAULT);
	close(ep);
	close(fd);
	check_group("epoll");
}

/* More at once than fit a small table, linked, some to be changed. */
static void
test_batch(struct uring *u)
{
	struct io_uring_sqe *e;
	char buf[8] = "";
	int fd = open(file, O_RDWR);

	for (int i = 0; i < 6; i++) {
		e = next_sqe(u, IORING_OP_OPENAT, AT_FDCWD);
		e->addr = (uintptr_t)(i & 1 ? dir : file);
		e->open_flags = O_DIRECTORY;
	}
	CHECK(uring_enter(u, 6, 6, IORING_ENTER_GETEVENTS) == 6);
	for (int i = 0; i < 6; i++)
		CHECK(i & 1 ? result(u, 0) >= 0 : result(u, 0) == -ENOTDIR);
	check_group("many");

	e = next_sqe(u, IORING_OP_WRITE, fd);
	e->addr = (uintptr_t)"uring!";
	e->len = 6;
	e->flags = IOSQE_IO_LINK;
	e = next_sqe(u, IORING_OP_READ, fd);
	e->addr = (uintptr_t)buf;
	e->len = 6;
	e->flags = IOSQE_IO_LINK;
	e = next_sqe(u, IORING_OP_OPENAT, AT_FDCWD);
	e->addr = (uintptr_t)link_;
	e->open_flags = O_NOFOLLOW;
	CHECK(uring_enter(u, 3, 3, IORING_ENTER_GETEVENTS) == 3);
	CHECK(result(u, u->tail - 2) == 6);
	CHECK(result(u, u->tail - 1) == 6);
	CHECK(result(u, u->tail) == -ELOOP);
	CHECK(memcmp(buf, "uring!", 6) == 0);
	close(fd);
	check_group("linked");

	/* Some of two now, the rest later. */
	open_at(u, file, 0);
	for (int i = 0; i < 2; i++) {
		e = next_sqe(u, IORING_OP_OPENAT, AT_FDCWD);
		e->addr = (uintptr_t)link_;
		e->open_flags = O_NOFOLLOW;
	}
	CHECK(uring_enter(u, 1, 1, IORING_ENTER_GETEVENTS) == 1);
	CHECK(result(u, u->tail - 1) == -ELOOP);
	CHECK(e->open_flags == O_NOFOLLOW);
	CHECK(uring_enter(u, 1, 1, IORING_ENTER_GETEVENTS) == 1);
	CHECK(result(u, u->tail) == -ELOOP);
	check_group("parts");
}

static volatile sig_atomic_t got;

static void
on_alarm(int sig)
{
	got = sig;
}

/* The wait's signal mask. */
static void
test_mask(struct uring *u)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval it = { .it_value = { .tv_usec = 20000 } };
	uint64_t none = 0;
	sigset_t block;

	sigaction(SIGALRM, &sa, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGALRM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	errno = 0;
	CHECK(syscall(SYS_io_uring_enter, u->fd, 0, 1, IORING_ENTER_GETEVENTS,
		      &none, 8) == -1);
	CHECK(errno == EINTR && got == SIGALRM);
	FAILS(syscall(SYS_io_uring_enter, u->fd, 0, 1, IORING_ENTER_GETEVENTS,
		      &none, 4), EINVAL);
	check_group("mask");
}

static void
test_registered(struct uring *u)
{
	struct io_uring_rsrc_update up = { .offset = -1u,
					   .data = (uint32_t)u->fd };
	struct io_uring_sqe *e;

	if (syscall(SYS_io_uring_register, u->fd, IORING_REGISTER_RING_FDS,
		    &up, 1) != 1)
		return;
	e = next_sqe(u, IORING_OP_OPENAT, AT_FDCWD);
	e->addr = (uintptr_t)link_;
	e->open_flags = O_NOFOLLOW;
	__atomic_store_n(word(u->sq, u->p.sq_off.tail), u->tail,
			 __ATOMIC_RELEASE);
	CHECK(syscall(SYS_io_uring_enter, up.offset, 1, 1,
		      IORING_ENTER_GETEVENTS | IORING_ENTER_REGISTERED_RING,
		      NULL, 0) == 1);
	CHECK(result(u, u->tail) == -ELOOP);
	check_group("registered");
}

/* With a kernel thread that takes entries; it is woken when it sleeps. */
/* The ring through other descriptors; the first is closed, and its number
 * becomes another ring's. O_DIRECTORY is a flag that differs. */
static void
test_copies(void)
{
	struct uring u, other;
	int first, fd;

	CHECK(!uring_open(&u, 0));
	first = u.fd;
	for (int i = 0; i < 3; i++) {
		fd = i == 0 ? dup(u.fd) : i == 1 ? dup3(u.fd, 60, O_CLOEXEC) :
					    fcntl(u.fd, F_DUPFD, 70);
		CHECK(fd >= 0);
		if (i)
			close(u.fd);
		u.fd = fd;
		fd = open_at(&u, dir, O_RDONLY | O_DIRECTORY);
		CHECK(fd >= 0 && fcntl(fd, F_GETFL) & O_DIRECTORY);
		close(fd);
		CHECK(open_at(&u, file, O_RDONLY | O_DIRECTORY) == -ENOTDIR);
	}
	CHECK(!close(first) && !uring_open(&other, 0));
	CHECK(open_at(&other, file, O_RDONLY | O_DIRECTORY) == -ENOTDIR);
	CHECK(open_at(&u, file, O_RDONLY | O_DIRECTORY) == -ENOTDIR);
	CHECK(dup3(u.fd, other.fd, 0) == other.fd);
	u.fd = other.fd;
	CHECK(open_at(&u, file, O_RDONLY | O_DIRECTORY) == -ENOTDIR);
	close(u.fd);
	close(70);
	check_group("copies");
}

static void
test_polled(void)
{
	struct io_uring_sqe *e;
	struct uring u;
	uint32_t flags;

	if (uring_open(&u, IORING_SETUP_SQPOLL))
		return;
	for (int i = 0; i < 20; i++) {
		e = next_sqe(&u, IORING_OP_OPENAT, AT_FDCWD);
		e->addr = (uintptr_t)link_;
		e->open_flags = O_NOFOLLOW;
		__atomic_store_n(word(u.sq, u.p.sq_off.tail), u.tail,
				 __ATOMIC_SEQ_CST);
		flags = __atomic_load_n(word(u.sq, u.p.sq_off.flags),
					__ATOMIC_SEQ_CST);
		if (flags & IORING_SQ_NEED_WAKEUP)
			CHECK(uring_enter(&u, 1, 0,
					  IORING_ENTER_SQ_WAKEUP) == 1);
		CHECK(uring_enter(&u, 0, 1, IORING_ENTER_GETEVENTS) >= 0);
		CHECK(result(&u, u.tail) == -ELOOP);
	}
	close(u.fd);
	check_group("polled");
}

int
main(void)
{
	struct io_uring_params p = { .flags = 1u << 31 };
	struct uring u;

	if (syscall(SYS_io_uring_setup, 0, NULL) < 0 &&
	    (errno == ENOSYS || errno == EPERM)) {
		printf("skipped: no io_uring\n");
		return 77;
	}
	FAILS(syscall(SYS_io_uring_setup, 4, bad_address), EFAULT);
	FAILS(syscall(SYS_io_uring_setup, 4, &p), EINVAL);
	FAILS(syscall(SYS_io_uring_enter, 0, 0, 0, 0, NULL, 0), EOPNOTSUPP);
	FAILS(syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0), EBADF);
	CHECK(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(link_, sizeof(link_), "%s/link", dir);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	CHECK(symlink(file, link_) == 0);

	CHECK(uring_open(&u, 0) == 0);
	next_sqe(&u, IORING_OP_NOP, -1);
	CHECK(one(&u) == 0);
	check_group("nop");
	test_open(&u);
	test_epoll(&u);
	test_batch(&u);
	test_registered(&u);
	test_mask(&u);
	close(u.fd);
	test_copies();
	test_polled();
	unlink(link_);
	unlink(file);
	rmdir(dir);
	return check_done();
}
