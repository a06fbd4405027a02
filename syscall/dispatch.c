/*
 * dispatch.c - makes a guest's system call.
 *
 * Everything that happens to most calls is here and short: find the row,
 * then the host's call or the row's handler. Tracing is a wrapper around it.
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "fast.h"
#include "leave.h"
#include "path.h"
#include "seccomp.h"
#include "syscall.h"
#include "table.h"
#include "tagged.h"
#include "trace.h"

#include <errno.h>
#include <linux/futex.h>

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2	13		/* since Linux 5.14 */
#endif

/* window.S has its own copies. */
_Static_assert(ERESTART_GUEST == 512, "window.S");
_Static_assert(ERESTARTNOINTR_GUEST == 514, "window.S");

/* All windows; the section's bounds are the linker's. */
extern const struct {
	uintptr_t begin, insn, stub;
} __start_syscall_windows[], __stop_syscall_windows[];

uintptr_t
syscall_window_abort(uintptr_t rip)
{
	for (size_t i = 0; &__start_syscall_windows[i] <
			   __stop_syscall_windows; i++)
		if (rip >= __start_syscall_windows[i].begin &&
		    rip <= __start_syscall_windows[i].insn)
			return __start_syscall_windows[i].stub;
	return 0;
}

/* futex_lock_pi() and futex_wait_requeue_pi() return ERESTARTNOINTR, which our
 * handler, installed with SA_RESTART, cannot tell from ERESTARTSYS. */
bool
syscall_always_restarts(long nr, const uint64_t a[6])
{
	int op = (int)a[1] & FUTEX_CMD_MASK;

	return syscall_rows[nr].host == SYS_futex &&
	       (op == FUTEX_LOCK_PI || op == FUTEX_LOCK_PI2 ||
		op == FUTEX_WAIT_REQUEUE_PI);
}

static long
pass(struct thread *t, const struct sys_row *row, const uint64_t a[6])
{
	return syscall_window(t, row->host, (long)a[0], (long)a[1], (long)a[2],
			      (long)a[3], (long)a[4], (long)a[5]);
}

static long
call_once(struct thread *t, const struct sys_row *row, const uint64_t a[6])
{
	long ret;

	switch ((enum sys_how)row->how) {
	case SYS_PASS:
		break;
	case SYS_LEAVE:
		if (leave_is_needed(row, a))
			codestore_leave();
		break;
	case SYS_PATH:
		if (t->process->opt.sysroot)
			return sys_path_call(t, row, a);
		break;
	case SYS_XLATE:
	case SYS_EMUL:
		return row->fn(t, a);
	case SYS_FAIL:
		return row->error;
	case SYS_NONE:
		return -ENOSYS;
	}
	if (likely(!t->process->sync_fds))
		return pass(t, row, a);
	signals_show_held(t);
	ret = pass(t, row, a);
	signals_hide_held();
	return ret;
}

__attribute__((cold)) long
syscall_by_name(struct thread *t, const struct sys_row *row,
		const uint64_t a[6])
{
	long ret;

	if (!path_may_be_elsewhere(t, row, a))
		return -ENOENT;
	t->by_name = true;
	ret = call_once(t, row, a);
	t->by_name = false;
	return ret;
}

static long
make_call(struct thread *t, const struct sys_row *row, const uint64_t a[6])
{
	long ret = call_once(t, row, a);

	if (unlikely(ret == -ENOENT) && t->process->opt.sysroot)
		ret = syscall_by_name(t, row, a);
	return ret;
}

/* Whether --strace shows call `nr'. */
static bool
is_shown(const struct options *opt, long nr)
{
	return opt->strace && ((unsigned long)nr >= SYS_NR_MAX ||
			       !(opt->strace_skip[nr / 64] >> (nr % 64) & 1));
}

static __attribute__((noinline, cold)) long
unknown_call(struct thread *t, long nr)
{
	if (is_shown(&t->process->opt, nr))
		trace_unknown(t, nr);
	return -ENOSYS;
}

/* What the thread's filters let happen. */
static long
judged_call(struct thread *t, const struct sys_row *row, long nr,
	    const uint64_t a[6])
{
	long ret;

	if (t->seccomp && !seccomp_allows(t, nr, a, &ret))
		return ret;
	if (!row)
		return unknown_call(t, nr);
	if (t->process->tagged_addr)
		return tagged_call(t, row, a, make_call);
	return make_call(t, row, a);
}

/* The uncommon ways to make a call. */
static __attribute__((noinline)) long
special_call(struct thread *t, const struct sys_row *row, long nr,
	     const uint64_t a[6])
{
	struct trace_line line;
	long ret;

	if (!row || !is_shown(&t->process->opt, nr))
		return judged_call(t, row, nr, a);
	trace_enter(t, &line, row, a);
	ret = judged_call(t, row, nr, a);
	trace_exit(t, &line, row, a, ret);
	return ret;
}

long
syscall_dispatch(struct thread *t, long nr, const uint64_t args[6])
{
	const struct sys_row *row = syscall_row(nr);
	const struct process *p = t->process;
	long ret;

	if (unlikely(!row || p->opt.strace || p->special))
		ret = special_call(t, row, nr, args);
	else
		ret = make_call(t, row, args);
	if (unlikely(ret == -ERESTARTNOINTR_GUEST)) {
		p->isa->syscall_restart(t);
		return -ENORETURN_GUEST;
	}
	return ret;
}
