/*
 * process.c - the process object, and fork's view of the runtime's locks.
 *
 * A forked child has one thread. Whatever another thread was changing at that
 * moment would stay half changed for ever, so fork happens with all locks
 * held; the order is hooks, translator, gmem, thread list.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>

#include "../base/hostcall.h"
#include "gmem.h"
#include "guest_isa.h"
#include "thread.h"

struct process process = { .opt.strace_fd = 2, .own_fd = -1, .exe_fd = -1 };

static struct process_fork_hook *first_hook, *last_hook;

void
process_trace(const char *line, size_t n)
{
	const char *file = process.opt.strace_file;
	long fd = -ENOENT;

	if (file)
		fd = host_call4(SYS_openat, AT_FDCWD, P(file), O_WRONLY |
				O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
				0666);
	if (fd >= 0) {
		host_call3(SYS_write, fd, P(line), (long)n);
		host_call1(SYS_close, fd);
	} else {
		host_call3(SYS_write, file ? 2 : process.opt.strace_fd,
			   P(line), (long)n);
	}
}

void
process_fork_hook(struct process_fork_hook *h)
{
	h->next = NULL;
	h->prev = last_hook;
	if (last_hook)
		last_hook->next = h;
	else
		first_hook = h;
	last_hook = h;
}

void
process_fork_lock(void)
{
	struct process_fork_hook *h;

	for (h = first_hook; h; h = h->next)
		h->lock();
	process.isa->fork_lock();
	gmem_hold();
	lock_acquire(&process.thread_lock);
}

/* The blocks of the threads that did not survive stay mapped: they are
 * shared copy-on-write and untouched, and unmapping would cost more. */
static void
keep_only(struct thread *t)
{
	process.threads = t;
	process.nr_threads = 1;
	t->next = t->prev = NULL;
	t->vfork_child = false;
	*lock_held() = (struct lock_held){ { NULL } };
	t->tid = host_call0(SYS_gettid);
}

void
process_fork_unlock(bool in_child)
{
	struct process_fork_hook *h;

	if (in_child) {
		process.thread_lock = (struct lock)LOCK_INIT;
		keep_only(thread_self());
	} else {
		lock_release(&process.thread_lock);
	}
	gmem_fork_unlock(in_child);
	process.isa->fork_unlock(in_child);
	for (h = last_hook; h; h = h->prev)
		h->unlock(in_child);
}
