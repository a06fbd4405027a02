/*
 * block.h - decoded blocks: what the interpreter runs.
 *
 * A block is a straight run of guest instructions inside one page, decoded
 * once: per instruction the handler to call and the word. Most are run a few
 * times only, so they are kept small: a block of average length and what the
 * run loop wants to know of it are two cache lines. Blocks are shared
 * by all threads of the process. Looking one up takes no lock; making and
 * invalidating them takes the cache's.
 *
 * A block's memory stays valid until every thread has left the guest code it
 * was running when the block was dropped (block_enter, block_leave), so a
 * thread may run a block that another one is invalidating.
 */
#ifndef FERRY_BLOCK_H
#define FERRY_BLOCK_H

#include "../runtime/vm/thread.h"

typedef void a64_exec_fn(struct a64_cpu *cpu, uint32_t insn);

struct block_insn {
	uint32_t fn;		/* the handler, from __ehdr_start on */
	uint32_t word;
};

#define BLOCK_MAX_INSNS	64

struct block {
	gaddr pc;		/* BLOCK_STALE once invalidated */
	uint32_t count;		/* times entered */
	uint8_t nr;		/* instructions; 0: not decoded, but then there
				 * is code, others' */
	bool no_code;		/* was tried in vain */
	/* The translation that starts here, if there is one, may be longer
	 * than the block: span bytes of guest code are in one or the other. */
	uint16_t span;
	const uint8_t *code;
	/* Where the thread went from here lately: hints, to be believed only
	 * if their pc is the wanted one. */
	struct block *succ[2];
	struct block *next_by_pc, *next_by_page;
	struct block_link *links;	/* jumps of translations to code */
	struct block_insn insn[];
};

/* ferry's own image; the linker defines it. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static inline uint32_t
block_fn_pack(a64_exec_fn *fn)
{
	return (uint32_t)((uintptr_t)fn - (uintptr_t)__ehdr_start);
}

static inline a64_exec_fn *
block_fn(const struct block_insn *i)
{
	return (a64_exec_fn *)((uintptr_t)__ehdr_start + i->fn);
}

/* A jump in translated code that goes to a block's translation; see
 * block_link(). */
struct block_link {
	struct block_link *next;
	uint8_t *site;		/* behind the 32-bit displacement */
	uint8_t *stub;		/* where it went, and goes when unlinked */
};

#define BLOCK_STALE	1	/* no instruction has an odd address */

/* The block at `pc' if there is one already. */
struct block *block_find(gaddr pc);
/* Publishes a copy of `b' (nr instructions decoded by the caller; or none, with
 * code and span of a translation in the store), or finds the one that another
 * thread has published meanwhile. `generation' is what block_generation() said
 * before the guest's memory was read: NULL if code changed since then (decode
 * again). */
struct block *block_publish(const struct block *b, uint64_t generation);
uint64_t block_generation(void);

/* Invalidates every block with an instruction in [lo, hi). */
void block_invalidate(gaddr lo, gaddr hi);

/* The cache's lock, for who makes translations. */
void block_lock(void);
void block_unlock(void);

/* `code' is the translation of b, which spans `span' bytes; under the lock.
 * False: b is stale. */
bool block_set_code(struct block *b, const uint8_t *code, uint32_t span);

/* b is to be invalidated when code in [lo, hi), which is inside a page, is;
 * under the lock. False: b is stale, perhaps only now. */
bool block_watch(struct block *b, gaddr lo, gaddr hi);

/* Makes the jump at `site', which t has come from, go to b's translation from
 * now on: until one of both is dropped; in the store for good, if it may. */
void block_link(struct thread *t, struct block *b, uint8_t *site);
/* Puts b's translation into t's table of jump targets. */
void block_remember(struct thread *t, struct block *b);

/* Calls fn for every block there is; under the lock. */
void block_each(void (*fn)(const struct block *b));

/* Drops all blocks and translations, of those in the store what this process
 * knows of them; under the lock. */
void block_drop_all(void);
/* The same without it, if codestore_lost(); and what was to be published is
 * not, as with block_invalidate(). */
void block_drop_shared(void);

/* A thread starts and stops running blocks. block_enter returns true if the
 * thread must forget all block pointers it has kept. */
bool block_enter(struct thread *t);
void block_leave(struct thread *t);

/* Around fork. */
void block_fork_lock(void);
void block_fork_unlock(bool in_child);

#endif
