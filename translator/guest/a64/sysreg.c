/*
 * sysreg.c - what the guest's processor says it is: features, identification
 * registers, and the other system registers of EL0.
 *
 * Linux lets EL0 read the identification registers by trapping the access and
 * showing a sanitised value (Documentation/arch/arm64/cpu-feature-registers
 * in its tree); ours are made the same way, from the feature table.
 */
#include <time.h>

#include "a64_gen.h"
#include "sysreg.h"

/* Bits of AT_HWCAP and AT_HWCAP2 on arm64 (asm/hwcap.h). */
enum {
	H_FP = 1 << 0, H_ASIMD = 1 << 1, H_AES = 1 << 3, H_PMULL = 1 << 4,
	H_SHA1 = 1 << 5, H_SHA2 = 1 << 6, H_CRC32 = 1 << 7,
	H_ATOMICS = 1 << 8, H_FPHP = 1 << 9, H_ASIMDHP = 1 << 10,
	H_CPUID = 1 << 11, H_ASIMDRDM = 1 << 12, H_JSCVT = 1 << 13,
	H_FCMA = 1 << 14, H_LRCPC = 1 << 15, H_DCPOP = 1 << 16,
	H_SHA3 = 1 << 17, H_SM3 = 1 << 18, H_SM4 = 1 << 19,
	H_ASIMDDP = 1 << 20, H_SHA512 = 1 << 21, H_ASIMDFHM = 1 << 23,
	H_ILRCPC = 1 << 26, H_FLAGM = 1 << 27, H_SB = 1 << 29,
};

enum {
	H2_DCPODP = 1 << 0, H2_FLAGM2 = 1 << 7, H2_FRINT = 1 << 8,
	H2_I8MM = 1 << 13, H2_BF16 = 1 << 14, H2_ECV = 1 << 19,
};

#define PFR0	A64_SYSREG(3, 0, 0, 4, 0)
#define DFR0	A64_SYSREG(3, 0, 0, 5, 0)
#define ISAR0	A64_SYSREG(3, 0, 0, 6, 0)
#define ISAR1	A64_SYSREG(3, 0, 0, 6, 1)
#define MMFR0	A64_SYSREG(3, 0, 0, 7, 0)

/*
 * The features that are available. Their values are added up in the fields of
 * the identification registers: a feature that raises another's field by one
 * comes with that other. A feature is available only when all its rows are
 * implemented (tests/unit/test_sysreg.c sees to that).
 */
