/*
 * mkdecode.h - what the parts of the decoder generator share: the rows.
 *
 *	mkdecode.c		reads the .def files; main()
 *	mkdecode_rows.c		constraints, overlaps, numbering of handlers
 *	mkdecode_write.c	writes the generated files
 *
 * A program that runs once and exits: what it allocates it never frees, and
 * mistakes in its input are counted in nr_errors while it reads on.
 */
#ifndef FERRY_MKDECODE_H
#define FERRY_MKDECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MAX_NAME = 48,
	MAX_FIELDS = 16,
	MAX_TERMS = 16,
	MAX_STAR_BITS = 10,
	MAX_CONSTRAINED_BITS = 20,
	MAX_FEATURES = 255,
};

struct field {
	char name[MAX_NAME];
	unsigned lo, width;
	bool is_signed, star;
};

/* field >> shift & mask OP (value | field). Terms of one alternative group
 * (joined by ||) share a number; groups must all hold. */
struct term {
	const struct field *field;
	unsigned shift;
	uint32_t mask;
	enum { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE } op;
	uint32_t value;
	const struct field *other;
	unsigned group;
};

struct row {
	char name[MAX_NAME];
	const char *file;
	unsigned line;
	bool implemented;
	unsigned feature;
	unsigned width;
	uint32_t mask, value;		/* fixed bits */
	struct field fields[MAX_FIELDS];
	unsigned nr_fields;
	struct term terms[MAX_TERMS];
	unsigned nr_terms;
	uint32_t constrained;		/* bits that constraints look at */
	/* Handlers: one per valid value of the starred fields, which are
	 * read as one number, the leftmost field on top. */
	unsigned star_bits;
	unsigned first_handler, nr_handlers;
	uint16_t *handler;		/* of each value; 0: none */
};

/* What was read. */
extern const char *prefix;		/* a64 */
extern char upper_prefix[MAX_NAME];	/* A64 */
extern struct row **rows;
extern size_t nr_rows;
extern char features[MAX_FEATURES][MAX_NAME];
extern unsigned nr_features;
extern unsigned nr_errors;

/* How many handlers number_handlers() gave out, 0 included. */
extern unsigned nr_handlers;

/* Prints FILE:LINE: message and counts an error. */
void error_at(const char *file, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Ends the program: `what' and errno. */
void die(const char *what) __attribute__((noreturn));
/* p, which must not be NULL. */
void *must(void *p);

/* Reports rows whose constraints cannot hold and pairs of rows of which
 * neither is more specific. */
void check_rows(void);
/* Sets star_bits of rows without semantics to 0, and fills first_handler,
 * nr_handlers and handler of all rows. */
void number_handlers(void);
/* The bits of an instruction whose starred fields, read as one number, have
 * the value star; all other bits zero. */
uint32_t star_place(const struct row *r, unsigned star);

/* Each writes one file to the directory. */
void write_header(const char *dir);
void write_decoder(const char *dir);
void write_exec(const char *dir);
void write_exec_mem(const char *dir, uint32_t mask, uint32_t value);
void write_lift(const char *dir);

static inline uint32_t
ones(unsigned n)
{
	return n >= 32 ? UINT32_MAX : (UINT32_C(1) << n) - 1;
}

static inline uint32_t
field_bits(const struct field *f)
{
	return ones(f->width) << f->lo;
}

static inline uint32_t
field_get(const struct field *f, uint32_t insn)
{
	return insn >> f->lo & ones(f->width);
}

#endif
