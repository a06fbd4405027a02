/*
 * recover.c - guest state from a host context inside translated code.
 */
#include <ucontext.h>

#include "emit.h"
#include "enter.h"

/* What enter.S assumes. */
_Static_assert(offsetof(struct a64_cpu, x) == 0, "enter.S");
_Static_assert(offsetof(struct a64_cpu, pc) == 256, "enter.S");
_Static_assert(offsetof(struct a64_cpu, flag_a) == 264, "enter.S");
_Static_assert(offsetof(struct a64_cpu, flag_b) == 272, "enter.S");
_Static_assert(offsetof(struct a64_cpu, flag_kind) == 280, "enter.S");
_Static_assert(FLAG_NZCV == 0 && FLAG_ADD32 == 1 && FLAG_ADD64 == 2 &&
	       FLAG_SUB32 == 3 && FLAG_SUB64 == 4 && FLAG_LOGIC32 == 5 &&
	       FLAG_LOGIC64 == 6, "enter.S");

void
x64_recover(struct a64_cpu *cpu, const long long *gregs)
{
	/* By enum x64_reg. */
	static const uint8_t greg[16] = {
		REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI,
		REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13,
		REG_R14, REG_R15,
	};
	unsigned n;

	for (n = 0; n < 32; n++)
		if (x64_pin_of(n) != X64_NOREG)
			cpu->x[n] = (uint64_t)gregs[greg[x64_pin_of(n)]];
}
