/*
 * syscall.h - the system call layer.
 *
 * One table (generic64.def and the guest's deltas), a row per call: number,
 * name, the arguments' kinds (for the tracer and the tests) and what happens:
 * PASS (straight to the host, through the restartable window), XLATE or
 * EMULATE (a handler), or ENOSYS with its reason.
 *
 * Handlers take the raw arguments and return what the guest's kernel would:
 * a value, -errno, or -ERESTART_GUEST for a call that was interrupted before
 * it had an effect and that the kernel would restart under SA_RESTART.
 */
#ifndef FERRY_SYSCALL_H
#define FERRY_SYSCALL_H

#include "../runtime/base/base.h"
#include "../runtime/vm/thread.h"

/* Never seen by the guest. */
#define ERESTART_GUEST	512

/* The call did not return to its caller in the usual way (rt_sigreturn,
 * successful execve): leave the registers alone. */
#define ENORETURN_GUEST	513

typedef long sys_fn(struct thread *t, const uint64_t a[6]);

/* Makes guest system call `nr', traced if asked for. */
long syscall_dispatch(struct thread *t, long nr, const uint64_t args[6]);

/*
 * Only between window.S and syscall_dispatch: the host's kernel was not
 * entered, the guest has to make the call again whatever SA_RESTART says.
 * syscall_dispatch arranges that and returns -ENORETURN_GUEST.
 */
#define ERESTARTNOINTR_GUEST	514

/* Whether the kernel makes call `nr' again after a signal whatever SA_RESTART
 * says: an -ERESTART_GUEST of it is to be an -ERESTARTNOINTR_GUEST. */
bool syscall_always_restarts(long nr, const uint64_t a[6]);

/* In window.S. `poll' is &t->poll. */
long syscall_window_enter(volatile uint32_t *poll, long nr, long a, long b,
			  long c, long d, long e, long f);

/*
 * A host system call that guest signals interrupt without a race: if
 * t->poll is set before the kernel is entered, returns
 * -ERESTARTNOINTR_GUEST; if a signal arrives while it blocks and the kernel
 * would restart it under SA_RESTART, -ERESTART_GUEST. `nr' is the host's
 * number. Handlers return both values unchanged. See window.S.
 */
static inline long
syscall_window(struct thread *t, long nr, long a, long b, long c, long d,
	       long e, long f)
{
	return syscall_window_enter(&t->poll, nr, a, b, c, d, e, f);
}

/* For the host's signal handler: if rip lies inside the window before the
 * system call took effect, the address to continue at; else 0. */
uintptr_t syscall_window_abort(uintptr_t rip);

#endif
