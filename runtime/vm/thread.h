/*
 * thread.h - one guest thread, which is one host thread.
 *
 * A thread block is one mapping in the runtime's window:
 *
 *	guard page | host stack | signal stack | struct thread | TLS copy
 *
 * for every thread but the first, whose host stack and TLS are the process's
 * own. Guest threads are made with raw clone(2), not by libc: see hostcall.h
 * for what that forbids.
 */
#ifndef FERRY_THREAD_H
#define FERRY_THREAD_H

#include <signal.h>

#include "../base/base.h"
#include "cpu_a64.h"

struct process;
struct seccomp_filter;
struct sighand;

/* Why guest execution stopped. */
enum vm_exit {
	EXIT_POLL,	/* t->poll is set; pc is the next instruction */
	EXIT_FAULT,	/* t->fault holds the signal; pc at the instruction */
};

/* What a tracer wants of a thread. */
enum thread_stop {
	STOP_NONE,
	STOP_ASKED,	/* at its next poll; or it is in a system call */
	STOP_DONE,	/* it waits for STOP_NONE */
};

/* A synchronous exception of the guest, as a signal. */
struct guest_fault {
	int sig;	/* SIGSEGV SIGBUS SIGILL SIGTRAP SIGFPE */
	int code;	/* si_code */
	gaddr addr;	/* si_addr */
	/* What fault_address and esr_context show, in later frames as well
	 * (the kernel's thread.fault_address and fault_code); esr 0: no
	 * record. A guest's handler may look at it: WnR, for one. */
	gaddr far;
	uint64_t esr;
};

/* What the kernel's sigaltstack keeps per thread. */
struct guest_altstack {
	gaddr sp;
	uint64_t size;
	int flags;
};

/* The table that translated code looks the targets of indirect jumps up in;
 * jump_index() says where. */
#define JUMP_ENTRIES	4096

struct jump_entry {
	gaddr pc;
	const uint8_t *code;
};

static inline unsigned
jump_index(gaddr pc)
{
	return (unsigned)((pc ^ pc >> 12) >> 2) % JUMP_ENTRIES;
}

struct thread {
	union {
		struct a64_cpu a64;
		char room[0x400];
	} cpu;

	/* Where C code's stack is while translated code runs, and translated
	 * code's stack while C code does. */
	uintptr_t code_sp, ret_sp;

	/* Set by the signal handler (and whoever wants the thread's
	 * attention), polled at block edges and in the system call window. */
	volatile uint32_t poll;
	/* Owned by edges.c: edges until the next signal; the system call that
	 * the last one came before. */
	uint32_t edges;
	gaddr edge_call;

	int tid;
	struct process *process;
	struct thread *next, *prev;	/* process->threads; its thread_lock */

	/* Synchronous exceptions. host_sp is where host_unwind returns to. */
	struct guest_fault fault;
	uintptr_t host_sp;
	bool retry;		/* the fault was in translated code: see
				 * whether the interpreter faults as well */

	/* Signals; owned by signals/. */
	struct sighand *sighand;	/* shared with CLONE_SIGHAND */
	uint64_t sigmask;		/* the guest's, bit sig-1 */
	uint64_t saved_sigmask;		/* to restore after sigsuspend & co. */
	bool restore_sigmask;
	struct guest_altstack altstack;
	/* Signals that the guest blocks, but this thread waits for. */
	volatile uint64_t waits_for;
	/* Host signals taken but not yet delivered; see signals.h. */
	struct sig_pending *pending;
	void *sigstack;			/* THREAD_SIGSTACK_SIZE bytes; the
					 * first of them hold *pending */

	/* The system call being made: for restarts and for strace. */
	uint64_t orig_arg0;
	gaddr resume_pc;		/* where it returns to; guest_isa's */
	volatile int syscall_nr;	/* -1: none */
	bool restart;			/* was interrupted, may be restarted */
	bool by_name;			/* syscall/path.h: the second try */

	/* The filters of its system calls; NULL: none. syscall/seccomp.h */
	const struct seccomp_filter *seccomp;

	/* Held still by a tracer in the same memory: syscall/ptrace.c. All
	 * but is_tracer under the process's thread_lock. */
	volatile uint32_t stop;		/* enum thread_stop; a futex */
	int tracer_pid, tracer_tid;	/* 0: none */
	bool stop_told;			/* the tracer knows of the stop */
	bool is_tracer;			/* has attached to others */

