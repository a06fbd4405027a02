/*
 * edges.h - signals at places that are the same each time: --signal-edges.
 *
 * A thread that executes guest code passes an edge where execution goes on
 * elsewhere than behind the last instruction (a branch that is taken), where
 * it makes a system call and where that has returned. Interpreter and
 * translations count the same edges, in t->edges; at each N-th the thread is
 * sent the signal, if it has a handler and does not block it. So a program's
 * handler sees the same states whichever tier ran, and what differs is a bug.
 *
 * Counting starts anew where the thread's mask may have changed: behind
 * rt_sigprocmask and rt_sigreturn, and where a handler begins. Thus a handler
 * may do what it likes, and the first edge is the N-th behind the call that
 * let the signal through.
 *
 * Translations are made for it (they look at every branch that is taken, not
 * only at those that go backward), and the run loop is one of its own: without
 * the option nothing is there that costs. Not together with --lockstep.
 */
#ifndef FERRY_EDGES_H
#define FERRY_EDGES_H

#include "vm/thread.h"

/* Begins with the process's first thread; process.isa is set. */
void edges_start(struct thread *t);

#endif
