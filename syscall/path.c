/*
 * path.c - path arguments of system calls, and the PATH rows of the table.
 *
 * The kind in a row's signature says whether the last component is followed:
 *
 *	path	always
 *	lpath	never
 *	fpath	unless the call's flags (kind f:at) hold AT_SYMLINK_NOFOLLOW
 *	rpath	only if they hold AT_SYMLINK_FOLLOW
 */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../runtime/vm/gmem.h"
#include "procfs.h"

const char *
path_get(struct path_buf *pb, gaddr src, int flags, long *err)
{
	const char *host;
	long n = gmem_strncpy(pb->guest, src, sizeof(pb->guest));

	if (n < 0) {
		*err = n;
		return NULL;
	}
	if (pb->guest[0] != '/')
		return pb->guest;
	host = sysroot_path(pb->guest, pb->host, flags);
	if (!host)
		*err = -ENAMETOOLONG;
	return host;
}

const char *
path_get_file(struct thread *t, struct path_buf *pb, gaddr src, int flags,
	      int *dirfd, long *err)
{
	const char *host = path_get(pb, src, flags, err), *proc;

	if (!host || (flags & SYSROOT_NOFOLLOW))
		return host;
	proc = procfs_path(t, *dirfd, host, pb->proc);
	if (proc != host)
		*dirfd = AT_FDCWD;
	return proc;
}

static bool
kind_is(const char *k, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(k, name, n) && (k[n] == ',' || k[n] == 0);
}

static const char *
next_kind(const char *k)
{
	while (*k && *k != ',')
		k++;
	return *k ? k + 1 : k;
}

/* The argument that holds AT_ flags, or 0. */
static unsigned int
at_flags(const struct sys_row *row, const uint64_t a[6])
{
	const char *k = row->args;

	for (int i = 0; *k; i++, k = next_kind(k))
		if (kind_is(k, "f:at"))
			return (unsigned int)a[i];
	return 0;
}

/* SYSROOT_ flags for path kind `k', -1 if it is no path. */
static int
path_flags(const char *k, unsigned int at)
{
	if (kind_is(k, "path"))
		return 0;
	if (kind_is(k, "lpath"))
		return SYSROOT_NOFOLLOW;
	if (kind_is(k, "fpath"))
		return at & AT_SYMLINK_NOFOLLOW ? SYSROOT_NOFOLLOW : 0;
	if (kind_is(k, "rpath"))
		return at & AT_SYMLINK_FOLLOW ? 0 : SYSROOT_NOFOLLOW;
	return -1;
}

long
sys_path_call(struct thread *t, const struct sys_row *row,
	      const uint64_t a[6])
{
	struct path_buf pb[2];
	const char *k = row->args;
	unsigned int at = at_flags(row, a);
	int nr = 0;
	long arg[6], err;

	for (int i = 0; i < 6; i++) {
		int flags = *k ? path_flags(k, at) : -1;

		arg[i] = (long)a[i];
		/* A null pointer is left to the kernel: utimensat, acct and
		 * swapoff each mean something else by it. */
		if (flags >= 0 && a[i] && nr < 2) {
			const char *p = path_get(&pb[nr++], a[i], flags, &err);

			if (!p)
				return err;
			arg[i] = (long)p;
		}
		k = next_kind(k);
	}
	return syscall_window(t, row->host, arg[0], arg[1], arg[2], arg[3],
			      arg[4], arg[5]);
}
