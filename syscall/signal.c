/*
 * signal.c - the system calls about signals.
 *
 * Sets and structures have the same layout on host and guests, so all that
 * happens here is to keep the guest's mask, dispositions and alternate stack
 * apart from the host's. Sending is the host's business entirely.
 */
#include <errno.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "table.h"

#define SIGSET_SIZE	8

static int
read_set(uint64_t *set, gaddr src)
{
	return gmem_read(set, src, sizeof(*set));
}

long
sys_rt_sigaction(struct thread *t, const uint64_t a[6])
{
	struct guest_sigaction new, old;
	long r;

	if (a[3] != SIGSET_SIZE)
		return -EINVAL;
	if (a[1] && gmem_read(&new, a[1], sizeof(new)) < 0)
		return -EFAULT;
	r = signals_action(t, (int)a[0], a[1] ? &new : NULL,
			   a[2] ? &old : NULL);
	if (!r && a[2] && gmem_write(a[2], &old, sizeof(old)) < 0)
		return -EFAULT;
	return r;
}

/*
 * The host's mask is changed through the window: a signal that came before
 * is delivered before, under the old mask, and one that the new mask lets
 * through finds it in force.
 */
static long
set_mask(struct thread *t, uint64_t mask)
{
	uint64_t host = signals_host_mask(mask);
	long r;

	if (host != signals_host_mask(t->sigmask)) {
		r = syscall_window(t, SYS_rt_sigprocmask, SIG_SETMASK,
				   P(&host), 0, SIGSET_SIZE, 0, 0);
		if (r < 0)
			return r;
	}
	signals_set_mask(t, mask);
	return 0;
}

long
sys_rt_sigprocmask(struct thread *t, const uint64_t a[6])
{
	uint64_t old = t->sigmask, set;
	long r;

	if (a[3] != SIGSET_SIZE)
		return -EINVAL;
	if (a[1]) {
		if (read_set(&set, a[1]) < 0)
			return -EFAULT;
		set &= ~SIG_FORCED_SET;
		switch ((int)a[0]) {
		case SIG_BLOCK:
			set = old | set;
			break;
		case SIG_UNBLOCK:
			set = old & ~set;
			break;
		case SIG_SETMASK:
			break;
		default:
			return -EINVAL;
		}
		r = set_mask(t, set);
		if (r < 0)
			return r;
	}
	if (a[2] && gmem_write(a[2], &old, sizeof(old)) < 0)
		return -EFAULT;
	return 0;
}

long
sys_rt_sigpending(struct thread *t, const uint64_t a[6])
{
	uint64_t set = 0;
	long r;

	if (a[1] > SIGSET_SIZE)
		return -EINVAL;
	r = host_call2(SYS_rt_sigpending, P(&set), SIGSET_SIZE);
	if (r < 0)
		return r;
	/* While a signal is noted the host blocks more than the guest. */
	set = (set | signals_held(t)) & t->sigmask;
	return gmem_write(a[0], &set, a[1]) < 0 ? -EFAULT : 0;
}

long
sys_rt_sigsuspend(struct thread *t, const uint64_t a[6])
{
	uint64_t mask;
	long r;

	if (a[1] != SIGSET_SIZE)
		return -EINVAL;
	if (read_set(&mask, a[0]) < 0)
		return -EFAULT;
	mask = signals_temp_mask(t, mask);
	r = syscall_window(t, SYS_rt_sigsuspend, P(&mask), SIGSET_SIZE, 0, 0,
			   0, 0);
	return signals_temp_done(t, r);
}

static long
take_held(struct thread *t, uint64_t set, gaddr to)
{
	siginfo_t info;
	int sig = signals_take_held(t, set, &info);

	if (to && gmem_write(to, &info, sizeof(info)) < 0)
		return -EFAULT;
	return sig;
}

/* The host waits for all but what the runtime holds itself. */
long
sys_rt_sigtimedwait(struct thread *t, const uint64_t a[6])
{
	siginfo_t info;
	uint64_t set;
	bool called;
	long r;

	if (a[3] != SIGSET_SIZE)
		return -EINVAL;
	if (read_set(&set, a[0]) < 0)
		return -EFAULT;
	if (signals_held(t) & set)
		return take_held(t, set, a[1]);
	signals_wait_for(t, set);
	r = syscall_window(t, SYS_rt_sigtimedwait, P(&set), P(&info),
			   (long)a[2], SIGSET_SIZE, 0, 0);
	signals_wait_for(t, 0);
	called = r > 0 && signals_is_called(t, &info);
	/* The host has interrupted the wait for what is waited for. */
	if ((r == -EINTR || called) && signals_held(t) & set)
		return take_held(t, set, a[1]);
	if (called)	/* another one was faster */
		return -ERESTARTNOINTR_GUEST;
	if (r > 0 && a[1] && gmem_write(a[1], &info, sizeof(info)) < 0)
		return -EFAULT;
	return r;
}

long
sys_signalfd4(struct thread *t, const uint64_t a[6])
{
	uint64_t set;

	if (a[2] == SIGSET_SIZE && read_set(&set, a[1]) == 0 &&
	    set & SIG_SYNC_SET)
		t->process->sync_fds = true;
	return syscall_window(t, SYS_signalfd4, (long)a[0], (long)a[1],
			      (long)a[2], (long)a[3], 0, 0);
}

long
sys_rt_sigreturn(struct thread *t, const uint64_t a[6])
{
	(void)a;
	signals_return(t);
	return -ENORETURN_GUEST;
}

long
sys_sigaltstack(struct thread *t, const uint64_t a[6])
{
	struct guest_stack_t new, old = { 0 };
	long r;

	if (a[0] && gmem_read(&new, a[0], sizeof(new)) < 0)
		return -EFAULT;
	r = signals_altstack(t, a[0] ? &new : NULL, a[1] ? &old : NULL);
	if (!r && a[1] && gmem_write(a[1], &old, sizeof(old)) < 0)
		return -EFAULT;
	return r;
}
