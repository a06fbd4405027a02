/*
 * deliver.c - what becomes of a signal: nothing, the default action, death,
 * or a frame on the guest's stack and a jump to its handler.
 *
 * The order of things and the masks follow the kernel's kernel/signal.c and
 * arch/arm64/kernel/signal.c: several signals that are pending at once each
 * get a frame, the last one's handler runs first.
 */
#include <asm/ioctls.h>
#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "internal.h"

#define GUEST_SA_EXPOSE_TAGBITS 0x00000800u
#define GUEST_SA_RESTART	0x10000000u
#define GUEST_SA_NODEFER	0x40000000u

bool (*signals_dump_core)(struct thread *t, const siginfo_t *info);

static void force(struct thread *t, const siginfo_t *info);

/* Ends with the signal's default action, which nothing catches. */
static _Noreturn void
die(struct thread *t, const siginfo_t *info)
{
	static const struct rlimit no_core;
	int sig = info->si_signo;
	uint64_t set = SIG_BIT(sig);

	if (t->process->opt.strace)
		trace_killed(sig);
	if (!t->vfork_child)
		process.isa->exiting();
	/* A core file of ferry would mislead. */
	if (!(set & SIG_CORE_SET) || !signals_dump_core ||
	    !signals_dump_core(t, info))
		host_call2(SYS_setrlimit, RLIMIT_CORE, P(&no_core));
	host_action_default(sig);
	host_call3(SYS_tgkill, host_call0(SYS_getpid), host_call0(SYS_gettid),
		   sig);
	host_call4(SYS_rt_sigprocmask, SIG_UNBLOCK, P(&set), 0, SIGSET_SIZE);
	/* The init process of a pid namespace does not die of signals. */
	for (;;)
		host_call1(SYS_exit_group, 128 + sig);
}

_Noreturn void
signals_die(struct thread *t, int sig)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	die(t, &info);
}

/* The texts of libc's strsignal(), which qemu-user prints. */
static const char *const core_text[NSIG_GUEST + 1] = {
	[SIGQUIT] = "Quit",
	[SIGILL] = "Illegal instruction",
	[SIGTRAP] = "Trace/breakpoint trap",
	[SIGABRT] = "Aborted",
	[SIGBUS] = "Bus error",
	[SIGFPE] = "Floating point exception",
	[SIGSEGV] = "Segmentation fault",
	[SIGXCPU] = "CPU time limit exceeded",
	[SIGXFSZ] = "File size limit exceeded",
	[SIGSYS] = "Bad system call",
};

/*
 * Says so as users of qemu-user know it, if the program did not ask for it: a
 * signal that was sent, as by abort(), is told to a terminal only. Standard
 * error is the program's, and many a test suite reads there what a program
 * said that kills itself (Python's test_faulthandler).
 */
static bool
is_told(const siginfo_t *info)
{
	char termios[64];

	return info->si_code > 0 ||
	       host_call3(SYS_ioctl, 2, TCGETS, P(termios)) == 0;
}

static _Noreturn void
die_uncaught(struct thread *t, const siginfo_t *info)
{
	if (!is_told(info))
		die(t, info);
	log_msg("uncaught target signal %d (%s) - core dumped", info->si_signo,
		core_text[info->si_signo]);
	die(t, info);
}

/* Also if it was sent: the kernel goes by number and code. */
static bool
has_fault_address(const siginfo_t *info)
{
	return info->si_code > 0 && info->si_code < SI_KERNEL &&
	       SIG_BIT(info->si_signo) & SIG_SYNC_SET;
}

/* The kernel's hide_si_addr_tag_bits(); arm64 leaves breakpoints alone. */
static void
hide_tag(siginfo_t *info)
{
	gaddr addr = (gaddr)info->si_addr;

	if (has_fault_address(info) &&
	    (info->si_signo != SIGTRAP || info->si_code != TRAP_BRKPT))
		info->si_addr = (void *)process.isa->untagged(addr);
}

/* Builds the frame and makes the handler's mask the guest's. */
static int
enter_handler(struct thread *t, int sig, const siginfo_t *info,
	      const struct guest_sigaction *a)
{
	uint64_t old = t->restore_sigmask ? t->saved_sigmask : t->sigmask;
	uint64_t mask = t->sigmask | a->mask;
	siginfo_t shown = *info;
	int r;

	if (!(a->flags & GUEST_SA_EXPOSE_TAGBITS))
		hide_tag(&shown);
	r = process.isa->frame_setup(t, altstack_frame_top(t, a->flags), sig,
				     &shown, a->handler, a->restorer,
				     (int)a->flags, old);
	if (r < 0)
		return r;
	t->restore_sigmask = false;
	if (!(a->flags & GUEST_SA_NODEFER))
		mask |= SIG_BIT(sig);
	if (mask != t->sigmask)
		t->pending->closed = true;	/* to be set by deliver */
	t->sigmask = mask;
	altstack_disarm(t);
	return 0;
}

/* The frame did not fit: the kernel's force_sigsegv. */
static void
frame_failed(struct thread *t, int sig)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = SIGSEGV;
	info.si_code = SI_KERNEL;
	if (sig == SIGSEGV)
		die_uncaught(t, &info);
	force(t, &info);
}

