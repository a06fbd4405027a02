/*
 * internal.h - what the files of signals/ share.
 */
#ifndef FERRY_SIGNALS_INTERNAL_H
#define FERRY_SIGNALS_INTERNAL_H

#include "../runtime/base/lock.h"
#include "signals.h"

#define NSIG_GUEST	64
#define SIGSET_SIZE	8
#define NR_SYNC		5

#define GUEST_SIG_DFL	0
#define GUEST_SIG_IGN	1

/*
 * Dispositions, shared by the threads of a thread group and whoever else was
 * made with CLONE_SIGHAND. The lock orders changes of guest and host
 * dispositions; the host handler reads actions without it.
 */
struct sighand {
	struct lock lock;
	int refs;		/* atomic */
	uint64_t known;		/* action[sig-1] is valid; else the host's
				 * (SIG_DFL or SIG_IGN) has not been read */
	bool host_reset;	/* CLONE_CLEAR_SIGHAND: the host has lost our
				 * handlers, see signals_thread_start */
	/* Synchronous signals that were sent to the process: see held.c. */
	uint64_t held_set;	/* atomic */
	struct held {
		uint32_t state;		/* atomic */
		siginfo_t info;
	} held[NR_SYNC];
	struct guest_sigaction action[NSIG_GUEST];
};

/* Noted host signals that wait for the poll. The host's mask is closed with
 * the first one; more than one come only from the races that pending.c
 * tells. A power of two. */
#define RING_SIZE	4

/*
 * Written by the host handler and the thread that it interrupts, so volatile
 * but not atomic. Lives at the low end of the thread's signal stack.
 */
struct sig_pending {
	volatile unsigned head, tail;	/* ring[head % RING_SIZE] is next */
	volatile uint64_t held;		/* synchronous signals that were sent
					 * to the thread */
	/* The host's mask is not the guest's: deliver has to set it. */
	volatile bool closed;
	siginfo_t ring[RING_SIZE];
	siginfo_t held_info[NR_SYNC];
};

/* pending.c */
void pending_init(struct thread *t);
/* In the host handler: notes a signal; false if the ring is full. */
bool pending_note(struct thread *t, const siginfo_t *info);
/* The next signal that the guest's mask lets through, its number or 0. */
int pending_take(struct thread *t, siginfo_t *info);
/* Gives a signal back to the kernel, for this thread. */
void pending_requeue(int sig, const siginfo_t *info);
void pending_clear(struct thread *t);
/* Sets the host's mask to the guest's. */
void pending_open(struct thread *t);

/* held.c */
/* In the host handler: holds a synchronous signal that was sent. */
void held_add(struct thread *t, const siginfo_t *info);
/* At a poll: what this thread blocks goes to one that takes it. */
void held_pass_on(struct thread *t);
void held_clear(struct thread *t);

#define barrier()	__asm__ volatile("" ::: "memory")

/* action.c */
struct guest_sigaction action_get(struct thread *t, int sig);
/* The action to be performed for a signal that is delivered now; does what
 * SA_RESETHAND asks. */
struct guest_sigaction action_take(struct thread *t, int sig);
/* The host's default action for `sig', in all threads. */
void host_action_default(int sig);

/* host_handler.c */
void host_handler(int sig, siginfo_t *info, void *ctx);
/* In enter_x64.S: the restorer of the handler's frame. */
extern const char host_sigreturn[];

/* altstack.c: where a frame goes, and what becomes of the altstack then. */
gaddr altstack_frame_top(const struct thread *t, uint64_t sa_flags);
void altstack_disarm(struct thread *t);
/* What the frame says; refused silently, as sigreturn's is. */
void altstack_restore(struct thread *t, const struct guest_altstack *a);

/* trace.c: the lines of -strace. */
void trace_signal(const siginfo_t *info);
void trace_killed(int sig);

#endif
