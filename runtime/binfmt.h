/*
 * binfmt.h - `ferry binfmt': registers ferry with the kernel's binfmt_misc.
 */
#ifndef FERRY_BINFMT_H
#define FERRY_BINFMT_H

/*
 * Carries out argv[1..], the words after `binfmt': install, uninstall or
 * status, and their options; ferry-binfmt(8) describes them. Says what it did
 * on standard output, what went wrong in a line on standard error. Returns
 * the exit status: 0, 1 (the kernel refused, or it is not registered), 2
 * (usage).
 */
int binfmt_main(int argc, char **argv);

/* Registers `interpreter' in the user namespace that the process is in, if it
 * can, and says nothing. A kernel before Linux 6.7 cannot. */
void binfmt_register_here(const char *interpreter, const char *flags);

#endif
