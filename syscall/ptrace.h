/*
 * ptrace.h - what ptrace(2) asks of other calls.
 */
#ifndef FERRY_SYSCALL_PTRACE_H
#define FERRY_SYSCALL_PTRACE_H

#include "../runtime/vm/thread.h"

/* The thread, or its process, ends: what it traces goes on. */
void ptrace_exit(struct thread *t);

#endif
