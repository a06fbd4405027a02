/*
 * own_open.h - opens a file for the runtime's own use.
 */
#ifndef FERRY_OWN_OPEN_H
#define FERRY_OWN_OPEN_H

/*
 * openat(2) without O_CREAT: a descriptor, or -errno. Where RLIMIT_NOFILE
 * leaves the guest no descriptor it is lifted for the moment, as far as it can
 * be: what the kernel does for a program, it does without one.
 */
long own_openat(int dirfd, const char *path, int flags);

#endif
