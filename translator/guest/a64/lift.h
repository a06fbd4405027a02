/*
 * lift.h - from guest words to IR.
 */
#ifndef FERRY_A64_LIFT_H
#define FERRY_A64_LIFT_H

#include "../../ir/ir.h"

/*
 * Starts a block at pc, and appends one instruction to it: row is its row of
 * the decoder's tables. An instruction that the IR cannot express is marked
 * as a fallback: the interpreter's handler does it. The block has room for
 * IR_MAX_PER_GUEST operations.
 */
void a64_lift_start(struct ir_block *b, gaddr pc);
void a64_lift_insn(struct ir_block *b, uint32_t word, unsigned row);

#endif
