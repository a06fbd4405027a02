/*
 * test_syscall_table.c - the table's rows, the dispatcher, the window and the
 * tracer.
 *
 * Numbers are checked at compile time by syscall_numbers_*.c, layouts by the
 * assertions below; sizes and offsets are those that the kernel's headers
 * give when compiled for each machine.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "../../runtime/vm/guest_isa.h"
#include "../../runtime/vm/process.h"
#include "../../syscall/abi.h"
#include "../../syscall/table.h"
#include "../../syscall/trace.h"

#define AT(type, field, off) \
	_Static_assert(offsetof(type, field) == (off), #type "." #field)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)

SIZE(struct guest_stat, 128);
AT(struct guest_stat, st_ino, 8);
AT(struct guest_stat, st_mode, 16);
AT(struct guest_stat, st_nlink, 20);
AT(struct guest_stat, st_uid, 24);
AT(struct guest_stat, st_gid, 28);
AT(struct guest_stat, st_rdev, 32);
AT(struct guest_stat, st_size, 48);
AT(struct guest_stat, st_blksize, 56);
AT(struct guest_stat, st_blocks, 64);
AT(struct guest_stat, st_atime_sec, 72);
AT(struct guest_stat, st_mtime_sec, 88);
AT(struct guest_stat, st_ctime_sec, 104);
SIZE(struct stat, 144);		/* libc's is the kernel's */

SIZE(struct guest_epoll_event, 16);
AT(struct guest_epoll_event, data, 8);
SIZE(struct host_epoll_event, 12);
AT(struct host_epoll_event, data, 4);
SIZE(struct epoll_event, 12);

SIZE(struct guest_semid_ds, 88);
AT(struct guest_semid_ds, sem_ctime, 56);
AT(struct guest_semid_ds, sem_nsems, 64);
SIZE(struct host_semid_ds, 104);
AT(struct host_semid_ds, sem_ctime, 64);
AT(struct host_semid_ds, sem_nsems, 80);

SIZE(struct guest_loop_info, 160);
SIZE(struct host_loop_info, 168);
SIZE(struct abi_open_how, 24);

static struct thread thr = { .process = &process };

/* Numbers that generic64 does not use. */
static bool
is_hole(long nr)
{
	return nr == 38 ? false : (nr >= 244 && nr < 260) ||
				  (nr >= 295 && nr < 424);
}

START_TEST(every_number_has_a_row)
{
	for (long nr = 0; nr < SYS_NR_MAX; nr++)
		ck_assert_msg(!syscall_row(nr) == is_hole(nr), "number %ld",
			      nr);
	ck_assert_ptr_null(syscall_row(SYS_NR_MAX));
	ck_assert_ptr_null(syscall_row(-1));
	ck_assert_ptr_null(syscall_row(0x7fffffffffffffff));
}
END_TEST

START_TEST(rows_are_consistent)
{
	for (long nr = 0; nr < SYS_NR_MAX; nr++) {
		const struct sys_row *r = syscall_row(nr);

		if (!r)
			continue;
		ck_assert_msg(trace_args_valid(r->args), "%s: \"%s\"", r->name,
			      r->args);
		switch (r->how) {
		case SYS_PASS:
		case SYS_LEAVE:
			ck_assert_msg(r->host >= 0, "%s", r->name);
			ck_assert_msg(!strstr(r->args, "path"), "%s",
				      r->name);
			break;
		case SYS_PATH:
			ck_assert_msg(r->host >= 0, "%s", r->name);
			ck_assert_msg(strstr(r->args, "path") != NULL, "%s",
				      r->name);
			break;
		case SYS_FAIL:
			ck_assert_msg(r->error < 0 && r->why, "%s", r->name);
			break;
		default:
			ck_assert_msg(r->fn && r->why, "%s", r->name);
		}
	}
}
END_TEST

