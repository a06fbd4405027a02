/*
 * enter.h - the way into translated code and the pieces that all of it shares.
 */
#ifndef FERRY_X64_ENTER_H
#define FERRY_X64_ENTER_H

/* Offsets in struct thread, for enter.S. */
#define X64_CPU_V	0x130
#define X64_CPU_FP_MASKED 0x35d
#define X64_CPU_EXCL_STORES 0x344
#define X64_CPU_EXCL_PLACE 0x360
#define X64_CODE_SP	0x400
#define X64_RET_SP	0x408

#ifndef __ASSEMBLER__

#include "../../../runtime/vm/thread.h"

/* Makes t's stack of return addresses, or empties it. False: no memory. */
bool x64_ret_stack(struct thread *t);

/* If a fault at `addr' in translated code is that stack's end: empties it.
 * The new value for rsp, or 0. Async-signal-safe. */
uintptr_t x64_ret_overflow(struct thread *t, uintptr_t addr);

/*
 * Runs translated code at `code' until it leaves; cpu->pc is then where. The
 * result is the jump that may be linked to the block there, or NULL. The
 * guest's state is in *cpu before and after.
 */
uint8_t *x64_enter(struct a64_cpu *cpu, const void *code);

/* Before x64_enter(): chooses what code can be emitted. */
void x64_start(void);

/* Whether code that was emitted expects guest registers in xmm16 and up. */
extern uint8_t x64_wide_pins;

/* See emit.h, struct emit_glue. */
extern const char x64_glue_exit[], x64_glue_fallback[], x64_glue_flags[];
extern const char x64_glue_watch[], x64_glue_take[], x64_glue_give_back[];

/* lock cmpxchg16b [rsi], as it is emitted, and the guest's general register
 * that is in rbx otherwise: at that instruction, in its home. */
#define X64_CMPXCHG16B		0x0ec70f48f0
#define X64_CMPXCHG16B_LEN	5
#define X64_CMPXCHG16B_X	1

/* Guest state at a fault in translated code: the pinned registers, from the
 * host's context (a mcontext_t). Async-signal-safe. */
void x64_recover(struct a64_cpu *cpu, const void *mcontext);

#endif /* __ASSEMBLER__ */

#endif
