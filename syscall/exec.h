/*
 * exec.h - what the other families need of execve.
 */
#ifndef FERRY_SYSCALL_EXEC_H
#define FERRY_SYSCALL_EXEC_H

#include "../runtime/vm/thread.h"

/* Keeps ferry's own program within reach of later execs: for calls after
 * which /proc and the program's name may mean something else, or nothing.
 * Does nothing the second time. Any thread; not in signal handlers. */
void exec_keep_self(struct thread *t);

#endif
