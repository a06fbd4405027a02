/*
 * lift_ops.h - the semantics language as IR building: what makes the lifter
 * out of sem_*.h. The counterpart of interp_ops.h.
 *
 * A value is the index of the operation that makes it. Constants are folded
 * here, where they are made, by the same references that the interpreter is
 * made of.
 */
#ifndef FERRY_A64_LIFT_OPS_H
#define FERRY_A64_LIFT_OPS_H

#include <stddef.h>
#include <string.h>

#include "../../../runtime/vm/cpu_a64.h"
#include "../../ir/ops.h"
#include "../../ir/reference.h"
#include "../../ir/reference_fp.h"
#include "../../ir/vshape.h"
#include "lift.h"

/* What semantics pass along: the block being built. */
typedef struct lift {
	struct ir_block *block;
	struct ir_guest *guest;
	gaddr pc;
} sem_ctx;

typedef struct { ir_ref r; } ival;
typedef struct { ir_ref r; } bval;
typedef struct { ir_ref r; } fval;
typedef struct { ir_ref r; } vval;

#define OP static inline __attribute__((unused))
#define SEM static inline __attribute__((unused))

/* What operations do: ir_ops[].flags, known where the lifter is compiled. */
static const uint8_t lift_effects[IR_NR_OPS] = {
#define IR(name, sig, flags) [IR_##name] = (flags),
#include "../../ir/ir_int.def"
#include "../../ir/ir_state.def"
#undef IR
#define IR(name, sig, flags) [IR_##name] = (flags) | IR_SLOW,
#include "../../ir/ir_vec.def"
#include "../../ir/ir_fp.def"
#undef IR
};

/* An operation is put together in four words; see lift_append(). */
_Static_assert(sizeof(struct ir_insn) == 32 &&
	       offsetof(struct ir_insn, shape) == 2 &&
	       offsetof(struct ir_insn, t) == 4 &&
	       offsetof(struct ir_insn, n2) == 5 &&
	       offsetof(struct ir_insn, n) == 6 &&
	       offsetof(struct ir_insn, a) == 8 &&
	       offsetof(struct ir_insn, b) == 10 &&
	       offsetof(struct ir_insn, c) == 12 &&
	       offsetof(struct ir_insn, uses) == 14 &&
	       offsetof(struct ir_insn, imm) == 16 &&
	       offsetof(struct ir_insn, imm2) == 24, "lift_put");

/* There is always room: who begins an instruction sees to it (lift.h). */
static __attribute__((noinline)) ir_ref
lift_put(sem_ctx *s, uint64_t head, uint64_t operands, uint64_t imm)
{
	struct ir_block *b = s->block;
	unsigned nr = b->nr;
	char *to = (char *)&b->insn[nr];

	/* One by one: the compiler would rather build vectors, in memory. */
	memcpy(to, &head, 8);
	__asm__ volatile("" : : : "memory");
	memcpy(to + 8, &operands, 8);
	__asm__ volatile("" : : : "memory");
	memcpy(to + 16, &imm, 8);
	b->nr = nr + 1;
	return (ir_ref)nr;
}

/*
 * Appends an operation. It goes in registers: a structure made field by field
 * in memory and then copied as a whole would make the copy wait for the
 * stores, and this is half of what lifting is.
 */
static inline __attribute__((always_inline)) ir_ref
lift_append(sem_ctx *s, struct ir_insn i)
{
	struct ir_insn *insn = s->block->insn;
	ir_ref k;

	if (lift_effects[i.op])
		s->guest->effects |= lift_effects[i.op];
	if (i.a)
		insn[i.a].uses++;
	if (i.b)
		insn[i.b].uses++;
	if (i.c)
		insn[i.c].uses++;
	k = lift_put(s, i.op | (uint64_t)i.shape << 16 | (uint64_t)i.t << 32 |
			(uint64_t)i.n2 << 40 | (uint64_t)i.n << 48,
		     i.a | (uint64_t)i.b << 16 | (uint64_t)i.c << 32, i.imm);
	if (i.op == IR_vconst)
		insn[k].imm2 = i.imm2;
	return k;
}

