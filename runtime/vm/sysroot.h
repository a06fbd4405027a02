/*
 * sysroot.h - where a guest's absolute path really is.
 *
 * With a sysroot (-L), an absolute path is looked up under the sysroot first,
 * symlinks resolved inside it; if nothing is there, the host's own path is
 * meant. Without one, paths pass unchanged and nothing is copied.
 */
#ifndef FERRY_SYSROOT_H
#define FERRY_SYSROOT_H

#include "../base/base.h"

#define SYSROOT_NOFOLLOW 1	/* the last component is not resolved */
#define SYSROOT_JOINED	2	/* a relative path, behind its directory */

/* The host path for guest path `path' (ours, NUL-terminated). `buf' is used
 * when a new string is needed; it has PATH_MAX bytes. Returns `path', `buf'
 * or NULL when it would not fit (ENAMETOOLONG). Thread safe. */
const char *sysroot_path(const char *path, char *buf, int flags);

/*
 * For an absolute host path that was not found: symbolic links on its way are
 * followed as the guest would, absolute ones into the sysroot. Returns what
 * they lead to in there, in buf, or `path'. Thread safe.
 */
const char *sysroot_follow(const char *path, char *buf, int flags);

/* The guest's name of a host path: strips the sysroot. Returns a pointer
 * into `path', or "/" for the sysroot itself. */
const char *sysroot_strip(const char *path);

#endif
