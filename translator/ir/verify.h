/*
 * verify.h - whether a block of IR is well-formed.
 */
#ifndef FERRY_IR_VERIFY_H
#define FERRY_IR_VERIFY_H

#include "ir.h"

/*
 * NULL if it is; else what is wrong with it. Checked: guest instructions
 * follow each other; operands are earlier operations of the same guest
 * instruction, of the kind that the row in ir.def says; uses are counted;
 * types, registers and constants are in range; nothing follows what leaves.
 */
const char *ir_verify(const struct ir_block *b);

#endif
