/*
 * trace_filter.c - --strace=LIST, from names to a set of numbers.
 *
 * Calls that take a path or a descriptor are known by their rows' signatures;
 * the other classes are ranges of the generic table.
 */
#include "trace_filter.h"

#include <string.h>

#include "table.h"

_Static_assert(SYS_NR_MAX <= 512, "the sets of trace_filter()");

static const struct class {
	const char *name;
	const char *kind;	/* of arguments, as in table.h: by its end */
	int16_t range[8][2];	/* numbers from, to; ends with 0, 0 */
} classes[] = {
	{ "all", NULL, { { 0, SYS_NR_MAX - 1 } } },
	{ "file", "path", { { 17, 17 } } },
	{ "desc", "fd", { { 19, 20 }, { 72, 73 }, { 222, 222 } } },
	{ "network", NULL, { { 198, 212 }, { 242, 243 }, { 269, 269 } } },
	{ "process", NULL, { { 93, 97 }, { 129, 131 }, { 220, 221 },
			     { 260, 260 }, { 281, 281 }, { 424, 424 },
			     { 434, 435 } } },
	{ "signal", NULL, { { 74, 74 }, { 129, 139 }, { 240, 240 },
			    { 424, 424 } } },
	{ "memory", NULL, { { 214, 216 }, { 222, 222 }, { 226, 239 },
			    { 284, 284 }, { 288, 290 }, { 440, 440 },
			    { 462, 462 } } },
	{ "ipc", NULL, { { 180, 197 } } },
};

/* Whether an argument's kind ends with `kind' (fd, dirfd; path, fpath). */
static bool
takes(const char *args, const char *kind)
{
	size_t len = strlen(kind), n;

	for (; *args; args += n + (args[n] == ',')) {
		n = strcspn(args, ",");
		if (n >= len && !memcmp(args + n - len, kind, len))
			return true;
	}
	return false;
}

static bool
in_class(const struct class *c, long nr, const struct sys_row *row)
{
	if (c->kind && takes(row->args, c->kind))
		return true;
	for (int i = 0; i < 8 && (c->range[i][1] || !i); i++)
		if (nr >= c->range[i][0] && nr <= c->range[i][1])
			return true;
	return false;
}

static const struct class *
find_class(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (!strcmp(classes[i].name, name))
			return &classes[i];
	return NULL;
}

/* Shows or hides what `name' names; false if that is nothing. */
static bool
apply(const char *name, bool hide, uint64_t skip[8])
{
	const struct class *c = find_class(name);
	bool found = c;

	if (c && hide && c == classes)	/* numbers without a row, too */
		memset(skip, 0xff, 8 * sizeof(skip[0]));
	for (long nr = 0; nr < SYS_NR_MAX; nr++) {
		const struct sys_row *row = syscall_row(nr);

		if (!row || !(c ? in_class(c, nr, row)
				: !strcmp(row->name, name)))
			continue;
		found = true;
		if (hide)
			skip[nr / 64] |= 1ull << (nr % 64);
		else
			skip[nr / 64] &= ~(1ull << (nr % 64));
	}
	return found;
}

bool
trace_filter(const char *list, uint64_t skip[8], char word[32])
{
	memset(skip, *list == '!' ? 0 : 0xff, 8 * sizeof(skip[0]));
	do {
		bool hide = *list == '!';
		size_t n = strcspn(list += hide, ","), len = n < 31 ? n : 31;

		memcpy(word, list, len);
		word[len] = '\0';
		if (!apply(word, hide, skip))
			return false;
		list += n;
	} while (*list++);
	return true;
}
