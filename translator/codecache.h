/*
 * codecache.h - memory for translated code, and what is known about it.
 *
 * Code lies within 2 GiB of ferry's image, so that it can call and be called
 * with 32-bit displacements. It is written by one thread of a process at a time
 * (the caller's lock) and never moved. Whole chunks are retired and given back.
 * What is in the store of codestore.h is other processes', too, and stays:
 * these write elsewhere in it, and patch jumps of what is there.
 */
#ifndef FERRY_CODECACHE_H
#define FERRY_CODECACHE_H

#include "../runtime/base/base.h"

#define CODECACHE_BASE	0x700040000000ul
#define CODECACHE_END	0x700060000000ul

/*
 * The translation of one block. Its code is in two places: what mostly runs, at
 * entry, and what seldom does, at seldom, behind this. A large program's code
 * is spread over more memory than caches and TLBs hold as it is.
 */
struct code {
	gaddr pc;
	uint32_t size;		/* of the code at entry */
	uint32_t seldom_size;
	uint32_t nr;		/* guest instructions */
	uint8_t *entry, *seldom;
	const struct unit *unit;	/* lockstep.c's; unset without it */
	/* What again words call Rn is step_reg plus `step', where it matters,
	 * behind instruction step_insn; step 0: is what it was. */
	uint32_t step_insn, step_reg;
	int32_t step;
	/* Each one's, and where the last one's code ends. */
	struct code_insn {
		uint32_t start;	/* the code's offset */
		uint32_t again;	/* how to make the flags, see again.h; 0: they
				 * are in memory */
	} insn[];
};

/* Room for a translation of nr instructions and at most `size' bytes of code in
 * either place. NULL if the cache's limit is reached (flush) or
 * there is no memory. */
struct code *codecache_begin(uint32_t nr, uint32_t size);
/* The same in the store; NULL: it is full, or there is none (any more). Nobody
 * else can write near it before it ends. */
struct code *codecache_begin_shared(uint32_t nr, uint32_t size);
/* Ends it: sizes and c->insn are set now. */
void codecache_commit(struct code *c);
/* Ends it instead: nothing is there. */
void codecache_cancel(struct code *c);

/* Whether there is anything that flushing would give back. */
bool codecache_is_used(void);

/* The translation whose code at entry rip lies in, in the store too; NULL:
 * none. Async-signal-safe. */
struct code *codecache_find(uintptr_t rip);

/* All code but the store's is retired at `epoch'; what was retired before
 * `oldest' is given back. */
void codecache_retire(uint64_t epoch);
void codecache_reclaim(uint64_t oldest);

#endif
