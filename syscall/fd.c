/*
 * fd.c - descriptors: duplicating, closing, fcntl, pipes, ioctl.
 *
 * ferry's own descriptors (fd.h) are not open to the guest: any of this with
 * one gives EBADF, and so does duplicating onto it, but for the store's, which
 * makes room.
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "abi.h"
#include "fd.h"
#include "seccomp.h"
#include "table.h"
#include "uring.h"
#include "xlat.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <unistd.h>

bool
fd_is_ours(int fd)
{
	const struct process *p = &process;

	if (fd < 0)
		return false;
	return fd == p->own_fd || fd == p->exe_fd || fd == codestore_fd() ||
	       (fd > STDERR_FILENO && p->opt.strace && fd == p->opt.strace_fd);
}

long
sys_close(struct thread *t, const uint64_t a[6])
{
	if (unlikely(fd_is_ours((int)a[0])))
		return -EBADF;
	uring_closed((uint32_t)a[0], (uint32_t)a[0]);
	return syscall_window(t, SYS_close, (long)a[0], 0, 0, 0, 0, 0);
}

/* Our lowest descriptor in [lo, hi], or -1. */
static long
first_of_ours(uint32_t lo, uint32_t hi)
{
	const struct process *p = &process;
	const int fd[] = { p->own_fd, p->exe_fd, codestore_fd(),
			   p->opt.strace_fd };
	long first = -1;

	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		if (fd[i] >= 0 && fd_is_ours(fd[i]) && (uint32_t)fd[i] >= lo &&
		    (uint32_t)fd[i] <= hi &&
		    (first < 0 || fd[i] < first))
			first = fd[i];
	return first;
}

/* Closes all but our own: the ranges between them. */
long
sys_close_range(struct thread *t, const uint64_t a[6])
{
	uint32_t lo = (uint32_t)a[0], hi = (uint32_t)a[1];
	long ours, ret;

	if (lo > hi)
		return -EINVAL;
	if (!(a[2] & CLOSE_RANGE_CLOEXEC))
		uring_closed(lo, hi);
	while ((ours = first_of_ours(lo, hi)) >= 0) {
		ret = ours == lo ? 0 : host_call3(436, lo, ours - 1,
						  (long)a[2]);
		if (ret < 0 || ours == hi)
			return ret;
		lo = (uint32_t)ours + 1;
	}
	return syscall_window(t, 436, lo, hi, (long)a[2], 0, 0, 0);
}

long
sys_dup(struct thread *t, const uint64_t a[6])
{
	long ret;

	if (unlikely(fd_is_ours((int)a[0])))
		return -EBADF;
	ret = syscall_window(t, SYS_dup, (long)a[0], 0, 0, 0, 0, 0);
	uring_duped((int)a[0], ret);
	return ret;
}

long
sys_dup3(struct thread *t, const uint64_t a[6])
{
	long ret;

	if (unlikely(fd_is_ours((int)a[0])))
		return -EBADF;
	if (unlikely(fd_is_ours((int)a[1])) && !codestore_yield_fd((int)a[1]))
		return -EBADF;
	ret = syscall_window(t, SYS_dup3, (long)a[0], (long)a[1],
			     (long)xlat_open_to_host((uint32_t)a[2]), 0, 0, 0);
	uring_duped((int)a[0], ret);
	return ret;
}

long
sys_pipe2(struct thread *t, const uint64_t a[6])
{
	return syscall_window(t, SYS_pipe2, (long)a[0],
			      (long)xlat_open_to_host((uint32_t)a[1]), 0, 0, 0,
			      0);
}

long
sys_fcntl(struct thread *t, const uint64_t a[6])
{
	uint64_t arg = a[2];
	long ret;

	if (unlikely(fd_is_ours((int)a[0])))
		return -EBADF;
	if ((uint32_t)a[1] == F_SETFL)
		arg = xlat_open_to_host((uint32_t)arg);
	ret = syscall_window(t, SYS_fcntl, (long)a[0], (long)a[1], (long)arg,
			     0, 0, 0);
	if ((uint32_t)a[1] == F_DUPFD || (uint32_t)a[1] == F_DUPFD_CLOEXEC)
		uring_duped((int)a[0], ret);
	else if ((uint32_t)a[1] == F_GETFL && ret >= 0)
		ret = (long)xlat_open_to_guest((uint64_t)ret);
	return ret;
}

static long
pass_ioctl(struct thread *t, const uint64_t a[6], uint64_t arg)
{
	return syscall_window(t, SYS_ioctl, (long)a[0], (long)(uint32_t)a[1],
			      (long)arg, 0, 0, 0);
}

static long
loop_set_status(struct thread *t, const uint64_t a[6])
{
	struct guest_loop_info g;
	struct host_loop_info h;

	if (gmem_read(&g, a[2], sizeof(g)))
		return -EFAULT;
	xlat_loop_to_host(&h, &g);
	return pass_ioctl(t, a, (uint64_t)&h);
}

static long
loop_get_status(struct thread *t, const uint64_t a[6])
{
	struct guest_loop_info g;
	struct host_loop_info h;
	long ret = pass_ioctl(t, a, (uint64_t)&h);

	if (ret < 0)
		return ret;
	xlat_loop_to_guest(&g, &h);
	return gmem_write(a[2], &g, sizeof(g)) ? -EFAULT : ret;
}

static long
open_flags(struct thread *t, const uint64_t a[6])
{
	return pass_ioctl(t, a, xlat_open_to_host((uint32_t)a[2]));
}

/* The requests whose arguments differ. All others, drivers' own included,
 * are the same on all 64-bit little-endian machines. */
static const struct ioctl_row {
	uint32_t request;
	long (*fn)(struct thread *t, const uint64_t a[6]);
} ioctl_rows[] = {
	{ 0x4c02, loop_set_status },	/* LOOP_SET_STATUS */
	{ 0x4c03, loop_get_status },	/* LOOP_GET_STATUS */
	{ 0x5441, open_flags },		/* TIOCGPTPEER */
	{ 0xc0502100, seccomp_ioctl_recv },	/* SECCOMP_IOCTL_NOTIF_RECV */
	{ 0xc0182101, seccomp_ioctl_send },	/* SECCOMP_IOCTL_NOTIF_SEND */
};

#define IOC_TYPE_KVM 0xae

long
sys_ioctl(struct thread *t, const uint64_t a[6])
{
	uint32_t request = (uint32_t)a[1];

	if (unlikely(fd_is_ours((int)a[0])))
		return -EBADF;
	for (size_t i = 0; i < ARRAY_SIZE(ioctl_rows); i++)
		if (ioctl_rows[i].request == request)
			return ioctl_rows[i].fn(t, a);
	/* KVM would offer the host's processor, not the guest's. */
	if ((request >> 8 & 0xff) == IOC_TYPE_KVM)
		return -ENOTTY;
	return pass_ioctl(t, a, a[2]);
}
