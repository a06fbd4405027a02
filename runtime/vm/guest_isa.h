/*
 * guest_isa.h - what one guest instruction set plugs into the runtime.
 *
 * runtime/guest_a64.c fills one. Nothing outside translator/guest/,
 * signals/frame_* and runtime/guest_* knows an instruction set by name.
 */
#ifndef FERRY_GUEST_ISA_H
#define FERRY_GUEST_ISA_H

#include "../base/base.h"
#include "thread.h"

struct auxv_out;
struct syscall_desc;

/* A thread's registers as core files have them: the general ones of
 * NT_PRSTATUS, NT_FPREGSET, and the thread pointer, a note of its own. */
struct core_regs {
	size_t general_size, fp_size;
	uint64_t general[34];
	uint8_t fp[528];
	uint32_t tls_type;
	uint64_t tls;
};

struct guest_isa {
	const char *machine;		/* uname -m, AT_PLATFORM */
	uint16_t elf_machine;		/* EM_* */
	uint32_t audit_arch;		/* AUDIT_ARCH_* */
	uint32_t minsigstksz;		/* AT_MINSIGSTKSZ */
	/* Chooses the processor that the guest sees, by -cpu's argument;
	 * before anything below is used. 0, or -EINVAL with the reason in err
	 * (one line). cpu_help is what the argument may be, as text; returns
	 * its length. */
	int (*cpu_select)(const char *spec, char *err, size_t size);
	size_t (*cpu_help)(char *buf, size_t size);
	/* AT_HWCAP and AT_HWCAP2. */
	uint64_t (*hwcap)(void);
	uint64_t (*hwcap2)(void);

	/* Start of a program: all registers zero but pc and sp. */
	void (*start)(struct thread *t, gaddr pc, gaddr sp);
	/* Runs guest code until something happens. */
	enum vm_exit (*run)(struct thread *t);

	/* System calls are made inside run, by cpu_syscall(): it calls pause
	 * at the start, and resume at the end, which returns if the guest goes
	 * on behind the instruction, and else leaves for where it does. */
	void (*pause)(struct thread *t);
	void (*resume)(struct thread *t);

	/* Whether a fault at host address rip is the current guest
	 * instruction's. Async-signal-safe. */
	bool (*is_guest_access)(uintptr_t rip);
	/* If rip is in translated code: makes t's state that of before the
	 * guest instruction, from the host's mcontext_t, and returns
	 * true. Async-signal-safe. */
	bool (*recover)(struct thread *t, uintptr_t rip,
			const void *mcontext);
	/* A host's floating-point exception was not masked: the MXCSR to go
	 * on with, in place of what the thread's was. Async-signal-safe. */
	uint32_t (*fp_trapped)(struct thread *t, uint32_t mxcsr);
	/* If addr is where translated code's stack ends: the rsp to go on
	 * with; else 0. Async-signal-safe. */
	uintptr_t (*stack_overflow)(struct thread *t, uintptr_t addr);

	gaddr (*pc)(const struct thread *t);
	gaddr (*sp)(const struct thread *t);
	/* clone's child: new stack (0: keep) and TLS (if set_tls), result 0. */
	void (*clone_child)(struct thread *t, gaddr sp, bool set_tls,
			    uint64_t tls);

	/* System calls: number and six arguments out, result in. */
	long (*syscall_args)(const struct thread *t, uint64_t args[6]);
	void (*syscall_result)(struct thread *t, long ret);
	/* Makes the thread execute the system call instruction again with
	 * its first argument t->orig_arg0. */
	void (*syscall_restart)(struct thread *t);

	/* Signal frames; implemented in signals/frame_*.c.
	 * frame_setup pushes a frame for `sig' onto `sp' and makes the thread
	 * continue in `handler'; 0, or -EFAULT if the stack is not writable.
	 * frame_return undoes it (rt_sigreturn): the mask and altstack to
	 * restore are returned; 0, -EFAULT, or -EINVAL for a bad frame whose
	 * mask (and general registers) count all the same. */
	int (*frame_setup)(struct thread *t, gaddr sp, int sig,
			   const siginfo_t *info, gaddr handler, gaddr restorer,
			   int sa_flags, uint64_t mask);
	int (*frame_return)(struct thread *t, uint64_t *mask,
			    struct guest_altstack *altstack);

	/* t->fault.addr as the instruction made it, with bits that the
	 * hardware ignores; and what of such an address the kernel shows to
	 * handlers without SA_EXPOSE_TAGBITS. In signals/tag_*.c. */
	gaddr (*fault_address)(const struct thread *t);
	gaddr (*untagged)(gaddr addr);

	/* What a core file shows of a thread. */
	void (*core_regs)(const struct thread *t, struct core_regs *regs);

	/* What /sys shows of an identification register, by its name there. */
	uint64_t (*cpu_reg)(const char *name);
	/* /proc/cpuinfo, one processor block; returns the length. */
	size_t (*cpuinfo)(char *buf, size_t size, int cpu);

	/* What translations of this guest depend on, as a number, for
	 * codestore_start(); cpu: -cpu's argument. */
	uint64_t (*store_key)(const char *cpu);
	/* Drops translations of [lo, hi). */
	void (*code_changed)(gaddr lo, gaddr hi);
	/* The process is about to end, by its own will or a signal's. */
	void (*exiting)(void);
	/* The translator's part of thread_bury, and of process_fork_lock and
	 * _unlock. */
	void (*bury)(struct thread *t);
	void (*fork_lock)(void);
	void (*fork_unlock)(bool in_child);

	/* The dedicated vdso image of this guest. */
	const void *vdso;
	size_t vdso_size;
	uint32_t vdso_sigreturn;	/* offset of the trampoline */
};

extern const struct guest_isa guest_a64;

#endif
