/*
 * softfp.h - IEEE arithmetic in integers, exactly as Arm's manual has it.
 *
 * One lane at a time, as raw bits in the low end of a uint64_t; `es' is the
 * format: ES16, ES32 or ES64 (vshape.h). These functions are the whole truth
 * about results and flags: NaN choice, default NaN, flushing to zero, half
 * precision and its alternative format, tininess before rounding. They read
 * env->fpcr, raise flags in env->fpsr, and never touch the host's FPU or
 * MXCSR. reference_fp.h takes the host's FPU where it is known to agree and
 * comes here for the rest.
 *
 * Nothing can fail; safe in any context. Names and order of tests follow the
 * pseudocode of Arm ARM J1.3.3 (FPAdd, FPMulAdd, FPRound, ...).
 */
#ifndef FERRY_SOFTFP_H
#define FERRY_SOFTFP_H

#include "../../runtime/base/base.h"
#include "../../runtime/base/fpenv.h"
#include "vshape.h"

/* Rounding: 0..3 are FPCR.RMode's values. */
enum fp_round {
	FP_RN,		/* to nearest, ties to even */
	FP_RP,		/* towards plus infinity */
	FP_RM,		/* towards minus infinity */
	FP_RZ,		/* towards zero */
	FP_RA,		/* to nearest, ties away from zero */
	FP_ODD,		/* to odd: von Neumann rounding */
	FP_CUR,		/* what FPCR says; only as an argument of operations */
};

/* Comparisons that make masks. */
enum fp_compare {
	FP_EQ, FP_GE, FP_GT,
	FP_ACGE, FP_ACGT,	/* of absolute values */
};

/* Operands n of ir_fp.def: an enum fp_round (an element size for fp_cvt) in
 * the low bits, and one of these. */
#define FP_MODE(n)	((n) & 7)
#define FP_EXACT	0x10	/* fp_rint */
#define FP_INT32	0x00	/* fp_rint_n */
#define FP_INT64	0x10
#define FP_TO_ODD	0x10	/* fp_cvt */
#define FP_UNSIGNED	0x10	/* fp_to_*, fp_from_* */

/* Two operands, one result. */
enum softfp_op2 {
	SOFTFP_ADD, SOFTFP_SUB, SOFTFP_MUL, SOFTFP_DIV, SOFTFP_MULX,
	SOFTFP_ABD, SOFTFP_MIN, SOFTFP_MAX, SOFTFP_MINNM, SOFTFP_MAXNM,
	SOFTFP_RECPS, SOFTFP_RSQRTS,
};

/* One operand, one result. */
enum softfp_op1 {
	SOFTFP_SQRT, SOFTFP_RECPE, SOFTFP_RSQRTE, SOFTFP_RECPX,
};

uint64_t softfp_op2(struct fp_env *e, unsigned es, enum softfp_op2 op,
		    uint64_t a, uint64_t b);
uint64_t softfp_op1(struct fp_env *e, unsigned es, enum softfp_op1 op,
		    uint64_t a);
/* a + n * m, rounded once. */
uint64_t softfp_madd(struct fp_env *e, unsigned es, uint64_t n, uint64_t m,
		     uint64_t a);

/* Whether the relation holds. */
bool softfp_compare(struct fp_env *e, unsigned es, enum fp_compare rel,
		    uint64_t a, uint64_t b);
/* FCMP: NZCV in bits 31..28. `signal': any NaN is invalid (FCMPE). */
uint32_t softfp_compare_flags(struct fp_env *e, unsigned es, uint64_t a,
			      uint64_t b, bool signal);

/* To an integral value in the same format; `exact' raises inexact. */
uint64_t softfp_rint(struct fp_env *e, unsigned es, uint64_t a,
		     enum fp_round rm, bool exact);
/* FRINT32, FRINT64: the same, out of range gives -2^(bits-1). */
uint64_t softfp_rint_n(struct fp_env *e, unsigned es, uint64_t a,
		       enum fp_round rm, unsigned bits);

/* Between formats. */
uint64_t softfp_convert(struct fp_env *e, unsigned to, unsigned from,
			uint64_t a, enum fp_round rm);
/* Single to bfloat16. */
uint64_t softfp_to_bf16(struct fp_env *e, uint64_t a);
/* Half to single as the operand of a widening multiplication: exact, a
 * signalling NaN stays one; FPCR.FZ16 flushes. */
uint64_t softfp_widen_half(struct fp_env *e, uint64_t a);

/* To a fixed-point number of `bits' bits (8..64) with `fbits' fraction bits,
 * saturating; zero-extended. */
uint64_t softfp_to_fixed(struct fp_env *e, unsigned es, uint64_t a,
			 enum fp_round rm, unsigned bits, unsigned fbits,
			 bool is_unsigned);
/* From one; `a' is the integer sign- or zero-extended to 64 bits. */
uint64_t softfp_from_fixed(struct fp_env *e, unsigned es, uint64_t a,
			   unsigned fbits, bool is_unsigned);
/* FJCVTZS: the word, and in bit 62 whether it is exact (PSTATE.Z). */
uint64_t softfp_to_js(struct fp_env *e, uint64_t a);

/* a + n0 m0 + n1 m1 as BFDOT has it: its own rounding, no flags. n and m
 * hold two bfloat16 each. */
uint32_t softfp_bfdot(uint32_t a, uint32_t n, uint32_t m);

#endif
