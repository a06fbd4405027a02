/*
 * process.c - clone, clone3 and exit: guest threads and processes are host
 * threads and processes, made with the guest's own flags.
 *
 * The kernel does for the guest all that works on guest memory (parent and
 * child tid words, the wake-up at exit, pidfds) because addresses are the
 * same. What differs is where the host code of the child runs:
 *
 *	without CLONE_VM	fork: on a copy of everything
 *	with CLONE_VM		in the same address space (threads, vfork,
 *				posix_spawn): on a thread block of its own
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/mortal.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "ptrace.h"
#include "table.h"

#define CLONE3_MAX_SIZE	PAGE_SIZE

/* A clone or clone3 as the guest asked for it. */
struct clone_call {
	uint64_t flags;
	gaddr sp;		/* 0: the parent's */
	uint64_t tls;
	gaddr ptid, ctid;	/* clone */
	struct clone_args *args; /* clone3; NULL: clone */
	size_t args_size;
};

/* Signals are blocked and the thread is about to clone: whoever came before
 * must be delivered in the parent only. */
static bool
must_poll_first(struct thread *t, uint64_t old_mask)
{
	if (!t->poll)
		return false;
	signals_unblock(old_mask);
	return true;
}

/*
 * CLONE_VFORK without CLONE_VM. The kernel would keep the thread, and with it
 * all locks, until the child is gone or has made its exec; so the thread
 * waits by itself, for the end of a pipe that goes with the child's
 * descriptors. (Shared descriptors stay; then the kernel has to do.)
 */
static bool
vfork_pipe(uint64_t *flags, int fd[2])
{
	fd[0] = fd[1] = -1;
	if ((*flags & (CLONE_VFORK | CLONE_FILES)) != CLONE_VFORK ||
	    host_call2(SYS_pipe2, P(fd), O_CLOEXEC))
		return false;
	*flags &= ~(uint64_t)CLONE_VFORK;
	return true;
}

static void
vfork_wait(int fd[2], long r)
{
	char c;

	if (r == 0) {
		host_call1(SYS_close, fd[0]);
		return;
	}
	host_call1(SYS_close, fd[1]);
	if (r > 0)
		host_call3(SYS_read, fd[0], P(&c), 1);
	host_call1(SYS_close, fd[0]);
}

static long
do_fork(struct thread *t, struct clone_call *c)
{
	uint64_t flags = c->flags & ~(uint64_t)CLONE_SETTLS, old;
	int fd[2];
	bool wait;
	long r;

	signals_block_all(&old);
	if (must_poll_first(t, old))
		return -ERESTARTNOINTR_GUEST;
	wait = vfork_pipe(&flags, fd);
	process_fork_lock();
	if (c->args) {
		c->args->flags = flags;
		c->args->stack = c->args->stack_size = c->args->tls = 0;
		r = host_call2(SYS_clone3, P(c->args), (long)c->args_size);
	} else {
		r = host_call5(SYS_clone, (long)flags, 0, (long)c->ptid,
			       (long)c->ctid, 0);
	}
	process_fork_unlock(r == 0);
	if (r == 0) {
		t->stop = STOP_NONE;
		t->tracer_tid = 0;
		t->is_tracer = false;
		signals_fork_child(t, c->flags & CLONE_CLEAR_SIGHAND);
		process.isa->clone_child(t, c->sp, c->flags & CLONE_SETTLS,
					 c->tls);
	}
	if (wait)
		vfork_wait(fd, r);
	signals_unblock(old);
	return r;
}

static void
child_main(struct thread *t)
{
	t->tid = (int)host_call0(SYS_gettid);
	signals_thread_start(t);
	cpu_loop(t);
}

static void
discard(struct thread *child)
{
	signals_release(child);
	thread_free(child);
}

static struct thread *
new_child(struct thread *t, const struct clone_call *c)
{
	struct thread *child = thread_new(t);

	if (!child)
		return NULL;
	if (signals_clone(child, t, c->flags & CLONE_SIGHAND,
			  c->flags & CLONE_CLEAR_SIGHAND) < 0) {
		thread_free(child);
		return NULL;
	}
	/* The kernel's rule; altstacks are for one thread's stack. */
	if (c->flags & CLONE_VFORK)
		child->altstack = t->altstack;
	else
		child->altstack.flags = SS_DISABLE;
	child->vfork_child = c->flags & CLONE_VFORK;
	process.isa->clone_child(child, c->sp, c->flags & CLONE_SETTLS,
				 c->tls);
	return child;
}

static long
start_child(struct thread *child, struct clone_call *c)
{
	uint64_t flags = c->flags | CLONE_SETTLS;
	long tls = P(thread_host_tls(child));
	size_t size;
	char *stack = thread_host_stack(child, &size);

	if (c->args) {
		c->args->flags = flags;
		c->args->stack = (uintptr_t)stack;
		c->args->stack_size = size;
		c->args->tls = (uint64_t)tls;
		return host_clone(SYS_clone3, P(c->args), (long)c->args_size,
				  0, 0, 0, child_main, child);
	}
	return host_clone(SYS_clone, (long)flags, P(stack + size),
			  (long)c->ptid, (long)c->ctid, tls, child_main,
			  child);
}

/*
 * A process that shares this address space and ended otherwise than by exit
 * (exit_group, a signal, execve) has left its block behind. Whoever made it
 * frees that when it makes the next one: no one else may look for its id,
 * which means something only in its maker's namespace. One that is not waited
 * for yet counts as alive.
 */
