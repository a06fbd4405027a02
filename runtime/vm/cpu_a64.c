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
#define MXCSR_IM	(1u << 7)
#define MXCSR_DM	(1u << 8)
#define MXCSR_ZM	(1u << 9)
#define MXCSR_UM	(1u << 11)
#define MXCSR_PM	(1u << 12)
#define MXCSR_MASK_SHIFT 7
#define MXCSR_MASKS	(MXCSR_FLAGS << MXCSR_MASK_SHIFT)
#define MXCSR_RC_SHIFT	13
#define MXCSR_FTZ	(1u << 15)

/* FPSR, with what MXCSR's flags m say. */
static uint32_t
fpsr_with(const struct a64_cpu *cpu, uint32_t m)
{
	/* IE ZE OE UE PE; DE, for a denormal operand, has no counterpart. */
	return (cpu->fp.fpsr & FPSR_KEPT) | (m & 1 ? FPSR_IOC : 0) |
	       (m & 4 ? FPSR_DZC : 0) | (m & 8 ? FPSR_OFC : 0) |
	       (m & 16 ? FPSR_UFC : 0) | (m & 32 ? FPSR_IXC : 0);
}

/* Rounding and flushing, everything masked. */
static uint32_t
masked_control(const struct a64_cpu *cpu)
{
	/* Nearest, up, down, zero; MXCSR: nearest, down, up, zero. */
	static const uint8_t rc[4] = { 0, 2, 1, 3 };
	uint32_t fpcr = cpu->fp.fpcr;

	return MXCSR_MASKS |
	       (uint32_t)rc[fpcr >> FPCR_RMODE_SHIFT & 3] << MXCSR_RC_SHIFT |
	       (fpcr & FPCR_FZ ? MXCSR_FTZ | MXCSR_DAZ : 0);
}

/* The exceptions to unmask for FPCR.FZ: those of a denormal operand or of
 * flushing, and what the host may find beside them. Each only until the guest
 * has its flag. */
static uint32_t
flush_traps(const struct a64_cpu *cpu)
{
	uint32_t fpsr = cpu->fp.fpsr, m = 0;

	if (!(cpu->fp_trap & A64_TRAP_FLUSH) || !(cpu->fp.fpcr & FPCR_FZ))
		return 0;
	if (!(fpsr & FPSR_IDC))
		m |= MXCSR_DM | (fpsr & FPSR_IOC ? 0 : MXCSR_IM) |
		     (fpsr & FPSR_DZC ? 0 : MXCSR_ZM);
	if (!(fpsr & FPSR_IXC))
		m |= MXCSR_UM | MXCSR_PM;
	return m;
}

void
a64_mxcsr_load(struct a64_cpu *cpu)
{
	uint32_t v = masked_control(cpu), traps;

	/* So that flags in MXCSR are of an instruction that traps. */
	cpu->fp.fpsr = fpsr_with(cpu, mxcsr_get());
	traps = flush_traps(cpu);
	if (traps & MXCSR_DM)
		v &= ~MXCSR_DAZ;
	if (traps & MXCSR_PM)
		v &= ~MXCSR_FTZ;
	if (cpu->fp_trap & A64_TRAP_INVALID)
		traps |= MXCSR_IM;
	cpu->fp_masked = 0;
	cpu->mxcsr = v & ~traps;
	mxcsr_set(cpu->mxcsr);
}

uint32_t
a64_mxcsr_after_trap(struct a64_cpu *cpu, uint32_t mxcsr)
{
	/* The instruction is done again: what was to trap is not raised yet,
	 * and may have been found in vain. */
	uint32_t raised = mxcsr & mxcsr >> MXCSR_MASK_SHIFT & MXCSR_FLAGS;

	cpu->fp_masked = 1;
	return masked_control(cpu) | raised;
}

uint32_t
a64_fpcr_get(const struct a64_cpu *cpu)
{
	return cpu->fp.fpcr;
}

void
a64_fpcr_set(struct a64_cpu *cpu, uint32_t fpcr)
{
	cpu->fp.fpcr = fpcr & FPCR_KEPT;
	a64_mxcsr_load(cpu);
}

uint32_t
a64_fpsr_get(const struct a64_cpu *cpu)
{
	return fpsr_with(cpu, mxcsr_get());
}

void
a64_fpsr_set(struct a64_cpu *cpu, uint32_t fpsr)
{
	cpu->fp.fpsr = fpsr & FPSR_KEPT;
	mxcsr_set(mxcsr_get() & ~MXCSR_FLAGS);
	a64_mxcsr_load(cpu);
}
