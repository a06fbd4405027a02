/*
 * edges.c - what happens at an edge, and the edges around system calls: the
 * guest's pause and resume are replaced by ones that count.
 */
#include "edges.h"

#include "../signals/signals.h"
#include "base/hostcall.h"
#include "vm/guest_isa.h"
#include "vm/process.h"

/* Of the generic table: all guests have it. */
#define GUEST_NR_rt_sigprocmask 135

static struct guest_isa counting;
static const struct guest_isa *real;

void
edge_reached(struct thread *t)
{
	int sig = process.opt.edge_signal;
	uint64_t ignored, caught;

	t->edges = process.opt.edge_every;
	signals_sets(t, &ignored, &caught);
	if (caught & ~t->sigmask & SIG_BIT(sig))
		host_call3(SYS_tgkill, host_call0(SYS_getpid),
			   host_call0(SYS_gettid), sig);
}

static void
count_edge(struct thread *t)
{
	if (--t->edges == 0)
		edge_reached(t);
}

/* A call that a signal came before is made again, which is no new edge: if each
 * counts, it would never be made. */
static void
pause_at_edge(struct thread *t)
{
	gaddr pc = real->pc(t);

	if (pc == t->edge_call) {
		t->edge_call = 0;
	} else {
		count_edge(t);
		if (t->poll)
			t->edge_call = pc;
	}
	real->pause(t);
}

static void
resume_at_edge(struct thread *t)
{
	uint64_t args[6];

	if (real->pc(t) != t->resume_pc ||
	    real->syscall_args(t, args) == GUEST_NR_rt_sigprocmask)
		t->edges = process.opt.edge_every;
	else
		count_edge(t);
	real->resume(t);
}

void
edges_start(struct thread *t)
{
	real = process.isa;
	counting = *real;
	counting.pause = pause_at_edge;
	counting.resume = resume_at_edge;
	process.isa = &counting;
	t->edges = process.opt.edge_every;
}
