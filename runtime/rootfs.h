/*
 * rootfs.h - ferry --rootfs: a foreign root file system, without root.
 */
#ifndef FERRY_ROOTFS_H
#define FERRY_ROOTFS_H

#include "vm/process.h"

/* Where ferry itself is to be found in such a root, should its /proc go. */
#define ROOTFS_SELF	"/run/ferry"

/*
 * Makes opt->rootfs the process's root directory, in namespaces of its own: a
 * mount namespace, and a user namespace unless the process may do without.
 * There the user is root, and has the users and groups of /etc/subuid and
 * /etc/subgid where newuidmap(1) and newgidmap(1) are. The host's /proc, /dev,
 * /sys and /etc/resolv.conf are in it, and what opt->binds says; the working
 * directory stays the same path if the new root has it. Its /run/ferry is
 * this program. Where the kernel has
 * binfmt_misc per namespace (Linux 6.7), ferry is registered in it.
 *
 * Start-up only. What is not possible is said in a line and ends the process
 * with status 1.
 */
void rootfs_enter(const struct options *opt);

#endif