static const struct feature {
	bool available;
	uint32_t hwcap, hwcap2;
	uint16_t id_reg;
	uint8_t shift;
	uint8_t value;
	uint8_t absent;		/* instead of value when the feature is off */
} feature_table[A64_NR_FEATURES] = {
	[A64_FEAT_base]	= { true, H_CPUID, 0, 0, 0, 0, 0 },
	[A64_FEAT_fp]	= { true, H_FP, 0, PFR0, 16, 0, 15 },
	[A64_FEAT_advsimd] = { true, H_ASIMD, 0, PFR0, 20, 0, 15 },
	[A64_FEAT_fp16]	= { true, H_FPHP | H_ASIMDHP, 0, PFR0, 16, 0x11, 0 },
	[A64_FEAT_aes]	= { true, H_AES, 0, ISAR0, 4, 1, 0 },
	[A64_FEAT_pmull] = { true, H_PMULL, 0, ISAR0, 4, 1, 0 },
	[A64_FEAT_sha1]	= { true, H_SHA1, 0, ISAR0, 8, 1, 0 },
	[A64_FEAT_sha256] = { true, H_SHA2, 0, ISAR0, 12, 1, 0 },
	[A64_FEAT_sha512] = { true, H_SHA512, 0, ISAR0, 12, 1, 0 },
	[A64_FEAT_crc32] = { true, H_CRC32, 0, ISAR0, 16, 1, 0 },
	[A64_FEAT_lse]	= { true, H_ATOMICS, 0, ISAR0, 20, 2, 0 },
	[A64_FEAT_rdm]	= { true, H_ASIMDRDM, 0, ISAR0, 28, 1, 0 },
	[A64_FEAT_sha3]	= { true, H_SHA3, 0, ISAR0, 32, 1, 0 },
	[A64_FEAT_sm3]	= { true, H_SM3, 0, ISAR0, 36, 1, 0 },
	[A64_FEAT_sm4]	= { true, H_SM4, 0, ISAR0, 40, 1, 0 },
	[A64_FEAT_dotprod] = { true, H_ASIMDDP, 0, ISAR0, 44, 1, 0 },
	[A64_FEAT_fhm]	= { true, H_ASIMDFHM, 0, ISAR0, 48, 1, 0 },
	[A64_FEAT_flagm] = { true, H_FLAGM, 0, ISAR0, 52, 1, 0 },
	[A64_FEAT_flagm2] = { true, 0, H2_FLAGM2, ISAR0, 52, 1, 0 },
	[A64_FEAT_dpb]	= { true, H_DCPOP, 0, ISAR1, 0, 1, 0 },
	[A64_FEAT_dpb2]	= { true, 0, H2_DCPODP, ISAR1, 0, 1, 0 },
	[A64_FEAT_jscvt] = { true, H_JSCVT, 0, ISAR1, 12, 1, 0 },
	[A64_FEAT_fcma]	= { true, H_FCMA, 0, ISAR1, 16, 1, 0 },
	[A64_FEAT_lrcpc] = { true, H_LRCPC, 0, ISAR1, 20, 1, 0 },
	[A64_FEAT_lrcpc2] = { true, H_ILRCPC, 0, ISAR1, 20, 1, 0 },
	[A64_FEAT_frintts] = { true, 0, H2_FRINT, ISAR1, 32, 1, 0 },
	[A64_FEAT_sb]	= { true, H_SB, 0, ISAR1, 36, 1, 0 },
	[A64_FEAT_bf16]	= { true, 0, H2_BF16, ISAR1, 44, 1, 0 },
	[A64_FEAT_i8mm]	= { true, 0, H2_I8MM, ISAR1, 52, 1, 0 },
	[A64_FEAT_ecv]	= { true, 0, H2_ECV, MMFR0, 60, 1, 0 },
	[A64_FEAT_lor]	= { true, 0, 0, 0, 0, 0, 0 },
};

/* What -cpu chose: set at most once, before there is a guest. */
static struct {
	uint64_t off;		/* 1 << enum a64_feature */
	uint32_t midr;
} cpu_choice = { 0, A64_MIDR };

void
a64_cpu_set(uint64_t off, uint32_t midr)
{
	cpu_choice.off = off;
	cpu_choice.midr = midr;
}

bool
a64_feature_available(unsigned feature)
{
	return feature_table[feature].available;
}

bool
a64_feature_on(unsigned feature)
{
	return feature_table[feature].available &&
	       !(cpu_choice.off >> feature & 1);
}

uint64_t
a64_feature_hwcap(unsigned feature)
{
	return feature_table[feature].hwcap;
}

uint64_t
a64_feature_hwcap2(unsigned feature)
{
	return feature_table[feature].hwcap2;
}

uint64_t
a64_hwcap(void)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < A64_NR_FEATURES; i++)
		if (a64_feature_on(i))
			bits |= feature_table[i].hwcap;
	return bits;
}

uint64_t
a64_hwcap2(void)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < A64_NR_FEATURES; i++)
		if (a64_feature_on(i))
			bits |= feature_table[i].hwcap2;
	return bits;
}

uint32_t
a64_midr(void)
{
	return cpu_choice.midr;
}

static uint64_t
read_midr(struct a64_cpu *cpu, const struct a64_sysreg *r)
{
	(void)cpu;
	(void)r;
	return a64_midr();
}

