/*
 * sem_atomic.h - exclusive, ordered and atomic memory accesses (Arm ARM
 * C4.1.94). The manual's acquire and release bits do not show here: the
 * operations are as strong as the strongest form.
 */
#ifndef FERRY_A64_SEM_ATOMIC_H
#define FERRY_A64_SEM_ATOMIC_H

/* Exclusive. The status register is 0 if the store was done. */

SEM void
sem_ldxr(sem_ctx *s, const struct a64_ldxr *i)
{
	xw(s, i->Rt, load_exclusive(s, i->size, base_addr(s, i->Rn)));
}

SEM void
sem_stxr(sem_ctx *s, const struct a64_stxr *i)
{
	xw(s, i->Rs, store_exclusive(s, i->size, base_addr(s, i->Rn),
				     xr(s, i->size, i->Rt)));
}

/* Pairs of words are one doubleword. */
SEM void
sem_ldxp(sem_ctx *s, const struct a64_ldxp *i)
{
	struct ipair p;
	ival v;

	if (i->sz) {
		p = load_exclusive_pair(s, base_addr(s, i->Rn));
		xw(s, i->Rt, p.lo);
		xw(s, i->Rt2, p.hi);
	} else {
		v = load_exclusive(s, IT64, base_addr(s, i->Rn));
		xw(s, i->Rt, zext(s, IT32, v));
		xw(s, i->Rt2, shr(s, IT64, v, imm(s, 32)));
	}
}

SEM struct ipair
reg_pair(sem_ctx *s, unsigned t, unsigned lo, unsigned hi)
{
	return (struct ipair){ xr(s, t, lo), xr(s, t, hi) };
}

SEM void
sem_stxp(sem_ctx *s, const struct a64_stxp *i)
{
	ival addr = base_addr(s, i->Rn);
	struct ipair v = reg_pair(s, type_sf(i->sz), i->Rt, i->Rt2);

	xw(s, i->Rs, i->sz ? store_exclusive_pair(s, addr, v) :
		store_exclusive(s, IT64, addr,
				or(s, IT64, v.lo, shl(s, IT64, v.hi,
						      imm(s, 32)))));
}

SEM void
sem_clrex(sem_ctx *s, const struct a64_clrex *i)
{
	(void)i;
	clear_exclusive(s);
}

/* Load-acquire, store-release. */

SEM void
sem_ldar(sem_ctx *s, const struct a64_ldar *i)
{
	xw(s, i->Rt, load_acq(s, i->size, base_addr(s, i->Rn)));
}

SEM void
sem_ldlar(sem_ctx *s, const struct a64_ldlar *i)
{
	xw(s, i->Rt, load_acq(s, i->size, base_addr(s, i->Rn)));
}

SEM void
sem_ldapr(sem_ctx *s, const struct a64_ldapr *i)
{
	xw(s, i->Rt, load_acq(s, i->size, base_addr(s, i->Rn)));
}

SEM void
sem_stlr(sem_ctx *s, const struct a64_stlr *i)
{
	store_rel(s, i->size, base_addr(s, i->Rn), xr(s, i->size, i->Rt));
}

SEM void
sem_stllr(sem_ctx *s, const struct a64_stllr *i)
{
	store_rel(s, i->size, base_addr(s, i->Rn), xr(s, i->size, i->Rt));
}

SEM void
sem_stlur(sem_ctx *s, const struct a64_stlur *i)
{
	store_rel(s, i->size, addr_imm(s, i->Rn, i->imm9),
		  xr(s, i->size, i->Rt));
}

SEM void
sem_ldapur(sem_ctx *s, const struct a64_ldapur *i)
{
	xw(s, i->Rt, load_acq(s, i->size, addr_imm(s, i->Rn, i->imm9)));
}

SEM void
sem_ldapurs_x(sem_ctx *s, const struct a64_ldapurs_x *i)
{
	ival v = load_acq(s, i->size, addr_imm(s, i->Rn, i->imm9));

	xw(s, i->Rt, sext(s, i->size, v));
}

SEM void
sem_ldapurs_w(sem_ctx *s, const struct a64_ldapurs_w *i)
{
	ival v = load_acq(s, i->size, addr_imm(s, i->Rn, i->imm9));

	xw(s, i->Rt, zext(s, IT32, sext(s, i->size, v)));
}

/* Compare and swap. */

SEM void
sem_cas(sem_ctx *s, const struct a64_cas *i)
{
	ival was = atomic_cas(s, i->size, base_addr(s, i->Rn),
			      xr(s, i->size, i->Rs),
			      xr(s, i->size, i->Rt));

	xw(s, i->Rs, was);
}

SEM void
sem_casp(sem_ctx *s, const struct a64_casp *i)
{
	unsigned t = type_sf(i->sz);
	struct ipair was = atomic_cas_pair(s, t, base_addr(s, i->Rn),
		reg_pair(s, t, i->Rs, i->Rs + 1),
		reg_pair(s, t, i->Rt, i->Rt + 1));

	xw(s, i->Rs, was.lo);
	xw(s, i->Rs + 1, was.hi);
}

/* Atomic operations; Rt gets what memory held. */

SEM void
rmw_reg(sem_ctx *s, enum rmw op, unsigned size, unsigned n, unsigned v,
	unsigned old)
{
	xw(s, old, atomic_rmw(s, op, size, base_addr(s, n), xr(s, size, v)));
}

SEM void
sem_ldadd(sem_ctx *s, const struct a64_ldadd *i)
{
	rmw_reg(s, RMW_ADD, i->size, i->Rn, i->Rs, i->Rt);
}

SEM void
sem_ldclr(sem_ctx *s, const struct a64_ldclr *i)
{
	rmw_reg(s, RMW_CLR, i->size, i->Rn, i->Rs, i->Rt);
}

SEM void
sem_ldeor(sem_ctx *s, const struct a64_ldeor *i)
{
	rmw_reg(s, RMW_EOR, i->size, i->Rn, i->Rs, i->Rt);
}

SEM void
sem_ldset(sem_ctx *s, const struct a64_ldset *i)
{
	rmw_reg(s, RMW_SET, i->size, i->Rn, i->Rs, i->Rt);
}

SEM void
sem_ldsmax(sem_ctx *s, const struct a64_ldsmax *i)
{
	rmw_reg(s, RMW_SMAX, i->size, i->Rn, i->Rs, i->Rt);
}

SEM void
sem_ldsmin(sem_ctx *s, const struct a64_ldsmin *i)
{
	rmw_reg(s, RMW_SMIN, i->size, i->Rn, i->Rs, i->Rt);
}

SEM void
sem_ldumax(sem_ctx *s, const struct a64_ldumax *i)
{
	rmw_reg(s, RMW_UMAX, i->size, i->Rn, i->Rs, i->Rt);
}

SEM void
sem_ldumin(sem_ctx *s, const struct a64_ldumin *i)
{
	rmw_reg(s, RMW_UMIN, i->size, i->Rn, i->Rs, i->Rt);
}

SEM void
sem_swp(sem_ctx *s, const struct a64_swp *i)
{
	rmw_reg(s, RMW_SWP, i->size, i->Rn, i->Rs, i->Rt);
}

#endif
