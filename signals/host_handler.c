/*
 * host_handler.c - the only host signal handler.
 *
 * It runs on the thread's signal stack with all signals blocked, in the
 * middle of anything: interpreted guest code, the runtime's C code with locks
 * held, the system call window. So it only tells the three kinds apart and
 * takes notes:
 *
 *   a fault in a copy from or to the guest	continue at its error exit
 *   a fault of a guest instruction		note it in t->fault, unwind
 *   a signal that someone sent			note it, make the thread poll
 *
 * Any other fault is ferry's own: say so and die of it.
 */
#include <string.h>
#include <ucontext.h>

#include "../runtime/base/log.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "context_x64.h"
#include "internal.h"

/* Bits of the page fault error code in REG_ERR. */
#define PF_WRITE	2

/* ESR_EL1 of a data abort from EL0: exception class 0x24, 32-bit instruction,
 * write-not-read, fault status: translation level 2 or, where no table has an
 * entry for the address (and for all of the kernel's: set_thread_esr in
 * arch/arm64/mm/fault.c), level 0; permission level 3. */
#define ESR_DATA_ABORT	0x92000000u
#define ESR_WNR		0x40u
#define ESR_TRANSLATION	0x06u
#define ESR_TRANSLATION_0 0x04u
#define A64_VA_BITS	48
#define ESR_PERMISSION	0x0fu

static uintptr_t
context_pc(const ucontext_t *uc)
{
	return (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
}

/*
 * A synchronous signal with a kernel's si_code can still be one that was
 * sent: a process may queue any siginfo to itself (crash reporters pass on
 * the signal that they caught). It then arrives right behind a syscall
 * instruction, where nothing faults.
 */
static bool
is_behind_syscall(uintptr_t pc)
{
	return pc > RT_BASE + 2 && pc < RT_ALLOC_BASE &&
	       memcmp((const char *)pc - 2, "\x0f\x05", 2) == 0;
}

static bool
is_fault(const siginfo_t *info, const ucontext_t *uc)
{
	if (info->si_code <= 0 || !(SIG_BIT(info->si_signo) & SIG_SYNC_SET))
		return false;
	if (info->si_signo == SIGTRAP && info->si_code != SI_KERNEL)
		return false;
	return !is_behind_syscall(context_pc(uc));
}

/*
 * Whether an instruction that accesses memory is a guest's. Its thread is then
 * as it was before that instruction of the guest; unwind() ends it.
 */
static bool
is_at_access(struct thread *t, const ucontext_t *uc)
{
	uintptr_t pc = context_pc(uc);
	bool interpreted = process.isa->is_guest_access(pc);

	if (!interpreted && !process.isa->recover(t, pc, &uc->uc_mcontext))
		return false;
	t->retry = !interpreted;
	return true;
}

static void
unwind(struct thread *t, ucontext_t *uc)
{
	greg_t *regs = uc->uc_mcontext.gregs;

	regs[REG_RIP] = (greg_t)host_unwind;
	regs[REG_RSP] = (greg_t)t->host_sp;
	regs[REG_RDI] = (greg_t)t;
}

static void
note_guest_fault(struct thread *t, const siginfo_t *info,
		 const ucontext_t *uc)
{
	struct guest_fault *f = &t->fault;
	bool write = uc->uc_mcontext.gregs[REG_ERR] & PF_WRITE;

	f->sig = info->si_signo;
	f->code = info->si_code;
	f->addr = (gaddr)info->si_addr;
	if (f->code == SI_KERNEL) {
		/* A non-canonical address, which the host does not tell. */
		f->code = SEGV_MAPERR;
		f->addr = context_access(uc, &write);
	}
	f->far = f->addr;
	f->esr = ESR_DATA_ABORT | (write ? ESR_WNR : 0) |
		 (f->sig == SIGSEGV && f->code == SEGV_ACCERR ?
			  ESR_PERMISSION :
		  f->addr >> A64_VA_BITS ? ESR_TRANSLATION_0 : ESR_TRANSLATION);
}

/* Returning makes the instruction fault again, with the default action. */
static void
internal_error(struct thread *t, int sig, const siginfo_t *info,
	       const ucontext_t *uc)
{
	log_msg("internal error: signal %d (code %d) at host 0x%lx addr 0x%lx "
		"guest pc 0x%lx", sig, info->si_code,
		(unsigned long)context_pc(uc), (unsigned long)info->si_addr,
		(unsigned long)process.isa->pc(t));
	host_action_default(sig);
}

static bool
is_fp_trap(int sig, const siginfo_t *info)
{
	return sig == SIGFPE && info->si_code != FPE_INTDIV &&
	       info->si_code != FPE_INTOVF;
}

static void
fault(struct thread *t, int sig, const siginfo_t *info, ucontext_t *uc)
{
	greg_t *regs = uc->uc_mcontext.gregs;
	bool fp_trap = is_fp_trap(sig, info);
	uintptr_t fixup = gmem_fixup(context_pc(uc));
	uintptr_t sp = process.isa->stack_overflow(t, (uintptr_t)info->si_addr);

	if (fp_trap)
		uc->uc_mcontext.fpregs->mxcsr = process.isa->fp_trapped(
			t, uc->uc_mcontext.fpregs->mxcsr);
	if (fixup) {
		regs[REG_RIP] = (greg_t)fixup;
	} else if (sp) {
		regs[REG_RSP] = (greg_t)sp;
	} else if (is_at_access(t, uc)) {
		note_guest_fault(t, info, uc);
		unwind(t, uc);
	} else if (!fp_trap) {	/* else C code goes on: all is masked now */
		internal_error(t, sig, info, uc);
	}
}

/*
 * Makes the thread look soon, and not sleep before: in a system call, or in an
 * access of memory whose faults somebody handles by userfaultfd(2). The kernel
 * has only given that up for this handler.
 */
static void
interrupt(struct thread *t, ucontext_t *uc)
{
	uintptr_t stub = syscall_window_abort(context_pc(uc));

	t->poll = 1;
	if (stub) {
		uc->uc_mcontext.gregs[REG_RIP] = (greg_t)stub;
	} else if (!process.opt.lockstep && context_at_access(uc) &&
		   is_at_access(t, uc)) {
		t->fault.sig = 0;
		unwind(t, uc);
	}
}

/* One of the five, sent. While the guest does not block it, an ignored one
 * is gone; its handler may be about to change, which is as good as earlier
 * or later. */
static void
sent_sync(struct thread *t, int sig, const siginfo_t *info, ucontext_t *uc)
{
	if (!(t->sigmask & SIG_BIT(sig)) &&
	    t->sighand->action[sig - 1].handler == GUEST_SIG_IGN)
		return;
	if (!signals_is_called(t, info))
		held_add(t, info);
	interrupt(t, uc);
}

static void
sent_async(struct thread *t, int sig, const siginfo_t *info, ucontext_t *uc)
{
	uint64_t closed = ~SIG_SYNC_SET;

	t->pending->closed = true;
	/* The kernel's sigset_t is 8 bytes, libc's is longer. */
	memcpy(&uc->uc_sigmask, &closed, sizeof(closed));
	if (!pending_note(t, info))
		pending_requeue(sig, info);
	interrupt(t, uc);
}

void
host_handler(int sig, siginfo_t *info, void *ctx)
{
	struct thread *t = thread_self();
	ucontext_t *uc = ctx;

	if (is_fault(info, uc))
		fault(t, sig, info, uc);
	else if (SIG_BIT(sig) & SIG_SYNC_SET)
		sent_sync(t, sig, info, uc);
	else
		sent_async(t, sig, info, uc);
}
