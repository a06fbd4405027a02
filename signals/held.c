/*
 * held.c - synchronous signals that were sent (kill, sigqueue, timers).
 *
 * Those five are not blocked on the host while guest code runs, whose faults
 * must come. So they are held here while the guest blocks them, one of each
 * per thread and one per process, as standard signals are. The host gives one
 * that was sent to the process to any thread, as none blocks it, often to the
 * first: if the guest blocks it there, another one that does not, or that
 * waits for it in sigtimedwait, is called to take it. If there is none, the
 * first to unblock it does. The call is the same signal with a code of our
 * own: what a thread sends to another cannot look as if a process had sent it.
 *
 * The process's are in struct sighand: nearly always, who shares that is one
 * process.
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/process.h"
#include "internal.h"

static const uint8_t sync_sig[NR_SYNC] = {
	SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV
};

/* Of struct held; only who has made it HELD_BUSY touches the siginfo. */
enum { HELD_FREE, HELD_BUSY, HELD_FULL };

static int
sync_index(int sig)
{
	int i;

	for (i = 0; i < NR_SYNC - 1; i++)
		if (sync_sig[i] == sig)
			break;
	return i;
}

static bool
change(struct held *h, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&h->state, &from, to, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void
set_state(struct held *h, uint32_t to)
{
	__atomic_store_n(&h->state, to, __ATOMIC_RELEASE);
}

/* By kill. What is queued, or comes from timers, may be for the thread alone;
 * nobody can tell. */
static bool
is_for_process(const siginfo_t *info)
{
	return info->si_code == SI_USER;
}

void
held_add(struct thread *t, const siginfo_t *info)
{
	struct sig_pending *p = t->pending;
	int sig = info->si_signo, i = sync_index(sig);
	struct held *h = &t->sighand->held[i];

	if (is_for_process(info) && t->sigmask & SIG_BIT(sig)) {
		if (change(h, HELD_FREE, HELD_BUSY)) {
			h->info = *info;
			set_state(h, HELD_FULL);
			__atomic_fetch_or(&t->sighand->held_set, SIG_BIT(sig),
					  __ATOMIC_RELEASE);
		}
		return;
	}
	if (p->held & SIG_BIT(sig))
		return;
	p->held_info[i] = *info;
	barrier();
	p->held |= SIG_BIT(sig);
}

static uint64_t
held_for_process(const struct thread *t)
{
	return __atomic_load_n(&t->sighand->held_set, __ATOMIC_RELAXED);
}

uint64_t
signals_held(const struct thread *t)
{
	return t->pending->held | held_for_process(t);
}

static int
take_for_process(struct thread *t, uint64_t set, siginfo_t *info)
{
	struct held *h;
	int i;

	set &= held_for_process(t);
	for (i = 0; set && i < NR_SYNC; i++) {
		h = &t->sighand->held[i];
		if (!(set & SIG_BIT(sync_sig[i])) ||
		    !change(h, HELD_FULL, HELD_BUSY))
			continue;
		*info = h->info;
		__atomic_fetch_and(&t->sighand->held_set,
				   ~SIG_BIT(sync_sig[i]), __ATOMIC_RELAXED);
		set_state(h, HELD_FREE);
		return sync_sig[i];
	}
	return 0;
}

int
signals_take_held(struct thread *t, uint64_t set, siginfo_t *info)
{
	struct sig_pending *p = t->pending;
	uint64_t ready = p->held & set;
	int sig;

	if (!ready)
		return take_for_process(t, set, info);
	sig = __builtin_ctzll(ready) + 1;
	*info = p->held_info[sync_index(sig)];
	barrier();
	/* One instruction: the handler may add a bit at any time. */
	__asm__("andq %1, %0" : "+m"(p->held) : "r"(~SIG_BIT(sig)) : "cc");
	return sig;
}

void
held_clear(struct thread *t)
{
	int i;

	t->pending->held = t->sighand->held_set = 0;
	for (i = 0; i < NR_SYNC; i++)
		t->sighand->held[i].state = HELD_FREE;
}

/* siginfo's code and value of a call to take what is held. */
#define CALLED	(-0x6674)

bool
signals_is_called(const struct thread *t, const siginfo_t *info)
{
	return info->si_code == CALLED &&
	       info->si_value.sival_ptr == t->sighand;
}

/* Calls the first thread that takes it, which the list's lock keeps alive. It
 * may have changed its mind when it looks, and then calls another. */
static void
pass_on(struct thread *t, int sig)
{
	siginfo_t info = {
		.si_signo = sig,
		.si_code = CALLED,
		.si_value.sival_ptr = t->sighand,
	};
	uint64_t bit = SIG_BIT(sig);
	struct thread *s;

	lock_acquire(&process.thread_lock);
	for (s = process.threads; s; s = s->next)
		if (s != t && s->sighand == t->sighand &&
		    (!(s->sigmask & bit) || s->waits_for & bit))
			break;
	if (s)
		host_call4(SYS_rt_tgsigqueueinfo, host_call0(SYS_getpid),
			   s->tid, sig, P(&info));
	lock_release(&process.thread_lock);
}

void
held_pass_on(struct thread *t)
{
	uint64_t set = held_for_process(t) & t->sigmask;
	int i;

	for (i = 0; process.nr_threads > 1 && i < NR_SYNC; i++)
		if (set & SIG_BIT(sync_sig[i]))
			pass_on(t, sync_sig[i]);
}

void
signals_wait_for(struct thread *t, uint64_t set)
{
	t->waits_for = set;
}

void
signals_show_held(struct thread *t)
{
	uint64_t set = t->sigmask & SIG_SYNC_SET;
	siginfo_t info;
	int sig;

	if (!set)
		return;
	host_call4(SYS_rt_sigprocmask, SIG_BLOCK, P(&set), 0, SIGSET_SIZE);
	while ((sig = signals_take_held(t, set, &info)))
		pending_requeue(sig, &info);
}

/* What nobody has read is held again. */
void
signals_hide_held(void)
{
	static const uint64_t set = SIG_SYNC_SET;

	host_call4(SYS_rt_sigprocmask, SIG_UNBLOCK, P(&set), 0, SIGSET_SIZE);
}
