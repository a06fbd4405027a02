/*
 * rtmem.c - memory for the runtime, inside its window.
 *
 * A cursor moves through the window; each allocation is a fresh mapping at
 * the cursor. Freed ranges are unmapped and not reused: the window is a
 * terabyte, far more than a process can churn through in blocks of the
 * size that are used here, and the cursor wraps when it gets there.
 * MAP_FIXED_NOREPLACE makes a clash (a wrapped cursor, a stray mapping)
 * harmless: the cursor moves on.
 */
#include <sys/mman.h>

#include "hostcall.h"
#include "rtmem.h"

#define STEP_ON_CLASH	(1ul << 30)
#define MAX_TRIES	2048

static uintptr_t cursor = RT_ALLOC_BASE;

static uintptr_t
advance(size_t size)
{
	uintptr_t at = __atomic_fetch_add(&cursor, size, __ATOMIC_RELAXED);

	if (at + size <= RT_END)
		return at;
	__atomic_store_n(&cursor, RT_ALLOC_BASE + size, __ATOMIC_RELAXED);
	return RT_ALLOC_BASE;
}

static void *
alloc_aligned(size_t size, size_t align)
{
	long r;
	int i;

	size = ALIGN_UP(size, PAGE_SIZE);
	if (size == 0 || size > RT_END - RT_ALLOC_BASE - align)
		return NULL;
	for (i = 0; i < MAX_TRIES; i++) {
		uintptr_t at = advance(size + align - PAGE_SIZE);

		at = ALIGN_UP(at, align);
		r = host_call6(SYS_mmap, (long)at, (long)size,
			       PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				       MAP_FIXED_NOREPLACE,
			       -1, 0);
		if (r == (long)at)
			return (void *)at;
		if (!IS_ERR(r))		/* a kernel before 4.17 */
			host_call2(SYS_munmap, r, (long)size);
		else if (r == -12)	/* ENOMEM */
			return NULL;
		__atomic_fetch_add(&cursor, STEP_ON_CLASH, __ATOMIC_RELAXED);
	}
	return NULL;
}

void *
rtmem_alloc(size_t size)
{
	return alloc_aligned(size, PAGE_SIZE);
}

void *
rtmem_alloc_huge(size_t size)
{
	void *p = alloc_aligned(size, HUGE_PAGE);

	if (p)
		host_call3(SYS_madvise, P(p), (long)size, MADV_HUGEPAGE);
	return p;
}

/* Linux 5.14 and later; before that, they are made as they are touched. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23
#endif

void
rtmem_populate(void *p, size_t size)
{
	uintptr_t lo = ALIGN_DOWN((uintptr_t)p, PAGE_SIZE);

	host_call3(SYS_madvise, (long)lo,
		   (long)((uintptr_t)p + size - lo), MADV_POPULATE_WRITE);
}

void
rtmem_free(void *p, size_t size)
{
	if (p)
		host_call2(SYS_munmap, P(p), (long)ALIGN_UP(size, PAGE_SIZE));
}
