/*
 * shared.c - the index of a file's translations.
 *
 * A word of it says where the translation is, in units of 16 bytes from the
 * store's code on; or, without IS_CODE, how much the instruction was run by
 * processes that did not translate it. Most processes are short: what each of
 * them only decodes and runs once is worth a translation for all of them.
 */
#include "shared.h"

#define IS_CODE		(1u << 31)
#define UNIT		16

/* Decoding a block counts as so many runs of it. */
#define PER_PROCESS	12
#define MAX_COUNT	(1u << 20)

static uint32_t *
word_at(struct codestore_range *r, gaddr pc)
{
	return &r->index[(pc - r->lo) / 4];
}

static struct code *
code_at(uint32_t word)
{
	return (struct code *)(CODESTORE_CODE + (word & ~IS_CODE) * UNIT);
}

static uint32_t
word_of(const struct code *c)
{
	return (uint32_t)(((uintptr_t)c - CODESTORE_CODE) / UNIT) | IS_CODE;
}

/* Says first that r is used, then whether it is still good: who changes it
 * does both the other way round. */
static bool
use(struct codestore_range *r, gaddr pc)
{
	if (unlikely(!r->used))
		__atomic_store_n(&r->used, true, __ATOMIC_SEQ_CST);
	return codestore_holds(r, pc);
}

const struct code *
shared_find(struct codestore_range *r, gaddr pc)
{
	uint32_t word = __atomic_load_n(word_at(r, pc), __ATOMIC_ACQUIRE);

	return word & IS_CODE && use(r, pc) ? code_at(word) : NULL;
}

uint32_t
shared_count(struct codestore_range *r, gaddr pc)
{
	uint32_t *at = word_at(r, pc);
	uint32_t word = __atomic_load_n(at, __ATOMIC_RELAXED);

	if (!codestore_own() || word & IS_CODE || word > MAX_COUNT)
		return 0;
	/* Another may have put code there: no addition, then. */
	__atomic_compare_exchange_n(at, &word, word + PER_PROCESS, false,
				    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	return word & IS_CODE ? 0 : word;
}

uint32_t
shared_runs(struct codestore_range *r, gaddr pc)
{
	uint32_t word = __atomic_load_n(word_at(r, pc), __ATOMIC_RELAXED);

	return word & IS_CODE ? 0 : word;
}

const struct code *
shared_publish(struct codestore_range *r, struct code *c)
{
	uint32_t *at = word_at(r, c->pc);
	uint32_t word = __atomic_load_n(at, __ATOMIC_ACQUIRE);

	/* The code was read before: it is the file's if it still is. */
	if (!use(r, c->pc)) {
		codecache_cancel(c);
		return NULL;
	}
	if (word & IS_CODE) {
		codecache_cancel(c);
		return code_at(word);
	}
	codecache_commit(c);
	while (!(word & IS_CODE))
		if (__atomic_compare_exchange_n(at, &word, word_of(c), false,
						__ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			return c;
	return code_at(word);
}

bool
shared_may_link(const uint8_t *site, gaddr pc, const uint8_t *code)
{
	const struct codestore_range *r = codestore_find(pc);
	const struct code *from;

	if (!r || !codestore_own() || !codestore_has_code((uintptr_t)code))
		return false;
	from = codecache_find((uintptr_t)site - 1);
	return from && codestore_holds(r, from->pc);
}
