/*
 * ir.h - a block of guest code as operations.
 *
 * A block is a list of operations in program order; operands are earlier
 * operations' indices. Values do not live across guest instructions: what an
 * instruction leaves behind it writes to guest state (IR_set*), so each
 * instruction's operations are a small forest of their own.
 *
 * The operations are those of ir.def and, below them, the access to guest
 * state, memory and control flow (ir_state.def). ops.h has their rows.
 */
#ifndef FERRY_IR_H
#define FERRY_IR_H

#include "../../runtime/base/base.h"

enum ir_op {
	IR_NONE,
#define IR(name, sig, flags) IR_##name,
#include "ir.def"
#include "ir_state.def"
#undef IR
	IR_NR_OPS
};

typedef uint16_t ir_ref;	/* 0: none */

struct ir_insn {
	uint16_t op;
	uint16_t shape;		/* vshape.h */
	uint8_t t;		/* IT8..IT64 */
	uint8_t n2;
	uint16_t n;		/* the constant operand, register number */
	ir_ref a, b, c;
	uint16_t uses;
	uint64_t imm, imm2;
};

#define IR_MAX_INSNS	2048
#define IR_MAX_GUEST	64
#define IR_MAX_PER_GUEST 256	/* operations of one guest instruction */

/* Sets of guest registers, by number. */
struct ir_regs {
	uint32_t x, v;
};

/* One guest instruction. */
struct ir_guest {
	uint16_t first, last;	/* its operations: [first, last) */
	uint32_t word;
	bool fallback;		/* only the interpreter can do it */
	bool reads_flags, writes_flags;
	/* What its operations are, put together: ir_ops' flags, and the
	 * registers that they get and set; at least. */
	uint8_t effects;
	struct ir_regs reads, writes;
	/* Of the flags as they are behind it, by opt/flags.c: whether somebody
	 * may read them; and whether that is somebody outside the block, or
	 * the interpreter, for whom they must be in memory. */
	bool flags_live, flags_seen;
	bool target_live;	/* a conditional jump: live where it goes to */
	/* What the guest's front end needs to make the flags that the
	 * instruction sets once more, later, from the general and vector
	 * registers in the masks; 0: cannot be. See again.h. */
	uint32_t again, again_x, again_v;
	/* The same with general register keep_reg's value taken from the
	 * guest's flag_a, as that changes; 0: none. */
	uint32_t again_keep;
	uint8_t keep_reg;
};

struct ir_block {
	gaddr pc;
	unsigned nr, nr_guest;
	/* Registers are not whole between instructions, so that none can be
	 * left to the interpreter (opt/dead.c). */
	bool trimmed;
	struct ir_insn insn[IR_MAX_INSNS];
	struct ir_guest guest[IR_MAX_GUEST];
};

#endif
