/*
 * block.h - decoded blocks: what the interpreter runs.
 *
 * A block is a straight run of guest instructions inside one page, decoded
 * once: per instruction the handler to call and the word. Blocks are shared
 * by all threads of the process. Looking one up takes no lock; making and
 * invalidating them takes the cache's.
 *
 * A block's memory stays valid until every thread has left the guest code it
 * was running when the block was dropped (block_enter, block_leave), so a
 * thread may run a block that another one is invalidating.
 */
#ifndef FERRY_A64_BLOCK_H
#define FERRY_A64_BLOCK_H

#include "../../../runtime/vm/thread.h"

typedef void a64_exec_fn(struct a64_cpu *cpu, uint32_t insn);

struct block_insn {
	a64_exec_fn *fn;
	uint32_t word;
	uint32_t row;		/* enum a64_row; for dumps and counters */
};

#define BLOCK_MAX_INSNS	64

struct block {
	gaddr pc;		/* BLOCK_STALE once invalidated */
	uint32_t nr;		/* instructions */
	uint32_t count;		/* times entered */
	struct block *next_by_pc, *next_by_page;
	/* Where the thread went from here lately: hints, to be believed only
	 * if their pc is the wanted one. */
	struct block *succ[2];
	struct block_insn insn[];
};

#define BLOCK_STALE	1	/* no instruction has an odd address */

/* The block at `pc' if there is one already. */
struct block *block_find(gaddr pc);
/* Publishes a copy of `b' (nr instructions decoded by the caller), or finds
 * the one that another thread has published meanwhile. `generation' is what
 * block_generation() said before the guest's memory was read: NULL if code
 * changed since then (decode again). */
struct block *block_publish(const struct block *b, uint64_t generation);
uint64_t block_generation(void);

/* Invalidates every block with an instruction in [lo, hi). */
void block_invalidate(gaddr lo, gaddr hi);

/* A thread starts and stops running blocks. block_enter returns true if the
 * thread must forget all block pointers it has kept. */
bool block_enter(struct thread *t);
void block_leave(struct thread *t);

/* Around fork. */
void block_fork_lock(void);
void block_fork_unlock(bool in_child);

#endif
