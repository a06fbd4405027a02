/*
 * options.h - ferry's command line and environment variables.
 */
#ifndef FERRY_OPTIONS_H
#define FERRY_OPTIONS_H

#include "vm/process.h"

#define EXIT_USAGE	2

/*
 * Parses argv and the FERRY_* variables of envp into *opt. With
 * opt->by_kernel, argv has no options; in a process that is privileged
 * (AT_SECURE), variables mean nothing. Returns the index
 * of the guest program in argv. Bad usage is said on standard error and ends
 * the process with status 2; -h and -version print and end it with 0. Strings
 * stay argv's and envp's; vectors are malloc'ed and never freed. Start-up
 * only.
 */
int options_parse(struct options *opt, int argc, char **argv, char **envp);

#endif
