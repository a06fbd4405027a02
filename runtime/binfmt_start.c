/*
 * binfmt_start.c - see binfmt_start.h.
 */
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

#include "binfmt_start.h"

/* include/uapi/linux/binfmts.h */
#define AT_FLAGS_PRESERVE_ARGV0	1u

struct binfmt_start
binfmt_start(int argc, char **argv)
{
	struct binfmt_start s = { .execfd = -1 };
	const char *execfn = (const char *)getauxval(AT_EXECFN);
	unsigned long fd;

	if (argc < 2)
		return s;
	s.has_argv0 = argc > 2 &&
		      getauxval(AT_FLAGS) & AT_FLAGS_PRESERVE_ARGV0;
	/* Descriptor 0 looks like no entry but for errno. */
	errno = 0;
	fd = getauxval(AT_EXECFD);
	if (fd || !errno)
		s.execfd = (int)fd;
	/* Without those flags only the name tells: it is the program's, but
	 * for scripts. */
	s.by_kernel = s.has_argv0 || s.execfd >= 0 ||
		      (execfn && strcmp(execfn, argv[1]) == 0);
	return s;
}
