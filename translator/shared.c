/*
 * shared.c - the index of a file's translations.
 *
 * An open hash table: a word says which instruction it is about, and where its
 * translation is, in units of 16 bytes from the store's code on; or, without
 * IS_CODE, for how many processes the instruction began a block without one,
 * PER_PROCESS for each. Most processes are short: what each of them only
 * decodes and runs once is worth a translation for all of them.
 *
 * An instruction's place depends on its page first of all, so that a small
 * program touches few pages of the table. Words are never taken out, and once
 * there is code, the word stays as it is.
 */
#include "shared.h"

#define KEY_BITS	26	/* the instruction's number, plus 1 */
#define VALUE_BITS	25
#define IS_CODE		(UINT64_C(1) << 63)
#define UNIT		16
#define MAX_PROBES	512

_Static_assert(CODESTORE_CODE_SIZE / UNIT <= 1ul << VALUE_BITS, "VALUE_BITS");

/* Decoding a block counts as so many runs of it. */
#define PER_PROCESS	50
#define MAX_COUNT	(1u << 20)

static uint64_t
make_word(uint64_t key, uint64_t value)
{
	return key | value << KEY_BITS;
}

static uint32_t
value_of(uint64_t word)
{
	return (uint32_t)(word >> KEY_BITS) & ((1u << VALUE_BITS) - 1);
}

static struct code *
code_at(uint64_t word)
{
	return (struct code *)(CODESTORE_CODE +
			       (uint64_t)value_of(word) * UNIT);
}

/* The word for pc in r, which is made if there is none and `make' says so.
 * NULL: none. */
static uint64_t *
find_word(struct codestore_range *r, gaddr pc, bool make)
{
	uint64_t n = (pc - r->lo) / 4, key = n + 1, word;
	uint64_t at = n / (PAGE_SIZE / 4) * CODESTORE_PAGE_WORDS +
		      n % CODESTORE_PAGE_WORDS;
	unsigned i;

	for (i = 0; i < MAX_PROBES; i++, at++) {
		uint64_t *p = &r->index[at < r->nr_words ? at :
							   at % r->nr_words];

		word = __atomic_load_n(p, __ATOMIC_ACQUIRE);
		if (!word && (!make ||
			      __atomic_compare_exchange_n(p, &word, key, false,
							  __ATOMIC_ACQ_REL,
							  __ATOMIC_ACQUIRE)))
			return make ? p : NULL;
		if ((word & ((1u << KEY_BITS) - 1)) == key)
			return p;
	}
	return NULL;
}

static uint64_t
read_word(struct codestore_range *r, gaddr pc)
{
	uint64_t *at = find_word(r, pc, false);

	return at ? __atomic_load_n(at, __ATOMIC_ACQUIRE) : 0;
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

/* The translation that the word says; NULL: none. */
static const struct code *
translation(struct codestore_range *r, gaddr pc, uint64_t word)
{
	return word & IS_CODE && use(r, pc) ? code_at(word) : NULL;
}

const struct code *
shared_find(struct codestore_range *r, gaddr pc)
{
	return translation(r, pc, read_word(r, pc));
}

const struct code *
shared_enter(struct codestore_range *r, gaddr pc, uint32_t *runs)
{
	uint64_t *at = find_word(r, pc, codestore_own());
	uint64_t word = at ? __atomic_load_n(at, __ATOMIC_ACQUIRE) : 0;

	*runs = word & IS_CODE ? 0 : value_of(word);
	/* Another may have put code there: no addition, then. */
	if (at && !(word & IS_CODE) && *runs < MAX_COUNT && codestore_own())
		__atomic_compare_exchange_n(at, &word,
					    word + make_word(0, PER_PROCESS),
					    false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
	return translation(r, pc, word);
}

uint32_t
shared_runs(struct codestore_range *r, gaddr pc)
{
	uint64_t word = read_word(r, pc);

	return word & IS_CODE ? 0 : value_of(word);
}

const struct code *
shared_publish(struct codestore_range *r, struct code *c)
{
	uint64_t where = ((uintptr_t)c - CODESTORE_CODE) / UNIT;
	uint64_t *at, word, is_code;

	/* The code was read before: it is the file's if it still is. */
	at = use(r, c->pc) ? find_word(r, c->pc, true) : NULL;
	if (!at) {
		codecache_cancel(c);
		return NULL;
	}
	word = __atomic_load_n(at, __ATOMIC_ACQUIRE);
	if (word & IS_CODE) {
		codecache_cancel(c);
		return code_at(word);
	}
	codecache_commit(c);
	do {
		is_code = make_word(word % (1u << KEY_BITS), where) | IS_CODE;
		if (__atomic_compare_exchange_n(at, &word, is_code, false,
						__ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			return c;
	} while (!(word & IS_CODE));
	return code_at(word);
}

/* Whether c is what the index of r says. A thread may still be in a translation
 * of what was mapped there before r. */
static bool
is_of(struct codestore_range *r, const struct code *c)
{
	uint64_t word;

	if (!c || !codestore_holds(r, c->pc))
		return false;
	word = read_word(r, c->pc);
	return word & IS_CODE && code_at(word) == c;
}

bool
shared_may_link(const uint8_t *site, gaddr pc, const uint8_t *code)
{
	struct codestore_range *r = codestore_find(pc);

	return r && codestore_own() && codestore_has_code((uintptr_t)code) &&
	       is_of(r, codecache_find((uintptr_t)site - 1)) &&
	       is_of(r, codecache_find((uintptr_t)code));
}
