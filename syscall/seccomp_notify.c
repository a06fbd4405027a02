/*
 * seccomp_notify.c - filters that ask another process (SECCOMP_RET_USER_NOTIF).
 *
 * The kernel's own listener is used, with all that it can do: the descriptor
 * can be polled and passed on, other descriptors be added, signals and deaths
 * be handled. For that the host gets a filter which only notifies of calls
 * with numbers that do not exist, one range for each listener; when a guest's
 * filter wants its listener asked, ferry makes such a call, whose number holds
 * the guest's. The guest that listens is shown what its kernel would show.
 *
 * `Let it happen' (SECCOMP_USER_NOTIF_FLAG_CONTINUE) would let the kernel make
 * a call that does not exist: it becomes an error that no one else gives.
 */
#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "../runtime/vm/guest_isa.h"
#include "table.h"

#define RANGE_BASE	0x20000000u	/* | listener << RANGE_SHIFT | number */
#define RANGE_SHIFT	12
#define RANGE_MASK	(~0u << RANGE_SHIFT)
#define RANGES		(RANGE_BASE >> RANGE_SHIFT)

#define CONTINUE_ERROR	4094	/* no errno */

long
seccomp_listen(const struct thread *t, uint32_t flags, uint32_t *notify)
{
	const struct seccomp_filter *f;
	uint32_t nr = 0;

	for (f = t->seccomp; f; f = f->prev)
		nr += f->notify != 0;
	if (nr == RANGES)
		return -EBUSY;
	*notify = RANGE_BASE | nr << RANGE_SHIFT;

	struct bpf_insn insn[] = {
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 0 },
		{ BPF_ALU | BPF_AND | BPF_K, 0, 0, RANGE_MASK },
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, *notify },
		{ BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF },
		{ BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW },
	};
	struct {
		uint16_t len;
		const void *insn;
	} prog = { ARRAY_SIZE(insn), insn };

	return host_call3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags,
			  P(&prog));
}

bool
seccomp_notify(struct thread *t, uint32_t notify, long nr,
	       const uint64_t a[6], long *ret)
{
	if ((unsigned long)nr & RANGE_MASK) {	/* no such call anyway */
		*ret = -ENOSYS;
		return false;
	}
	*ret = syscall_window(t, (long)(notify | (uint32_t)nr), (long)a[0],
			      (long)a[1], (long)a[2], (long)a[3], (long)a[4],
			      (long)a[5]);
	return *ret == -CONTINUE_ERROR;
}

static long
pass(struct thread *t, const uint64_t a[6], uint64_t arg)
{
	return syscall_window(t, SYS_ioctl, (long)a[0], (long)(uint32_t)a[1],
			      (long)arg, 0, 0, 0);
}

long
seccomp_ioctl_recv(struct thread *t, const uint64_t a[6])
{
	struct seccomp_notif n;
	long ret = pass(t, a, a[2]);

	if (ret || gmem_read(&n, a[2], sizeof(n)) ||
	    n.data.arch != AUDIT_ARCH_X86_64 ||
	    !((uint32_t)n.data.nr & RANGE_BASE))
		return ret;
	n.data.nr &= (int)~RANGE_MASK;
	n.data.arch = process.isa->audit_arch;
	n.data.instruction_pointer = 0;	/* not known here */
	return gmem_write(a[2], &n, sizeof(n)) ? -EFAULT : ret;
}

long
seccomp_ioctl_send(struct thread *t, const uint64_t a[6])
{
	struct seccomp_notif_resp r;

	if (gmem_read(&r, a[2], sizeof(r)))
		return pass(t, a, a[2]);
	if (r.flags == SECCOMP_USER_NOTIF_FLAG_CONTINUE && !r.error && !r.val) {
		r.flags = 0;
		r.error = -CONTINUE_ERROR;
	}
	return pass(t, a, (uint64_t)&r);
}
