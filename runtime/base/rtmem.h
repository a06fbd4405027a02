/*
 * rtmem.h - the runtime's own memory.
 *
 * ferry lives in a window of the address space that guests are kept out of:
 * its image is linked at RT_BASE, libc's heap follows it, and everything that
 * rtmem_alloc hands out comes from the rest. See gmem.h for how guests are
 * kept out.
 */
#ifndef FERRY_RTMEM_H
#define FERRY_RTMEM_H

#include "base.h"

#define RT_BASE		0x700000000000ul	/* image; ferry's link address */
#define RT_ALLOC_BASE	0x700100000000ul	/* 4 GiB for image and heap */
#define RT_END		0x710000000000ul	/* exclusive */

/* `size' bytes (rounded up to pages) of zeroed, private, readable and
 * writable memory; NULL when there is none. Pages are not touched. Thread
 * safe, lock-free, safe in signal handlers. */
void *rtmem_alloc(size_t size);
/* The same, aligned to HUGE_PAGE and in huge pages if the kernel has them to
 * spare; for what will be used as a whole. */
#define HUGE_PAGE	(2ul << 20)
void *rtmem_alloc_huge(size_t size);
/* Makes the pages of [p, p+size), which are about to be used, in one go: a
 * fault for each costs several times as much. */
void rtmem_populate(void *p, size_t size);
/* Gives [p, p+size) back; both as they were for rtmem_alloc. */
void rtmem_free(void *p, size_t size);

static inline bool
rtmem_overlaps(gaddr lo, gaddr hi)
{
	return lo < RT_END && hi > RT_BASE;
}

#endif
