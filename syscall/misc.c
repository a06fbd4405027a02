/*
 * misc.c - what tells the guest about its machine: uname, personality, prctl.
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "seccomp.h"
#include "table.h"

#include <errno.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/utsname.h>

static void
set_name(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);

	if (n >= size)
		n = size - 1;
	memset(dst, 0, size);
	memcpy(dst, src, n);
}

long
sys_uname(struct thread *t, const uint64_t a[6])
{
	const struct process *p = t->process;
	struct utsname u;
	long ret = host_call1(SYS_uname, P(&u));

	if (ret < 0)
		return ret;
	set_name(u.machine, sizeof(u.machine), p->isa->machine);
	if (p->opt.uname_release)
		set_name(u.release, sizeof(u.release), p->opt.uname_release);
	return gmem_write(a[0], &u, sizeof(u));
}

/*
 * The host keeps it, for it is inherited by children. Two bits must not get
 * there: READ_IMPLIES_EXEC would make guest pages executable, and arm64
 * clears it on every exec of a 64-bit program anyway; PER_LINUX32 needs a
 * processor with AArch32, without which arm64 says EINVAL.
 */
long
sys_personality(struct thread *t, const uint64_t a[6])
{
	uint32_t persona = (uint32_t)a[0];

	if (persona != 0xffffffff) {
		if ((persona & PER_MASK) == PER_LINUX32)
			return -EINVAL;
		persona &= ~(uint32_t)READ_IMPLIES_EXEC;
	}
	return syscall_window(t, SYS_personality, persona, 0, 0, 0, 0, 0);
}

/* What is shared with other processes takes a lot of address space, which a
 * limit on it is not meant for. */
static void
make_room(uint32_t resource, gaddr limit)
{
	struct rlimit lim;

	if (resource == RLIMIT_AS && limit &&
	    !gmem_read(&lim, limit, sizeof(lim)) &&
	    lim.rlim_cur != RLIM_INFINITY)
		codestore_leave();
}

long
sys_setrlimit(struct thread *t, const uint64_t a[6])
{
	make_room((uint32_t)a[0], a[1]);
	return syscall_window(t, SYS_setrlimit, (long)a[0], (long)a[1], 0, 0, 0,
			      0);
}

long
sys_prlimit64(struct thread *t, const uint64_t a[6])
{
	if (!a[0] || (pid_t)a[0] == (pid_t)host_call0(SYS_getpid))
		make_room((uint32_t)a[1], a[2]);
	return syscall_window(t, SYS_prlimit64, (long)a[0], (long)a[1],
			      (long)a[2], (long)a[3], 0, 0);
}

/* prctl(2) */

static long
get_auxv(struct thread *t, const uint64_t a[6])
{
	const struct process *p = t->process;
	uint64_t size = (uint64_t)p->auxv_len * sizeof(p->auxv[0]);

	if (a[3] || a[4])
		return -EINVAL;
	if (gmem_write(a[1], p->auxv, a[2] < size ? a[2] : size))
		return -EFAULT;
	return (long)size;
}

#define GUEST_PR_TAGGED_ADDR_ENABLE 1

static long
set_tagged_addr(struct thread *t, const uint64_t a[6])
{
	if (a[2] || a[3] || a[4] || (a[1] & ~1ull))
		return -EINVAL;	/* all other bits need FEAT_MTE */
	t->process->tagged_addr = a[1] & GUEST_PR_TAGGED_ADDR_ENABLE;
	return 0;
}

static long
get_tagged_addr(struct thread *t, const uint64_t a[6])
{
	if (a[1] || a[2] || a[3] || a[4])
		return -EINVAL;
	return t->process->tagged_addr;
}

/* Programs that this one executes may have fewer rights than it. */
static long
fewer_rights(struct thread *t, const uint64_t a[6])
{
	codestore_leave();
	return syscall_window(t, SYS_prctl, (long)a[0], (long)a[1],
			      (long)a[2], (long)a[3], (long)a[4], 0);
}

/* The operations that do not go to the host, or not at once. With no function:
 * the error that an arm64 kernel gives on a processor without the feature. */
static const struct prctl_row {
	uint32_t op;
	long error;
	sys_fn *fn;
} prctl_rows[] = {
	{ 21, 0, seccomp_get },
	{ 22, 0, seccomp_set },
	{ 24, 0, fewer_rights },	/* CAPBSET_DROP */
	{ 25, -EINVAL, NULL },	/* GET_TSC: x86 only */
	{ 26, -EINVAL, NULL },	/* SET_TSC */
	{ 28, 0, fewer_rights },	/* SET_SECUREBITS */
	{ 35, -EPERM, NULL },	/* SET_MM: would describe ferry's program */
	{ 43, -EINVAL, NULL },	/* MPX_*: x86 only */
	{ 44, -EINVAL, NULL },
	{ 47, 0, fewer_rights },	/* CAP_AMBIENT */
	{ 50, -EINVAL, NULL },	/* SVE_SET_VL, SVE_GET_VL: no SVE */
	{ 51, -EINVAL, NULL },
	{ 54, -EINVAL, NULL },	/* PAC_RESET_KEYS: no PAuth */
	{ 55, 0, set_tagged_addr },
	{ 56, 0, get_tagged_addr },
	{ 59, -EINVAL, NULL },	/* SYSCALL_USER_DISPATCH: host addresses */
	{ 60, -EINVAL, NULL },	/* PAC_SET/GET_ENABLED_KEYS */
	{ 61, -EINVAL, NULL },
	{ 63, -EINVAL, NULL },	/* SME_SET_VL, SME_GET_VL: no SME */
	{ 64, -EINVAL, NULL },
	{ 65, -EINVAL, NULL },	/* SET_MDWE, GET_MDWE: ferry needs W then X */
	{ 66, -EINVAL, NULL },
	{ 74, -EINVAL, NULL },	/* *_SHADOW_STACK_STATUS: no GCS */
	{ 75, -EINVAL, NULL },
	{ 76, -EINVAL, NULL },
	{ 0x41555856, 0, get_auxv },
};

long
sys_prctl(struct thread *t, const uint64_t a[6])
{
	for (size_t i = 0; i < ARRAY_SIZE(prctl_rows); i++) {
		const struct prctl_row *r = &prctl_rows[i];

		if (r->op == (uint32_t)a[0])
			return r->fn ? r->fn(t, a) : r->error;
	}
	return syscall_window(t, SYS_prctl, (long)a[0], (long)a[1],
			      (long)a[2], (long)a[3], (long)a[4], 0);
}
