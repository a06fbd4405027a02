/*
 * tagged.h - system calls with tagged addresses.
 */
#ifndef FERRY_SYSCALL_TAGGED_H
#define FERRY_SYSCALL_TAGGED_H

#include "table.h"

/* Makes the call by call(), with its addresses' tags taken off. Any thread;
 * not in signal handlers. A call that does not return (exit, execve) leaves
 * nothing behind: no such call takes a vector. */
long tagged_call(struct thread *t, const struct sys_row *row,
		 const uint64_t a[6],
		 long (*call)(struct thread *t, const struct sys_row *row,
			      const uint64_t a[6]));

/* execve's vector of strings `at' without their tags: a copy, to be given back
 * by rtmem_free(copy, *bytes), or, if *bytes is 0, `at'. */
gaddr tagged_strings(gaddr at, size_t *bytes);

#endif
