/*
 * procfs.h - the files under /proc that tell the machine or the program.
 *
 * The host's /proc describes ferry: its executable, its mappings, an x86
 * processor. The calls below are asked by the handlers of path system calls
 * before they go to the host, with the path as sysroot_path() left it (or
 * relative, with its dirfd). They are cheap for every path whose last
 * component is not one of a dozen names.
 *
 * The process's own files are replaced through any of their names:
 * /proc/self, /proc/thread-self, /proc/<pid>, .../task/<tid>, and relative to
 * a descriptor or working directory in there.
 *
 * `path' is our copy of the guest's string, not a guest pointer. Any thread,
 * not in signal handlers.
 */
#ifndef FERRY_PROCFS_H
#define FERRY_PROCFS_H

#include <stddef.h>

#include "../runtime/vm/thread.h"

/* Not one of ours: make the host's system call. Not an errno. */
#define PROCFS_PASS	(-4096L)

/* The decimal number that all of s is, or -1. */
long procfs_number(const char *s);

/* openat(2) with the host's flags: a descriptor (O_CLOEXEC honoured), -errno
 * or PROCFS_PASS. */
long procfs_open(struct thread *t, int dirfd, const char *path, int flags);

/* readlinkat(2): the length of what is now in buf (cut to size, not
 * terminated), -errno or PROCFS_PASS. For exe, the guest's program; a link
 * below the sysroot (fd/N, cwd, root of own process) is stripped of it. */
long procfs_readlink(struct thread *t, int dirfd, const char *path,
		     char *buf, size_t size);

/*
 * For every call that follows its path's last component (stat, statx, access,
 * execve, chmod, open_tree ...): if it names the own exe link, the absolute
 * host path of the guest's program, in buf (PATH_MAX bytes), and the caller
 * uses AT_FDCWD; else `path' itself. Not to be called for AT_SYMLINK_NOFOLLOW.
 */
const char *procfs_path(struct thread *t, int dirfd, const char *path,
			char *buf);

#endif
