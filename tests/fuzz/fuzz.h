/*
 * fuzz.h - the parts of the fuzzer, a guest program that makes random
 * instruction sequences, runs them and prints a hash of what they did.
 *
 * Everything is a function of the seed: run under two emulators, the program
 * prints the same lines unless one of them is wrong. Nothing that may differ
 * between correct machines gets in (addresses are fixed, no clock, no system
 * register but NZCV, FPCR and FPSR).
 *
 * Memory, at fixed addresses. x28 holds MEM_CENTRE in every sequence, is never
 * a destination, and is what all addresses are made from:
 *
 *	CODE		slots of sequences, read-write-execute
 *	LITERALS	what literal loads read
 *	MEM_CENTRE	accesses go to the WINDOW bytes on both sides, which
 *			lie on two pages; the state is at +STATE_OFFSET
 *	READ_ONLY, NO_ACCESS	where some accesses go, relative to MEM_CENTRE
 */
#ifndef FERRY_FUZZ_H
#define FERRY_FUZZ_H

#define CODE		0x100000000
#define CODE_SIZE	0x10000
#define LITERALS	0x100010000
#define LITERALS_SIZE	0x10000
#define MEM		0x110000000
#define MEM_SIZE	0x10000
#define MEM_CENTRE	0x110004000
#define WINDOW		512
#define READ_ONLY	0x20000
#define NO_ACCESS	0x28000
#define FAULT_SIZE	0x4000

/* Relative to MEM_CENTRE. */
#define STATE_OFFSET	0x4000
#define SPILL_OFFSET	0x7000	/* x30, while it holds a code address */
#define EXIT_OFFSET	0x7008	/* where a sequence goes at its end */
#define HOST_SP_OFFSET	0x7010
#define COUNT_OFFSET	0x7018	/* how often a sequence still runs */

#define STATE_SP	248
#define STATE_V		256
#define STATE_NZCV	768
#define STATE_FPCR	776
#define STATE_FPSR	784

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../unit/a64_encodings.h"

enum {
	BASE = 28,		/* the register that is never written */
	MAX_GROUPS = 64,
	MAX_WORDS = 480,
	SLOT_WORDS = 512,
	NR_SLOTS = CODE_SIZE / 4 / SLOT_WORDS,
};

struct state {
	uint64_t x[31], sp;
	uint64_t v[32][2];
	uint64_t nzcv, fpcr, fpsr;
};

_Static_assert(offsetof(struct state, sp) == STATE_SP, "sp");
_Static_assert(offsetof(struct state, v) == STATE_V, "v");
_Static_assert(offsetof(struct state, nzcv) == STATE_NZCV, "nzcv");
_Static_assert(offsetof(struct state, fpcr) == STATE_FPCR, "fpcr");
_Static_assert(offsetof(struct state, fpsr) == STATE_FPSR, "fpsr");

#define STATE	((struct state *)(MEM_CENTRE + STATE_OFFSET))

/* random.c */

uint64_t mix(uint64_t a, uint64_t b);
void rnd_seed(uint64_t seed);
uint64_t rnd(void);
/* Whether the one in n case has come. */
bool one_in(unsigned n);

/* state.c */

/* Once, after the seed is known. */
void state_setup(uint64_t seed);
/* Fills the state and the window of memory. */
void state_init(uint64_t seed);
uint64_t hash_step(uint64_t h, uint64_t v);
uint64_t hash_state(uint64_t h, const struct state *s);
uint64_t hash_memory(uint64_t h);
void state_print(const struct state *s);

/* generate.c */

/* The instructions with what they need before them: an access and the
 * addition that makes its base, a branch to a register and its ADR. */
struct sequence {
	unsigned nr_words, nr_groups;
	unsigned group[MAX_GROUPS + 1];		/* index of first word */
	const struct encoding *encoding[MAX_GROUPS];
	unsigned executed;	/* at the least, of nr_words */
	uint32_t words[MAX_WORDS];
};

/* What sequences consist of: every encoding but those that are left out for
 * their feature (a list of names separated by commas) or because their id does
 * not contain `only'. With qemu, cases that qemu has wrong are not made.
 * Returns the number of all encodings. */
size_t generate_setup(const char *without, const char *only, bool qemu);
extern const struct encoding **chosen;
extern size_t nr_chosen;

/* Makes a sequence that will run at `at'. With e, it is one group with that
 * instruction. */
void generate(struct sequence *s, uint64_t seed, unsigned nr_groups,
	      const struct encoding *e, uint64_t at);
/* Whether generate() can make the instruction. */
bool can_generate(const struct encoding *e);
/* A word of that encoding, with random operands. */
uint32_t random_word(const struct encoding *e);
/* The first and last words of a slot; each returns how many. The last ones go
 * back by `length' words as often as the count says, then to the exit. */
unsigned emit_prologue(uint32_t *w);
unsigned emit_epilogue(uint32_t *w, unsigned length);

/* Whether e's feature, or its id, is in a list of -w. */
bool feature_in(const char *list, const struct encoding *e);

/* undefined.c: returns an exit status. */
int undefined(size_t nr_encodings, const char *without);

/* main.c: runs what is at start from the state as it is. Whether its first
 * own word raised SIGILL and nothing else happened. */
bool run_is_undefined(uint64_t start);

/* enter.S: runs code with *STATE, comes back when it has gone to the exit. */
void enter(const void *code);
void leave(void);

#endif
#endif
