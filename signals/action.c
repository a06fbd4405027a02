/*
 * action.c - dispositions: the guest's table, and the host's to match.
 *
 * The host has SIG_DFL where the guest has it, SIG_IGN where the guest has
 * it, and our handler where the guest has one; but the five synchronous
 * signals always have our handler, and those whose default action is a core
 * file unless the guest ignores them. What a program inherits through execve is
 * only looked up in the host when it is asked for.
 */
#include <errno.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/process.h"
#include "internal.h"

/* asm-generic/signal-defs.h; the same bits on host and guests. */
#define GUEST_SA_NOCLDSTOP	0x00000001u
#define GUEST_SA_NOCLDWAIT	0x00000002u
#define GUEST_SA_SIGINFO	0x00000004u
#define GUEST_SA_EXPOSE_TAGBITS	0x00000800u
#define GUEST_SA_RESTORER	0x04000000u
#define GUEST_SA_ONSTACK	0x08000000u
#define GUEST_SA_RESTART	0x10000000u
#define GUEST_SA_NODEFER	0x40000000u
#define GUEST_SA_RESETHAND	0x80000000u
/* What the kernel keeps (UAPI_SA_FLAGS); programs probe with the others. */
#define GUEST_SA_FLAGS \
	(GUEST_SA_NOCLDSTOP | GUEST_SA_NOCLDWAIT | GUEST_SA_SIGINFO | \
	 GUEST_SA_EXPOSE_TAGBITS | GUEST_SA_RESTORER | GUEST_SA_ONSTACK | \
	 GUEST_SA_RESTART | GUEST_SA_NODEFER | GUEST_SA_RESETHAND)

/* rt_sigaction's structure on the host. */
struct host_sigaction {
	uintptr_t handler;
	uint64_t flags;
	uintptr_t restorer;
	uint64_t mask;
};

static struct sighand main_sighand = { .refs = 1 };
static char main_sigstack[THREAD_SIGSTACK_SIZE]
	__attribute__((aligned(PAGE_SIZE)));

static void
host_action(int sig, const struct host_sigaction *new,
	    struct host_sigaction *old)
{
	host_call4(SYS_rt_sigaction, sig, P(new), P(old), SIGSET_SIZE);
}

static void
host_action_swap(int sig, uintptr_t handler, uint64_t flags,
		 struct host_sigaction *old)
{
	struct host_sigaction sa = {
		.handler = handler,
		.flags = flags | GUEST_SA_RESTORER,
		.restorer = (uintptr_t)host_sigreturn,
		.mask = ~0ull,
	};

	host_action(sig, &sa, old);
}

static void
host_action_set(int sig, uintptr_t handler, uint64_t flags)
{
	host_action_swap(sig, handler, flags, NULL);
}

void
host_action_default(int sig)
{
	host_action_set(sig, GUEST_SIG_DFL, 0);
}

static void
host_action_ours(int sig, uint64_t guest_flags, struct host_sigaction *old)
{
	host_action_swap(sig, (uintptr_t)host_handler,
			 GUEST_SA_SIGINFO | GUEST_SA_ONSTACK |
			 GUEST_SA_RESTART |
			 (guest_flags & (GUEST_SA_NOCLDSTOP |
					 GUEST_SA_NOCLDWAIT)), old);
}

/* After they have been lost: those that the guest ignores the host ignores,
 * but the synchronous ones. */
static void
install_own_handlers(const struct sighand *sh)
{
	int sig;

	for (sig = 1; sig <= NSIG_GUEST; sig++)
		if (SIG_BIT(sig) & SIG_SYNC_SET ||
		    (SIG_BIT(sig) & SIG_CORE_SET &&
		     sh->action[sig - 1].handler != GUEST_SIG_IGN))
			host_action_ours(sig, 0, NULL);
}

static void
use_signal_stack(struct thread *t)
{
	stack_t ss = {
		.ss_sp = (char *)t->sigstack + PAGE_SIZE,
		.ss_size = THREAD_SIGSTACK_SIZE - PAGE_SIZE,
	};

	host_call2(SYS_sigaltstack, P(&ss), 0);
}

