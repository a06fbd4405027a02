/*
 * signals.h - guest signals.
 *
 * Dispositions that are default or ignore are the host kernel's: it stops,
 * continues, kills and reports. A signal with a guest handler is taken by the
 * one host handler, which only notes its siginfo in the thread, blocks all
 * further asynchronous signals (in the interrupted context, so the kernel
 * keeps them queued in order) and sets t->poll. So is one whose default action
 * is a core file, as that has to be the guest's. At the next poll
 * signals_deliver builds the guest's frame and sets the host's mask to the
 * guest's. SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP are not blocked on the
 * host while guest code runs: those that a guest access raises end the guest instruction
 * (EXIT_FAULT); those that other processes send are noted like any other,
 * and held back here while the guest blocks them.
 *
 * Guest and host number signals and lay out siginfo_t and sigset_t alike.
 * Masks are 64-bit sets, bit sig-1.
 *
 * Unless said otherwise functions are for the thread `t' itself, outside
 * signal handlers.
 */
#ifndef FERRY_SIGNALS_H
#define FERRY_SIGNALS_H

#include "../runtime/vm/thread.h"

#define SIG_BIT(sig)	(1ull << ((sig) - 1))

/* Raised by instructions. */
#define SIG_SYNC_SET	(SIG_BIT(SIGSEGV) | SIG_BIT(SIGBUS) | \
			 SIG_BIT(SIGILL) | SIG_BIT(SIGFPE) | SIG_BIT(SIGTRAP))
/* With those, the ones whose default action is a core file; the host's action
 * for them is ours, or to ignore. */
#define SIG_CORE_SET	(SIG_SYNC_SET | SIG_BIT(SIGQUIT) | SIG_BIT(SIGABRT) | \
			 SIG_BIT(SIGXCPU) | SIG_BIT(SIGXFSZ) | \
			 SIG_BIT(SIGSYS))
/* Cannot be blocked. */
#define SIG_FORCED_SET	(SIG_BIT(SIGKILL) | SIG_BIT(SIGSTOP))

/* struct sigaction of the generic ABI (guests without a restorer field
 * convert to this). */
struct guest_sigaction {
	gaddr handler;
	uint64_t flags;
	gaddr restorer;
	uint64_t mask;
};

/* stack_t. */
struct guest_stack_t {
	gaddr ss_sp;
	int32_t ss_flags;
	int32_t pad;
	uint64_t ss_size;
};

/* Installs the host handler for the synchronous signals and the calling
 * thread's signal stack; reads inherited dispositions and mask. Once, before
 * the first guest instruction. */
void signals_init(struct thread *t);

/* For a new thread, on it: its signal stack, and the guest's mask instead of
 * the all-blocking one it is started with. */
void signals_thread_start(struct thread *t);
/* Before the child runs: a copy of parent's dispositions (no CLONE_SIGHAND),
 * or the same ones with a reference more. With `reset' (CLONE_CLEAR_SIGHAND)
 * the copy's handlers are back to default. 0 or -ENOMEM. */
int signals_clone(struct thread *child, struct thread *parent, bool share,
		  bool reset);
void signals_release(struct thread *t);
/* In a forked child, whose only thread is `t': nothing is pending. With
 * `reset' (CLONE_CLEAR_SIGHAND) handlers are back to default. */
void signals_fork_child(struct thread *t, bool reset);

/* Delivers what is pending, if the guest's mask lets it, or restarts the
 * interrupted system call. Clears t->poll. */
void signals_deliver(struct thread *t);

/* Delivers t->fault. If the guest blocks or ignores the signal, the process
 * dies of it, as the kernel's force_sig does. */
void signals_fault(struct thread *t);

/* The kernel's force_sig_info, for a call that is refused: delivers `info' to
 * the thread now, or ends the process if its signal is blocked, ignored or has
 * no handler. The call's result is not to be set then. */
void signals_force(struct thread *t, const siginfo_t *info);

/* Writes the guest's core file before the process dies of a signal; true: the
 * kernel may then write its own (runtime/coredump.h). NULL: nobody does. */
extern bool (*signals_dump_core)(struct thread *t, const siginfo_t *info);

/* Ends the process by signal `sig' with the wait status that the guest's
 * parent expects. */
_Noreturn void signals_die(struct thread *t, int sig);

/* The host's mask, all signals; the second with what the first returned. */
void signals_block_all(uint64_t *old);
void signals_unblock(uint64_t old);

/* --- For the system calls. */

/* rt_sigaction; `new' or `old' may be NULL. 0 or -EINVAL. */
long signals_action(struct thread *t, int sig,
		    const struct guest_sigaction *new,
		    struct guest_sigaction *old);

/* The sets of signals that are ignored, and that have handlers. */
void signals_sets(struct thread *t, uint64_t *ignored, uint64_t *caught);

/* The host's mask for a guest mask. */
uint64_t signals_host_mask(uint64_t guest);

/* After the host's mask has become signals_host_mask(mask): makes `mask' the
 * guest's, and the thread poll if that lets a held signal through. */
void signals_set_mask(struct thread *t, uint64_t mask);

/*
 * Calls with a temporary mask (ppoll, pselect6, epoll_pwait, epoll_pwait2,
 * rt_sigsuspend, io_pgetevents): between begin, which returns the mask to
 * hand to the host, and end, which is given the call's result and returns
 * what the handler is to return, goes one syscall_window() and nothing else
 * that can fail or block:
 *
 *	uint64_t m = signals_temp_mask(t, guest_mask);
 *	ret = syscall_window(t, SYS_ppoll, ..., (long)&m, 8, 0);
 *	return signals_temp_done(t, ret);
 */
uint64_t signals_temp_mask(struct thread *t, uint64_t guest);
long signals_temp_done(struct thread *t, long ret);

/* Synchronous signals that were sent to this thread or its process and not
 * taken yet: the set, and taking one that is in `set' (its number, 0 if there
 * is none). */
uint64_t signals_held(const struct thread *t);
int signals_take_held(struct thread *t, uint64_t set, siginfo_t *info);

/* Around rt_sigtimedwait: t takes signals of `set' although it blocks them.
 * 0: no more. */
void signals_wait_for(struct thread *t, uint64_t set);
/* Whether what it has got is no signal, but a call to look at the held ones.
 * Async-signal-safe. */
bool signals_is_called(const struct thread *t, const siginfo_t *info);

/*
 * For a signalfd of synchronous signals (process.sync_fds): the host blocks
 * those that the guest blocks and gets back the held ones, so that it knows of
 * them; until the second call, in between which is one host call and nothing
 * that touches guest memory. signals_temp_mask does this by itself.
 */
void signals_show_held(struct thread *t);
void signals_hide_held(void);

/* sigaltstack. 0, -EINVAL, -EPERM, -ENOMEM. */
long signals_altstack(struct thread *t, const struct guest_stack_t *new,
		      struct guest_stack_t *old);

/* rt_sigreturn: always -ENORETURN_GUEST's job afterwards; a bad frame has
 * become a SIGSEGV. */
void signals_return(struct thread *t);

/*
 * Around execve, whose new program inherits what the kernel says: makes host
 * mask and dispositions of the synchronous signals the guest's, and back if
 * the execve failed.
 */
void signals_exec_prepare(struct thread *t);
void signals_exec_failed(struct thread *t);

/* --- What signals ask of others. */

/* In syscall/: if rip lies inside the system call window before the call took
 * effect, where to continue; else 0. Async-signal-safe. */
uintptr_t syscall_window_abort(uintptr_t rip);

#endif
