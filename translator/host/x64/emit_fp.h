/*
 * emit_fp.h - what the emitters of floating-point operations share.
 *
 * Translated code runs only while FPCR.{FZ,FZ16,DN,AHP} are zero; the rounding
 * mode is MXCSR's, where exceptions accumulate. An operation is the host's
 * plain one, and a test for the cases in which that is not Arm's: then the
 * interpreter does the instruction again. It may: nothing was written, and
 * what the plain operation raised the repeated one raises as well (which each
 * emitter has to see to).
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

/* How the second operand of an instruction of that form may be given: lanes
 * above the shape would raise flags of their own. */
unsigned fp_how(unsigned shape);

/* Slow if a lane of r, a result of arithmetic or conversion, is a NaN. */
void fp_slow_if_nan(struct emit *e, unsigned shape, unsigned r);

/*
 * Slow if a lane is a NaN, or might be the least normal number, of which x86
 * says that it was not tiny if rounding has made it so; Arm looks before
 * rounding. To be cheap it lets infinities and numbers of the least normal
 * exponent go there as well.
 */
void fp_slow_if_nan_or_least(struct emit *e, unsigned shape, unsigned r);

/* Slow if a bit of vector x's lanes' signs is set. */
void fp_slow_if_sign(struct emit *e, unsigned shape, unsigned x);

emit_vec_fn fp_ccmp_flags, fp_choose;
emit_vec_fn fp_rint, fp_cvt, fp_to_int, fp_from_int, fp_to_fix, fp_from_fix;

#endif
