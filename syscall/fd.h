/*
 * fd.h - the descriptors in the guest's table that are ferry's own.
 *
 * These are process.own_fd and exe_fd, codestore_fd(), and the one that
 * --strace-file=&N names. To the guest they are not open: calls that are looked
 * at anyway give EBADF, and /proc does not list them. What goes to the host as
 * it is, such as read, does not look: nobody has told the guest of the number.
 *
 * Any thread; async-signal-safe.
 */
#ifndef FERRY_SYSCALL_FD_H
#define FERRY_SYSCALL_FD_H

#include <stdbool.h>

bool fd_is_ours(int fd);

#endif