OP ival
imm(sem_ctx *s, uint64_t v)
{
	return (ival){ lift_append(s, (struct ir_insn){ .op = IR_const,
							.imm = v }) };
}

OP bool
is_const(sem_ctx *s, ir_ref r)
{
	return s->block->insn[r].op == IR_const;
}

OP uint64_t
const_value(sem_ctx *s, ir_ref r)
{
	return s->block->insn[r].imm;
}

#define INSN(o, ...) (struct ir_insn){ .op = IR_##o, __VA_ARGS__ }
#define EMIT(o, ...) { lift_append(s, INSN(o, __VA_ARGS__)) }

#define SIG_I_tII(o) OP ival o(sem_ctx *s, unsigned t, ival a, ival b) \
{ \
	if (is_const(s, a.r) && is_const(s, b.r)) \
		return imm(s, ref_##o(t, const_value(s, a.r), \
				      const_value(s, b.r))); \
	return (ival)EMIT(o, .t = t, .a = a.r, .b = b.r); \
}
#define SIG_I_tI(o) OP ival o(sem_ctx *s, unsigned t, ival a) \
{ \
	if ((IR_##o == IR_zext || IR_##o == IR_sext) && t == IT64) \
		return a; \
	if (is_const(s, a.r)) \
		return imm(s, ref_##o(t, const_value(s, a.r))); \
	return (ival)EMIT(o, .t = t, .a = a.r); \
}
#define SIG_I_tIIn(o) OP ival o(sem_ctx *s, unsigned t, ival a, ival b, \
				unsigned k) \
	{ return (ival)EMIT(o, .t = t, .a = a.r, .b = b.r, .n = k); }
#define SIG_I_BII(o) OP ival o(sem_ctx *s, bval c, ival a, ival b) \
	{ return (ival)EMIT(o, .a = c.r, .b = a.r, .c = b.r); }
#define SIG_I_B(o) OP ival o(sem_ctx *s, bval a) \
	{ return (ival)EMIT(o, .a = a.r); }
#define SIG_I_F(o) OP ival o(sem_ctx *s, fval a) \
	{ return (ival)EMIT(o, .a = a.r); }
#define SIG_B_tII(o) OP bval o(sem_ctx *s, unsigned t, ival a, ival b) \
	{ return (bval)EMIT(o, .t = t, .a = a.r, .b = b.r); }
#define SIG_B_In(o) OP bval o(sem_ctx *s, ival a, unsigned k) \
	{ return (bval)EMIT(o, .a = a.r, .n = k); }
#define SIG_B_BB(o) OP bval o(sem_ctx *s, bval a, bval b) \
	{ return (bval)EMIT(o, .a = a.r, .b = b.r); }
#define SIG_B_B(o) OP bval o(sem_ctx *s, bval a) \
	{ return (bval)EMIT(o, .a = a.r); }
#define SIG_B_F(o) OP bval o(sem_ctx *s, fval a) \
	{ return (bval)EMIT(o, .a = a.r); }
#define SIG_B_Fn(o) OP bval o(sem_ctx *s, fval a, unsigned k) \
	{ return (bval)EMIT(o, .a = a.r, .n = k); }
#define SIG_F_tII(o) OP fval o(sem_ctx *s, unsigned t, ival a, ival b) \
	{ return (fval)EMIT(o, .t = t, .a = a.r, .b = b.r); }
#define SIG_F_tI(o) OP fval o(sem_ctx *s, unsigned t, ival a) \
	{ return (fval)EMIT(o, .t = t, .a = a.r); }
#define SIG_F_tIIB(o) OP fval o(sem_ctx *s, unsigned t, ival a, ival b, \
				bval c) \
	{ return (fval)EMIT(o, .t = t, .a = a.r, .b = b.r, .c = c.r); }
#define SIG_F_I(o) OP fval o(sem_ctx *s, ival a) \
	{ return (fval)EMIT(o, .a = a.r); }
#define SIG_F_BFF(o) OP fval o(sem_ctx *s, bval c, fval a, fval b) \
	{ return (fval)EMIT(o, .a = c.r, .b = a.r, .c = b.r); }

#define SIG_V_sVV(o) OP vval o(sem_ctx *s, unsigned sh, vval a, vval b) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r, .b = b.r); }
#define SIG_V_sV(o) OP vval o(sem_ctx *s, unsigned sh, vval a) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r); }
#define SIG_V_sVVV(o) OP vval o(sem_ctx *s, unsigned sh, vval a, vval b, \
				vval c) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r, .b = b.r, .c = c.r); }
