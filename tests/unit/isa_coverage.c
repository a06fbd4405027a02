/*
 * isa_coverage.c - for tests/fuzz/check-isa.sh: what the decoder makes of
 * every encoding of the list, and of its neighbours.
 *
 * Prints `decoded ID', `missing ID WORD' or `off ID' per encoding (off: its
 * feature is not offered), `wide WORD ID' for a word that is not an encoding
 * but decodes to something, and at last `neighbours N'. A neighbour is an
 * encoding with one of its fixed bits flipped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode_common.h"
#include "../../translator/guest/a64/sysreg.h"

enum {
	FILLS = 1000,		/* to decode */
	NEIGHBOUR_FILLS = 32,	/* per fixed bit */
};

static bool
available(const char *feature)
{
	for (unsigned i = 0; i < A64_NR_FEATURES; i++)
		if (!strcmp(feature, a64_feature_name[i]))
			return a64_feature_available(i);
	/* A hint needs no feature. */
	return false;
}

/* A word of e that does not decode to e's instruction, or 0. */
static uint32_t
missing(const struct encoding *e)
{
	for (int n = 0; n < FILLS; n++) {
		uint32_t insn = fill(e);
		enum a64_row row = row_of(insn);

		if (encoding_find(insn) != e)
			continue;
		if (row == A64_NR_ROWS || !a64_row_implemented[row] ||
		    !covers(a64_row_mnemonic[row], e->mnemonic))
			return insn;
	}
	return 0;
}

static unsigned
neighbours(const struct encoding *e)
{
	unsigned tried = 0;

	for (unsigned bit = 0; bit < 32; bit++) {
		if (!(e->mask >> bit & 1))
			continue;
		for (int n = 0; n < NEIGHBOUR_FILLS; n++) {
			uint32_t insn = fill(e) ^ UINT32_C(1) << bit;

			if (encoding_find(insn))
				continue;
			tried++;
			if (row_of(insn) != A64_NR_ROWS)
				printf("wide %08x %s\n", insn, e->id);
		}
	}
	return tried;
}

int
main(void)
{
	size_t nr = encodings_read();
	unsigned tried = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct encoding *e = &encodings[i];
		uint32_t bad = missing(e);

		if (!bad)
			printf("decoded %s\n", e->id);
		else if (!available(e->feature))
			printf("off %s\n", e->id);
		else
			printf("missing %s %08x\n", e->id, bad);
		tried += neighbours(e);
	}
	printf("neighbours %u\n", tried);
	return 0;
}
