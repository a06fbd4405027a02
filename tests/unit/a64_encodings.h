/*
 * a64_encodings.h - tests/insn/a64_encodings.tsv as an oracle for decoders:
 * which encoding a word is, if any.
 */
#ifndef FERRY_TEST_A64_ENCODINGS_H
#define FERRY_TEST_A64_ENCODINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ENC_MAX_TERMS = 16,
};

/* insn >> lo & mask OP value. Terms of one group are alternatives; of each
 * group one must hold. */
struct enc_term {
	unsigned lo;
	uint32_t mask, value;
	char op;		/* = ! < > */
	unsigned group;
};

struct encoding {
	const char *id, *mnemonic;
	const char *feature;	/* our name: lower case, no FEAT_ */
	uint32_t mask, value;
	/* Bits that should be so, but with others the instruction may also
	 * be taken as undefined. */
	uint32_t should_mask, should_value;
	struct enc_term terms[ENC_MAX_TERMS];
	unsigned nr_terms;
};

/* Reads $srcdir/tests/insn/a64_encodings.tsv; ends the program if it is not
 * there or not understood. Returns the number of encodings. */
size_t encodings_read(void);
extern struct encoding *encodings;

bool encoding_matches(const struct encoding *e, uint32_t insn);
/* The most specific encoding that matches, or NULL. */
const struct encoding *encoding_find(uint32_t insn);

#endif
