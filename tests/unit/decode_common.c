/*
 * decode_common.c - what the tests of the generated A64 decoder share.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "decode_common.h"

enum { SHOWN = 3 };	/* differences printed per row and test */

/* What a row covers besides what is called like it. */
static const struct {
	const char *row, *names;
} written[] = {
#define NAMES(row, names) { #row, names },
#include "a64_names.def"
#undef NAMES
};

unsigned differences;

static unsigned shown[A64_NR_ROWS + 1];

uint32_t
rnd(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

enum a64_row
row_of(uint32_t insn)
{
	return a64_handler_row[a64_decode(insn)];
}

bool
word_in(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += len) {
		bool starts = p == list || p[-1] == ' ';

		if (starts && (p[len] == ' ' || !p[len]))
			return true;
	}
	return false;
}

bool
covers(const char *row, const char *name)
{
	if (!strcmp(row, name))
		return true;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++)
		if (!strcmp(written[i].row, row))
			return word_in(written[i].names, name);
	return false;
}

void
differ(uint32_t insn, const char *fmt, ...)
{
	enum a64_row row = row_of(insn);
	va_list ap;

	differences++;
	if (shown[row]++ >= SHOWN)
		return;
	printf("%08x: row %s, ", insn, a64_row_name[row]);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

bool
should_differ(const struct encoding *e, uint32_t insn)
{
	return (insn & e->should_mask) != e->should_value;
}

uint32_t
fill(const struct encoding *e)
{
	return (rnd() & ~e->mask & ~e->should_mask) | e->value |
	       e->should_value;
}
