/*
 * emit_ops.h - operations on vectors and floating-point numbers, for tests of
 * their emitters: the reference of each, which shapes and constants there are,
 * and operands that make trouble.
 */
#ifndef TEST_EMIT_OPS_H
#define TEST_EMIT_OPS_H

#include "../../runtime/vm/cpu_a64.h"
#include "../../translator/ir/ir.h"
#include "../../translator/ir/vshape.h"

/* Operands and results of one operation. */
struct emit_args {
	const struct ir_insn *i;
	struct fp_env *env;
	union v128 v[3];
	uint64_t x;		/* an integer, or in bit 0 a truth value */
	union v128 rv;
	uint64_t ri;		/* flags too: NZCV in bits 31..28 */
};

/* By signature, as in ir_vec.def. */
struct emit_op {
	const char *name, *sig;
	uint16_t op;
	bool fp;
	void (*call)(struct emit_args *a);
};

extern const struct emit_op emit_ops[];
extern const unsigned nr_emit_ops;

bool emit_op_has_shape(unsigned op, unsigned s);

/* The k-th pair of constants; false: no more of them. */
bool emit_op_constants(const struct ir_insn *i, unsigned k, unsigned *n,
		       unsigned *n2);

/* The same numbers each time. */
uint64_t emit_rnd(void);
uint64_t emit_int_value(unsigned bits);

/* Lanes of the shape's size are boundary values; above is rubbish. */
union v128 emit_value(const struct emit_op *o, const struct ir_insn *i);

#endif