#define SIG_V_sVn(o) OP vval o(sem_ctx *s, unsigned sh, vval a, unsigned k) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r, .n = k); }
#define SIG_V_sVVn(o) OP vval o(sem_ctx *s, unsigned sh, vval a, vval b, \
				unsigned k) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r, .b = b.r, .n = k); }
#define SIG_V_sVVnn(o) OP vval o(sem_ctx *s, unsigned sh, vval a, vval b, \
				 unsigned k, unsigned l) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r, .b = b.r, .n = k, \
			    .n2 = l); }
#define SIG_V_sVVVn(o) OP vval o(sem_ctx *s, unsigned sh, vval a, vval b, \
				 vval c, unsigned k) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r, .b = b.r, .c = c.r, \
			    .n = k); }
#define SIG_V_sI(o) OP vval o(sem_ctx *s, unsigned sh, ival a) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r); }
#define SIG_V_sVIn(o) OP vval o(sem_ctx *s, unsigned sh, vval a, ival b, \
				unsigned k) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r, .b = b.r, .n = k); }
#define SIG_V_sBVV(o) OP vval o(sem_ctx *s, unsigned sh, bval c, vval a, \
				vval b) \
	{ return (vval)EMIT(o, .shape = sh, .a = c.r, .b = a.r, .c = b.r); }
#define SIG_I_sVn(o) OP ival o(sem_ctx *s, unsigned sh, vval a, unsigned k) \
	{ return (ival)EMIT(o, .shape = sh, .a = a.r, .n = k); }
#define SIG_V_esVV(o)	SIG_V_sVV(o)
#define SIG_V_esV(o)	SIG_V_sV(o)
#define SIG_V_esVVV(o)	SIG_V_sVVV(o)
#define SIG_V_esVn(o)	SIG_V_sVn(o)
#define SIG_V_esVVn(o)	SIG_V_sVVn(o)
#define SIG_V_esVVVn(o)	SIG_V_sVVVn(o)
#define SIG_V_esVnn(o) OP vval o(sem_ctx *s, unsigned sh, vval a, unsigned k, \
				 unsigned l) \
	{ return (vval)EMIT(o, .shape = sh, .a = a.r, .n = k, .n2 = l); }
#define SIG_F_esVVn(o) OP fval o(sem_ctx *s, unsigned sh, vval a, vval b, \
				 unsigned k) \
	{ return (fval)EMIT(o, .shape = sh, .a = a.r, .b = b.r, .n = k); }
#define SIG_F_esBVVn(o) OP fval o(sem_ctx *s, unsigned sh, bval c, vval a, \
				  vval b, unsigned k) \
	{ return (fval)EMIT(o, .shape = sh, .a = c.r, .b = a.r, .c = b.r, \
			    .n = k); }
#define SIG_I_esV(o) OP ival o(sem_ctx *s, unsigned sh, vval a) \
	{ return (ival)EMIT(o, .shape = sh, .a = a.r); }
#define SIG_I_estVnn(o) OP ival o(sem_ctx *s, unsigned sh, unsigned t, \
				  vval a, unsigned k, unsigned l) \
	{ return (ival)EMIT(o, .shape = sh, .t = t, .a = a.r, .n = k, \
			    .n2 = l); }
#define SIG_V_estInn(o) OP vval o(sem_ctx *s, unsigned sh, unsigned t, \
				  ival a, unsigned k, unsigned l) \
	{ return (vval)EMIT(o, .shape = sh, .t = t, .a = a.r, .n = k, \
			    .n2 = l); }

#define IR(name, sig, flags) SIG_##sig(name)
#include "../../ir/ir.def"
#undef IR

#include "lift_state.h"

#endif