START_TEST(signatures)
{
	ck_assert(trace_args_valid(""));
	ck_assert(trace_args_valid("fd,obuf,size"));
	ck_assert(trace_args_valid("f:open,e:whence"));
	ck_assert(!trace_args_valid("fd,"));
	ck_assert(!trace_args_valid("fdx"));
	ck_assert(!trace_args_valid("f:nosuch"));
	ck_assert(!trace_args_valid("int,int,int,int,int,int,int"));
	ck_assert(trace_kind_is_address("ptr,int"));
	ck_assert(trace_kind_is_address("obuf"));
	ck_assert(!trace_kind_is_address("off,int"));
	ck_assert(!trace_kind_is_address("omode"));
}
END_TEST

static long
call(long nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint64_t args[6] = { a, b, c, d };

	return syscall_dispatch(&thr, nr, args);
}

START_TEST(dispatch)
{
	ck_assert_int_eq(call(172, 0, 0, 0, 0), getpid());
	ck_assert_int_eq(call(63, (uint64_t)-1, 0, 0, 0), -EBADF);
	ck_assert_int_eq(call(18, 0, 0, 0, 0), -ENOSYS);
	ck_assert_int_eq(call(117, 0, 0, 0, 0), -EPERM);
	ck_assert_int_eq(call(300, 0, 0, 0, 0), -ENOSYS);
	ck_assert_int_eq(call(-5, 0, 0, 0, 0), -ENOSYS);
	ck_assert_int_eq(call(100000, 0, 0, 0, 0), -ENOSYS);
}
END_TEST

START_TEST(window_polls)
{
	volatile uint32_t poll = 0;

	ck_assert_int_eq(syscall_window_enter(&poll, SYS_getpid, 0, 0, 0, 0,
					      0, 0), getpid());
	poll = 1;
	ck_assert_int_eq(syscall_window_enter(&poll, SYS_getpid, 0, 0, 0, 0,
					      0, 0), -ERESTARTNOINTR_GUEST);
}
END_TEST

extern const char syscall_window_begin[], syscall_window_insn[],
	syscall_window_stub[];

START_TEST(window_abort)
{
	uintptr_t lo = (uintptr_t)syscall_window_begin;
	uintptr_t insn = (uintptr_t)syscall_window_insn;
	uintptr_t stub = (uintptr_t)syscall_window_stub;

	ck_assert_uint_eq(syscall_window_abort(lo - 1), 0);
	ck_assert_uint_eq(syscall_window_abort(lo), stub);
	ck_assert_uint_eq(syscall_window_abort(insn), stub);
	ck_assert_uint_eq(syscall_window_abort(insn + 2), 0);
	ck_assert_mem_eq(syscall_window_insn, "\x0f\x05", 2);
}
END_TEST

/* A signal in a call that blocks: what the host's handler does. */
static volatile uint32_t signal_poll;

static void
on_alarm(int sig, siginfo_t *info, void *ctx)
{
	greg_t *rip = &((ucontext_t *)ctx)->uc_mcontext.gregs[REG_RIP];
	uintptr_t to = syscall_window_abort((uintptr_t)*rip);

	(void)sig;
	(void)info;
	signal_poll = 1;
	if (to)
		*rip = (greg_t)to;
}

static long
interrupted(long nr, long a, long b, long c)
{
	struct sigaction sa = { .sa_sigaction = on_alarm,
				.sa_flags = SA_SIGINFO | SA_RESTART };
	struct itimerval it = { .it_value = { .tv_usec = 20000 } };

	signal_poll = 0;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	return syscall_window_enter(&signal_poll, nr, a, b, c, 0, 0, 0);
}

START_TEST(window_interrupted)
{
	struct timespec ts = { .tv_sec = 5 }, rem = { 0 };
	int fds[2];
	char c;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(interrupted(SYS_read, fds[0], (long)&c, 1),
			 -ERESTART_GUEST);
	ck_assert_uint_eq(signal_poll, 1);
	ck_assert_int_eq(interrupted(SYS_nanosleep, (long)&ts, (long)&rem, 0),
			 -EINTR);
	ck_assert_int_eq(rem.tv_sec, 4);
	ck_assert_int_eq(interrupted(SYS_pause, 0, 0, 0), -EINTR);
}
END_TEST

