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

#include "../runtime/base/log.h"
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "fd.h"
#include "procfs.h"

/* The guest's name of a directory, without the slash of "/", into buf. */
static bool
name_of(int dirfd, char buf[PATH_MAX], bool *in_sysroot)
{
	const char *name;
	char link[32];
	long n;

	if (dirfd == AT_FDCWD)
		fmt_print(link, sizeof(link), "/proc/self/cwd");
	else
		fmt_print(link, sizeof(link), "/proc/self/fd/%d", dirfd);
	n = host_call4(SYS_readlinkat, AT_FDCWD, P(link), P(buf), PATH_MAX);
	if (n <= 0 || n >= PATH_MAX || buf[0] != '/')
		return false;
	buf[n] = '\0';
	name = sysroot_strip(buf);
	*in_sysroot = name != buf;
	memmove(buf, name, strlen(name) + 1);
	if (!buf[1])
		buf[0] = '\0';
	return true;
}

/* Puts the name of its directory before the relative path in pb->guest. */
static bool
make_absolute(struct path_buf *pb, int dirfd)
{
	size_t n = strlen(pb->guest), dir;
	bool in_sysroot;

	if (!name_of(dirfd, pb->host, &in_sysroot))
		return false;
	dir = strlen(pb->host);
	if (dir + 1 + n >= sizeof(pb->guest))
		return false;
	memmove(pb->guest + dir + 1, pb->guest, n + 1);
	memcpy(pb->guest, pb->host, dir);
	pb->guest[dir] = '/';
	return true;
}

static const char *
get_by_name(struct path_buf *pb, int dirfd, int flags)
{
	char buf[PATH_MAX];
	const char *host;

	if (pb->guest[0] != '/') {
		if (!pb->guest[0] || !make_absolute(pb, dirfd))
			return pb->guest;
		flags |= SYSROOT_JOINED;
	}
	host = sysroot_path(pb->guest, pb->host, flags);
	if (!host || sysroot_follow(host, buf, flags) != buf)
		return host;
	return memcpy(pb->host, buf, strlen(buf) + 1);
}

/* Whether a link would be followed on the way of a relative path, which is
 * the same again when it returns. */
static bool
meets_link(int dirfd, char *path, int flags)
{
	char *s = path, target, end;
	long r;

	for (;;) {
		s += strspn(s, "/");
		if (!*s)
			return false;
		s += strcspn(s, "/");
		end = *s;
		if (!end && flags & SYSROOT_NOFOLLOW)
			return false;
		*s = '\0';
		r = host_call4(SYS_readlinkat, dirfd, P(path), P(&target), 1);
		*s = end;
		if (r > 0)
			return true;
		if (r != -EINVAL)
			return false;
	}
}

/*
 * A relative path: the host resolves it, from the directory that it is
 * relative to, unless it leads over a link into the sysroot: an absolute link
 * would take the host to what it has under this name.
 */
static const char *
get_relative(struct path_buf *pb, int dirfd, int flags)
{
	const char *host;

	if (!meets_link(dirfd, pb->guest, flags))
		return pb->guest;
	memcpy(pb->proc, pb->guest, strlen(pb->guest) + 1);
	host = get_by_name(pb, dirfd, flags);
	if (host && sysroot_strip(host) != host)
		return host;
	return memcpy(pb->guest, pb->proc, strlen(pb->proc) + 1);
}

const char *
path_get(struct thread *t, struct path_buf *pb, int dirfd, gaddr src,
	 int flags, long *err)
{
	const char *host;
	long n = gmem_strncpy(pb->guest, src, sizeof(pb->guest));

	if (n < 0) {
		*err = n;
		return NULL;
	}
	if (pb->guest[0] != '/' && unlikely(fd_is_ours(dirfd))) {
		*err = -EBADF;
		return NULL;
	}
	if (!process.opt.sysroot)
		return pb->guest;
	if (pb->guest[0] != '/' && !t->by_name)
		return get_relative(pb, dirfd, flags);
	host = get_by_name(pb, dirfd, flags);
	if (!host)
		*err = -ENAMETOOLONG;
	return host;
}

const char *
path_get_file(struct thread *t, struct path_buf *pb, gaddr src, int flags,
	      int *dirfd, long *err)
{
	const char *host = path_get(t, pb, *dirfd, src, flags, err);
	const char *proc;

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

/* The descriptor that path argument i of a row is relative to. */
static int
path_dirfd(const char *kind_before, const uint64_t a[6], int i)
{
	return i > 0 && kind_is(kind_before, "dirfd") ? (int)a[i - 1]
						      : AT_FDCWD;
}

/* Whether a link on the way of a host path, which is changed, leads nowhere
 * that the host has. */
static bool
has_broken_link(int dirfd, char *path)
{
	char target[1], *slash;

	for (;;) {
		long n = host_call4(SYS_readlinkat, dirfd, P(path), P(target),
				    sizeof(target));

		if (n > 0)
			return target[0] == '/' ||
			       host_call3(SYS_faccessat, dirfd, P(path), F_OK);
		if (n != -ENOENT)
			return false;
		slash = strrchr(path, '/');
		if (!slash || slash == path)
			return false;
		*slash = '\0';
	}
}

static bool
may_be_elsewhere(struct thread *t, int dirfd, gaddr src)
{
	struct path_buf pb;
	const char *host;
	bool in_sysroot;
	long err;

	host = path_get(t, &pb, dirfd, src, SYSROOT_NOFOLLOW, &err);
	if (!host || !host[0])
		return false;
	if (host[0] != '/') {
		if (name_of(dirfd, pb.proc, &in_sysroot) && in_sysroot)
			return true;
	} else if (sysroot_strip(host) != host) {
		return false;
	}
	return has_broken_link(dirfd, host == pb.host ? pb.host : pb.guest);
}

bool
path_may_be_elsewhere(struct thread *t, const struct sys_row *row,
		      const uint64_t a[6])
{
	const char *k = row->args, *before = k;

	for (int i = 0; *k; i++, before = k, k = next_kind(k))
		if (path_flags(k, 0) >= 0 && a[i] &&
		    may_be_elsewhere(t, path_dirfd(before, a, i), a[i]))
			return true;
	return false;
}

long
sys_path_call(struct thread *t, const struct sys_row *row,
	      const uint64_t a[6])
{
	struct path_buf pb[2];
	const char *k = row->args, *before = k;
	unsigned int at = at_flags(row, a);
	int nr = 0;
	long arg[6], err;

	for (int i = 0; i < 6; i++) {
		int flags = *k ? path_flags(k, at) : -1;

		arg[i] = (long)a[i];
		/* A null pointer is left to the kernel: utimensat, acct and
		 * swapoff each mean something else by it. */
		if (flags >= 0 && a[i] && nr < 2) {
			int dirfd = path_dirfd(before, a, i);
			int from = dirfd;
			const char *p = path_get_file(t, &pb[nr++], a[i],
						      flags, &from, &err);

			/* What cannot be read the kernel says, in its order. */
			if (p)
				arg[i] = (long)p;
			else if (err != -EFAULT)
				return err;
			if (from != dirfd)
				arg[i - 1] = from;
		}
		before = k;
		k = next_kind(k);
	}
	return syscall_window(t, row->host, arg[0], arg[1], arg[2], arg[3],
			      arg[4], arg[5]);
}
