/*
 * seccomp.c - seccomp(2): setting filters, asking them, passing them on.
 *
 * After kernel/seccomp.c. See seccomp.h for why this is not the host's.
 */
#include "seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/mman.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "table.h"

/* Of later kernels than Debian 12's headers. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1u << 5)
#endif
#define FILTER_FLAGS	(SECCOMP_FILTER_FLAG_TSYNC | \
			 SECCOMP_FILTER_FLAG_LOG | \
			 SECCOMP_FILTER_FLAG_SPEC_ALLOW | \
			 SECCOMP_FILTER_FLAG_NEW_LISTENER | \
			 SECCOMP_FILTER_FLAG_TSYNC_ESRCH | \
			 SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)

#define MAX_INSNS	4096
#define MAX_PATH_INSNS	((1u << 18) / sizeof(struct bpf_insn))
#define FILTER_COST	4	/* instructions that a filter counts for */
#define CAP_SYS_ADMIN_BIT (1u << 21)

/* Numbers of the generic table. */
#define NR_read		63
#define NR_write	64
#define NR_exit		93
#define NR_clock_gettime 113
#define NR_clock_getres	114
#define NR_rt_sigreturn	139
#define NR_gettimeofday	169

/* Strict mode: reads, writes and the end. */
static const struct seccomp_filter strict;

static bool
may_filter(void)
{
	struct {
		uint32_t version;
		int pid;
	} head = { 0x20080522, 0 };	/* _LINUX_CAPABILITY_VERSION_3 */
	struct {
		uint32_t effective, permitted, inheritable;
	} data[2];

	return host_call5(SYS_prctl, 39 /* GET_NO_NEW_PRIVS */, 0, 0, 0, 0) ==
		       1 ||
	       (!host_call2(SYS_capget, P(&head), P(data)) &&
		data[0].effective & CAP_SYS_ADMIN_BIT);
}

static long
set_strict(struct thread *t)
{
	if (t->seccomp && t->seccomp != &strict)
		return -EINVAL;
	codestore_leave();
	t->seccomp = &strict;
	process.filtered = true;
	return 0;
}

static bool
is_ancestor(const struct seccomp_filter *of, const struct seccomp_filter *f)
{
	while (of && of != f)
		of = of->prev;
	return of == f;
}

/* Gives all threads t's new filter, if theirs are among those it builds on;
 * else the id of one where they are not. */
static long
synchronise(struct thread *t, const struct seccomp_filter *new)
{
	struct thread *i;
	long failed = 0;

	lock_acquire(&process.thread_lock);
	for (i = process.threads; i && !failed; i = i->next)
		if (i->seccomp == &strict || !is_ancestor(new, i->seccomp))
			failed = i->tid;
	for (i = process.threads; i && !failed; i = i->next)
		__atomic_store_n(&i->seccomp, new, __ATOMIC_RELEASE);
	lock_release(&process.thread_lock);
	(void)t;
	return failed;
}

static struct seccomp_filter *
new_filter(const struct seccomp_filter *prev, uint32_t len)
{
	struct seccomp_filter *f;

	f = rtmem_alloc(sizeof(*f) + len * sizeof(f->insn[0]));
	if (f) {
		f->prev = prev;
		f->len = len;
	}
	return f;
}

static void
free_filter(struct seccomp_filter *f)
{
	rtmem_free(f, sizeof(*f) + f->len * sizeof(f->insn[0]));
}

/* Copies the guest's struct sock_fprog. */
static long
read_filter(struct thread *t, gaddr prog, struct seccomp_filter **out)
{
	const struct seccomp_filter *f;
	struct {
		uint16_t len;
		gaddr insn;
	} p;
	uint64_t total;

	if (gmem_read(&p, prog, sizeof(p)))
		return -EFAULT;
	if (!p.len || p.len > MAX_INSNS)
		return -EINVAL;
	if (!may_filter())
		return -EACCES;
	total = p.len;
	for (f = t->seccomp; f; f = f->prev)
		total += f->len + FILTER_COST;
	if (total > MAX_PATH_INSNS)
		return -ENOMEM;
	*out = new_filter(t->seccomp, p.len);
	if (!*out)
		return -ENOMEM;
	if (gmem_read((*out)->insn, p.insn, p.len * sizeof(struct bpf_insn))) {
		free_filter(*out);
		return -EFAULT;
	}
	if (!bpf_valid((*out)->insn, p.len)) {
		free_filter(*out);
		return -EINVAL;
	}
	return 0;
}

