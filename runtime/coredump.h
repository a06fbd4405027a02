/*
 * coredump.h - core files of guests.
 *
 * What the host's kernel would dump is ferry. So a signal whose default
 * action is a core file comes here: if the kernel would write one, to a plain
 * file by the rules of core(5) (RLIMIT_CORE, core_pattern, PR_SET_DUMPABLE,
 * coredump_filter, MADV_DONTDUMP), ferry writes it, as ELF of the guest's
 * machine. core_pattern's pipes and sockets are left alone.
 */
#ifndef FERRY_COREDUMP_H
#define FERRY_COREDUMP_H

#include <signal.h>

#include "vm/thread.h"

/* For signals_dump_core: stops the other threads and writes the file. True:
 * there is one, and dying by the signal now leaves it and says so in the wait
 * status. Only once, by the thread that is about to die. */
bool coredump(struct thread *t, const siginfo_t *info);

/* coredump_elf.c: the file itself, to fd, no more than `limit' bytes. 0 or
 * -errno. */
long coredump_write(int fd, uint64_t limit, struct thread *t,
		    const siginfo_t *info);

#endif
