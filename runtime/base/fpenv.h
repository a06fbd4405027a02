/*
 * fpenv.h - the floating-point environment of a guest thread.
 *
 * While guest code runs, the host's MXCSR holds its rounding mode and
 * flush-to-zero, and accumulates its exception flags. What MXCSR cannot hold
 * is here, with the bit positions of Arm's FPCR and FPSR.
 */
#ifndef FERRY_FPENV_H
#define FERRY_FPENV_H

#include <stdint.h>

#define FPCR_AHP	(1u << 26)	/* alternative half precision */
#define FPCR_DN		(1u << 25)	/* default NaN */
#define FPCR_FZ		(1u << 24)
#define FPCR_RMODE_SHIFT 22		/* 0 RN, 1 RP, 2 RM, 3 RZ */
#define FPCR_FZ16	(1u << 19)

#define FPSR_QC		(1u << 27)	/* cumulative saturation */
#define FPSR_IDC	(1u << 7)
#define FPSR_IXC	(1u << 4)
#define FPSR_UFC	(1u << 3)
#define FPSR_OFC	(1u << 2)
#define FPSR_DZC	(1u << 1)
#define FPSR_IOC	(1u << 0)

/* The host's MXCSR. */
static inline uint32_t
mxcsr_get(void)
{
	uint32_t v;

	__asm__ volatile("stmxcsr %0" : "=m"(v));
	return v;
}

static inline void
mxcsr_set(uint32_t v)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(v));
}

struct fp_env {
	uint32_t fpcr;	/* all of FPCR as the guest reads it */
	uint32_t fpsr;	/* bits that software raised: QC and exceptions that
			 * MXCSR does not show; ORed into what MRS reads */
};

#endif
