/*
 * a64_encodings.c - reads the list of encodings and looks words up in it.
 *
 * Slow and plain on purpose: the encodings that a word can be are found by
 * its bits 28..21 and compared one by one.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "a64_encodings.h"

enum {
	BUCKET_LO = 21,
	BUCKET_BITS = 8,
	NR_BUCKETS = 1 << BUCKET_BITS,
};

struct encoding *encodings;

static size_t nr_encodings;
static struct {
	struct encoding **list;	/* most fixed bits first */
	size_t len;
} buckets[NR_BUCKETS];

static void __attribute__((noreturn))
bad(const char *what, const char *where)
{
	fprintf(stderr, "a64_encodings.tsv: %s: %s\n", what, where);
	exit(1);
}

static void *
grow(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p)
		bad("memory", "");
	return p;
}

static void
parse_pattern(struct encoding *e, const char *s)
{
	if (strlen(s) != 32 || strspn(s, "01xio") != 32)
		bad("pattern", s);
	for (int bit = 31; bit >= 0; bit--, s++) {
		uint32_t b = UINT32_C(1) << bit;

		if (*s == '0' || *s == '1')
			e->mask |= b;
		if (*s == '1')
			e->value |= b;
		if (*s == 'i' || *s == 'o')
			e->should_mask |= b;
		if (*s == 'i')
			e->should_value |= b;
	}
}

/* name@lo:width[&mask] op value */
static const char *
parse_term(struct enc_term *t, const char *s)
{
	unsigned width, mask, len;

	if (sscanf(s, "%*[A-Za-z0-9_]@%u:%u%n", &t->lo, &width, &len) != 2)
		bad("constraint", s);
	t->mask = (1u << width) - 1;
	s += len;
	if (sscanf(s, "&%u%n", &mask, &len) == 1) {
		t->mask = mask;
		s += len;
	}
	t->op = *s++;
	if (*s == '=')
		s++;
	if (!strchr("=!<>", t->op) || sscanf(s, "%u%n", &t->value, &len) != 1)
		bad("constraint", s);
	return s + len;
}

static void
parse_constraints(struct encoding *e, const char *s)
{
	unsigned group = 0;

	while (*s) {
		struct enc_term *t = &e->terms[e->nr_terms++];

		if (e->nr_terms > ENC_MAX_TERMS)
			bad("too many constraints", e->id);
		s = parse_term(t, s);
		t->group = group;
		if (!strncmp(s, " || ", 4)) {
			s += 4;
		} else if (!strncmp(s, ", ", 2)) {
			s += 2;
			group++;
		} else if (*s) {
			bad("constraint", s);
		}
	}
}

/* "FEAT_AdvSIMD && FEAT_FP16" is fp16 to us: a feature implies what it is
 * built on. */
static const char *
feature_name(const char *condition)
{
	const char *last = strrchr(condition, ' ');
	char *name = strdup(last ? last + 1 : condition);

	if (!name)
		bad("memory", "");
	if (!strncmp(name, "FEAT_", 5))
		memmove(name, name + 5, strlen(name) - 4);
	for (char *p = name; *p; p++)
		*p = tolower((unsigned char)*p);
	return name;
}

static void
parse_line(char *line)
{
	char *column[5] = { line };
	struct encoding *e;

	line[strcspn(line, "\n")] = '\0';
	for (int i = 1; i < 5; i++) {
		column[i] = strchr(column[i - 1], '\t');
		if (!column[i])
			bad("columns", line);
		*column[i]++ = '\0';
	}
	encodings = grow(encodings, (nr_encodings + 1) * sizeof(*encodings));
	e = &encodings[nr_encodings++];
	*e = (struct encoding){ .id = strdup(column[0]),
				.mnemonic = strdup(column[1]),
				.feature = feature_name(column[4]) };
	parse_pattern(e, column[2]);
	parse_constraints(e, column[3]);
}

static int
by_fixed_bits(const void *pa, const void *pb)
{
	const struct encoding *a = *(struct encoding *const *)pa;
	const struct encoding *b = *(struct encoding *const *)pb;

	return __builtin_popcount(b->mask) - __builtin_popcount(a->mask);
}

static void
fill_bucket(uint32_t n)
{
	uint32_t mask = (uint32_t)(NR_BUCKETS - 1) << BUCKET_LO;
	struct encoding **list = grow(NULL, nr_encodings * sizeof(*list));
	size_t len = 0;

	for (size_t i = 0; i < nr_encodings; i++) {
		struct encoding *e = &encodings[i];

		if (!((e->value ^ n << BUCKET_LO) & e->mask & mask))
			list[len++] = e;
	}
	qsort(list, len, sizeof(*list), by_fixed_bits);
	buckets[n].list = list;
	buckets[n].len = len;
}

size_t
encodings_read(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], line[1024];
	FILE *in;

	snprintf(path, sizeof(path), "%s/tests/insn/a64_encodings.tsv",
		 srcdir ? srcdir : ".");
	in = fopen(path, "r");
	if (!in)
		bad("cannot open", path);
	while (fgets(line, sizeof(line), in))
		if (*line != '#')
			parse_line(line);
	fclose(in);
	for (uint32_t n = 0; n < NR_BUCKETS; n++)
		fill_bucket(n);
	return nr_encodings;
}

static bool
term_holds(const struct enc_term *t, uint32_t insn)
{
	uint32_t v = insn >> t->lo & t->mask;

	switch (t->op) {
	case '=': return v == t->value;
	case '!': return v != t->value;
	case '<': return v < t->value;
	default: return v > t->value;
	}
}

bool
encoding_matches(const struct encoding *e, uint32_t insn)
{
	unsigned i = 0;

	if ((insn & e->mask) != e->value)
		return false;
	while (i < e->nr_terms) {
		unsigned group = e->terms[i].group;
		bool any = false;

		for (; i < e->nr_terms && e->terms[i].group == group; i++)
			any |= term_holds(&e->terms[i], insn);
		if (!any)
			return false;
	}
	return true;
}

const struct encoding *
encoding_find(uint32_t insn)
{
	uint32_t n = insn >> BUCKET_LO & (NR_BUCKETS - 1);

	for (size_t i = 0; i < buckets[n].len; i++)
		if (encoding_matches(buckets[n].list[i], insn))
			return buckets[n].list[i];
	return NULL;
}
