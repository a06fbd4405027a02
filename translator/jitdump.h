/*
 * jitdump.h - translations for `perf inject -j': -jitdump.
 *
 * /tmp/jit-PID.dump holds each translation with its code, in the format that
 * Linux' tools/perf/Documentation/jitdump-specification.txt describes. perf
 * finds it by a mapping of its first page.
 */
#ifndef FERRY_JITDUMP_H
#define FERRY_JITDUMP_H

#include "codecache.h"

/* Adds a translation. The cache's lock is held. */
void jitdump_code(const struct code *c);

#endif
