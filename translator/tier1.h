/*
 * tier1.h - the first translating tier: a block that ran often becomes host
 * code.
 */
#ifndef FERRY_TIER1_H
#define FERRY_TIER1_H

#include "block.h"

/* Translates the code at b->pc; on success b->code is set. Any thread, not
 * with the cache's lock held. */
void tier1_translate(struct block *b);

#endif
