/*
 * mkdecode_rows.c - what rows mean to each other: which words satisfy a row's
 * constraints, which rows overlap, and the numbering of handlers.
 *
 * Questions about constraints are answered by trying all values of the bits
 * that they look at; these are few.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mkdecode.h"

unsigned nr_handlers;

/* The next subset of the bits of mask after sub; 0 after the last. */
static uint32_t
next_subset(uint32_t sub, uint32_t mask)
{
	return (sub - mask) & mask;
}

/* Constraints and overlaps. */

static bool
term_holds(const struct term *t, uint32_t insn)
{
	uint32_t a = field_get(t->field, insn) >> t->shift & t->mask;
	uint32_t b = t->other ? field_get(t->other, insn) : t->value;

	switch (t->op) {
	case OP_EQ: return a == b;
	case OP_NE: return a != b;
	case OP_LT: return a < b;
	case OP_LE: return a <= b;
	case OP_GT: return a > b;
	case OP_GE: return a >= b;
	}
	return false;
}

static bool
constraints_hold(const struct row *r, uint32_t insn)
{
	for (unsigned i = 0; i < r->nr_terms;) {
		unsigned group = r->terms[i].group;
		bool any = false;

		for (; i < r->nr_terms && r->terms[i].group == group; i++)
			any |= term_holds(&r->terms[i], insn);
		if (!any)
			return false;
	}
	return true;
}

/* Looks for a word with the bits of `fixed' as in value that satisfies the
 * constraints of a and b; tries all values of the bits they look at. */
static bool
satisfiable(const struct row *a, const struct row *b, uint32_t fixed,
	    uint32_t value, uint32_t *witness)
{
	uint32_t free_bits = (a->constrained | b->constrained) & ~fixed;
	uint32_t sub = 0;

	if (__builtin_popcount(free_bits) > MAX_CONSTRAINED_BITS) {
		error_at(a->file, a->line, "%s: constraints on too many bits",
			 a->name);
		return false;
	}
	do {
		*witness = value | sub;
		if (constraints_hold(a, *witness) &&
		    constraints_hold(b, *witness))
			return true;
		sub = next_subset(sub, free_bits);
	} while (sub);
	return false;
}

/* Whether a's fixed bits strictly contain b's (where both are fixed they are
 * known to agree). */
static bool
more_specific(const struct row *a, const struct row *b)
{
	return a->mask != b->mask && (a->mask & b->mask) == b->mask;
}

static void
check_overlap(const struct row *a, const struct row *b)
{
	uint32_t word;

	if ((a->value ^ b->value) & a->mask & b->mask)
		return;
	if (more_specific(a, b) || more_specific(b, a))
		return;
	if (satisfiable(a, b, a->mask | b->mask, a->value | b->value, &word))
		error_at(b->file, b->line,
			 "%s: ambiguous with %s (%s:%u), for instance %08x",
			 b->name, a->name, a->file, a->line, word);
}

void
check_rows(void)
{
	uint32_t word;

	for (size_t i = 0; i < nr_rows; i++) {
		const struct row *r = rows[i];

		if (!satisfiable(r, r, r->mask, r->value, &word))
			error_at(r->file, r->line,
				 "%s: no word satisfies the constraints",
				 r->name);
		for (size_t j = 0; j < i; j++)
			check_overlap(rows[j], r);
	}
}

/* Handlers. */

static uint32_t
star_mask(const struct row *r)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < r->nr_fields; i++)
		if (r->fields[i].star)
			mask |= field_bits(&r->fields[i]);
	return mask;
}

uint32_t
star_place(const struct row *r, unsigned star)
{
	uint32_t insn = 0;

	for (unsigned i = r->nr_fields; i-- > 0;) {
		const struct field *f = &r->fields[i];

		if (!f->star)
			continue;
		insn |= (star & ones(f->width)) << f->lo;
		star >>= f->width;
	}
	return insn;
}

void
number_handlers(void)
{
	nr_handlers = 1;
	for (size_t i = 0; i < nr_rows; i++) {
		struct row *r = rows[i];
		uint32_t word;

		if (!r->implemented)
			r->star_bits = 0;
		r->first_handler = nr_handlers;
		r->handler = must(calloc(1u << r->star_bits,
					 sizeof(*r->handler)));
		for (unsigned n = 0; n < 1u << r->star_bits; n++) {
			if (r->star_bits &&
			    !satisfiable(r, r, r->mask | star_mask(r),
					 r->value | star_place(r, n), &word))
				continue;
			r->handler[n] = nr_handlers++;
		}
		r->nr_handlers = nr_handlers - r->first_handler;
	}
	if (nr_handlers > UINT16_MAX) {
		fprintf(stderr, "mkdecode: more than 65535 handlers\n");
		nr_errors++;
	}
}
