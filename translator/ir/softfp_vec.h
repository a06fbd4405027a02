/*
 * softfp_vec.h - softfp.h over the lanes of a vector, and what the host's FPU
 * can do. The out-of-line half of reference_fp.h; results are zero above the
 * shape's lanes.
 */
#ifndef FERRY_SOFTFP_VEC_H
#define FERRY_SOFTFP_VEC_H

#include "../../runtime/vm/cpu_a64.h"
#include "softfp.h"

#define SOFTFP_APART __attribute__((noinline))

union v128 softfp_vec2(struct fp_env *e, unsigned s, enum softfp_op2 op,
		       union v128 a, union v128 b) SOFTFP_APART;
union v128 softfp_vec1(struct fp_env *e, unsigned s, enum softfp_op1 op,
		       union v128 a) SOFTFP_APART;
union v128 softfp_vec_madd(struct fp_env *e, unsigned s, union v128 n,
			   union v128 m, union v128 a) SOFTFP_APART;
union v128 softfp_vec_cmp(struct fp_env *e, unsigned s, union v128 a,
			  union v128 b, enum fp_compare rel) SOFTFP_APART;
/* n as ir_fp.def has it. */
union v128 softfp_vec_rint(struct fp_env *e, unsigned s, union v128 a,
			   unsigned n);
union v128 softfp_vec_rint_n(struct fp_env *e, unsigned s, union v128 a,
			     unsigned n);
union v128 softfp_vec_cvt(struct fp_env *e, unsigned s, union v128 a,
			  unsigned n) SOFTFP_APART;
union v128 softfp_vec_cvt_bf16(struct fp_env *e, unsigned s, union v128 a);
union v128 softfp_vec_widen_h(struct fp_env *e, unsigned s, union v128 a);
union v128 softfp_vec_to_fix(struct fp_env *e, unsigned s, union v128 a,
			     unsigned n, unsigned fbits);
union v128 softfp_vec_from_fix(struct fp_env *e, unsigned s, union v128 a,
			       unsigned n, unsigned fbits);
union v128 softfp_vec_bfdot(unsigned s, union v128 a, union v128 n,
			    union v128 m);

/* What the host's FPU offers, as bits; 0 until somebody asked for something
 * that is missing. Written once, always with the same value. */
enum { FP_HOST_PROBED = 1, FP_HOST_FMA = 2 };
extern unsigned char fp_host_caps;

/* Fills fp_host_caps and returns it. */
unsigned fp_host_probe(void) SOFTFP_APART;

#endif
