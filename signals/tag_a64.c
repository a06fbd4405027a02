/*
 * tag_a64.c - finds the tag of the address that an instruction could not
 * access. Nobody has kept it: host addresses have none. But the registers are
 * those before the instruction, and its base register holds it.
 */
#include "tag_a64.h"

#include "../runtime/vm/gmem.h"

#define ESR_EC(esr)	((esr) >> 26)
#define EC_DATA_ABORT	0x24u		/* from EL0 */

/* Arm ARM C4.1.94: loads and stores; those of a literal; those whose offset is
 * a register. Their scale is their size; of quadwords, that is in opc<1>. */
#define IS_LDST(w)	(((w) & 0x0a000000) == 0x08000000)
#define IS_LITERAL(w)	(((w) & 0x3b000000) == 0x18000000)
#define HAS_INDEX(w)	(((w) & 0x3b200c00) == 0x38200800)
#define IS_QUAD(w)	(((w) & 0xc4800000) == 0x04800000)
#define IS_DC_ZVA(w)	(((w) & 0xffffffe0) == 0xd50b7420)

static gaddr
extend(gaddr addr)
{
	return (gaddr)((int64_t)(addr << 8) >> 8);
}

gaddr
a64_untagged(gaddr addr)
{
	return addr & extend(addr);
}

static gaddr
index_of(const struct a64_cpu *cpu, uint32_t w)
{
	unsigned m = w >> 16 & 31, option = w >> 13 & 7;
	uint64_t x = m == 31 ? 0 : cpu->x[m];

	if (option == 2)
		x = (uint32_t)x;		/* UXTW */
	else if (option == 6)
		x = (uint64_t)(int32_t)x;	/* SXTW */
	return w >> 12 & 1 ? x << (IS_QUAD(w) ? 4 : w >> 30) : x;
}

gaddr
a64_fault_address(const struct thread *t)
{
	const struct a64_cpu *cpu = &t->cpu.a64;
	gaddr addr = t->fault.addr, base;
	uint32_t w;

	if (ESR_EC(t->fault.esr) != EC_DATA_ABORT ||
	    gmem_read(&w, cpu->pc, sizeof(w)) < 0)
		return addr;
	if (IS_DC_ZVA(w))
		base = (w & 31) == 31 ? 0 : cpu->x[w & 31];
	else if (IS_LDST(w) && !IS_LITERAL(w))
		base = cpu->x[w >> 5 & 31];
	else
		return addr;
	if (HAS_INDEX(w))
		base += index_of(cpu, w);
	return base + (addr - extend(base));
}
