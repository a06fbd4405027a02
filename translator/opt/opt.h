/*
 * opt.h - the optimiser: passes over a block of IR, between lifter and
 * emitter.
 *
 * Values still do not live across guest instructions; what a pass knows of
 * guest registers it puts into the instructions that read them. A pass gets a
 * valid block and leaves one (ir/verify.h), in one or two walks and without
 * memory of its own beyond static tables: one thread at a time, under the
 * lock of the block cache.
 */
#ifndef FERRY_OPT_H
#define FERRY_OPT_H

#include "../ir/ir.h"

struct opt {
	struct ir_block *b;
	/* General registers that the host keeps in registers: to read one
	 * costs nothing. */
	uint32_t pinned;
	/* Whether code at pc sets the flags before anything looks at them. */
	bool (*flags_dead)(gaddr pc);
	/* Every guest instruction is to find the guest's registers whole; see
	 * dead.c. */
	bool keep_state;
};

/* Each is described in its file. */
void opt_constants(struct opt *o);
void opt_copies(struct opt *o);
void opt_flags(struct opt *o);
void opt_dead(struct opt *o);

/* The passes in their order; the last has no name. `run' is as above. */
struct opt_pass {
	const char *name;
	void (*run)(struct opt *o);
};

extern const struct opt_pass opt_passes[];

/* Runs all of them; `after' (NULL: nobody) sees the block after each. */
void opt_run(struct opt *o,
	     void (*after)(const struct ir_block *b, const char *pass));

#endif
