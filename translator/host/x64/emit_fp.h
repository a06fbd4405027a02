/*
 * emit_fp.h - what the emitters of floating-point operations share.
 *
 * The rounding mode is MXCSR's, where exceptions accumulate. An operation is
 * the host's plain one, and a test for the cases in which that is not Arm's:
 * then the interpreter does the instruction again. It may: nothing was
 * written, and what the plain operation raised the repeated one raises as well
 * (which each emitter has to see to).
 *
 * Unless e->fp_tests the cases that the host finds invalid need no test: they
 * trap (translator/fp_mode.h), with the same consequence, and FPCR.FZ and DN
 * are zero. With e->fp_tests all modes must be right; with FZ other exceptions
 * may trap (enum a64_fp_trap).
 *
 * So an instruction that looks at MXCSR may trap anywhere: it must not be
 * emitted as a part of another guest instruction, and flags that live across
 * it must be in memory.
 *
 * Halves are not calculated with here, only converted.
 */
#ifndef FERRY_X64_EMIT_FP_H
#define FERRY_X64_EMIT_FP_H

#include "../../ir/softfp.h"
#include "emit_vec.h"

/* The form of a ps opcode for the shape's lanes: ss, sd, ps or pd. */
unsigned fp_form(unsigned op, unsigned shape);

/* 0 a scalar, 1 a vector of 64 bits, 2 one of 128: index of x64_sign. */
unsigned fp_width(unsigned shape);

/* dst = op src, for an instruction of that form with one source; what lies
 * above a scalar comes along. */
void fp_one(struct emit *e, unsigned op, unsigned shape, unsigned dst,
	    unsigned src);

/* How the second operand of an instruction of that form may be given: lanes
 * above the shape would raise flags of their own. */
unsigned fp_how(unsigned shape);

/* Slow if a lane of r, a result of arithmetic or conversion, is a NaN. */
void fp_slow_if_nan(struct emit *e, unsigned shape, unsigned r);

/*
 * Slow if a lane is a NaN, or the least normal number, of which x86 says that
 * it was not tiny if rounding has made it so; Arm looks before rounding. The
 * test in the common path is cheap, and also finds infinities and numbers of
 * the least normal exponent; a second one, out of the way, lets those go.
 */
void fp_slow_if_nan_or_least(struct emit *e, unsigned shape, unsigned r);

/* The same where the host raises invalid for all NaNs that are not Arm's, so
 * that there is nothing to be done about them if that traps. */
void fp_check_nan(struct emit *e, unsigned shape, unsigned r);
void fp_check_nan_least(struct emit *e, unsigned shape, unsigned r);

/* With FPCR.FZ a denormal operand must raise something. The host's conversions
 * to integers and integral values do not, nor do comparisons if the other
 * operand is a NaN; a comparison of x with itself does. Changes EFLAGS. */
void fp_raise_denormal(struct emit *e, unsigned shape, unsigned x);

/* Slow if a bit of the lanes' signs is set in x, one of xmm0-xmm15. */
void fp_slow_if_sign(struct emit *e, unsigned shape, unsigned x);

emit_vec_fn fp_ccmp_flags, fp_choose;
emit_vec_fn fp_rint, fp_cvt, fp_to_int, fp_from_int, fp_to_fix, fp_from_fix;

#endif
