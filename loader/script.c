/*
 * script.c - the first line of a script, by the kernel's rules
 * (fs/binfmt_script.c): the interpreter's path ends at white space; what
 * follows, without white space around it, is one argument; the line may be
 * cut by the 256 bytes that execve looks at, the path may not.
 */
#include <string.h>

#include "image.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int
script_parse(struct program *prog, char **interp, char **arg,
	     struct load_error *err)
{
	char *p = prog->head + 2, *end, *name_end;

	if (prog->head[0] != '#' || prog->head[1] != '!')
		return 0;
	end = memchr(p, '\n', HEAD_SIZE - 2);
	if (!end) {
		/* A line that is cut: the path must end before the cut. */
		end = prog->head + HEAD_SIZE - 1;
		while (p < end && is_blank(*p))
			p++;
		while (p < end && !is_blank(*p) && *p)
			p++;
		if (p == end)
			return load_fail(err, LOAD_NOEXEC,
					 "%s: the interpreter's name is too "
					 "long", prog->name);
		p = prog->head + 2;
	}
	while (end > p && is_blank(end[-1]))
		end--;
	*end = '\0';
	while (is_blank(*p))
		p++;
	if (*p == '\0')
		return load_fail(err, LOAD_NOEXEC,
				 "%s: no interpreter after #!", prog->name);
	*interp = p;
	while (*p && !is_blank(*p))
		p++;
	name_end = p;
	while (is_blank(*p))
		p++;
	*arg = *p ? p : NULL;
	*name_end = '\0';
	return 1;
}
