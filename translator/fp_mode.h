/*
 * fp_mode.h - whether translated code tests for NaNs or lets them trap.
 *
 * Where x86 and Arm differ about NaNs the host raises invalid, so that code
 * without any test is right if invalid traps, and the interpreter does the
 * instruction again. It is also half as fast again on the common path. Three
 * things make the process change, once and for good, to code that tests: many
 * traps, for each costs microseconds (--fp-traps says how many); FPCR.DN, for
 * which a NaN that is handed on must be replaced, and raises nothing; FPCR.FZ,
 * for which a denormal operand beside a NaN must be noticed.
 *
 * Any thread may run code that tests while it traps, but not the other way
 * round: the order in fp_mode_choose() and a64_run() sees to it.
 */
#ifndef FERRY_FP_MODE_H
#define FERRY_FP_MODE_H

#include "../runtime/vm/cpu_a64.h"

/* Whether code that is translated now must test. With the translator's lock
 * held. */
bool fp_mode_tests(void);

/* What is to trap (bits of enum a64_fp_trap) for a thread that is about to
 * enter the code cache: before it does, and sets it afterwards. Drops all
 * code if the process has to change. */
uint8_t fp_mode_choose(const struct a64_cpu *cpu);
void fp_mode_set(struct a64_cpu *cpu, uint8_t trap);

/* Too many traps. */
extern bool fp_mode_must_test;

/* Whether the thread may not run translated code before it has entered the
 * code cache again. */
static inline bool
fp_mode_is_wrong(const struct a64_cpu *cpu)
{
	return cpu->fp_trap & A64_TRAP_INVALID &&
	       (cpu->fp.fpcr & (FPCR_DN | FPCR_FZ) ||
		unlikely(fp_mode_must_test));
}

/* A trap: the MXCSR to go on with. Async-signal-safe. */
uint32_t fp_mode_trapped(struct a64_cpu *cpu, uint32_t mxcsr);

#endif
