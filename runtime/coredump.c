/*
 * coredump.c - whether and where a core file is written, and dying of it.
 *
 * The wait status tells of a core file only if the kernel has written one.
 * It would replace ours, and it comes last. So a helper process traces the
 * dying thread: the kernel writes a stub of a page, stops the thread on its
 * way out, and the helper renames our file over the stub. Where tracing is
 * not allowed the file is written all the same, without the flag.
 */
#include "coredump.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../signals/signals.h"
#include "base/hostcall.h"
#include "base/log.h"
#include "base/rtmem.h"
#include "vm/gmem.h"
#include "vm/guest_isa.h"
#include "vm/process.h"

/* The least limit with which the kernel begins to write, ELF_EXEC_PAGESIZE. */
#define STUB_LIMIT	4096
#define NAME_SIZE	256	/* CORENAME_MAX_SIZE is 128 */

struct name {
	char s[NAME_SIZE], beside[NAME_SIZE];
	size_t n;
	bool has_pid, known;
};

/* Reads a short file; the length, without a newline at its end. */
static size_t
read_file(const char *path, char *buf, size_t size)
{
	long fd = host_call4(SYS_openat, AT_FDCWD, P(path),
			     O_RDONLY | O_CLOEXEC, 0), n;

	if (IS_ERR(fd))
		return 0;
	n = host_call3(SYS_read, fd, P(buf), (long)size - 1);
	host_call1(SYS_close, fd);
	if (n < 0)
		n = 0;
	if (n && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return (size_t)n;
}

static void
write_string(const char *path, const char *s)
{
	long fd = host_call4(SYS_openat, AT_FDCWD, P(path),
			     O_WRONLY | O_CLOEXEC, 0);

	if (IS_ERR(fd))
		return;
	host_call3(SYS_write, fd, P(s), (long)strlen(s));
	host_call1(SYS_close, fd);
}

static void
add(struct name *f, const char *s, bool escape)
{
	for (; *s && f->n < NAME_SIZE - 32; s++)
		f->s[f->n++] = escape && *s == '/' ? '!' : *s;
	f->s[f->n] = '\0';
}

static void
add_number(struct name *f, long v)
{
	char buf[24];

	fmt_print(buf, sizeof(buf), "%ld", v);
	add(f, buf, false);
}

/* What a % of core_pattern stands for; core(5). */
static void
add_field(struct name *f, char c, int sig)
{
	struct rlimit core;
	char buf[65];

	switch (c) {
	case '%':
		add(f, "%", false);
		break;
	case 'p':
		f->has_pid = true;
		add_number(f, host_call0(SYS_getpid));
		break;
	case 'i':
		add_number(f, host_call0(SYS_gettid));
		break;
	case 'u':
		add_number(f, host_call0(SYS_getuid));
		break;
	case 'g':
		add_number(f, host_call0(SYS_getgid));
		break;
	case 'd':
		add_number(f, host_call5(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0,
					 0));
		break;
	case 's':
		add_number(f, sig);
		break;
	case 'c':
		host_call2(SYS_getrlimit, RLIMIT_CORE, P(&core));
		add_number(f, (long)core.rlim_cur);
		break;
	case 'h':
		read_file("/proc/sys/kernel/hostname", buf, sizeof(buf));
		add(f, buf, true);
		break;
	case 'e':
		read_file("/proc/thread-self/comm", buf, sizeof(buf));
		add(f, buf, true);
		break;
	default:	/* the time, other namespaces' numbers */
		f->known = false;
	}
}

/* The file's name by core_pattern; false: it is none that we know. A program
 * that the kernel gives the core to gets a short one. */
static bool
make_name(struct name *f, int sig)
{
	char pattern[NAME_SIZE], uses_pid[8];
	const char *p = pattern;

	*f = (struct name){ .known = true };
	if (!read_file("/proc/sys/kernel/core_pattern", pattern,
		       sizeof(pattern)))
		return false;
	if (*p == '|' || *p == '@') {
		write_string("/proc/self/coredump_filter", "0");
		return false;
	}
	for (; *p; p++) {
		char c[2] = { *p, '\0' };

		if (*p != '%')
			add(f, c, false);
		else if (*++p)
			add_field(f, *p, sig);
		else
			break;
	}
	if (!f->has_pid && read_file("/proc/sys/kernel/core_uses_pid",
				     uses_pid, sizeof(uses_pid)) &&
	    uses_pid[0] != '0') {
		add(f, ".", false);
		add_number(f, host_call0(SYS_getpid));
	}
	fmt_print(f->beside, NAME_SIZE, "%s.ferry-%ld", f->s,
		  host_call0(SYS_getpid));
	return f->known && f->n && f->n < NAME_SIZE - 32;
}

/* A file of that name which the kernel would not write to is in the way. */
static bool
may_replace(const char *path)
{
	struct stat st;
	long r = host_call4(SYS_newfstatat, AT_FDCWD, P(path), P(&st),
			    AT_SYMLINK_NOFOLLOW);

	return r == -ENOENT ||
	       (!r && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
		st.st_uid == (uid_t)host_call1(SYS_setfsuid, -1) &&
		!host_call4(SYS_faccessat, AT_FDCWD, P(path), 2 /* W_OK */,
			    0));
}

/* --- The other threads. */

static bool
is_still(const struct thread *t)
{
	return t->parked || t->syscall_nr >= 0;
}

/* Until all others are where their registers are the guest's; but a thread
 * that does not come is not waited for long. */
static void
stop_others(struct thread *self)
{
	struct timespec ms = { 0, 1000000 };
	struct thread *t;
	bool all;
	int i;

	for (i = 0; i < 200; i++) {
		all = true;
		lock_acquire(&process.thread_lock);
		for (t = process.threads; t; t = t->next) {
			if (t == self || is_still(t))
				continue;
			t->poll = 1;
			all = false;
		}
		lock_release(&process.thread_lock);
		if (all)
			return;
		host_call2(SYS_nanosleep, P(&ms), 0);
	}
}

/* --- Dying. */

enum { WAITING, TRACING, REFUSED };

static void
tell(uint32_t *state, uint32_t what)
{
	__atomic_store_n(state, what, __ATOMIC_RELEASE);
	host_call6(SYS_futex, P(state), FUTEX_WAKE, 1, 0, 0, 0);
}

/* The helper: lets the thread go on until it exits, the core written. */
static _Noreturn void
trace(long tid, uint32_t *state, const struct name *f)
{
	int status;

	host_call3(SYS_close_range, 0, ~0u, 0);
	if (host_call4(SYS_ptrace, PTRACE_SEIZE, tid, 0,
		       PTRACE_O_TRACEEXIT)) {
		tell(state, REFUSED);
		host_call1(SYS_exit_group, 1);
	}
	tell(state, TRACING);
	while (host_call4(SYS_wait4, tid, P(&status), __WALL, 0) == tid &&
	       WIFSTOPPED(status)) {
		bool exits = status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
		int sig = status >> 16 ? 0 : WSTOPSIG(status);

		if (exits)
			host_call4(SYS_renameat, AT_FDCWD, P(f->beside),
				   AT_FDCWD, P(f->s));
		host_call4(SYS_ptrace, exits ? PTRACE_DETACH : PTRACE_CONT,
			   tid, 0, sig);
	}
	host_call1(SYS_exit_group, 0);
	__builtin_unreachable();
}

/* Starts the helper; whether it traces the calling thread. */
static bool
start_tracer(const struct name *f)
{
	struct timespec second = { 1, 0 };
	uint32_t *state;
	long tid = host_call0(SYS_gettid), pid;

	state = (uint32_t *)host_call6(SYS_mmap, 0, PAGE_SIZE,
				       PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (IS_ERR(P(state)))
		return false;
	host_call5(SYS_prctl, PR_SET_PTRACER, -1, 0, 0, 0);
	pid = host_call5(SYS_clone, 0, 0, 0, 0, 0);
	if (pid == 0)
		trace(tid, state, f);
	if (IS_ERR(pid))
		return false;
	host_call6(SYS_futex, P(state), FUTEX_WAIT, WAITING, P(&second), 0, 0);
	return __atomic_load_n(state, __ATOMIC_ACQUIRE) == TRACING;
}

/* Makes the kernel write its stub, and the status tell of it. */
static void
prepare_death(struct name *f)
{
	struct rlimit core;

	host_call2(SYS_getrlimit, RLIMIT_CORE, P(&core));
	core.rlim_cur = STUB_LIMIT;
	if (core.rlim_max < STUB_LIMIT || !start_tracer(f)) {
		host_call4(SYS_renameat, AT_FDCWD, P(f->beside), AT_FDCWD,
			   P(f->s));
		core.rlim_cur = 0;
	}
	write_string("/proc/self/coredump_filter", "0");
	host_call2(SYS_setrlimit, RLIMIT_CORE, P(&core));
}

bool
coredump(struct thread *t, const siginfo_t *info)
{
	struct rlimit core;
	struct name f;
	long fd, r;

	if (t->vfork_child || !make_name(&f, info->si_signo) ||
	    host_call2(SYS_getrlimit, RLIMIT_CORE, P(&core)) ||
	    core.rlim_cur < STUB_LIMIT ||
	    host_call5(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0) != 1 ||
	    !may_replace(f.s) ||
	    __atomic_exchange_n(&process.dumping, true, __ATOMIC_ACQ_REL))
		return false;
	stop_others(t);
	fd = host_call4(SYS_openat, AT_FDCWD, P(f.beside), O_RDWR | O_CREAT |
			O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (IS_ERR(fd))
		return false;
	r = coredump_write((int)fd, core.rlim_cur, t, info);
	host_call1(SYS_close, fd);
	if (IS_ERR(r) && r != -EFBIG) {
		host_call3(SYS_unlinkat, AT_FDCWD, P(f.beside), 0);
		return false;
	}
	prepare_death(&f);
	return true;
}
