/*
 * ptrace.c - ptrace(2) between threads and processes of one address space.
 *
 * LeakSanitizer stops the world like this: a process made with CLONE_VM
 * attaches to all threads of its maker, looks at their registers for pointers
 * and lets them go. As all of them are threads of this runtime, the host's
 * ptrace is of no use for it: it would stop them anywhere, with the guest's
 * registers spread over the host's and ferry's locks held. So a tracee stops
 * where its state is whole: at its next poll, or in the system call that it
 * is making, whose result it will not return with before it may go on. Its
 * signals wait meanwhile.
 *
 * Tracees in another address space are refused, as is to be traced by the
 * parent: EPERM. A stop sends the tracer no SIGCHLD; it has to wait.
 */
#include <elf.h>
#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <linux/ptrace.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "ptrace.h"
#include "table.h"

#define STOP_STATUS(sig)	((sig) << 8 | 0x7f)

/* The thread `tid' of this address space; thread_lock is held. */
static struct thread *
find(int tid)
{
	struct thread *s;

	for (s = process.threads; s && s->tid != tid; s = s->next)
		;
	return s;
}

/* The same, if `t' traces it. */
static struct thread *
find_tracee(const struct thread *t, int tid)
{
	struct thread *s = find(tid);

	return s && s->tracer_tid == t->tid ? s : NULL;
}

static void
let_go(struct thread *s)
{
	__atomic_store_n(&s->stop, STOP_NONE, __ATOMIC_RELEASE);
	host_call6(SYS_futex, P(&s->stop), FUTEX_WAKE, 1, 0, 0, 0);
}

static void
ask(struct thread *s)
{
	s->stop_told = false;
	__atomic_store_n(&s->stop, STOP_ASKED, __ATOMIC_RELEASE);
	s->poll = 1;
}

/*
 * Whether the thread has stopped. One in a system call looks at `poll' after
 * it has said that the call is over (cpu_syscall()); the barrier, which all
 * threads pass, makes sure that it sees ours or we see that.
 */
