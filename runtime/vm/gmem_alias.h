/*
 * gmem_alias.h - which addresses are the same memory.
 *
 * A program that generates code may write it through one mapping and run it
 * through another. IC IVAU on either address is about both, for the cache it
 * is about is one of physical addresses. So shared mappings are remembered
 * with what they are of.
 *
 * Part of gmem: the caller holds its lock.
 */
#ifndef FERRY_GMEM_ALIAS_H
#define FERRY_GMEM_ALIAS_H

#include "../base/base.h"

/* [lo, hi) is a new mapping: a shared one of fd (-1: of memory of its own)
 * from off, or, if not shared, something else. */
void gmem_alias_map(gaddr lo, gaddr hi, bool shared, int fd, uint64_t off);
/* [lo, hi) is a segment of System V shared memory. */
void gmem_alias_shm(gaddr lo, gaddr hi, int shmid);
/* [lo, hi) is not mapped any more. */
void gmem_alias_unmap(gaddr lo, gaddr hi);
/* [new, new + size) is the memory that was or still is at `old'. To be called
 * before the old one is unmapped. */
void gmem_alias_move(gaddr old, gaddr new, uint64_t size);

/* The mapping that starts at `lo' is of another part of the same. */
void gmem_alias_offset(gaddr lo, uint64_t off);

struct gmem_alias {
	gaddr lo, hi;
};

/* The ranges but [lo, hi) itself that are the same memory, at most max of
 * them; how many. */
unsigned gmem_alias_find(gaddr lo, gaddr hi, struct gmem_alias *at,
			 unsigned max);

/* Whether there is a shared mapping of the file with that status. */
struct stat;
bool gmem_alias_has_file(const struct stat *st);

/* Whether there are shared mappings at all; needs no lock. */
bool gmem_alias_any(void);

/* Whether any of [lo, hi) is shared. Only while the process has one thread. */
bool gmem_alias_is_shared(gaddr lo, gaddr hi);

#endif
