/*
 * file.c - calls that take a path and need more than the sysroot, and stat.
 *
 * O_ flags differ between the guests and x86-64, struct stat does, and some
 * files under /proc are ferry's to answer (procfs.h).
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "abi.h"
#include "fd.h"
#include "path.h"
#include "procfs.h"
#include "xlat.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static bool
open_follows(uint64_t host_flags)
{
	return !(host_flags & O_NOFOLLOW) &&
	       (host_flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
}

long
sys_openat(struct thread *t, const uint64_t a[6])
{
	uint64_t flags = xlat_open_to_host((uint32_t)a[2]);
	int follow = open_follows(flags) ? 0 : SYSROOT_NOFOLLOW;
	int dirfd = (int)a[0];
	struct path_buf pb;
	const char *path;
	long ret;

	path = path_get(t, &pb, dirfd, a[1], follow, &ret);
	if (!path)
		return ret;
	ret = procfs_open(t, dirfd, path, (int)flags);
	if (ret != PROCFS_PASS)
		return ret;
	return syscall_window(t, SYS_openat, dirfd, P(path), (long)flags,
			      (long)a[3], 0, 0);
}

/* resolve flags keep the walk below dirfd: no sysroot and no /proc then. */
long
sys_openat2(struct thread *t, const uint64_t a[6])
{
	struct abi_open_how how;
	struct path_buf pb;
	const char *path;
	uint64_t size = a[3];
	int dirfd = (int)a[0];
	long ret;
	uint8_t tail[64];

	if (size < sizeof(how))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (gmem_read(&how, a[2], sizeof(how)))
		return -EFAULT;
	/* A longer structure is fine if the rest is zero. */
	for (uint64_t off = sizeof(how); off < size; off += sizeof(tail)) {
		uint64_t n = size - off < sizeof(tail) ? size - off
						       : sizeof(tail);

		if (gmem_read(tail, a[2] + off, n))
			return -EFAULT;
		for (uint64_t i = 0; i < n; i++)
			if (tail[i])
				return -E2BIG;
	}
	how.flags = xlat_open_to_host(how.flags);
	if (how.resolve)
		return syscall_window(t, 437, dirfd, (long)a[1], P(&how),
				      sizeof(how), 0, 0);
	path = path_get(t, &pb, dirfd, a[1],
			open_follows(how.flags) ? 0 : SYSROOT_NOFOLLOW, &ret);
	if (!path)
		return ret;
	if (!(how.flags >> 32)) {
		ret = procfs_open(t, dirfd, path, (int)how.flags);
		if (ret != PROCFS_PASS)
			return ret;
	}
	return syscall_window(t, 437, dirfd, P(path), P(&how), sizeof(how), 0,
			      0);
}

long
sys_open_by_handle_at(struct thread *t, const uint64_t a[6])
{
	return syscall_window(t, SYS_open_by_handle_at, (long)a[0], (long)a[1],
			      (long)xlat_open_to_host((uint32_t)a[2]), 0, 0,
			      0);
}

long
sys_fanotify_init(struct thread *t, const uint64_t a[6])
{
	return syscall_window(t, SYS_fanotify_init, (long)a[0],
			      (long)xlat_open_to_host((uint32_t)a[1]), 0, 0, 0,
			      0);
}

long
sys_readlinkat(struct thread *t, const uint64_t a[6])
{
	struct path_buf pb;
	const char *path;
	int size = (int)a[3];
	long ret;

	path = path_get(t, &pb, (int)a[0], a[1], SYSROOT_NOFOLLOW, &ret);
	if (!path)
		return ret;
	if (size > 0) {
		size_t n = (size_t)size < sizeof(pb.proc) ? (size_t)size
							  : sizeof(pb.proc);

		ret = procfs_readlink(t, (int)a[0], path, pb.proc, n);
		if (ret != PROCFS_PASS) {
			if (ret > 0 && gmem_write(a[2], pb.proc, (size_t)ret))
				return -EFAULT;
			return ret;
		}
	}
	return syscall_window(t, SYS_readlinkat, (long)a[0], P(path),
			      (long)a[2], size, 0, 0);
}

