/*
 * exclusive.h - what makes a store-exclusive fail if another came between it
 * and its load-exclusive, even when the value is the same again (ABA).
 *
 * Granules of 16 bytes share the places of a table. A place holds how many
 * store-exclusives there were to its granules, and who is making one now.
 *
 *  1. Memory is stored to exclusively only by the owner of its granule's place.
 *  2. A place is only taken if it is free and its number is the one that the
 *     load-exclusive found in it, free, before it loaded the value.
 *  3. Its owner alone gives it back, with the next number if it has stored.
 *     It does so however long that takes: nobody else may conclude that it
 *     will not store any more, unless it is dead.
 *
 * So from the load to the store there was no other store-exclusive to the
 * granule. Who finds a place taken at its load-exclusive waits a little, and
 * is then sure to fail at its store: guest code tries again, and takes its
 * signals meanwhile. Numbers wrap around after 2^32.
 *
 * A thread that is alone needs none of that: nobody can store between, but for
 * its own signal handlers, and those close the monitor.
 *
 * Not numbered are plain stores, LSE atomics, the kernel's and other
 * processes' stores, and those to another mapping of the same memory: the
 * compare-and-exchange that does the store sees only that the value differs.
 *
 * A place has one owner and is held over one host instruction, which may
 * fault. No signal handler touches it.
 */
#ifndef FERRY_A64_EXCLUSIVE_H
#define FERRY_A64_EXCLUSIVE_H

#include "../../../runtime/vm/cpu_a64.h"
#include "../../../runtime/vm/process.h"

#define EXCLUSIVE_PLACES	1024

/* A line each, so that threads meet only where their granules do. */
struct exclusive_place {
	uint64_t v;		/* owner (0: free) << 32 | number */
	char pad[56];
};

extern struct exclusive_place a64_exclusive[EXCLUSIVE_PLACES];

/* Translated code does the same: x64_glue_watch and _take. */
static inline uint64_t *
exclusive_place(uint64_t addr)
{
	uint64_t granule = addr >> 4;

	return &a64_exclusive[(granule ^ granule >> 10) % EXCLUSIVE_PLACES].v;
}

/* All threads are in the runtime's window of 2^40 bytes (rtmem.h), more than
 * 1 KiB apart. Not zero. */
static inline uint64_t
exclusive_owner(const struct a64_cpu *cpu)
{
	return ((uint64_t)(uintptr_t)cpu >> 10 << 1 | 1) << 32;
}

/* Waits a little for a free place; returns what is in it then. */
uint64_t a64_exclusive_wait(uint64_t *place);

/* Before the value is loaded: notes the number. False: the place is taken. */
static inline bool
exclusive_watch(struct a64_cpu *cpu, uint64_t addr)
{
	uint64_t *place, v;

	if (!process.was_shared)
		return true;
	place = exclusive_place(addr);
	v = __atomic_load_n(place, __ATOMIC_ACQUIRE);
	if (unlikely(v >> 32))
		v = a64_exclusive_wait(place);
	cpu->excl_stores = (uint32_t)v;
	return !(v >> 32);
}

/* Behind that: opens the monitor, if the place was free. The value is the
 * caller's. */
static inline void
exclusive_open(struct a64_cpu *cpu, uint64_t addr, unsigned size, bool free)
{
	cpu->excl_addr = addr;
	cpu->excl_size = free ? size : 0;
}

/* Whether the monitor watches that. */
static inline bool
exclusive_allows(const struct a64_cpu *cpu, uint64_t addr, unsigned size)
{
	return cpu->excl_size == size && cpu->excl_addr == addr;
}

/* Takes the place of what the monitor watches, unless another was faster. If
 * true, exclusive_give_back() has to follow. */
static inline bool
exclusive_take(struct a64_cpu *cpu, uint64_t *place)
{
	uint64_t v = cpu->excl_stores;

	if (!process.was_shared)
		return true;
	/* First, for it may be killed right behind. */
	__atomic_store_n(&cpu->excl_place, place, __ATOMIC_RELAXED);
	if (__atomic_compare_exchange_n(place, &v, v | exclusive_owner(cpu),
					false, __ATOMIC_SEQ_CST,
					__ATOMIC_RELAXED))
		return true;
	cpu->excl_place = NULL;
	return false;
}

static inline void
exclusive_give_back(struct a64_cpu *cpu, bool stored)
{
	if (!cpu->excl_place)
		return;
	__atomic_store_n(cpu->excl_place,
			 (uint64_t)(uint32_t)(cpu->excl_stores + stored),
			 __ATOMIC_RELEASE);
	__atomic_store_n(&cpu->excl_place, NULL, __ATOMIC_RELEASE);
}

/* The thread is dead, and another one's memory goes on: a process that shared
 * it and was killed. */
void a64_exclusive_bury(struct a64_cpu *cpu);

/* In a fork's child, if the parent had other threads: they are not here. */
void a64_exclusive_forked(void);

#endif
