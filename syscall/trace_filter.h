/*
 * trace_filter.h - which system calls --strace shows.
 */
#ifndef FERRY_SYSCALL_TRACE_FILTER_H
#define FERRY_SYSCALL_TRACE_FILTER_H

#include "../runtime/base/base.h"

/*
 * A comma-separated list of names of calls and of classes: all, file (paths),
 * desc (descriptors), network, process, signal, memory, ipc. With a `!' in
 * front, what it names is taken away; a list that begins so starts from all.
 * Sets in `skip' the bit of each call that is not to be shown. False: word is
 * the first name that is unknown, cut to fit. For start-up.
 */
bool trace_filter(const char *list, uint64_t skip[8], char word[32]);

#endif
