/*
 * again.h - condition flags that are made once more.
 *
 * Translated code does not store flags that nobody will read. Should a signal
 * frame show them all the same, the instruction that set them is executed
 * again, on the registers as they are then. While that holds, flag_kind may
 * be the instruction's word, which is larger than any enum a64_flag_kind.
 * Bit 29 is 1 in all such words but those of floating-point comparisons; here
 * 0 means that an operand has been overwritten with the result, and is
 * computed back from it. Bit 26 is 0 in those words; 1 means that flag_a is
 * what register Rn was.
 */
#ifndef FERRY_A64_AGAIN_H
#define FERRY_A64_AGAIN_H

#include "../../../runtime/vm/cpu_a64.h"
#include "../../ir/ir.h"

/* Fills in g->again and its masks. */
void a64_again_describe(struct ir_guest *g);

/* If flag_kind is a word whose register Rn is n: that has been increased by
 * `by' since. Async-signal-safe. */
void a64_again_step(struct a64_cpu *cpu, unsigned n, int32_t by);

/* Out of line, for a64_again_settle(). */
void a64_again_execute(struct a64_cpu *cpu);

/* Makes flag_kind one of enum a64_flag_kind again. */
static inline void
a64_again_settle(struct a64_cpu *cpu)
{
	if (unlikely(cpu->flag_kind > FLAG_LAST))
		a64_again_execute(cpu);
}

#endif
