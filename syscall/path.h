/*
 * path.h - path arguments of system calls.
 *
 * A guest's path is copied only when someone has to look at it: when there is
 * a sysroot, or when the call may name one of the files under /proc that
 * procfs.h replaces. The buffers are the caller's, on its stack.
 *
 * Any thread; not in signal handlers.
 */
#ifndef FERRY_SYSCALL_PATH_H
#define FERRY_SYSCALL_PATH_H

#include <limits.h>

#include "../runtime/vm/sysroot.h"
#include "../runtime/vm/thread.h"
#include "table.h"

struct path_buf {
	char guest[PATH_MAX];	/* as the guest wrote it */
	char host[PATH_MAX];	/* when it is another one */
	char proc[PATH_MAX];	/* when procfs_path() replaced it */
};

/*
 * Reads the path at `src' and looks it up under the sysroot; `flags' is 0 or
 * SYSROOT_NOFOLLOW. The result is the host's path, in pb or static. NULL and
 * -errno in *err if it cannot be read or is too long. `dirfd' is where a
 * relative path begins; it counts when the call is made by name (below).
 */
const char *path_get(struct thread *t, struct path_buf *pb, int dirfd,
		     gaddr src, int flags, long *err);

/*
 * The same for a call that looks at a file: own exe links under /proc, if
 * followed, become the guest's program; *dirfd is then AT_FDCWD.
 */
const char *path_get_file(struct thread *t, struct path_buf *pb, gaddr src,
			  int flags, int *dirfd, long *err);

/*
 * The host's kernel walks a path of the host, and each relative one, without
 * help. When it has not found what it was asked for, the guest may have meant
 * something else: "tmp" in a directory "/" that is the sysroot's, or what an
 * absolute link outside the sysroot names inside it. True if so; the call is
 * then to be made once more, by name: with t->by_name set, relative paths are
 * looked up as absolute ones, under the name that the guest has for their
 * directory, and links are followed as the guest would.
 */
bool path_may_be_elsewhere(struct thread *t, const struct sys_row *row,
			   const uint64_t a[6]);

/* The PATH rows: makes the host's call with each path argument of the row's
 * signature looked up. Only needed when there is a sysroot. */
long sys_path_call(struct thread *t, const struct sys_row *row,
		   const uint64_t a[6]);

#endif
