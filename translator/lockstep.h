/*
 * lockstep.h - interpreter against translator: --lockstep.
 *
 * Each unit of translated code is run twice from the same state, and what
 * comes out of it is compared: registers, vectors, flags, FPCR and FPSR, the
 * exclusive monitor, how the unit ended and the memory that it wrote. The
 * interpreter comes first; then its stores are undone, and the translation,
 * which no jump leads out of, does the real work. A difference is told, and
 * the process dies of SIGABRT.
 *
 * It runs while the process has one thread: another one could see the stores
 * that are undone. For the same reason a unit that touches shared memory is
 * not compared, nor is one that reads what never is twice the same (a
 * counter). Neither is a store to a place where the interpreter did not
 * store. Memory that others write with process_vm_writev(2) or ptrace(2)
 * shows up as a difference.
 *
 * None of this is touched or costs anything unless the option is given. Only
 * the one thread of the process calls it.
 */
#ifndef FERRY_LOCKSTEP_H
#define FERRY_LOCKSTEP_H

#include "../runtime/vm/process.h"
#include "codecache.h"
#include "ir/ir.h"

/* Whether the next unit is to be run by lockstep_unit(). */
static inline bool
lockstep_wanted(void)
{
	return unlikely(process.opt.lockstep) && process.nr_threads == 1;
}

/* The bytes of the code cache that a translation of nr instructions needs
 * besides its code. */
uint32_t lockstep_room(unsigned nr);

/* What a translation calls for instructions that it leaves to the
 * interpreter: a64_front_handler(), but for system calls, which end both runs
 * and then are made once. */
const void *lockstep_handler(uint32_t word);

/* Behind the code of c: what the interpreter needs to do the same. Under the
 * cache's lock, before codecache_commit(). */
void lockstep_remember(struct code *c, const struct ir_block *b);

/* Runs the translation c, which starts at t's pc, in lockstep. The state is
 * then the translation's; the result is an enum vm_exit, and t->fault and
 * t->retry are as after host_enter(). Not inside host_enter(). */
int lockstep_unit(struct thread *t, const struct code *c);

/* The interpreter runs something by itself. */
void lockstep_forget(void);

/* At the end of the process: how much was compared, if --stats asks or to the
 * file of -D. */
void lockstep_report(void);

#endif