static bool
has_stopped(struct thread *s)
{
	if (s->stop == STOP_DONE)
		return true;
	s->poll = 1;
	host_call3(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
	return s->syscall_nr >= 0;
}

/* Whether threads of one process are given to `tid': it is in another. */
static bool
is_own(int tid)
{
	return host_call3(SYS_tgkill, host_call0(SYS_getpid), tid, 0) == 0;
}

static long
attach(struct thread *t, int tid)
{
	struct thread *s;
	long r = -EPERM;

	if (is_own(tid))
		return -EPERM;
	if (host_call3(SYS_membarrier,
		       MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		return -EPERM;
	lock_acquire(&process.thread_lock);
	s = find(tid);
	if (s && !s->tracer_tid) {
		s->tracer_pid = (int)host_call0(SYS_getpid);
		s->tracer_tid = t->tid;
		t->is_tracer = true;
		ask(s);
		r = 0;
	}
	lock_release(&process.thread_lock);
	if (!s && host_call2(SYS_kill, tid, 0) == -ESRCH)
		return -ESRCH;
	return r;
}

static void
detach(struct thread *s)
{
	s->tracer_tid = 0;
	let_go(s);
}

/* PTRACE_GETREGSET: as much as fits of a set, and its size. */
static long
get_regset(const struct thread *s, uint64_t type, gaddr at)
{
	struct core_regs r;
	struct iovec v;
	const void *from;
	size_t n;

	if (gmem_read(&v, at, sizeof(v)))
		return -EFAULT;
	process.isa->core_regs(s, &r);
	if (type == NT_PRSTATUS) {
		from = r.general;
		n = r.general_size;
	} else if (type == NT_FPREGSET) {
		from = r.fp;
		n = r.fp_size;
	} else if (type == r.tls_type) {
		from = &r.tls;
		n = sizeof(r.tls);
	} else {
		return -EINVAL;
	}
	if (v.iov_len < n)
		n = v.iov_len;
	v.iov_len = n;
	if (gmem_write((gaddr)v.iov_base, from, n) ||
	    gmem_write(at, &v, sizeof(v)))
		return -EFAULT;
	return 0;
}

/* The kernel's rules for a word: EIO for what cannot be read or written. */
static long
peek(gaddr from, gaddr to)
{
	uint64_t word;

	if (gmem_read(&word, from, sizeof(word)))
		return -EIO;
	return gmem_write(to, &word, sizeof(word));
}

static long
request(struct thread *s, const uint64_t a[6])
{
	switch (a[0]) {
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA:
		return peek(a[2], a[3]);
	case PTRACE_POKEDATA:
		return gmem_write(a[2], &a[3], sizeof(a[3])) ? -EIO : 0;
	case PTRACE_GETREGSET:
		return get_regset(s, a[2], a[3]);
	case PTRACE_CONT:
	case PTRACE_DETACH:
		/* The SIGSTOP of an attach is not delivered. */
		if (a[3] && a[3] != SIGSTOP)
			return -EIO;
		if (a[0] == PTRACE_DETACH)
			detach(s);
		else
			let_go(s);
		return 0;
	}
	return -EIO;
}

/* False: the tracee, whose stop its tracer knows of, has just come out of its
 * system call and is not where it will wait yet. */
static bool
try_request(const struct thread *t, const uint64_t a[6], long *r)
{
	struct thread *s;
	bool done = true;

	lock_acquire(&process.thread_lock);
	s = find_tracee(t, (int)a[1]);
	if (!s || !s->stop)
		*r = -ESRCH;
	else if (has_stopped(s))
		*r = request(s, a);
	else if (s->stop_told)
		done = false;
	else
		*r = -ESRCH;
	lock_release(&process.thread_lock);
	return done;
}

long
sys_ptrace(struct thread *t, const uint64_t a[6])
{
	long r;

	if (a[0] == PTRACE_ATTACH)
		return attach(t, (int)a[1]);
	if (a[0] == PTRACE_TRACEME || a[0] == PTRACE_SEIZE)
		return -EPERM;
	while (!try_request(t, a, &r))
		host_call0(SYS_sched_yield);
	return r;
}

void
ptrace_exit(struct thread *t)
{
	struct thread *s;

	if (likely(!t->is_tracer))
		return;
	lock_acquire(&process.thread_lock);
	for (s = process.threads; s; s = s->next)
		if (s->tracer_tid == t->tid)
			detach(s);
	lock_release(&process.thread_lock);
}

/* A tracee to be told of: `pid', or any of them with -1. *there says whether
 * there is one at all, stopped or not. */
static int
find_stop(struct thread *t, int pid, bool *there)
{
	struct thread *s;
	int found = 0;

	*there = false;
	lock_acquire(&process.thread_lock);
	for (s = process.threads; s && !found; s = s->next) {
		if (s->tracer_tid != t->tid || (pid != -1 && pid != s->tid))
			continue;
		*there = true;
		if (s->stop && !s->stop_told && has_stopped(s)) {
			s->stop_told = true;
			found = s->tid;
		}
	}
	lock_release(&process.thread_lock);
	return found;
}

/* Children of its own, if it waits for them too, are seen between looks. */
static long
wait_tracee(struct thread *t, const uint64_t a[6])
{
	static const struct timespec look_again = { .tv_nsec = 500000 };
	int status = STOP_STATUS(SIGSTOP), pid = (int)a[0], tid;
	bool there;
	long r;

	for (;;) {
		tid = find_stop(t, pid, &there);
		if (tid)
			return a[1] && gmem_write(a[1], &status,
						  sizeof(status)) ?
				       -EFAULT : tid;
		if (!there || a[2] & WNOHANG || pid == -1) {
			r = syscall_window(t, SYS_wait4, pid, (long)a[1],
					   (long)(a[2] | (there ? WNOHANG : 0)),
					   (long)a[3], 0, 0);
			if (r == -ECHILD && there)
				r = 0;
			if (r || !there || a[2] & WNOHANG)
				return r;
		}
		r = syscall_window(t, SYS_nanosleep, P(&look_again), 0, 0, 0,
				   0, 0);
		if (r)
			return r == -EINTR ? -ERESTART_GUEST : r;
	}
}

long
sys_wait4(struct thread *t, const uint64_t a[6])
{
	if (unlikely(t->is_tracer && ((int)a[0] > 0 || (int)a[0] == -1)))
		return wait_tracee(t, a);
	return syscall_window(t, SYS_wait4, (long)a[0], (long)a[1],
			      (long)a[2], (long)a[3], 0, 0);
}
