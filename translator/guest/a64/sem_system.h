/*
 * sem_system.h - system instructions (Arm ARM C4.1.93): hints, barriers, cache
 * maintenance, system registers and the flag conversions.
 */
#ifndef FERRY_A64_SEM_SYSTEM_H
#define FERRY_A64_SEM_SYSTEM_H

#include "sysreg.h"

/* Hints. */

SEM void
sem_hint(sem_ctx *s, const struct a64_hint *i)
{
	(void)s;
	(void)i;
}

SEM void
sem_yield(sem_ctx *s, const struct a64_yield *i)
{
	(void)i;
	spin_hint(s);
}

/* Barriers. CRm: 0 SSBB, 4 PSSBB of DSB; bits 1..0 say what is ordered: 1
 * loads against all later accesses, 2 stores against later stores, 3 all. */

SEM void
barrier(sem_ctx *s, unsigned crm)
{
	if ((crm & 3) == 1 || (crm & 3) == 2)
		barrier_ordered(s);
	else
		barrier_full(s);
}

SEM void
sem_dmb(sem_ctx *s, const struct a64_dmb *i)
{
	barrier(s, i->CRm);
}

SEM void
sem_dsb(sem_ctx *s, const struct a64_dsb *i)
{
	barrier(s, i->CRm);
}

/* Ends the block, so what follows is fetched again; see a64_ends_block(). */
SEM void
sem_isb(sem_ctx *s, const struct a64_isb *i)
{
	(void)i;
	barrier_ordered(s);
}

SEM void
sem_sb(sem_ctx *s, const struct a64_sb *i)
{
	(void)i;
	barrier_speculation(s);
}

/* Cache maintenance. */

SEM void
sem_dc_zva(sem_ctx *s, const struct a64_dc_zva *i)
{
	ival addr = and(s, IT64, xr(s, IT64, i->Rt),
			imm(s, ~(uint64_t)(A64_ZVA_SIZE - 1)));

	for (unsigned n = 0; n < A64_ZVA_SIZE; n += 8)
		store(s, IT64, add_offset(s, addr, n), imm(s, 0));
}

/* Cleaning does nothing, but faults where a load would. */
SEM void
cache_clean(sem_ctx *s, unsigned n)
{
	load(s, IT8, xr(s, IT64, n));
}

SEM void
sem_dc_cvac(sem_ctx *s, const struct a64_dc_cvac *i)
{
	cache_clean(s, i->Rt);
}

SEM void
sem_dc_cvau(sem_ctx *s, const struct a64_dc_cvau *i)
{
	cache_clean(s, i->Rt);
}

SEM void
sem_dc_civac(sem_ctx *s, const struct a64_dc_civac *i)
{
	cache_clean(s, i->Rt);
}

SEM void
sem_dc_cvap(sem_ctx *s, const struct a64_dc_cvap *i)
{
	cache_clean(s, i->Rt);
}

SEM void
sem_dc_cvadp(sem_ctx *s, const struct a64_dc_cvadp *i)
{
	cache_clean(s, i->Rt);
}

SEM void
sem_ic_ivau(sem_ctx *s, const struct a64_ic_ivau *i)
{
	ival addr = xr(s, IT64, i->Rt);

	load(s, IT8, addr);
	invalidate_code(s, addr);
}

/* System registers. What is hot is an operation of its own; the others are
 * calls through the table in sysreg.c. */

SEM void
sem_mrs(sem_ctx *s, const struct a64_mrs *i)
{
	const struct a64_sysreg *r;

	if (i->sysreg == A64_TPIDR_EL0)
		return xw(s, i->Rt, thread_pointer(s));
	if (i->sysreg == A64_NZCV)
		return xw(s, i->Rt, fl_bits(s, flags(s)));
	r = a64_sysreg_find(i->sysreg);
	if (!r || !r->readable)
		return undefined(s);
	if (!r->read)
		return xw(s, i->Rt, imm(s, r->value));
	xw(s, i->Rt, sysreg_read(s, r));
}

SEM void
sem_msr_reg(sem_ctx *s, const struct a64_msr_reg *i)
{
	const struct a64_sysreg *r;
	ival v = xr(s, IT64, i->Rt);

	if (i->sysreg == A64_TPIDR_EL0)
		return thread_pointer_set(s, v);
	if (i->sysreg == A64_NZCV)
		return flags_set(s, fl_nzcv(s, v));
	r = a64_sysreg_find(i->sysreg);
	if (!r || !r->write)
		return undefined(s);
	sysreg_write(s, r, v);
}

/* FEAT_FlagM, FEAT_FlagM2. */

SEM void
sem_cfinv(sem_ctx *s, const struct a64_cfinv *i)
{
	ival v = fl_bits(s, flags(s));

	(void)i;
	flags_set(s, fl_nzcv(s, xor(s, IT32, v, imm(s, A64_C))));
}

/* One bit of flags, moved `by' places up (down if negative). */
SEM ival
flag_moved(sem_ctx *s, ival v, uint32_t flag, int by)
{
	v = and(s, IT32, v, imm(s, flag));
	if (by < 0)
		return shr(s, IT32, v, imm(s, -by));
	return shl(s, IT32, v, imm(s, by));
}

/* From Arm's flags of a floating-point compare to the alternative ones:
 * N = 0, Z = Z | V, C = C & !V, V = 0. */
SEM void
sem_axflag(sem_ctx *s, const struct a64_axflag *i)
{
	ival v = fl_bits(s, flags(s));
	ival z = or(s, IT32, v, flag_moved(s, v, A64_V, 2));
	ival c = andn(s, IT32, v, flag_moved(s, v, A64_V, 1));

	(void)i;
	z = and(s, IT32, z, imm(s, A64_Z));
	c = and(s, IT32, c, imm(s, A64_C));
	flags_set(s, fl_nzcv(s, or(s, IT32, z, c)));
}

/* And back: N = !C & !Z, Z = Z & C, C = C | Z, V = !C & Z. */
SEM void
sem_xaflag(sem_ctx *s, const struct a64_xaflag *i)
{
	ival v = fl_bits(s, flags(s));
	ival z = flag_moved(s, v, A64_Z, 0);
	ival c = flag_moved(s, v, A64_C, 1);	/* at Z's place */
	ival n = andn(s, IT32, andn(s, IT32, imm(s, A64_Z), c), z);
	ival r = shl(s, IT32, n, imm(s, 1));

	(void)i;
	r = or(s, IT32, r, and(s, IT32, z, c));
	r = or(s, IT32, r, shr(s, IT32, or(s, IT32, c, z), imm(s, 1)));
	r = or(s, IT32, r, shr(s, IT32, andn(s, IT32, z, c), imm(s, 2)));
	flags_set(s, fl_nzcv(s, r));
}

#endif
