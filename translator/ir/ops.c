/*
 * ops.c - the table of operations.
 */
#include "ops.h"

#define ROW(name, sig, flags) \
	[IR_##name] = { #name, #sig, (flags) },

const struct ir_op_row ir_ops[IR_NR_OPS] = {
	[IR_NONE] = { "none", "__", 0 },
#define IR(name, sig, flags) ROW(name, sig, flags)
#include "ir_int.def"
#include "ir_state.def"
#undef IR
#define IR(name, sig, flags) ROW(name, sig, (flags) | IR_SLOW)
#include "ir_vec.def"
#include "ir_fp.def"
#undef IR
};
