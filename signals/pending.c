/*
 * pending.c - signals that the host has delivered and the guest has not seen.
 *
 * The host handler closes the interrupted context's mask, so one signal at a
 * time is noted here, the rest stay in the kernel's queues, and their order
 * is the kernel's. But code that sets the host's mask may be interrupted
 * right before and open it again while a signal is noted; then a second one
 * can arrive. Each such race adds one, and every poll empties the ring, so
 * four are enough; should they not be, the handler gives the signal back to
 * the kernel.
 */
#include <errno.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/vm/process.h"
#include "internal.h"

/* syscall/syscall.h's ERESTART_GUEST and ERESTARTNOINTR_GUEST; a layer below
 * cannot include it. No error that a guest sees is that large. */
#define IS_RESTART(ret)	((ret) <= -512 && (ret) >= -514)

void
pending_init(struct thread *t)
{
	t->pending = t->sigstack;
	_Static_assert(sizeof(struct sig_pending) <= PAGE_SIZE,
		       "the signal stack begins a page above it");
}

bool
pending_note(struct thread *t, const siginfo_t *info)
{
	struct sig_pending *p = t->pending;

	if (p->tail - p->head == RING_SIZE)
		return false;
	p->ring[p->tail % RING_SIZE] = *info;
	barrier();
	p->tail++;
	return true;
}

int
pending_take(struct thread *t, siginfo_t *info)
{
	struct sig_pending *p = t->pending;
	int sig = signals_take_held(t, ~t->sigmask, info);

	if (sig)
		return sig;
	while (p->head != p->tail) {
		*info = p->ring[p->head % RING_SIZE];
		barrier();
		p->head++;
		sig = info->si_signo;
		if (!(t->sigmask & SIG_BIT(sig)))
			return sig;
		/* It was noted under a mask that let it through, and this
		 * one does not: let it wait where the others do. */
		p->closed = true;
		signals_block_all(NULL);
		pending_requeue(sig, info);
	}
	return 0;
}

void
pending_requeue(int sig, const siginfo_t *info)
{
	host_call4(SYS_rt_tgsigqueueinfo, host_call0(SYS_getpid),
		   host_call0(SYS_gettid), sig, P(info));
}

void
pending_clear(struct thread *t)
{
	t->pending->head = t->pending->tail;
	held_clear(t);
}

void
signals_block_all(uint64_t *old)
{
	static const uint64_t all = ~0ull;

	host_call4(SYS_rt_sigprocmask, SIG_SETMASK, P(&all), P(old),
		   SIGSET_SIZE);
}

void
signals_unblock(uint64_t old)
{
	host_call4(SYS_rt_sigprocmask, SIG_SETMASK, P(&old), 0, SIGSET_SIZE);
}

uint64_t
signals_host_mask(uint64_t guest)
{
	return guest & ~SIG_SYNC_SET;
}

void
pending_open(struct thread *t)
{
	t->pending->closed = false;
	barrier();
	signals_unblock(signals_host_mask(t->sigmask));
}

void
signals_set_mask(struct thread *t, uint64_t mask)
{
	t->sigmask = mask & ~SIG_FORCED_SET;
	if (signals_held(t) & ~t->sigmask)
		t->poll = 1;
}

uint64_t
signals_temp_mask(struct thread *t, uint64_t guest)
{
	t->saved_sigmask = t->sigmask;
	t->restore_sigmask = true;
	signals_set_mask(t, guest);
	if (likely(!process.sync_fds))
		return signals_host_mask(t->sigmask);
	signals_show_held(t);
	return t->sigmask;
}

/*
 * Interrupted inside the kernel: the temporary mask was in force, and stays
 * the guest's until signals_deliver has chosen a handler, as in the kernel.
 * In all other cases it is as if it had never been; but a call that did not
 * begin because of a signal held here, which the mask lets through, was
 * interrupted too.
 */
long
signals_temp_done(struct thread *t, long ret)
{
	bool held = signals_held(t) & ~t->sigmask;

	if (unlikely(process.sync_fds))
		signals_hide_held();
	if (ret == -EINTR && t->poll)
		return ret;
	if (IS_RESTART(ret) && held)
		return -EINTR;
	t->sigmask = t->saved_sigmask;
	t->restore_sigmask = false;
	return ret;
}
