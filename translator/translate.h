/*
 * translate.h - what the runtime sees of the translator: nothing but the
 * guest's run function and invalidation.
 */
#ifndef FERRY_TRANSLATE_H
#define FERRY_TRANSLATE_H

#include "../runtime/vm/thread.h"

/* Runs guest code of t->cpu.a64 from its pc until a vm_exit. */
enum vm_exit a64_run(struct thread *t);

/* Around a system call that is made inside a64_run: see guest_isa.h. */
void a64_pause(struct thread *t);
void a64_resume(struct thread *t);

/* No code that was read from [lo, hi) before this call runs after it. Any
 * thread. */
void a64_code_changed(gaddr lo, gaddr hi);

/* A number for what translations depend on: this very ferry, and the guest's
 * processor as -cpu says. Start-up only. */
uint64_t a64_store_key(const char *cpu);

/* What of the host's processor may be used: see x64_cpu_limit(). False: not
 * understood. Start-up only. */
bool translator_limit_host(const char *text);

/* The process is about to end: says on standard error what --stats wants to
 * know. */
void a64_exiting(void);

/* The translator's locks around fork; see process_fork_lock. */
void a64_bury(struct thread *t);
void a64_fork_lock(void);
void a64_fork_unlock(bool in_child);

/*
 * For a fault at rip: if that is in translated code, makes t's cpu what it
 * was before the guest instruction (mcontext: the host's mcontext_t) and
 * returns true; else false. Async-signal-safe.
 */
bool a64_recover(struct thread *t, uintptr_t rip, const void *mcontext);

/* A host's floating-point exception was not masked: the MXCSR to go on with,
 * in place of what the thread's was. Async-signal-safe. */
uint32_t a64_fp_trapped(struct thread *t, uint32_t mxcsr);

/* If addr is where translated code's stack ends: the rsp to go on with; else
 * 0. Async-signal-safe. */
uintptr_t a64_stack_overflow(struct thread *t, uintptr_t addr);

/* Whether rip lies in code of which a fault is the guest's: an access of the
 * current guest instruction. Async-signal-safe. */
bool a64_is_guest_access(uintptr_t rip);

#endif
