/*
 * enter.h - the way into translated code and the pieces that all of it shares.
 */
#ifndef FERRY_X64_ENTER_H
#define FERRY_X64_ENTER_H

#include "../../../runtime/vm/thread.h"

/*
 * Runs translated code at `code' until it leaves; cpu->pc is then where. The
 * result is the jump that may be linked to the block there, or NULL. The
 * guest's state is in *cpu before and after.
 */
uint8_t *x64_enter(struct a64_cpu *cpu, const void *code);

/* See emit.h, struct emit_glue. */
extern const char x64_glue_exit[], x64_glue_fallback[], x64_glue_flags[];

/* Guest state at a fault in translated code: the pinned registers, from the
 * host context's general registers (indexed as <ucontext.h>'s REG_*). Async-
 * signal-safe. */
void x64_recover(struct a64_cpu *cpu, const long long *gregs);

#endif
