/*
 * interp_ops.h - the semantics language as plain C on values: what makes the
 * interpreter out of sem_*.h.
 *
 * The value types are opaque structures so that semantics cannot branch on,
 * or compute with, a run-time value except through an operation: what compiles
 * here also lifts.
 *
 *	ival	integer, zero-extended to 64 bits
 *	bval	truth value
 *	fval	flags
 *	vval	128-bit vector
 *
 * Decoded fields are plain C integers and may be used in plain C `if'.
 */
#ifndef FERRY_A64_INTERP_OPS_H
#define FERRY_A64_INTERP_OPS_H

#include "../../../runtime/vm/cpu_a64.h"
#include "../../ir/reference.h"
#include "../../ir/reference_fp.h"
#include "../../ir/reference_vec.h"

/* What semantics pass along: here the cpu itself. */
typedef struct a64_cpu sem_ctx;

typedef struct { uint64_t v; } ival;
typedef struct { bool v; } bval;
typedef struct { struct ir_flags v; } fval;
typedef struct { union v128 v; } vval;

#define OP static inline __attribute__((always_inline))
#define SIG_I_tII(n) OP ival n(sem_ctx *s, unsigned t, ival a, ival b) \
	{ (void)s; return (ival){ ref_##n(t, a.v, b.v) }; }
#define SIG_I_tI(n) OP ival n(sem_ctx *s, unsigned t, ival a) \
	{ (void)s; return (ival){ ref_##n(t, a.v) }; }
#define SIG_I_tIIn(n) OP ival n(sem_ctx *s, unsigned t, ival a, ival b, \
				unsigned k) \
	{ (void)s; return (ival){ ref_##n(t, a.v, b.v, k) }; }
#define SIG_I_BII(n) OP ival n(sem_ctx *s, bval c, ival a, ival b) \
	{ (void)s; return (ival){ ref_##n(c.v, a.v, b.v) }; }
#define SIG_I_B(n) OP ival n(sem_ctx *s, bval a) \
	{ (void)s; return (ival){ ref_##n(a.v) }; }
#define SIG_I_F(n) OP ival n(sem_ctx *s, fval a) \
	{ (void)s; return (ival){ ref_##n(a.v) }; }
#define SIG_B_tII(n) OP bval n(sem_ctx *s, unsigned t, ival a, ival b) \
	{ (void)s; return (bval){ ref_##n(t, a.v, b.v) }; }
#define SIG_B_In(n) OP bval n(sem_ctx *s, ival a, unsigned k) \
	{ (void)s; return (bval){ ref_##n(a.v, k) }; }
#define SIG_B_BB(n) OP bval n(sem_ctx *s, bval a, bval b) \
	{ (void)s; return (bval){ ref_##n(a.v, b.v) }; }
#define SIG_B_B(n) OP bval n(sem_ctx *s, bval a) \
	{ (void)s; return (bval){ ref_##n(a.v) }; }
#define SIG_B_F(n) OP bval n(sem_ctx *s, fval a) \
	{ (void)s; return (bval){ ref_##n(a.v) }; }
#define SIG_B_Fn(n) OP bval n(sem_ctx *s, fval a, unsigned k) \
	{ (void)s; return (bval){ ref_##n(a.v, k) }; }
#define SIG_F_tII(n) OP fval n(sem_ctx *s, unsigned t, ival a, ival b) \
	{ (void)s; return (fval){ ref_##n(t, a.v, b.v) }; }
#define SIG_F_tI(n) OP fval n(sem_ctx *s, unsigned t, ival a) \
	{ (void)s; return (fval){ ref_##n(t, a.v) }; }
#define SIG_F_tIIB(n) OP fval n(sem_ctx *s, unsigned t, ival a, ival b, \
				bval c) \
	{ (void)s; return (fval){ ref_##n(t, a.v, b.v, c.v) }; }
#define SIG_F_I(n) OP fval n(sem_ctx *s, ival a) \
	{ (void)s; return (fval){ ref_##n(a.v) }; }
#define SIG_F_BFF(n) OP fval n(sem_ctx *s, bval c, fval a, fval b) \
	{ (void)s; return (fval){ ref_##n(c.v, a.v, b.v) }; }

/* Vectors: integer, then floating point (with the environment). */
#define SIG_V_sVV(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b) \
	{ (void)s; return (vval){ ref_##n(sh, a.v, b.v) }; }
#define SIG_V_sV(n) OP vval n(sem_ctx *s, unsigned sh, vval a) \
	{ (void)s; return (vval){ ref_##n(sh, a.v) }; }
#define SIG_V_sVVV(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b, \
				vval c) \
	{ (void)s; return (vval){ ref_##n(sh, a.v, b.v, c.v) }; }
#define SIG_V_sVn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, unsigned k) \
	{ (void)s; return (vval){ ref_##n(sh, a.v, k) }; }
#define SIG_V_sVVn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b, \
				unsigned k) \
	{ (void)s; return (vval){ ref_##n(sh, a.v, b.v, k) }; }
#define SIG_V_sVVVn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b, \
				 vval c, unsigned k) \
	{ (void)s; return (vval){ ref_##n(sh, a.v, b.v, c.v, k) }; }
#define SIG_V_sI(n) OP vval n(sem_ctx *s, unsigned sh, ival a) \
	{ (void)s; return (vval){ ref_##n(sh, a.v) }; }
#define SIG_V_sVIn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, ival b, \
				unsigned k) \
	{ (void)s; return (vval){ ref_##n(sh, a.v, b.v, k) }; }
#define SIG_V_sVVnn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b, \
				 unsigned k, unsigned l) \
	{ (void)s; return (vval){ ref_##n(sh, a.v, b.v, k, l) }; }
#define SIG_I_sVn(n) OP ival n(sem_ctx *s, unsigned sh, vval a, unsigned k) \
	{ (void)s; return (ival){ ref_##n(sh, a.v, k) }; }
#define SIG_V_esVV(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b) \
	{ return (vval){ ref_##n(&s->fp, sh, a.v, b.v) }; }
#define SIG_V_esV(n) OP vval n(sem_ctx *s, unsigned sh, vval a) \
	{ return (vval){ ref_##n(&s->fp, sh, a.v) }; }
#define SIG_V_esVVV(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b, \
				 vval c) \
	{ return (vval){ ref_##n(&s->fp, sh, a.v, b.v, c.v) }; }
#define SIG_V_esVn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, unsigned k) \
	{ return (vval){ ref_##n(&s->fp, sh, a.v, k) }; }
#define SIG_V_esVVn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b, \
				 unsigned k) \
	{ return (vval){ ref_##n(&s->fp, sh, a.v, b.v, k) }; }
#define SIG_V_esVVVn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, vval b, \
				  vval c, unsigned k) \
	{ return (vval){ ref_##n(&s->fp, sh, a.v, b.v, c.v, k) }; }
/* Comparison of two scalars to flags, conversions to and from integers. */
#define SIG_F_esVVn(n) OP fval n(sem_ctx *s, unsigned sh, vval a, vval b, \
				 unsigned k) \
	{ return (fval){ ref_##n(&s->fp, sh, a.v, b.v, k) }; }
#define SIG_I_estVnn(n) OP ival n(sem_ctx *s, unsigned sh, unsigned t, \
				  vval a, unsigned k, unsigned l) \
	{ return (ival){ ref_##n(&s->fp, sh, t, a.v, k, l) }; }
#define SIG_V_estInn(n) OP vval n(sem_ctx *s, unsigned sh, unsigned t, \
				  ival a, unsigned k, unsigned l) \
	{ return (vval){ ref_##n(&s->fp, sh, t, a.v, k, l) }; }
#define SIG_V_esVnn(n) OP vval n(sem_ctx *s, unsigned sh, vval a, unsigned k, \
				 unsigned l) \
	{ return (vval){ ref_##n(&s->fp, sh, a.v, k, l) }; }
#define SIG_I_esV(n) OP ival n(sem_ctx *s, unsigned sh, vval a) \
	{ return (ival){ ref_##n(&s->fp, sh, a.v) }; }
#define SIG_F_esBVVn(n) OP fval n(sem_ctx *s, unsigned sh, bval c, vval a, \
				  vval b, unsigned k) \
	{ return (fval){ ref_##n(&s->fp, sh, c.v, a.v, b.v, k) }; }
#define SIG_V_sBVV(n) OP vval n(sem_ctx *s, unsigned sh, bval c, vval a, \
				vval b) \
	{ (void)s; return (vval){ ref_##n(sh, c.v, a.v, b.v) }; }

#define IR(name, sig, flags) SIG_##sig(name)
#include "../../ir/ir.def"
#undef IR

#include "interp_state.h"

#endif
