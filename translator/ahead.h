/*
 * ahead.h - a look at the guest code that a unit leads to.
 *
 * What is found there makes the unit's translation depend on it. Under the
 * lock of the block cache.
 */
#ifndef FERRY_AHEAD_H
#define FERRY_AHEAD_H

#include "block.h"
#include "ir/scan.h"

/* Reads guest code at pc up to the end of its page; the number of words. */
unsigned ahead_fetch(gaddr pc, uint32_t *words, unsigned max);

/* Begins anew, for the unit that spans [lo, hi). */
void ahead_start(gaddr lo, gaddr hi);

/*
 * What the code at pc does about the flags before it sets them; whether no
 * instruction looks at them. What leaves for an unknown place counts as
 * looking. The answer holds until that code changes; see ahead_watch().
 */
struct ir_ahead ahead_flags(gaddr pc);
bool ahead_flags_dead(gaddr pc);

/* Whether all that has been looked at since the start lies in [lo, hi). */
bool ahead_within(gaddr lo, gaddr hi);

/* Makes b's translation depend on all that has been looked at since the
 * start. False: b is stale. */
bool ahead_watch(struct block *b);

#endif
