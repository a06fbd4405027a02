/*
 * report.h - what the translator says about its work: --stats, -d, -perfmap.
 *
 * Nothing here costs anything where code runs: counters are counted where
 * blocks are made, linked and dropped; what counts executions (a counter in
 * each translation, and at each call of the interpreter) is only emitted when
 * --stats is given.
 */
#ifndef FERRY_REPORT_H
#define FERRY_REPORT_H

#include "codecache.h"
#include "host/x64/emit.h"

/* Why translated code came back. */
enum report_exit {
	REPORT_LINK,		/* a jump that was not linked: target has code */
	REPORT_NO_CODE,		/* its target had none */
	REPORT_INDIRECT,	/* a target not in the thread's table */
	REPORT_POLL,		/* the thread is wanted */
	REPORT_NR_EXITS
};

/* All under the block cache's lock, but for exits, which may be a few short
 * when threads count at once. */
struct report {
	uint64_t blocks, insns;			/* decoded */
	uint64_t tried, failed;			/* translations */
	uint64_t taken, shared;			/* from the store, for it */
	uint64_t t1_blocks, t1_insns, t1_ops, t1_bytes;
	uint64_t ticks;				/* ns, translating */
	uint64_t exits[REPORT_NR_EXITS];
	uint64_t links, unlinks;
	uint64_t invalidations, invalidated;	/* calls, blocks */
	uint64_t drops;				/* of everything */
	uint64_t fp_traps;
};

extern struct report report;

static inline void
report_exit(enum report_exit why)
{
	report.exits[why]++;
}

/* The thread's processor time in ns, if --stats is given. */
uint64_t report_clock(void);

/* Where the next translation counts how often it is entered; NULL: it does
 * not. The same for calls of the interpreter for `word'. */
uint64_t *report_block_counter(gaddr pc, uint32_t nr);
uint64_t *report_fallback_counter(uint32_t word);

/* Dumps the unit as it is after a stage, if -d names it: "ir" or a pass. */
void report_ir(const struct ir_block *b, const char *stage);

/* A translation was made, with the interpreter called for the instructions
 * that as_fallback or b say: counts it, dumps it as -d says and tells perf.
 * The cache's lock is held. */
void report_translation(const struct ir_block *b, const struct code *c,
			const bool *as_fallback);

/* --stats: prints all of it on standard error. Takes the cache's lock. */
void report_stats(void);

#endif
