/*
 * cpu_loop.h - the loop that a guest thread is.
 */
#ifndef FERRY_CPU_LOOP_H
#define FERRY_CPU_LOOP_H

#include "vm/thread.h"

/* Runs t's guest code, system calls and signals until the thread or the
 * process ends. Called on t's own host thread. */
_Noreturn void cpu_loop(struct thread *t);

#endif
