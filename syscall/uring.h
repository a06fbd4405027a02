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

/* `copy' has become what `fd' is; [lo, hi] are closed. Nothing unless the
 * process has made a ring. */
extern bool uring_used;
void uring_duped_slow(int fd, int copy);
void uring_closed_slow(uint32_t lo, uint32_t hi);

static inline void
uring_duped(int fd, long copy)
{
	if (unlikely(uring_used) && copy >= 0)
		uring_duped_slow(fd, (int)copy);
}

static inline void
uring_closed(uint32_t lo, uint32_t hi)
{
	if (unlikely(uring_used))
		uring_closed_slow(lo, hi);
}

#endif