static struct thread *
dead_spawned(const struct thread *t)
{
	struct thread *s;

	lock_acquire(&process.thread_lock);
	for (s = process.threads; s; s = s->next)
		if (s->spawner == t && s->spawn_pid > 0 &&
		    host_call3(SYS_tgkill, s->spawn_pid, s->spawn_pid, 0) ==
			    -ESRCH)
			break;
	lock_release(&process.thread_lock);
	return s;
}

static void
reap_spawned(struct thread *t)
{
	struct thread *s;

	while ((s = dead_spawned(t))) {
		thread_bury(s);
		thread_unlink(s);
		discard(s);
	}
}

/* The child runs already and may be gone; if it is not on the list any more
 * its block must not be touched. */
static void
note_spawned(struct thread *t, const struct thread *child, int pid)
{
	struct thread *s;

	t->has_spawned = true;
	lock_acquire(&process.thread_lock);
	for (s = process.threads; s && s != child; s = s->next)
		;
	if (s) {
		s->spawner = t;
		s->spawn_pid = pid;
		mortal_add((uintptr_t)s->block, (uintptr_t)s->block +
			   s->block_size, pid);
	}
	lock_release(&process.thread_lock);
}

static long
do_spawn(struct thread *t, struct clone_call *c)
{
	bool new_process = !(c->flags & (CLONE_THREAD | CLONE_VFORK));
	struct thread *child;
	uint64_t old;
	long r;

	if (t->has_spawned)
		reap_spawned(t);
	child = new_child(t, c);
	if (!child)
		return -EAGAIN;
	signals_block_all(&old);
	if (must_poll_first(t, old)) {
		discard(child);
		return -ERESTARTNOINTR_GUEST;
	}
	/* Before it runs: its parent must count it once clone returns. */
	thread_link(child);
	r = start_child(child, c);
	if (r > 0 && c->flags & CLONE_VFORK)
		thread_bury(child);	/* it may have been killed */
	if (r < 0 || c->flags & CLONE_VFORK) {
		thread_unlink(child);
		discard(child);
	} else if (new_process) {
		note_spawned(t, child, (int)r);
	}
	signals_unblock(old);
	return r;
}

/* Once the process has children it translates for them, too. */
static void
share_code(void)
{
	if (codestore_create())
		process.isa->code_changed(0, 0);
}

#define NEW_NAMESPACES	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | \
			 CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
			 CLONE_NEWNET)

static long
do_clone(struct thread *t, struct clone_call *c)
{
	if (c->flags & NEW_NAMESPACES)
		codestore_leave();
	else if (!(c->flags & CLONE_THREAD))
		share_code();
	return c->flags & CLONE_VM ? do_spawn(t, c) : do_fork(t, c);
}

long
sys_clone(struct thread *t, const uint64_t a[6])
{
	struct clone_call c = {
		.flags = (uint32_t)a[0],
		.sp = a[1],
		.ptid = a[2],
		.tls = a[3],
		.ctid = a[4],
	};

	return do_clone(t, &c);
}

long
sys_clone3(struct thread *t, const uint64_t a[6])
{
	/* The guest's structure may be of a later version than ours: the
	 * host's kernel says whether it is one that it knows. */
	union {
		struct clone_args args;
		char bytes[CLONE3_MAX_SIZE];
	} u;
	struct clone_call c = { .args = &u.args, .args_size = a[1] };

	if (a[1] > CLONE3_MAX_SIZE)
		return -E2BIG;
	if (a[1] < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	if (gmem_read(&u, a[0], a[1]) < 0)
		return -EFAULT;
	/* The one part that the host does not get to see. */
	if (!u.args.stack != !u.args.stack_size ||
	    u.args.stack + u.args.stack_size < u.args.stack ||
	    u.args.stack + u.args.stack_size > GMEM_TASK_SIZE)
		return -EINVAL;
	c.flags = u.args.flags;
	c.sp = u.args.stack + u.args.stack_size;
	c.tls = u.args.tls;
	return do_clone(t, &c);
}

_Noreturn void
sys_end_thread(struct thread *t, int status)
{
	signals_block_all(NULL);
	ptrace_exit(t);
	/* A vfork child's parent takes it off the list and frees it. */
	if (!t->vfork_child) {
		thread_unlink(t);
		signals_release(t);
	}
	thread_exit_host(t, status);
}

long
sys_exit(struct thread *t, const uint64_t a[6])
{
	uint64_t old;

	/* What has been noted would be lost with the thread. */
	signals_block_all(&old);
	if (must_poll_first(t, old))
		return -ERESTARTNOINTR_GUEST;
	sys_end_thread(t, (int)a[0]);
}

long
sys_exit_group(struct thread *t, const uint64_t a[6])
{
	ptrace_exit(t);
	/* A vfork child's translations are its parent's. */
	if (!t->vfork_child)
		process.isa->exiting();
	for (;;)
		host_call1(SYS_exit_group, (int)a[0]);
}

/* MEMBARRIER_CMD_(REGISTER_)PRIVATE_EXPEDITED_RSEQ: a kernel without rseq has
 * neither (kernel/sched/membarrier.c). */
#define MEMBARRIER_RSEQ	(1u << 7 | 1u << 8)

long
sys_membarrier(struct thread *t, const uint64_t a[6])
{
	uint32_t cmd = (uint32_t)a[0];
	long r;

	if (cmd & MEMBARRIER_RSEQ)
		return -EINVAL;
	r = syscall_window(t, SYS_membarrier, cmd, (long)a[1], (long)a[2], 0,
			   0, 0);
	return cmd || r < 0 ? r : r & ~(long)MEMBARRIER_RSEQ;
}
