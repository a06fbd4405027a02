/*
 * mkdecode.c - build-time generator: instruction tables to a decoder.
 *
 *	mkdecode -o DIR -f FEATURES.def -m MASK:VALUE PREFIX FILE.def...
 *
 * Reads rows of bit diagrams (the format is told at the head of
 * guest/a64/a64.def) and writes, with PREFIX a64:
 *
 *	a64_gen.h	row, feature and handler numbers, one operand structure
 *			per row and the inline function that fills it
 *	a64_decode.c	a64_decode(): instruction word to handler, and the
 *			tables about rows
 *	a64_exec.inc	one interpreter function per handler and their table
 *	a64_exec_mem.inc
 *			the interpreter's again, of the rows that access
 *			memory: the bits MASK are fixed and are VALUE
 *	a64_lift.inc	one lifter function per row and their table
 *
 * A handler is a row with its starred fields bound to values. Handler 0 is
 * the undefined instruction.
 *
 * Rows that could both match a word without one being more specific are
 * refused, and so are malformed rows: FILE:LINE: reason, exit status 1.
 *
 * A line `constraint NAME = a, b' names a list of constraints, and `| NAME'
 * stands for it in the rows behind, whose own fields it is about.
 *
 * A line `width 16' makes the diagrams of the rest of the file 16 bits wide
 * (the lower half of the word decides); `width 32' is the default.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mkdecode.h"

enum {
	MAX_LINE = 512,
	MAX_NAMED = 64,
};

const char *prefix;
char upper_prefix[MAX_NAME];
struct row **rows;
size_t nr_rows;
static size_t max_rows;
char features[MAX_FEATURES][MAX_NAME];
unsigned nr_features;
unsigned nr_errors;

/* Lists of constraints that have a name. */
static struct {
	char name[MAX_NAME];
	char *text;
} named[MAX_NAMED];
static unsigned nr_named;

/* The line that is being read, for messages. */
static const char *in_file;
static unsigned in_line;

void
error_at(const char *file, unsigned line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%u: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	nr_errors++;
}

#define error(...) error_at(in_file, in_line, __VA_ARGS__)

void
die(const char *what)
{
	fprintf(stderr, "mkdecode: %s: %s\n", what, strerror(errno));
	exit(1);
}

void *
must(void *p)
{
	if (!p)
		die("memory");
	return p;
}

/* Reading. */

