/*
 * trace_out.c - the tracer's output: numbers, names, strings.
 */
#include "trace_out.h"

#include <string.h>

#include "../runtime/base/log.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"

#define TABLE(name) static const struct trace_name table_##name[] = {
#define ROW(name, value) { #name, value, value },
#define FIELD(name, value, mask) { #name, value, mask },
#define END };
#include "trace_tables.def"
#undef TABLE
#undef ROW
#undef FIELD
#undef END

static const struct trace_table tables[] = {
#define TABLE(name) { #name, table_##name, ARRAY_SIZE(table_##name) },
#define ROW(name, value)
#define FIELD(name, value, mask)
#define END
#include "trace_tables.def"
#undef TABLE
#undef ROW
#undef FIELD
#undef END
};

const struct trace_table *
trace_table_find(const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (!strncmp(tables[i].name, name, n) && !tables[i].name[n])
			return &tables[i];
	return NULL;
}

void
trace_put(struct trace_line *l, const char *fmt, ...)
{
	size_t room = sizeof(l->text) - l->len, n;
	va_list ap;

	va_start(ap, fmt);
	n = fmt_vprint(l->text + l->len, room, fmt, ap);
	va_end(ap);
	l->len += n < room ? n : room - 1;
}

gaddr
trace_untag(gaddr a)
{
	return process.tagged_addr ? (gaddr)((int64_t)(a << 8) >> 8) : a;
}

void
trace_put_addr(struct trace_line *l, gaddr a)
{
	if (a)
		trace_put(l, "0x%lx", a);
	else
		trace_put(l, "NULL");
}

/* `table' may be followed by a comma, as in a signature. */
static const struct trace_table *
find(const char *table)
{
	return trace_table_find(table, strcspn(table, ","));
}

void
trace_put_flags(struct trace_line *l, const char *table, uint64_t v)
{
	const struct trace_table *tab = find(table);
	uint64_t left = v;
	const char *sep = "";

	for (size_t i = 0; tab && i < tab->nr; i++) {
		const struct trace_name *r = &tab->rows[i];

		if ((v & r->mask) != r->value ||
		    (r->value && !(left & r->value)))
			continue;
		trace_put(l, "%s%s", sep, r->name);
		left &= ~r->mask;
		sep = "|";
	}
	if (left || !*sep)
		trace_put(l, left ? "%s0x%lx" : "%s%lu", sep, left);
}

void
trace_put_enum(struct trace_line *l, const char *table, uint64_t v)
{
	const struct trace_table *tab = find(table);

	for (size_t i = 0; tab && i < tab->nr; i++)
		if (tab->rows[i].value == v) {
			trace_put(l, "%s", tab->rows[i].name);
			return;
		}
	trace_put(l, "0x%lx", v);
}

/* Without the prefix, as in sets. */
static void
put_signal_name(struct trace_line *l, const char *prefix, uint64_t sig)
{
	const char *name = sig < 32 ? sigabbrev_np((int)sig) : NULL;

	if (name)
		trace_put(l, "%s%s", prefix, name);
	else if (sig == 32)
		trace_put(l, "%sRTMIN", prefix);
	else if (sig > 32 && sig <= 64)
		trace_put(l, "%sRT_%lu", prefix, sig - 32);
	else
		trace_put(l, "%lu", sig);
}

void
trace_put_signal(struct trace_line *l, uint64_t sig)
{
	put_signal_name(l, "SIG", sig);
}

void
trace_put_sigset(struct trace_line *l, uint64_t set)
{
	bool inverted = __builtin_popcountll(set) > 32;
	const char *sep = "";

	if (inverted)
		set = ~set;
	trace_put(l, inverted ? "~[" : "[");
	for (uint64_t sig = 1; sig <= 64; sig++)
		if (set >> (sig - 1) & 1) {
			trace_put(l, "%s", sep);
			put_signal_name(l, "", sig);
			sep = " ";
		}
	trace_put(l, "]");
}

static void
put_char(struct trace_line *l, unsigned char c, unsigned char next)
{
	static const char escape[] = "\"\"\\\\\nn\tt\rr\vv\ff";

	for (size_t i = 0; escape[i]; i += 2)
		if (c == (unsigned char)escape[i]) {
			trace_put(l, "\\%c", escape[i + 1]);
			return;
		}
	if (c >= ' ' && c < 0x7f)
		trace_put(l, "%c", c);
	else if (next >= '0' && next <= '9')
		trace_put(l, "\\%03o", c);
	else
		trace_put(l, "\\%o", c);
}

static void
put_quoted(struct trace_line *l, const char *s, size_t n, bool cut)
{
	trace_put(l, "\"");
	for (size_t i = 0; i < n; i++)
		put_char(l, (unsigned char)s[i],
			 i + 1 < n ? (unsigned char)s[i + 1] : 0);
	trace_put(l, cut ? "\"..." : "\"");
}

void
trace_put_bytes(struct trace_line *l, gaddr src, uint64_t len)
{
	char buf[TRACE_STRING_MAX];
	size_t n = len < sizeof(buf) ? len : sizeof(buf);

	if (!src || gmem_read(buf, trace_untag(src), n))
		trace_put_addr(l, src);
	else
		put_quoted(l, buf, n, n < len);
}

void
trace_put_string(struct trace_line *l, gaddr src, size_t max)
{
	char buf[512];
	size_t n = 0;

	if (max > sizeof(buf))
		max = sizeof(buf);
	if (!src) {
		trace_put(l, "NULL");
		return;
	}
	while (n < max) {
		if (gmem_read(&buf[n], trace_untag(src) + n, 1)) {
			trace_put_addr(l, src);
			return;
		}
		if (!buf[n])
			break;
		n++;
	}
	put_quoted(l, buf, n, n == max);
}
