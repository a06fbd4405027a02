/*
 * binfmt_start.h - how the kernel's binfmt_misc has started ferry.
 *
 * Documentation/admin-guide/binfmt-misc.rst and fs/binfmt_misc.c: the
 * arguments are the registered interpreter, the program's path and the
 * program's own arguments without their first; with flag P that one stays,
 * behind the path, and AT_FLAGS says so (Linux 5.12 and later); with flags O
 * and C the program comes opened, as AT_EXECFD.
 */
#ifndef FERRY_BINFMT_START_H
#define FERRY_BINFMT_START_H

#include <stdbool.h>

struct binfmt_start {
	bool by_kernel;		/* by an execve of a guest program, not of
				 * ferry: there are no options */
	bool has_argv0;		/* argv[2] is the program's argv[0] */
	int execfd;		/* the program, opened; or -1 */
};

/* Looks at the auxiliary vector; no system call. Start-up only. */
struct binfmt_start binfmt_start(int argc, char **argv);

#endif
