/*
 * cpu_a64.c - the parts of an AArch64 register file that are not kept as the
 * guest sees them: condition flags, FPCR and FPSR.
 */
#include "cpu_a64.h"
#include "flags_a64.h"

uint32_t
a64_nzcv(const struct a64_cpu *cpu)
{
	return a64_flags_nzcv(cpu->flag_kind, cpu->flag_a, cpu->flag_b);
}

void
a64_nzcv_set(struct a64_cpu *cpu, uint32_t nzcv)
{
	cpu->flag_kind = FLAG_NZCV;
	cpu->flag_a = nzcv & (A64_N | A64_Z | A64_C | A64_V);
	cpu->flag_b = 0;
}

/* FPCR bits that exist: the traps do not, and Len and Stride are AArch32's. */
#define FPCR_KEPT (FPCR_AHP | FPCR_DN | FPCR_FZ | 3u << FPCR_RMODE_SHIFT | \
		   FPCR_FZ16)
#define FPSR_EXCEPTIONS (FPSR_IDC | FPSR_IXC | FPSR_UFC | FPSR_OFC | \
			 FPSR_DZC | FPSR_IOC)
#define FPSR_KEPT (FPSR_QC | FPSR_EXCEPTIONS)

#define MXCSR_FLAGS	0x3fu
#define MXCSR_DAZ	(1u << 6)
#define MXCSR_MASKS	(0x3fu << 7)
#define MXCSR_RC_SHIFT	13
#define MXCSR_FTZ	(1u << 15)

static uint32_t
mxcsr_get(void)
{
	uint32_t v;

	__asm__ volatile("stmxcsr %0" : "=m"(v));
	return v;
}

static void
mxcsr_set(uint32_t v)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(v));
}

uint32_t
a64_fpcr_get(const struct a64_cpu *cpu)
{
	return cpu->fp.fpcr;
}

void
a64_fpcr_set(struct a64_cpu *cpu, uint32_t fpcr)
{
	/* Nearest, up, down, zero; MXCSR: nearest, down, up, zero. */
	static const uint8_t rc[4] = { 0, 2, 1, 3 };
	uint32_t mxcsr = (mxcsr_get() & MXCSR_FLAGS) | MXCSR_MASKS;

	cpu->fp.fpcr = fpcr & FPCR_KEPT;
	mxcsr |= (uint32_t)rc[fpcr >> FPCR_RMODE_SHIFT & 3] << MXCSR_RC_SHIFT;
	if (fpcr & FPCR_FZ)
		mxcsr |= MXCSR_FTZ | MXCSR_DAZ;
	cpu->mxcsr = mxcsr;
	mxcsr_set(mxcsr);
}

uint32_t
a64_fpsr_get(const struct a64_cpu *cpu)
{
	uint32_t m = mxcsr_get();

	/* IE ZE OE UE PE; DE, for a denormal operand, has no counterpart. */
	return (cpu->fp.fpsr & FPSR_KEPT) | (m & 1 ? FPSR_IOC : 0) |
	       (m & 4 ? FPSR_DZC : 0) | (m & 8 ? FPSR_OFC : 0) |
	       (m & 16 ? FPSR_UFC : 0) | (m & 32 ? FPSR_IXC : 0);
}

void
a64_fpsr_set(struct a64_cpu *cpu, uint32_t fpsr)
{
	cpu->fp.fpsr = fpsr & FPSR_KEPT;
	cpu->mxcsr = mxcsr_get() & ~MXCSR_FLAGS;
	mxcsr_set(cpu->mxcsr);
}