static void
fork_lock(void)
{
	lock_acquire(&thread_self()->sighand->lock);
}

static void
fork_unlock(bool in_child)
{
	struct sighand *sh = thread_self()->sighand;

	if (in_child)
		sh->lock = (struct lock)LOCK_INIT;
	else
		lock_release(&sh->lock);
}

static struct process_fork_hook fork_hook = { fork_lock, fork_unlock,
					      NULL, NULL };

void
signals_init(struct thread *t)
{
	static const uint64_t sync = SIG_SYNC_SET;
	struct sighand *sh = &main_sighand;
	struct host_sigaction old;
	int sig;

	t->sighand = sh;
	t->sigstack = main_sigstack;
	pending_init(t);
	use_signal_stack(t);
	for (sig = 1; sig <= NSIG_GUEST; sig++) {
		if (!(SIG_BIT(sig) & SIG_CORE_SET))
			continue;
		host_action_ours(sig, 0, &old);
		sh->action[sig - 1].handler = old.handler;
		if (!(SIG_BIT(sig) & SIG_SYNC_SET) &&
		    old.handler == GUEST_SIG_IGN)
			host_action_set(sig, GUEST_SIG_IGN, 0);
	}
	sh->known = SIG_CORE_SET;
	host_call4(SYS_rt_sigprocmask, SIG_UNBLOCK, P(&sync), P(&t->sigmask),
		   SIGSET_SIZE);
	process_fork_hook(&fork_hook);
}

void
signals_thread_start(struct thread *t)
{
	pending_init(t);
	use_signal_stack(t);
	if (t->sighand->host_reset) {
		t->sighand->host_reset = false;
		install_own_handlers(t->sighand);
	}
	pending_open(t);
}

/* CLONE_CLEAR_SIGHAND: handlers become default, what is ignored stays so. */
static void
reset_handlers(struct sighand *sh)
{
	struct guest_sigaction *a;

	for (a = sh->action; a < sh->action + NSIG_GUEST; a++)
		if (a->handler != GUEST_SIG_IGN)
			memset(a, 0, sizeof(*a));
}

int
signals_clone(struct thread *child, struct thread *parent, bool share,
	      bool reset)
{
	struct sighand *from = parent->sighand, *sh = from;

	child->sighand = from;
	if (share) {
		__atomic_fetch_add(&from->refs, 1, __ATOMIC_RELAXED);
		return 0;
	}
	sh = rtmem_alloc(sizeof(*sh));
	if (!sh)
		return -ENOMEM;
	lock_acquire(&from->lock);
	memcpy(sh->action, from->action, sizeof(sh->action));
	sh->known = from->known;
	lock_release(&from->lock);
	sh->refs = 1;
	if (reset) {
		reset_handlers(sh);
		sh->host_reset = true;
	}
	child->sighand = sh;
	return 0;
}

void
signals_release(struct thread *t)
{
	struct sighand *sh = t->sighand;

	if (__atomic_sub_fetch(&sh->refs, 1, __ATOMIC_ACQ_REL) == 0 &&
	    sh != &main_sighand)
		rtmem_free(sh, sizeof(*sh));
}

void
signals_fork_child(struct thread *t, bool reset)
{
	pending_clear(t);
	t->sighand->refs = 1;
	if (reset) {
		reset_handlers(t->sighand);
		install_own_handlers(t->sighand);
	}
}

/* Lock held. */
static struct guest_sigaction *
known_action(struct sighand *sh, int sig)
{
	struct guest_sigaction *a = &sh->action[sig - 1];
	struct host_sigaction old;

	if (!(sh->known & SIG_BIT(sig))) {
		host_action(sig, NULL, &old);
		*a = (struct guest_sigaction){ .handler = old.handler };
		sh->known |= SIG_BIT(sig);
	}
	return a;
}