long
sys_faccessat(struct thread *t, const uint64_t a[6])
{
	struct path_buf pb;
	int dirfd = (int)a[0];
	long ret;
	const char *path = path_get_file(t, &pb, a[1], 0, &dirfd, &ret);

	if (!path)
		return ret;
	return syscall_window(t, SYS_faccessat, dirfd, P(path), (long)a[2], 0,
			      0, 0);
}

static int
at_follow(uint64_t at)
{
	return at & AT_SYMLINK_NOFOLLOW ? SYSROOT_NOFOLLOW : 0;
}

long
sys_faccessat2(struct thread *t, const uint64_t a[6])
{
	struct path_buf pb;
	int dirfd = (int)a[0];
	long ret;
	const char *path = path_get_file(t, &pb, a[1], at_follow(a[3]), &dirfd,
					 &ret);

	if (!path)
		return ret;
	return syscall_window(t, 439, dirfd, P(path), (long)a[2], (long)a[3],
			      0, 0);
}

long
sys_statx(struct thread *t, const uint64_t a[6])
{
	struct path_buf pb;
	int dirfd = (int)a[0];
	const char *path = NULL;
	long ret;

	/* No path at all is allowed with AT_EMPTY_PATH. */
	if (a[1]) {
		path = path_get_file(t, &pb, a[1], at_follow(a[2]), &dirfd,
				     &ret);
		if (!path)
			return ret;
	} else if (unlikely(fd_is_ours(dirfd))) {
		return -EBADF;
	}
	return syscall_window(t, SYS_statx, dirfd, P(path), (long)a[2],
			      (long)a[3], (long)a[4], 0);
}

static long
put_stat(long ret, const struct stat *st, gaddr dst)
{
	struct guest_stat g;

	if (ret < 0)
		return ret;
	xlat_stat_to_guest(&g, st);
	return gmem_write(dst, &g, sizeof(g));
}

long
sys_newfstatat(struct thread *t, const uint64_t a[6])
{
	struct path_buf pb;
	int dirfd = (int)a[0];
	const char *path = NULL;
	struct stat st;
	long ret;

	if (a[1]) {
		path = path_get_file(t, &pb, a[1], at_follow(a[3]), &dirfd,
				     &ret);
		if (!path)
			return ret;
	} else if (unlikely(fd_is_ours(dirfd))) {
		return -EBADF;
	}
	ret = syscall_window(t, SYS_newfstatat, dirfd, P(path), P(&st),
			     (long)a[3], 0, 0);
	if (ret == 0 && path && !*path)
		codestore_seen(&st);
	return put_stat(ret, &st, a[2]);
}

long
sys_fstat(struct thread *t, const uint64_t a[6])
{
	struct stat st;
	long ret;

	if (unlikely(fd_is_ours((int)a[0])))
		return -EBADF;
	ret = syscall_window(t, SYS_fstat, (long)a[0], P(&st), 0, 0, 0, 0);
	if (ret == 0)
		codestore_seen(&st);
	return put_stat(ret, &st, a[1]);
}

/* Asked with a buffer of our own: the host's answer is longer than the
 * guest's by the sysroot. */
long
sys_getcwd(struct thread *t, const uint64_t a[6])
{
	char buf[PATH_MAX];
	const char *cwd;
	size_t len;
	long ret;

	if (!t->process->opt.sysroot)
		return syscall_window(t, SYS_getcwd, (long)a[0], (long)a[1], 0,
				      0, 0, 0);
	ret = host_call2(SYS_getcwd, P(buf), sizeof(buf));
	if (ret < 0)
		return ret;
	cwd = sysroot_strip(buf);
	len = strlen(cwd) + 1;
	if (len > a[1])
		return -ERANGE;
	if (gmem_write(a[0], cwd, len))
		return -EFAULT;
	return (long)len;
}
