/*
 * mortal.h - processes that share this address space and may be killed.
 *
 * A child of clone with CLONE_VM that is no thread, and that nobody waits for
 * in vfork, can die with a lock of ours. Those who then wait for the lock look
 * here, after a while, whether its owner is dead.
 *
 * Only the process that made the child can see that: elsewhere the child's id
 * may mean somebody else. So what such a child held is released by threads of
 * its maker's process only.
 *
 * No locks; any thread.
 */
#ifndef FERRY_MORTAL_H
#define FERRY_MORTAL_H

#include <stdbool.h>
#include <stdint.h>

/* The child with that id has its thread block in [lo, hi). Silently left out
 * if there are very many. */
void mortal_add(uintptr_t lo, uintptr_t hi, int pid);
/* The block that begins at lo is going to be another's. */
void mortal_remove(uintptr_t lo);

/* Whether there are any. */
bool mortal_any(void);
/* Whether `at' lies in the block of a child of this process that is dead. */
bool mortal_is_dead(uintptr_t at);

#endif