/* Lock held. */
static void
set_action(struct thread *t, int sig, const struct guest_sigaction *new)
{
	struct guest_sigaction *a = &t->sighand->action[sig - 1];

	*a = *new;
	a->flags &= GUEST_SA_FLAGS;
	a->mask &= ~SIG_FORCED_SET;
	t->sighand->known |= SIG_BIT(sig);
	if (SIG_BIT(sig) & SIG_SYNC_SET) {
		siginfo_t dropped;

		while (a->handler == GUEST_SIG_IGN &&
		       signals_take_held(t, SIG_BIT(sig), &dropped))
			;
	} else if (a->handler == GUEST_SIG_IGN ||
		   (a->handler == GUEST_SIG_DFL &&
		    !(SIG_BIT(sig) & SIG_CORE_SET))) {
		host_action_set(sig, a->handler, a->flags);
	} else {
		host_action_ours(sig, a->flags, NULL);
	}
}

long
signals_action(struct thread *t, int sig, const struct guest_sigaction *new,
	       struct guest_sigaction *old)
{
	struct sighand *sh = t->sighand;

	if (sig < 1 || sig > NSIG_GUEST ||
	    (new && SIG_BIT(sig) & SIG_FORCED_SET))
		return -EINVAL;
	lock_acquire(&sh->lock);
	if (old)
		*old = *known_action(sh, sig);
	if (new)
		set_action(t, sig, new);
	lock_release(&sh->lock);
	return 0;
}

struct guest_sigaction
action_get(struct thread *t, int sig)
{
	struct guest_sigaction a;

	lock_acquire(&t->sighand->lock);
	a = *known_action(t->sighand, sig);
	lock_release(&t->sighand->lock);
	return a;
}

struct guest_sigaction
action_take(struct thread *t, int sig)
{
	struct sighand *sh = t->sighand;
	struct guest_sigaction a;

	lock_acquire(&sh->lock);
	a = *known_action(sh, sig);
	if (a.handler > GUEST_SIG_IGN && a.flags & GUEST_SA_RESETHAND) {
		struct guest_sigaction dfl = a;

		dfl.handler = GUEST_SIG_DFL;
		set_action(t, sig, &dfl);
	}
	lock_release(&sh->lock);
	return a;
}

/* The synchronous signals that the guest ignores. */
static uint64_t
ignored_sync(struct thread *t)
{
	uint64_t set = 0;
	int sig;

	for (sig = 1; sig <= NSIG_GUEST; sig++)
		if (SIG_BIT(sig) & SIG_SYNC_SET &&
		    t->sighand->action[sig - 1].handler == GUEST_SIG_IGN)
			set |= SIG_BIT(sig);
	return set;
}

void
signals_exec_prepare(struct thread *t)
{
	uint64_t ignored = ignored_sync(t);
	siginfo_t info;
	int sig;

	for (sig = 1; ignored && sig <= NSIG_GUEST; sig++)
		if (SIG_BIT(sig) & ignored)
			host_action_set(sig, GUEST_SIG_IGN, 0);
	if (!(t->sigmask & SIG_SYNC_SET) || t->pending->closed)
		return;
	signals_unblock(t->sigmask);
	while ((sig = signals_take_held(t, t->sigmask, &info)))
		pending_requeue(sig, &info);
}

void
signals_exec_failed(struct thread *t)
{
	if (ignored_sync(t))
		install_own_handlers(t->sighand);
	if (t->sigmask & SIG_SYNC_SET && !t->pending->closed)
		pending_open(t);
}

void
signals_sets(struct thread *t, uint64_t *ignored, uint64_t *caught)
{
	*ignored = *caught = 0;
	for (int sig = 1; sig <= NSIG_GUEST; sig++) {
		struct guest_sigaction a = action_get(t, sig);

		if (a.handler == GUEST_SIG_IGN)
			*ignored |= SIG_BIT(sig);
		else if (a.handler != GUEST_SIG_DFL)
			*caught |= SIG_BIT(sig);
	}
}