/* A signal at each instruction of the window, by single steps. */
static uintptr_t step_target;

static void
on_step(int sig, siginfo_t *info, void *ctx)
{
	greg_t *regs = ((ucontext_t *)ctx)->uc_mcontext.gregs;

	(void)sig;
	(void)info;
	if ((uintptr_t)regs[REG_RIP] != step_target)
		return;
	regs[REG_EFL] &= ~0x100L;
	if (syscall_window_abort(step_target))
		regs[REG_RIP] = (greg_t)syscall_window_abort(step_target);
}

START_TEST(window_stepped)
{
	struct sigaction sa = { .sa_sigaction = on_step,
				.sa_flags = SA_SIGINFO };
	volatile uint32_t poll = 0;
	long ret;

	sigaction(SIGTRAP, &sa, NULL);
	for (const char *p = syscall_window_begin; p <= syscall_window_insn;
	     p += p == syscall_window_begin ? 4 : 2) {
		step_target = (uintptr_t)p;
		__asm__ volatile("pushf; orl $0x100, (%%rsp); popf" ::: "cc",
				 "memory");
		ret = syscall_window_enter(&poll, SYS_getpid, 0, 0, 0, 0, 0,
					   0);
		ck_assert_int_eq(ret, -ERESTARTNOINTR_GUEST);
	}
}
END_TEST

/* All six arguments arrive in their places. */
START_TEST(window_arguments)
{
	volatile uint32_t poll = 0;
	char name[] = "/tmp/ferry-test-XXXXXX", buf[4];
	int fd = mkstemp(name), pipe_fds[2];
	off_t off = 2;

	ck_assert_int_eq(write(fd, "abcdef", 6), 6);
	ck_assert_int_eq(pipe(pipe_fds), 0);
	ck_assert_int_eq(syscall_window_enter(&poll, SYS_splice, fd,
					      (long)&off, pipe_fds[1], 0, 3,
					      SPLICE_F_MOVE), 3);
	ck_assert_int_eq(read(pipe_fds[0], buf, 4), 3);
	ck_assert_mem_eq(buf, "cde", 3);
	ck_assert_int_eq(off, 5);
	unlink(name);
	close(fd);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}
END_TEST

/* Runs one call traced; its line without the pid. */
static const char *
traced(long nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	static char text[4096];
	int fds[2], saved = dup(2);
	ssize_t n;
	char *p;

	ck_assert_int_eq(pipe(fds), 0);
	dup2(fds[1], 2);
	process.opt.strace = true;
	call(nr, a, b, c, d);
	process.opt.strace = false;
	dup2(saved, 2);
	close(saved);
	close(fds[1]);
	n = read(fds[0], text, sizeof(text) - 1);
	close(fds[0]);
	ck_assert_int_gt(n, 0);
	text[n] = 0;
	ck_assert_msg(!strncmp(text, "[pid 42] ", 9), "%s", text);
	p = strchr(text, ']') + 2;
	return p;
}

#define A64_O_DIRECTORY 0x4000