	/* Waits for its end while another thread writes the core file. */
	volatile bool parked;

	/* The parent waits in vfork and frees this thread's block: the
	 * thread must not do so itself. */
	bool vfork_child;

	/* Owned by syscall/process.c. For a process of its own in this
	 * address space: who made it, and its id as that thread sees it. */
	struct thread *spawner;
	int spawn_pid;
	bool has_spawned;		/* has made such processes */

	gaddr robust_list, clear_child_tid;
	/* Owned by the code cache: in which epoch the thread runs code (all
	 * ones: none), and from which its tables are. */
	uint64_t epoch, cache_epoch;
	/* Owned by the interpreter: executable memory, at that generation of
	 * the guest's code. */
	uint64_t exec_generation;
	gaddr exec_lo, exec_hi;
	void *ret_stack;		/* owned by the translator; freed */
	size_t ret_stack_size;		/* with the thread */

	/* Memory that execve needs until the new program runs; a vfork
	 * child's is freed by its parent, with the block. */
	void *exec_buf;
	size_t exec_buf_size;

	void *block;			/* the mapping; NULL: main thread */
	size_t block_size;

	/* Owned by the translator. Large, touched where it is used; here so
	 * that translated code finds it without a pointer. */
	struct jump_entry jump_cache[JUMP_ENTRIES];
};

#define THREAD_STACK_SIZE	(256ul << 10)
#define THREAD_SIGSTACK_SIZE	(64ul << 10)

/* The calling thread. Valid from thread_init_main() on, in signal handlers
 * too. */
struct thread *thread_self(void);

/* Makes the process's first thread out of the calling host thread. */
struct thread *thread_init_main(struct process *p);

/* A new thread block with a copy of the parent's cpu state, not running yet
 * and not in any list; NULL if there is no memory. Its sighand is the
 * parent's pointer: signals_clone() settles whose it is. */
struct thread *thread_new(struct thread *parent);
/* Unmaps the block of a thread that does not run (any more). */
void thread_free(struct thread *t);

/* Puts `t' on, or takes it off, its process's list. */
void thread_link(struct thread *t);
void thread_unlink(struct thread *t);

/* `t' was a process of its own in this address space and is dead: releases
 * what locks it held. */
void thread_bury(struct thread *t);

/* The host stack that clone3(2) is to be given for `t' (its lowest address
 * and size; clone(2) wants the sum), and its TLS pointer. */
void *thread_host_stack(struct thread *t, size_t *size);
void *thread_host_tls(struct thread *t);

/*
 * Host system call `nr' (clone or clone3, with a new stack in its arguments):
 * returns its result in the parent; the child calls fn(t) on its new stack.
 * Block all signals around it.
 */
long host_clone(long nr, long a, long b, long c, long d, long e,
		void (*fn)(struct thread *t), struct thread *t);

/* Ends the calling host thread, off its process's list: frees its block (but
 * not the main thread's or a vfork child's) without touching the stack again,
 * then exit(status). All signals must be blocked. */
_Noreturn void thread_exit_host(struct thread *t, int status);

/* Runs guest code until the thread ends: runtime/cpu_loop.c. Here because
 * clone's child, which is started below the top layer, ends up in it. */
_Noreturn void cpu_loop(struct thread *t);

/* Makes the system call that the guest has asked for; its pc is behind the
 * instruction. Called in guest_isa.run, to which it returns if the guest goes
 * on there. Also in runtime/cpu_loop.c. */
void cpu_syscall(struct thread *t);

/* --signal-edges: t->edges has become 0. Called in guest_isa.run, at an edge,
 * where the guest's state is whole and its pc the next instruction's. In
 * runtime/edges.c. */
void edge_reached(struct thread *t);

/*
 * host_enter calls fn(t) so that host_unwind can end it: the host's fault
 * handler makes a faulting thread continue at host_unwind with t in rdi, and
 * host_enter returns EXIT_FAULT. The host's MXCSR is the guest's
 * all the time (clone inherits it), so nothing is loaded here. Not reentrant.
 * host_unwind wants t->host_sp in rsp, so that the abandoned frames' stack is
 * free again.
 */
int host_enter(struct thread *t, int (*fn)(struct thread *t));
extern const char host_unwind[];
/* Ends the current host_enter of `t' from inside fn: it returns `ret'. */
_Noreturn void host_leave(struct thread *t, int ret);

#endif