static long
set_filter(struct thread *t, uint32_t flags, gaddr prog)
{
	struct seccomp_filter *f;
	long ret, fd = 0;

	if (flags & ~FILTER_FLAGS ||
	    ((flags & SECCOMP_FILTER_FLAG_TSYNC) &&
	     (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) &&
	     !(flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH)) ||
	    ((flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) &&
	     !(flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)))
		return -EINVAL;
	ret = read_filter(t, prog, &f);
	if (ret)
		return ret;
	if (t->seccomp == &strict) {
		free_filter(f);
		return -EINVAL;
	}
	if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) {
		fd = seccomp_listen(t, flags, &f->notify);
		if (fd < 0) {
			free_filter(f);
			return fd;
		}
	}
	codestore_leave();
	process.filtered = true;
	if (!(flags & SECCOMP_FILTER_FLAG_TSYNC)) {
		t->seccomp = f;
		return fd;
	}
	ret = synchronise(t, f);
	if (!ret)
		return fd;
	if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		host_call1(SYS_close, fd);
	free_filter(f);
	return flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH ? -ESRCH : ret;
}

long
sys_seccomp(struct thread *t, const uint64_t a[6])
{
	switch ((uint32_t)a[0]) {
	case SECCOMP_SET_MODE_STRICT:
		return a[1] || a[2] ? -EINVAL : set_strict(t);
	case SECCOMP_SET_MODE_FILTER:
		return set_filter(t, (uint32_t)a[1], a[2]);
	default:	/* questions, which have the same answers */
		return syscall_window(t, SYS_seccomp, (long)a[0], (long)a[1],
				      (long)a[2], 0, 0, 0);
	}
}

long
seccomp_get(struct thread *t, const uint64_t a[6])
{
	(void)a;
	return !t->seccomp ? SECCOMP_MODE_DISABLED : SECCOMP_MODE_FILTER;
}

long
seccomp_set(struct thread *t, const uint64_t a[6])
{
	switch (a[1]) {
	case SECCOMP_MODE_STRICT:
		return set_strict(t);
	case SECCOMP_MODE_FILTER:
		return set_filter(t, 0, a[2]);
	default:
		return -EINVAL;
	}
}

/* --- Judging a call. */

/* Of one thread the kernel makes an end of the process, and tells by which
 * signal. */
static void
end_thread(struct thread *t, int sig)
{
	if (process.nr_threads > 1)
		sys_end_thread(t, sig);
	signals_die(t, sig);
}

static void
trap(struct thread *t, long nr, uint32_t data)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = SIGSYS;
	info.si_code = 1;	/* SYS_SECCOMP */
	info.si_errno = (int)data;
	info.si_call_addr = (void *)(uintptr_t)process.isa->pc(t);
	info.si_syscall = (int)nr;
	info.si_arch = process.isa->audit_arch;
	signals_force(t, &info);
}

/* The verdict that counts, the severest, and the filter that gave it: the
 * last one of equals to be set. */
static uint32_t
judge(struct thread *t, long nr, const uint64_t a[6],
      const struct seccomp_filter **by)
{
	const struct seccomp_filter *f;
	uint32_t worst = SECCOMP_RET_ALLOW;
	struct seccomp_data_guest data = {
		.nr = (int32_t)nr,
		.arch = process.isa->audit_arch,
		.ip = process.isa->pc(t),
	};

	memcpy(data.args, a, sizeof(data.args));
	for (f = t->seccomp; f; f = f->prev) {
		uint32_t v = bpf_run(f->insn, &data);

		if ((int32_t)(v & SECCOMP_RET_ACTION_FULL) <
		    (int32_t)(worst & SECCOMP_RET_ACTION_FULL)) {
			worst = v;
			*by = f;
		}
	}
	return worst;
}