START_TEST(trace_lines)
{
	struct guest_stat st;
	char buf[64];
	int fd;

	thr.tid = 42;
	ck_assert_str_eq(traced(56, (uint64_t)AT_FDCWD,
				(uint64_t)"/nonexistent",
				A64_O_DIRECTORY | O_CLOEXEC, 0),
			 "openat(AT_FDCWD, \"/nonexistent\", "
			 "O_RDONLY|O_DIRECTORY|O_CLOEXEC) = -1 ENOENT "
			 "(No such file or directory)\n");
	ck_assert_str_eq(traced(56, (uint64_t)AT_FDCWD,
				(uint64_t)"/nonexistent/x",
				O_WRONLY | O_CREAT, 0644),
			 "openat(AT_FDCWD, \"/nonexistent/x\", "
			 "O_WRONLY|O_CREAT, 0644) = -1 ENOENT "
			 "(No such file or directory)\n");
	fd = open("/dev/null", O_WRONLY);
	snprintf(buf, sizeof(buf), "write(%d, \"a\\n\\0\\\"\", 4) = 4\n", fd);
	ck_assert_str_eq(traced(64, (uint64_t)fd, (uint64_t)"a\n\0\"", 4, 0),
			 buf);
	close(fd);
	ck_assert_str_eq(traced(61, 1000, 0, 5, 0), "getdents64(1000, NULL, 5) "
			 "= -1 EBADF (Bad file descriptor)\n");
	ck_assert_str_eq(traced(79, (uint64_t)AT_FDCWD, (uint64_t)"/dev/null",
				(uint64_t)&st, 0x100),
			 "newfstatat(AT_FDCWD, \"/dev/null\", "
			 "{st_mode=S_IFCHR|0666, st_rdev=0x103, ...}, "
			 "AT_SYMLINK_NOFOLLOW) = 0\n");
	ck_assert_str_eq(traced(300, 0, 0, 0, 0), "syscall_0x12c() = -1 "
			 "ENOSYS (Function not implemented)\n");
	ck_assert_str_eq(traced(129, 0x7fffffff, 15, 0, 0),
			 "kill(2147483647, SIGTERM) = -1 ESRCH "
			 "(No such process)\n");
}
END_TEST

START_TEST(stat_layout)
{
	struct guest_stat g;
	struct stat h;

	memset(&g, 0xff, sizeof(g));
	ck_assert_int_eq(call(79, (uint64_t)AT_FDCWD, (uint64_t)"/",
			      (uint64_t)&g, 0), 0);
	ck_assert_int_eq(stat("/", &h), 0);
	ck_assert_uint_eq(g.st_ino, h.st_ino);
	ck_assert_uint_eq(g.st_dev, h.st_dev);
	ck_assert_uint_eq(g.st_mode, h.st_mode);
	ck_assert_uint_eq(g.st_nlink, h.st_nlink);
	ck_assert_int_eq(g.st_mtime_sec, h.st_mtim.tv_sec);
	ck_assert_uint_eq(g.pad1, 0);
}
END_TEST

START_TEST(own_descriptor)
{
	int fd = open("/dev/null", O_RDONLY), other = dup(fd);
	struct guest_stat g;

	process.own_fd = fd;
	ck_assert_int_eq(call(57, (uint64_t)fd, 0, 0, 0), -EBADF);
	ck_assert_int_eq(call(24, 0, (uint64_t)fd, 0, 0), -EBADF);
	ck_assert_int_eq(call(24, (uint64_t)fd, (uint64_t)other, 0, 0),
			 -EBADF);
	ck_assert_int_eq(call(23, (uint64_t)fd, 0, 0, 0), -EBADF);
	ck_assert_int_eq(call(25, (uint64_t)fd, F_GETFD, 0, 0), -EBADF);
	ck_assert_int_eq(call(80, (uint64_t)fd, (uint64_t)&g, 0, 0), -EBADF);
	ck_assert_int_eq(call(436, (uint64_t)fd, (uint64_t)other, 0, 0), 0);
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	ck_assert_int_eq(fcntl(other, F_GETFD), -1);
	process.own_fd = -1;
	ck_assert_int_eq(call(57, (uint64_t)fd, 0, 0, 0), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("syscall_table");
	TCase *tc = tcase_create("core");
	SRunner *sr;
	int failed;

	process.isa = &guest_a64;
	tcase_add_test(tc, every_number_has_a_row);
	tcase_add_test(tc, rows_are_consistent);
	tcase_add_test(tc, signatures);
	tcase_add_test(tc, dispatch);
	tcase_add_test(tc, window_polls);
	tcase_add_test(tc, window_abort);
	tcase_add_test(tc, window_interrupted);
	tcase_add_test(tc, window_stepped);
	tcase_add_test(tc, window_arguments);
	tcase_add_test(tc, trace_lines);
	tcase_add_test(tc, stat_layout);
	tcase_add_test(tc, own_descriptor);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
