/*
 * sysreg.h - the system registers that EL0 may touch, and the feature set that
 * they and AT_HWCAP tell the guest about.
 *
 * Both come from one table (sysreg.c), which also says which rows of *.def
 * exist: an instruction of a feature that is off is undefined. What -cpu turns
 * off (cpu_model.h) is set before the guest starts and never changes then;
 * safe anywhere, at any time.
 */
#ifndef FERRY_A64_SYSREG_H
#define FERRY_A64_SYSREG_H

#include "../../../runtime/vm/cpu_a64.h"

/* The smallest cache line, as CTR_EL0 says, and the block of DC ZVA. */
#define A64_CACHE_LINE	64
#define A64_ZVA_SIZE	64

/* What CNTVCT_EL0 counts, per second. */
#define A64_CNTFRQ	1000000000u

/* MIDR_EL1, unless -cpu says otherwise: an Arm Neoverse N1 r3p1. */
#define A64_MIDR	0x413fd0c1u

/* The 15-bit name of a register in MRS and MSR. */
#define A64_SYSREG(op0, op1, crn, crm, op2) \
	(((op0) & 1u) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

#define A64_NZCV	A64_SYSREG(3, 3, 4, 2, 0)
#define A64_FPCR	A64_SYSREG(3, 3, 4, 4, 0)
#define A64_FPSR	A64_SYSREG(3, 3, 4, 4, 1)
#define A64_TPIDR_EL0	A64_SYSREG(3, 3, 13, 0, 2)

struct a64_sysreg {
	uint16_t name;
	uint16_t feature;	/* enum a64_feature */
	bool readable;
	/* NULL: reads as `value'. */
	uint64_t (*read)(struct a64_cpu *cpu, const struct a64_sysreg *r);
	/* NULL: not writable. */
	void (*write)(struct a64_cpu *cpu, uint64_t v);
	uint64_t value;
};

/* NULL: undefined at EL0. NZCV and TPIDR_EL0 are not found here. */
const struct a64_sysreg *a64_sysreg_find(unsigned name);

/* Whether instructions of an enum a64_feature exist, and whether they could:
 * they are implemented. */
bool a64_feature_on(unsigned feature);
bool a64_feature_available(unsigned feature);

/* Turns features off (1 << enum a64_feature) and sets MIDR_EL1; for
 * cpu_model.c, which sees to it that none stays on without those it needs. */
void a64_cpu_set(uint64_t off, uint32_t midr);

/* MIDR_EL1. */
uint32_t a64_midr(void);

/* The bits of AT_HWCAP and AT_HWCAP2 that come with a feature. */
uint64_t a64_feature_hwcap(unsigned feature);
uint64_t a64_feature_hwcap2(unsigned feature);

/* AT_HWCAP and AT_HWCAP2. */
uint64_t a64_hwcap(void);
uint64_t a64_hwcap2(void);

#endif