/* An identification register: what is always there plus the features. */
static uint64_t
read_id(struct a64_cpu *cpu, const struct a64_sysreg *r)
{
	uint64_t v = r->value;

	(void)cpu;
	for (unsigned i = 0; i < A64_NR_FEATURES; i++) {
		const struct feature *f = &feature_table[i];
		uint64_t value = a64_feature_on(i) ? f->value : f->absent;

		if (f->id_reg == r->name)
			v += value << f->shift;
	}
	return v;
}

static uint64_t
read_counter(struct a64_cpu *cpu, const struct a64_sysreg *r)
{
	struct timespec ts;

	(void)cpu;
	(void)r;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * A64_CNTFRQ + (uint64_t)ts.tv_nsec;
}

static uint64_t
read_fpcr(struct a64_cpu *cpu, const struct a64_sysreg *r)
{
	(void)r;
	return a64_fpcr_get(cpu);
}

static uint64_t
read_fpsr(struct a64_cpu *cpu, const struct a64_sysreg *r)
{
	(void)r;
	return a64_fpsr_get(cpu);
}

static void
write_fpcr(struct a64_cpu *cpu, uint64_t v)
{
	a64_fpcr_set(cpu, (uint32_t)v);
}

static void
write_fpsr(struct a64_cpu *cpu, uint64_t v)
{
	a64_fpsr_set(cpu, (uint32_t)v);
}

#define CONSTANT(op0, op1, crn, crm, op2, v) \
	{ .name = A64_SYSREG(op0, op1, crn, crm, op2), .readable = true, \
	  .value = (v) }
#define ID(id_reg, v) \
	{ .name = (id_reg), .readable = true, .read = read_id, .value = (v) }

static const struct a64_sysreg sysregs[] = {
	{ A64_FPCR, A64_FEAT_fp, true, read_fpcr, write_fpcr, 0 },
	{ A64_FPSR, A64_FEAT_fp, true, read_fpsr, write_fpsr, 0 },
	/* CNTVCT_EL0, CNTVCTSS_EL0, CNTFRQ_EL0 */
	{ A64_SYSREG(3, 3, 14, 0, 2), A64_FEAT_base, true, read_counter,
	  NULL, 0 },
	{ A64_SYSREG(3, 3, 14, 0, 6), A64_FEAT_ecv, true, read_counter,
	  NULL, 0 },
	CONSTANT(3, 3, 14, 0, 0, A64_CNTFRQ),
	/* CTR_EL0: 64-byte lines, virtually indexed physically tagged L1I;
	 * DIC = IDC = 0 makes the guest say when it changed code. */
	CONSTANT(3, 3, 0, 0, 1, 0x8444c004),
	/* DCZID_EL0: DC ZVA clears 4 << 4 bytes. */
	CONSTANT(3, 3, 0, 0, 7, 4),
	/* TPIDRRO_EL0 */
	CONSTANT(3, 3, 13, 0, 3, 0),
	/* MIDR_EL1, MPIDR_EL1, REVIDR_EL1 */
	{ A64_SYSREG(3, 0, 0, 0, 0), A64_FEAT_base, true, read_midr, NULL, 0 },
	CONSTANT(3, 0, 0, 0, 5, 0x80000000),
	CONSTANT(3, 0, 0, 0, 6, 0),
	/* EL0 and EL1 in AArch64 only; debug v8; no 4 and 64 KiB granule, as
	 * Linux hides these fields. */
	ID(PFR0, 0x11),
	ID(DFR0, 0x6),
	ID(ISAR0, 0),
	ID(ISAR1, 0),
	ID(MMFR0, 0xff000000),
};

/* The rest of the identification space reads as zero: CRm 2 to 7. */
static const struct a64_sysreg reads_as_zero = { .readable = true };

static bool
in_id_space(unsigned name)
{
	return name >= A64_SYSREG(3, 0, 0, 2, 0) &&
	       name <= A64_SYSREG(3, 0, 0, 7, 7);
}

const struct a64_sysreg *
a64_sysreg_find(unsigned name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sysregs); i++)
		if (sysregs[i].name == name)
			return a64_feature_on(sysregs[i].feature) ?
				&sysregs[i] : NULL;
	return in_id_space(name) ? &reads_as_zero : NULL;
}
