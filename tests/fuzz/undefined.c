/*
 * undefined.c - runs words that are no instruction: each must raise SIGILL at
 * itself.
 *
 * Words are every encoding of the list with one of its fixed bits flipped,
 * unless that is another encoding; encodings of features that are not offered;
 * and what is undefined of all words of the system group: MSR, MRS, SYS, SYSL,
 * hints, barriers, PSTATE.
 */
#include <stdio.h>

#include "fuzz.h"

enum {
	FILLS = 2,		/* of an encoding, and per flipped bit */
	ANY = 0xff,
};

/* What EL0 may read and write: op0 is 3. */
static const struct {
	uint8_t op1, crn, crm, op2;
	bool write;
} sysregs[] = {
	{ 3, 4, 2, 0, true },		/* NZCV */
	{ 3, 4, 4, 0, true },		/* FPCR */
	{ 3, 4, 4, 1, true },		/* FPSR */
	{ 3, 13, 0, 2, true },		/* TPIDR_EL0 */
	{ 3, 13, 0, 3, false },		/* TPIDRRO_EL0 */
	{ 3, 14, 0, 0, false },		/* CNTFRQ_EL0 */
	{ 3, 14, 0, 2, false },		/* CNTVCT_EL0 */
	{ 3, 14, 0, 6, false },		/* CNTVCTSS_EL0 */
	{ 3, 0, 0, 1, false },		/* CTR_EL0 */
	{ 3, 0, 0, 7, false },		/* DCZID_EL0 */
	/* What Linux emulates: MIDR, MPIDR, REVIDR and the identification
	 * registers (arch/arm64/kernel/cpufeature.c, is_emulated()). */
	{ 0, 0, 0, 0, false },
	{ 0, 0, 0, 5, false },
	{ 0, 0, 0, 6, false },
	{ 0, 0, 2, ANY, false },
	{ 0, 0, 3, ANY, false },
	{ 0, 0, 4, ANY, false },
	{ 0, 0, 5, ANY, false },
	{ 0, 0, 6, ANY, false },
	{ 0, 0, 7, ANY, false },
};

static unsigned tried, failed;

static void
check(uint32_t w)
{
	uint32_t *slot = (uint32_t *)(CODE + tried % NR_SLOTS * SLOT_WORDS * 4);
	unsigned n = emit_prologue(slot);

	tried++;
	slot[n] = w;
	emit_epilogue(slot + n + 1, 1);
	__builtin___clear_cache((char *)slot, (char *)(slot + 16));
	if (run_is_undefined((uint64_t)slot))
		return;
	failed++;
	printf("defined: %08x\n", w);
}

static void
neighbours(const struct encoding *e, const char *without)
{
	for (uint32_t bit = 1; bit; bit <<= 1) {
		if (!(e->mask & bit))
			continue;
		for (int n = 0; n < FILLS; n++) {
			uint32_t w = random_word(e) ^ bit;
			const struct encoding *other = encoding_find(w);

			if (!other || feature_in(without, other))
				check(w);
		}
	}
}

static bool
is_sysreg(uint32_t name, bool write)
{
	for (size_t i = 0; i < sizeof(sysregs) / sizeof(sysregs[0]); i++)
		if ((name >> 14 & 1) == 1 &&
		    (name >> 11 & 7) == sysregs[i].op1 &&
		    (name >> 7 & 15) == sysregs[i].crn &&
		    (name >> 3 & 15) == sysregs[i].crm &&
		    (sysregs[i].op2 == ANY ||
		     (name & 7) == sysregs[i].op2) &&
		    (!write || sysregs[i].write))
			return true;
	return false;
}

/* Whether a word of the system group must be undefined at EL0. */
static bool
system_is_undefined(uint32_t w, const char *without)
{
	const struct encoding *e = encoding_find(w);

	if (!e || feature_in(without, e))
		return true;
	if ((w & 0xffd00000) == 0xd5100000)
		return !is_sysreg(w >> 5 & 0x7fff, !(w >> 21 & 1));
	return false;
}

int
undefined(size_t nr_encodings, const char *without)
{
	rnd_seed(1);
	state_init(1);
	for (size_t i = 0; i < nr_encodings; i++) {
		const struct encoding *e = &encodings[i];

		neighbours(e, without);
		for (int n = 0; n < FILLS && feature_in(without, e); n++) {
			uint32_t w = random_word(e);

			if (encoding_find(w) == e)
				check(w);
		}
	}
	printf("neighbours %u defined %u\n", tried, failed);
	/* Rt is 31 and something else: some are undefined with one of them. */
	for (uint32_t w = 0xd5000000; w < 0xd5400000; w += 32) {
		unsigned rt = rnd() & 15;

		if (system_is_undefined(w | 31, without))
			check(w | 31);
		if (system_is_undefined(w | rt, without))
			check(w | rt);
	}
	printf("undefined %u defined %u\n", tried, failed);
	return failed ? 1 : 0;
}
