/*
 * tier1.h - the first translating tier: a block that ran often becomes host
 * code.
 */
#ifndef FERRY_TIER1_H
#define FERRY_TIER1_H

#include "block.h"

/* How often a block is interpreted before it is translated; set by
 * tier1_start(), and lowered when the process has turned out to be a long one.
 * 0: not set yet. */
extern uint32_t tier1_threshold;
void tier1_start(void);

/* Translates the code at b->pc; on success b->code is set. Any thread, not
 * with the cache's lock held. */
void tier1_translate(struct block *b);

#endif