static bool
is_identifier(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

static void
trim(char *line)
{
	char *end = line + strcspn(line, "#\n");

	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
}

static void
read_features(const char *path)
{
	FILE *in = fopen(path, "r");
	char line[MAX_LINE];

	if (!in)
		die(path);
	in_file = path;
	for (in_line = 1; fgets(line, sizeof(line), in); in_line++) {
		char *name;

		trim(line);
		name = strtok(line, " \t");
		if (!name)
			continue;
		if (nr_features == MAX_FEATURES || strlen(name) >= MAX_NAME)
			error("too many features or too long a name");
		else if (!is_identifier(name))
			error("`%s' is no name", name);
		else
			strcpy(features[nr_features++], name);
	}
	fclose(in);
}

static bool
find_feature(const char *name, unsigned *feature)
{
	for (unsigned i = 0; i < nr_features; i++) {
		if (!strcmp(features[i], name)) {
			*feature = i;
			return true;
		}
	}
	return false;
}

static const struct field *
find_field(const struct row *r, const char *name, size_t len)
{
	for (unsigned i = 0; i < r->nr_fields; i++) {
		const struct field *f = &r->fields[i];

		if (strlen(f->name) == len && !memcmp(f->name, name, len))
			return f;
	}
	return NULL;
}

/* A token of fixed bits, whose leftmost bit is at - 1. */
static void
parse_fixed(struct row *r, const char *token, unsigned at)
{
	for (; *token && at; token++) {
		at--;
		if (*token == 'x')
			continue;
		r->mask |= UINT32_C(1) << at;
		if (*token == '1')
			r->value |= UINT32_C(1) << at;
	}
}

/* name, name:5 or name:s9, each with an optional star. */
static unsigned
parse_field(struct row *r, char *token, unsigned at)
{
	struct field *f = &r->fields[r->nr_fields];
	size_t len = strlen(token);
	char *colon = strchr(token, ':');
	char *end;

	if (r->nr_fields == MAX_FIELDS) {
		error("%s: more than %d fields", r->name, MAX_FIELDS);
		return 0;
	}
	*f = (struct field){ .width = 1 };
	if (len && token[len - 1] == '*') {
		f->star = true;
		token[len - 1] = '\0';
	}
	if (colon) {
		*colon++ = '\0';
		if (*colon == 's') {
			f->is_signed = true;
			colon++;
		}
		f->width = strtoul(colon, &end, 10);
		if (!isdigit((unsigned char)*colon) || *end ||
		    f->width < 1 || f->width > r->width) {
			error("%s: bad width of field `%s'", r->name, token);
			return 0;
		}
	}
	if (!is_identifier(token) || strlen(token) >= MAX_NAME) {
		error("%s: `%s' is neither bits nor a field", r->name, token);
		return 0;
	}
	if (find_field(r, token, strlen(token))) {
		error("%s: field `%s' twice", r->name, token);
		return 0;
	}
	strcpy(f->name, token);
	if (f->width <= at)
		f->lo = at - f->width;
	r->nr_fields++;
	if (f->star)
		r->star_bits += f->width;
	return f->width;
}

static void
parse_diagram(struct row *r, char *text)
{
	unsigned total = 0;

	for (char *t = strtok(text, " \t"); t; t = strtok(NULL, " \t")) {
		unsigned at = total < r->width ? r->width - total : 0;

		if (strspn(t, "01x") == strlen(t)) {
			parse_fixed(r, t, at);
			total += strlen(t);
		} else {
			unsigned width = parse_field(r, t, at);

			if (!width)
				return;
			total += width;
		}
	}
	if (total != r->width)
		error("%s: the diagram has %u bits, not %u", r->name, total,
		      r->width);
	if (r->star_bits > MAX_STAR_BITS)
		error("%s: more than %d starred bits", r->name, MAX_STAR_BITS);
}

/* Cuts the first word off *s. */
static char *
cut_word(char **s)
{
	char *word = *s + strspn(*s, " \t");
	char *end = word + strcspn(word, " \t");

	*s = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static void
skip_spaces(const char **s)
{
	while (isspace((unsigned char)**s))
		(*s)++;
}

/* A number: decimal, 0x... or 0b... */
static bool
parse_number(const char **s, uint32_t *value)
{
	char *end;

	skip_spaces(s);
	if (!isdigit((unsigned char)**s))
		return false;
	if ((*s)[0] == '0' && (*s)[1] == 'b')
		*value = strtoul(*s += 2, &end, 2);
	else
		*value = strtoul(*s, &end, 0);
	*s = end;
	return true;
}

static const struct field *
parse_field_name(const struct row *r, const char **s)
{
	size_t len = 0;
	const struct field *f;

	skip_spaces(s);
	while (isalnum((unsigned char)(*s)[len]) || (*s)[len] == '_')
		len++;
	f = len ? find_field(r, *s, len) : NULL;
	*s += len;
	return f;
}

static bool
parse_op(const char **s, struct term *t)
{
	static const struct { char text[3]; int op; } ops[] = {
		{ "==", OP_EQ }, { "!=", OP_NE }, { "<=", OP_LE },
		{ ">=", OP_GE }, { "<", OP_LT }, { ">", OP_GT },
	};

	skip_spaces(s);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		size_t len = strlen(ops[i].text);

		if (!strncmp(*s, ops[i].text, len)) {
			t->op = ops[i].op;
			*s += len;
			return true;
		}
	}
	return false;
}

static bool
parse_term(struct row *r, const char **s, struct term *t)
{
	*t = (struct term){ .mask = UINT32_MAX };
	t->field = parse_field_name(r, s);
	if (!t->field)
		return false;
	skip_spaces(s);
	if (!strncmp(*s, ">>", 2)) {
		*s += 2;
		if (!parse_number(s, &t->value) || t->value > 31)
			return false;
		t->shift = t->value;
		skip_spaces(s);
	}
	if (**s == '&' && (*s)[1] != '&') {
		++*s;
		if (!parse_number(s, &t->mask))
			return false;
	}
	if (!parse_op(s, t))
		return false;
	r->constrained |= field_bits(t->field);
	if (parse_number(s, &t->value))
		return true;
	t->other = parse_field_name(r, s);
	if (!t->other)
		return false;
	r->constrained |= field_bits(t->other);
	return true;
}

/* The text of the named list of constraints that is all of the next item. */
static const char *
parse_named(const char **s)
{
	size_t len;

	skip_spaces(s);
	len = strcspn(*s, " \t,");
	if ((*s)[len + strspn(*s + len, " \t")] &&
	    (*s)[len + strspn(*s + len, " \t")] != ',')
		return NULL;
	for (unsigned i = 0; i < nr_named; i++) {
		if (strlen(named[i].name) != len ||
		    memcmp(named[i].name, *s, len))
			continue;
		*s += len;
		return named[i].text;
	}
	return NULL;
}

static void parse_constraints(struct row *r, const char *s, unsigned *group);

/* term { || term }, or a name. */
static bool
parse_alternatives(struct row *r, const char **s, unsigned *group)
{
	const char *text = parse_named(s);

	if (text) {
		parse_constraints(r, text, group);
		return true;
	}
	for (;; *s += 2) {
		struct term *t = &r->terms[r->nr_terms];

		if (r->nr_terms == MAX_TERMS || !parse_term(r, s, t))
			return false;
		t->group = *group;
		r->nr_terms++;
		skip_spaces(s);
		if (strncmp(*s, "||", 2))
			break;
	}
	++*group;
	return true;
}

static void
parse_constraints(struct row *r, const char *s, unsigned *group)
{
	for (;; s++) {
		if (!parse_alternatives(r, &s, group))
			break;
		skip_spaces(&s);
		if (!*s)
			return;
		if (*s != ',')
			break;
	}
	error("%s: bad constraint at `%s'", r->name, s);
}

/* NAME = text */
static void
parse_name_of_constraints(char *line)
{
	char *name = cut_word(&line);
	char *equals = cut_word(&line);

	if (!is_identifier(name) || strlen(name) >= MAX_NAME ||
	    strcmp(equals, "=") || nr_named == MAX_NAMED) {
		error("bad or too many names of constraints");
		return;
	}
	strcpy(named[nr_named].name, name);
	named[nr_named++].text = must(strdup(line));
}

static void
check_unique_name(const char *name)
{
	for (size_t i = 0; i < nr_rows; i++)
		if (!strcmp(rows[i]->name, name))
			error("%s: also at %s:%u", name, rows[i]->file,
			      rows[i]->line);
}

static void
parse_row(char *line, unsigned width)
{
	struct row *r = must(calloc(1, sizeof(*r)));
	char *bar = strchr(line, '|');
	unsigned group = 0;
	char *name, *feature;

	if (bar)
		*bar++ = '\0';
	name = cut_word(&line);
	*r = (struct row){ .file = in_file, .line = in_line, .width = width,
			   .implemented = *name != '?' };
	name += *name == '?';
	if (!is_identifier(name) || strlen(name) >= MAX_NAME) {
		error("`%s' is no name for a row", name);
		free(r);
		return;
	}
	check_unique_name(name);
	strcpy(r->name, name);
	feature = cut_word(&line);
	if (!find_feature(feature, &r->feature))
		error("%s: unknown feature `%s'", name, feature);
	parse_diagram(r, line);
	if (bar)
		parse_constraints(r, bar, &group);
	if (nr_rows == max_rows) {
		max_rows = max_rows ? 2 * max_rows : 256;
		rows = must(realloc(rows, max_rows * sizeof(*rows)));
	}
	rows[nr_rows++] = r;
}

static void
read_rows(const char *path)
{
	FILE *in = fopen(path, "r");
	char line[MAX_LINE];
	unsigned width = 32;

	if (!in)
		die(path);
	in_file = path;
	for (in_line = 1; fgets(line, sizeof(line), in); in_line++) {
		if (!strchr(line, '\n') && !feof(in))
			error("line longer than %d", MAX_LINE - 2);
		trim(line);
		if (!strcmp(line, "width 16"))
			width = 16;
		else if (!strcmp(line, "width 32"))
			width = 32;
		else if (!strncmp(line, "constraint ", 11))
			parse_name_of_constraints(line + 11);
		else if (line[strspn(line, " \t")])
			parse_row(line, width);
	}
	fclose(in);
}

static void __attribute__((noreturn))
usage(void)
{
	fprintf(stderr, "usage: mkdecode -o DIR -f FEATURES.def "
		"-m MASK:VALUE PREFIX FILE.def...\n");
	exit(2);
}

int
main(int argc, char **argv)
{
	const char *dir = NULL, *feature_file = NULL;
	uint32_t mask = 0, value = 0;
	int i;

	for (i = 1; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (!strcmp(argv[i], "-o"))
			dir = argv[i + 1];
		else if (!strcmp(argv[i], "-f"))
			feature_file = argv[i + 1];
		else if (!strcmp(argv[i], "-m") &&
			 sscanf(argv[i + 1], "%x:%x", &mask, &value) == 2)
			;
		else
			usage();
	}
	if (!dir || !feature_file || i + 1 >= argc ||
	    !is_identifier(argv[i]) || strlen(argv[i]) >= MAX_NAME)
		usage();
	prefix = argv[i++];
	for (size_t n = 0; prefix[n]; n++)
		upper_prefix[n] = toupper((unsigned char)prefix[n]);
	read_features(feature_file);
	while (i < argc)
		read_rows(argv[i++]);
	if (!nr_errors)
		check_rows();
	if (!nr_errors)
		number_handlers();
	if (nr_errors)
		return 1;
	write_header(dir);
	write_decoder(dir);
	write_exec(dir);
	write_exec_mem(dir, mask, value);
	write_lift(dir);
	return 0;
}