/* The vdso's clocks make calls where the kernel's makes none. */
static bool
is_vdso_clock(struct thread *t, long nr)
{
	gaddr pc = process.isa->pc(t);

	return pc > process.vdso &&
	       pc < process.vdso + process.isa->vdso_size &&
	       (nr == NR_clock_gettime || nr == NR_clock_getres ||
		nr == NR_gettimeofday);
}

static bool
strict_allows(struct thread *t, long nr)
{
	if (nr != NR_read && nr != NR_write && nr != NR_exit &&
	    nr != NR_rt_sigreturn)
		end_thread(t, SIGKILL);
	return true;
}

bool
seccomp_allows(struct thread *t, long nr, const uint64_t a[6], long *ret)
{
	const struct seccomp_filter *by = NULL;
	uint32_t v, data;

	if (is_vdso_clock(t, nr))
		return true;
	if (t->seccomp == &strict)
		return strict_allows(t, nr);
	v = judge(t, nr, a, &by);
	data = v & SECCOMP_RET_DATA;
	switch (v & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
		return true;
	case SECCOMP_RET_ERRNO:
		*ret = -(long)(data < 4095 ? data : 4095);
		return false;
	case SECCOMP_RET_TRACE:		/* there is no tracer */
		*ret = -ENOSYS;
		return false;
	case SECCOMP_RET_TRAP:
		trap(t, nr, data);
		*ret = -ENORETURN_GUEST;
		return false;
	case SECCOMP_RET_USER_NOTIF:
		if (by->notify)
			return seccomp_notify(t, by->notify, nr, a, ret);
		*ret = -ENOSYS;
		return false;
	case SECCOMP_RET_KILL_THREAD:
		end_thread(t, SIGSYS);
		break;
	}
	signals_die(t, SIGSYS);
}

/* --- Across execve: the filters, newest first, each with its head. */

static long
save_all(const struct seccomp_filter *f, long fd)
{
	for (; f; f = f->prev) {
		long n = (long)(sizeof(*f) + f->len * sizeof(f->insn[0]));

		if (host_call3(SYS_write, fd, P(f), n) != n)
			return -ENOMEM;
	}
	return 0;
}

long
seccomp_save(struct thread *t)
{
	long fd = host_call2(SYS_memfd_create, P("seccomp"), 0), r;

	if (fd >= 0 && fd <= 2) {	/* not where the program looks */
		r = host_call3(SYS_fcntl, fd, F_DUPFD, 3);
		host_call1(SYS_close, fd);
		fd = r;
	}
	if (IS_ERR(fd))
		return fd;
	r = save_all(t->seccomp, fd);
	if (r) {
		host_call1(SYS_close, fd);
		return r;
	}
	host_call3(SYS_lseek, fd, 0, 0);
	return fd;
}

long
seccomp_inherit(struct thread *t, int fd)
{
	const struct seccomp_filter **link = &t->seccomp;
	struct seccomp_filter head, *f;
	long r;

	while ((r = host_call3(SYS_read, fd, P(&head), sizeof(head))) ==
	       sizeof(head)) {
		long n = (long)(head.len * sizeof(f->insn[0]));

		if (!head.len || head.len > MAX_INSNS)
			return -EINVAL;
		f = new_filter(NULL, head.len);
		if (!f)
			return -ENOMEM;
		f->notify = head.notify;
		if (host_call3(SYS_read, fd, P(f->insn), n) != n ||
		    !bpf_valid(f->insn, f->len))
			return -EINVAL;
		*link = f;
		link = &f->prev;
	}
	host_call1(SYS_close, fd);
	process.filtered = t->seccomp;
	return r ? -EINVAL : 0;
}