/*
 * The default action is the host kernel's: the signal goes back to it, and
 * is acted on when the mask opens. Only those with core files, which the host
 * would give to us again, end here.
 */
static void
default_action(struct thread *t, int sig, const siginfo_t *info)
{
	if (SIG_BIT(sig) & SIG_CORE_SET)
		die_uncaught(t, info);
	signals_block_all(NULL);
	t->pending->closed = true;
	pending_requeue(sig, info);
}

static void
settle_restart(struct thread *t, const struct guest_sigaction *a)
{
	if (!t->restart)
		return;
	t->restart = false;
	if (a->flags & GUEST_SA_RESTART)
		process.isa->syscall_restart(t);
	else
		process.isa->syscall_result(t, -EINTR);
}

static void
deliver(struct thread *t, int sig, const siginfo_t *info)
{
	struct guest_sigaction a = action_take(t, sig);

	if (a.handler == GUEST_SIG_IGN)
		return;
	if (a.handler == GUEST_SIG_DFL) {
		default_action(t, sig, info);
		return;
	}
	if (t->process->opt.strace)
		trace_signal(info);
	settle_restart(t, &a);
	if (enter_handler(t, sig, info, &a) < 0)
		frame_failed(t, sig);
}

static bool
is_something_pending(const struct thread *t)
{
	const struct sig_pending *p = t->pending;

	return p->head != p->tail || signals_held(t) & ~t->sigmask;
}

/* Another thread writes the core file, and ends the process then. */
static _Noreturn void
park(struct thread *t)
{
	signals_block_all(NULL);
	t->parked = true;
	for (;;)
		host_call0(SYS_pause);
}

/* A tracer in the same memory holds the thread, as long as it lives. */
static void
stand_still(struct thread *t)
{
	static const struct timespec look = { .tv_nsec = 100000000 };
	uint32_t asked = STOP_ASKED;
	uint64_t old;

	signals_block_all(&old);
	__atomic_compare_exchange_n(&t->stop, &asked, STOP_DONE, false,
				    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	while (t->stop == STOP_DONE) {
		long r = host_call6(SYS_futex, P(&t->stop), FUTEX_WAIT,
				    STOP_DONE, P(&look), 0, 0);

		if (r == -ETIMEDOUT &&
		    host_call3(SYS_tgkill, t->tracer_pid, t->tracer_tid, 0) ==
			    -ESRCH) {
			t->tracer_tid = 0;
			t->stop = STOP_NONE;
		}
	}
	signals_unblock(old);
}

void
signals_deliver(struct thread *t)
{
	siginfo_t info;
	int sig;

	if (unlikely(process.dumping))
		park(t);
	t->poll = 0;
	if (unlikely(t->stop))
		stand_still(t);
	do {
		while ((sig = pending_take(t, &info)))
			deliver(t, sig, &info);
		if (t->restart) {
			t->restart = false;
			process.isa->syscall_restart(t);
		}
		if (t->restore_sigmask) {
			t->restore_sigmask = false;
			t->sigmask = t->saved_sigmask;
			t->pending->closed = true;
		}
		if (t->pending->closed)
			pending_open(t);
	} while (is_something_pending(t));
	if (unlikely(signals_held(t)))
		held_pass_on(t);
}

/* The kernel's force_sig_info: cannot be blocked or ignored. */
static void
force(struct thread *t, const siginfo_t *info)
{
	int sig = info->si_signo;
	struct guest_sigaction a = action_get(t, sig);

	if (t->process->opt.strace)
		trace_signal(info);
	if (a.handler <= GUEST_SIG_IGN || t->sigmask & SIG_BIT(sig))
		die_uncaught(t, info);
	a = action_take(t, sig);
	if (enter_handler(t, sig, info, &a) < 0)
		frame_failed(t, sig);
}

void
signals_force(struct thread *t, const siginfo_t *info)
{
	force(t, info);
	if (t->pending->closed)
		signals_deliver(t);
}

static void
raise_fault(struct thread *t, gaddr addr)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = t->fault.sig;
	info.si_code = t->fault.code;
	/* guest addresses are host addresses */
	info.si_addr = (void *)addr;
	signals_force(t, &info);
}

void
signals_fault(struct thread *t)
{
	gaddr addr = process.isa->fault_address(t);

	if (addr != t->fault.addr)
		t->fault.far = process.isa->untagged(addr);
	raise_fault(t, addr);
}

/* As arm64_notify_segfault(): at the new sp if the frame got that far, and with
 * the record of the last exception as it was. */
static void
bad_frame(struct thread *t)
{
	gaddr lo, hi, sp = process.isa->sp(t);

	t->fault.sig = SIGSEGV;
	t->fault.code = gmem_query(sp, &lo, &hi) < 0 ? SEGV_MAPERR :
						       SEGV_ACCERR;
	raise_fault(t, sp);
}

void
signals_return(struct thread *t)
{
	struct guest_altstack altstack;
	uint64_t mask;
	int r = process.isa->frame_return(t, &mask, &altstack);

	if (r != -EFAULT) {
		signals_set_mask(t, mask);
		if (!t->pending->closed)
			pending_open(t);
	}
	if (r < 0)
		bad_frame(t);
	else
		altstack_restore(t, &altstack);
}
