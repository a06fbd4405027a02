/*
 * cpu_loop.c - run guest code, see why it stopped, do what its kernel would.
 *
 * Read this first: everything else is called from here.
 */
#include "../signals/signals.h"
#include "../syscall/fast.h"
#include "cpu_loop.h"
#include "vm/guest_isa.h"
#include "vm/process.h"

void
cpu_syscall(struct thread *t)
{
	const struct guest_isa *isa = process.isa;
	uint64_t args[6];
	long nr, ret;

	isa->pause(t);
	nr = isa->syscall_args(t, args);
	t->orig_arg0 = args[0];
	t->syscall_nr = (int)nr;
	ret = syscall_make(t, nr, args);
	if (unlikely(ret == -ERESTART_GUEST && syscall_always_restarts(nr, args)))
		ret = -ERESTARTNOINTR_GUEST;
	if (ret == -ERESTART_GUEST)
		t->restart = true;
	else if (unlikely(ret == -ERESTARTNOINTR_GUEST))
		isa->syscall_restart(t);
	else if (ret != -ENORETURN_GUEST)
		isa->syscall_result(t, ret);
	/* In this order: ptrace.c's has_stopped(). */
	t->syscall_nr = -1;
	if (t->restart || t->poll)
		signals_deliver(t);
	isa->resume(t);
}

void
cpu_loop(struct thread *t)
{
	for (;;) {
		switch (process.isa->run(t)) {
		case EXIT_FAULT:
			signals_fault(t);
			break;
		case EXIT_POLL:
			signals_deliver(t);
			break;
		}
	}
}
