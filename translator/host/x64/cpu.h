/*
 * cpu.h - what the host processor offers beyond SSE2.
 *
 * Asked for by the back end whenever it emits an instruction that not every
 * x86-64 processor has. The first call executes CPUID; before it nothing
 * happens, so that start-up costs nothing. All threads compute the
 * same word. Nothing can fail.
 */
#ifndef FERRY_X64_CPU_H
#define FERRY_X64_CPU_H

#include "../../../runtime/base/base.h"

enum x64_feature {
	X64_CPU_SSE3 = 1 << 0,
	X64_CPU_SSSE3 = 1 << 1,
	X64_CPU_SSE41 = 1 << 2,
	X64_CPU_SSE42 = 1 << 3,
	X64_CPU_AVX = 1 << 4,	/* and the system saves YMM registers */
	X64_CPU_AVX2 = 1 << 5,
	X64_CPU_FMA = 1 << 6,
	X64_CPU_F16C = 1 << 7,
	X64_CPU_AES = 1 << 8,
	X64_CPU_SHA = 1 << 9,
	X64_CPU_PCLMUL = 1 << 10,
	X64_CPU_LZCNT = 1 << 11,
	X64_CPU_BMI1 = 1 << 12,
	X64_CPU_BMI2 = 1 << 13,	/* and the system lets VEX be used */
	X64_CPU_AVX512 = 1 << 14,	/* F, VL, BW and DQ, and the system
					 * saves xmm16 and up */
	X64_CPU_BITALG = 1 << 15,	/* beside that */
};

#define X64_CPU_ALL	0xffffu

/* Whether the host has all of `features'. */
bool x64_cpu_has(unsigned features);

/* For tests: only what is also in `mask' counts from now on. */
void x64_cpu_mask(unsigned mask);

/* What counts, as a mask: X64_CPU_ALL if nobody said anything. */
unsigned x64_cpu_allowed(void);

/*
 * The same by name, as in "sse4.2", "avx2,-fma" or "-bmi2": a level of
 * processors, or all there is, then features less and more. False: a name is
 * not known. Start-up only.
 */
bool x64_cpu_limit(const char *text);

#endif
