/*
 * shared.h - translations that other processes have made or will use.
 *
 * They are those of code in a codestore_range: found by the range's index, made
 * in the store's memory, and of nothing outside it: they depend on no other
 * code. They are linked to each other inside a range, for all processes and for
 * good; what is the process's own may lead to them, but never they to it.
 *
 * Publishing and linking are under the lock of the block cache; the others need
 * none.
 */
#ifndef FERRY_SHARED_H
#define FERRY_SHARED_H

#include "../runtime/vm/codestore.h"
#include "codecache.h"

/* The translation of the code at pc in r, after which r counts as used; NULL:
 * none, or r does not hold it any more. */
const struct code *shared_find(struct codestore_range *r, gaddr pc);

/* The same for who will decode it if there is none: in *runs, how often it has
 * run, as it were, in processes before. */
const struct code *shared_enter(struct codestore_range *r, gaddr pc,
				uint32_t *runs);

/* The same count, and nothing else; 0 where there is a translation. */
uint32_t shared_runs(struct codestore_range *r, gaddr pc);

/* c, of codecache_begin_shared() and at c->pc in r, is complete: ends it and
 * offers it to others. What is there now: c or another's; NULL: r does not hold
 * the code any more, and c is lost. */
const struct code *shared_publish(struct codestore_range *r, struct code *c);

/* Whether a jump at `site', in a translation in the store, may go straight to
 * that at `code' of pc. */
bool shared_may_link(const uint8_t *site, gaddr pc, const uint8_t *code);

#endif
