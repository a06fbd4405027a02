/*
 * uring.h - what io_uring's file must learn from others.
 *
 * Any thread, not in signal handlers.
 */
#ifndef FERRY_SYSCALL_URING_H
#define FERRY_SYSCALL_URING_H

#include "../runtime/base/base.h"

/* The guest has mapped `fd' at `at', from `off' on. Nearly nothing unless
 * there is a ring. */
void uring_mapped(int fd, uint64_t off, gaddr at);

#endif
