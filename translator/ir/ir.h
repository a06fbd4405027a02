/*
 * ir.h - a block of guest code as operations.
 *
 * A block is a list of operations in program order; operands are earlier
 * operations' indices. Values do not live across guest instructions: what an
 * instruction leaves behind it writes to guest state (IR_set*), so each
 * instruction's operations are a small forest of their own.
 *
 * The operations are those of ir.def and, below them, the access to guest
 * state, memory and control flow.
 */
#ifndef FERRY_IR_H
#define FERRY_IR_H

#include "../../runtime/base/base.h"

enum ir_op {
	IR_NONE,
#define IR(name, sig, flags) IR_##name,
#include "ir.def"
#undef IR
	IR_const,	/* imm */
	IR_vconst,	/* imm, imm2 */
	IR_getx,	/* general register n, all 64 bits */
	IR_setx,	/* n, a */
	IR_getv,	/* vector register n */
	IR_setv,	/* n, a */
	IR_getfl,	/* condition flags */
	IR_setfl,	/* a */
	IR_gettp,	/* thread pointer */
	IR_settp,	/* a */
	IR_load,	/* type t from address a */
	IR_store,	/* type t to address a: b */
	IR_vload,	/* 1 << t bytes from address a */
	IR_vstore,	/* to address a: b */
	IR_align,	/* address a is a multiple of 1 << t; else a fault */
	IR_rmw,		/* memory at a = n (enum rmw) of it and b; the old
			 * value, of type t */
	IR_cas,		/* memory at a = c if it is b; the old value */
	IR_barrier,	/* full memory barrier */
	IR_jump,	/* to imm */
	IR_jump_if,	/* to imm if a */
	IR_call,	/* to imm */
	IR_ijump,	/* to a */
	IR_icall,	/* to a */
	IR_ret,		/* to a */
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

/* One guest instruction. */
struct ir_guest {
	uint16_t first, last;	/* its operations: [first, last) */
	uint32_t word;
	bool fallback;		/* only the interpreter can do it */
	bool reads_flags, writes_flags;
};

struct ir_block {
	gaddr pc;
	unsigned nr, nr_guest;
	struct ir_insn insn[IR_MAX_INSNS];
	struct ir_guest guest[IR_MAX_GUEST];
};

#endif
