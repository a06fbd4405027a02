/*
 * sem_ldst.h - loads and stores of general registers (Arm ARM C4.1.94), except
 * the atomic ones.
 *
 * All accesses of an instruction come before its first register write, so that
 * a fault leaves the state as it was; the base register is written last.
 */
#ifndef FERRY_A64_SEM_LDST_H
#define FERRY_A64_SEM_LDST_H

/* Loads 2^size bytes, sign-extended to 64 bits or to 32. */
SEM ival
load_signed_x(sem_ctx *s, unsigned size, ival addr)
{
	return sext(s, size, load(s, size, addr));
}

SEM ival
load_signed_w(sem_ctx *s, unsigned size, ival addr)
{
	return zext(s, IT32, sext(s, size, load(s, size, addr)));
}

/* Base plus a register offset, extended and scaled. */
SEM ival
addr_reg(sem_ctx *s, unsigned n, unsigned m, unsigned option, unsigned shift)
{
	return add(s, IT64, base_addr(s, n),
		   extend_reg(s, IT64, m, option, shift));
}

/* Base plus a constant, in bytes or in units of the access. */
SEM ival
addr_imm(sem_ctx *s, unsigned n, int64_t offset)
{
	return add_offset(s, base_addr(s, n), offset);
}

SEM ival
addr_scaled(sem_ctx *s, unsigned n, uint64_t offset, unsigned size)
{
	return addr_imm(s, n, offset << size);
}

/* --- Base plus a constant: scaled and unsigned, or unscaled */

SEM void
sem_str_imm(sem_ctx *s, const struct a64_str_imm *i)
{
	ival addr = addr_scaled(s, i->Rn, i->imm12, i->size);

	store(s, i->size, addr, xr(s, i->size, i->Rt));
}

SEM void
sem_ldr_imm(sem_ctx *s, const struct a64_ldr_imm *i)
{
	ival addr = addr_scaled(s, i->Rn, i->imm12, i->size);

	xw(s, i->Rt, load(s, i->size, addr));
}

SEM void
sem_ldrs_imm_x(sem_ctx *s, const struct a64_ldrs_imm_x *i)
{
	ival addr = addr_scaled(s, i->Rn, i->imm12, i->size);

	xw(s, i->Rt, load_signed_x(s, i->size, addr));
}

SEM void
sem_ldrs_imm_w(sem_ctx *s, const struct a64_ldrs_imm_w *i)
{
	ival addr = addr_scaled(s, i->Rn, i->imm12, i->size);

	xw(s, i->Rt, load_signed_w(s, i->size, addr));
}

SEM void
sem_str_unscaled(sem_ctx *s, const struct a64_str_unscaled *i)
{
	ival addr = addr_imm(s, i->Rn, i->imm9);

	store(s, i->size, addr, xr(s, i->size, i->Rt));
}

SEM void
sem_ldr_unscaled(sem_ctx *s, const struct a64_ldr_unscaled *i)
{
	ival addr = addr_imm(s, i->Rn, i->imm9);

	xw(s, i->Rt, load(s, i->size, addr));
}

SEM void
sem_ldrs_unscaled_x(sem_ctx *s, const struct a64_ldrs_unscaled_x *i)
{
	ival addr = addr_imm(s, i->Rn, i->imm9);

	xw(s, i->Rt, load_signed_x(s, i->size, addr));
}

SEM void
sem_ldrs_unscaled_w(sem_ctx *s, const struct a64_ldrs_unscaled_w *i)
{
	ival addr = addr_imm(s, i->Rn, i->imm9);

	xw(s, i->Rt, load_signed_w(s, i->size, addr));
}

/* Unprivileged: the same at EL0. */

SEM void
sem_sttr(sem_ctx *s, const struct a64_sttr *i)
{
	ival addr = addr_imm(s, i->Rn, i->imm9);

	store(s, i->size, addr, xr(s, i->size, i->Rt));
}

SEM void
sem_ldtr(sem_ctx *s, const struct a64_ldtr *i)
{
	ival addr = addr_imm(s, i->Rn, i->imm9);

	xw(s, i->Rt, load(s, i->size, addr));
}

SEM void
sem_ldtrs_x(sem_ctx *s, const struct a64_ldtrs_x *i)
{
	ival addr = addr_imm(s, i->Rn, i->imm9);

	xw(s, i->Rt, load_signed_x(s, i->size, addr));
}

SEM void
sem_ldtrs_w(sem_ctx *s, const struct a64_ldtrs_w *i)
{
	ival addr = addr_imm(s, i->Rn, i->imm9);

	xw(s, i->Rt, load_signed_w(s, i->size, addr));
}

/* --- Write-back: post-indexed accesses use the old base */

SEM void
sem_str_post(sem_ctx *s, const struct a64_str_post *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, i->imm9);

	store(s, i->size, base, xr(s, i->size, i->Rt));
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldr_post(sem_ctx *s, const struct a64_ldr_post *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, i->imm9);

	xw(s, i->Rt, load(s, i->size, base));
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldrs_post_x(sem_ctx *s, const struct a64_ldrs_post_x *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, i->imm9);

	xw(s, i->Rt, load_signed_x(s, i->size, base));
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldrs_post_w(sem_ctx *s, const struct a64_ldrs_post_w *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, i->imm9);

	xw(s, i->Rt, load_signed_w(s, i->size, base));
	xw_sp(s, i->Rn, next);
}

SEM void
sem_str_pre(sem_ctx *s, const struct a64_str_pre *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, i->imm9);

	store(s, i->size, next, xr(s, i->size, i->Rt));
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldr_pre(sem_ctx *s, const struct a64_ldr_pre *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, i->imm9);

	xw(s, i->Rt, load(s, i->size, next));
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldrs_pre_x(sem_ctx *s, const struct a64_ldrs_pre_x *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, i->imm9);

	xw(s, i->Rt, load_signed_x(s, i->size, next));
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldrs_pre_w(sem_ctx *s, const struct a64_ldrs_pre_w *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, i->imm9);

	xw(s, i->Rt, load_signed_w(s, i->size, next));
	xw_sp(s, i->Rn, next);
}

/* --- Base plus register */

SEM void
sem_str_reg(sem_ctx *s, const struct a64_str_reg *i)
{
	ival addr = addr_reg(s, i->Rn, i->Rm, i->option,
			     i->S ? i->size : 0);

	store(s, i->size, addr, xr(s, i->size, i->Rt));
}

SEM void
sem_ldr_reg(sem_ctx *s, const struct a64_ldr_reg *i)
{
	ival addr = addr_reg(s, i->Rn, i->Rm, i->option,
			     i->S ? i->size : 0);

	xw(s, i->Rt, load(s, i->size, addr));
}

SEM void
sem_ldrs_reg_x(sem_ctx *s, const struct a64_ldrs_reg_x *i)
{
	ival addr = addr_reg(s, i->Rn, i->Rm, i->option,
			     i->S ? i->size : 0);

	xw(s, i->Rt, load_signed_x(s, i->size, addr));
}

SEM void
sem_ldrs_reg_w(sem_ctx *s, const struct a64_ldrs_reg_w *i)
{
	ival addr = addr_reg(s, i->Rn, i->Rm, i->option,
			     i->S ? i->size : 0);

	xw(s, i->Rt, load_signed_w(s, i->size, addr));
}

/* --- Literal */

SEM void
sem_ldr_lit(sem_ctx *s, const struct a64_ldr_lit *i)
{
	ival addr = imm(s, branch_target(s, i->imm19));

	xw(s, i->Rt, load(s, type_sf(i->sf), addr));
}

SEM void
sem_ldrsw_lit(sem_ctx *s, const struct a64_ldrsw_lit *i)
{
	ival addr = imm(s, branch_target(s, i->imm19));

	xw(s, i->Rt, load_signed_x(s, IT32, addr));
}

/* --- Prefetches, which do not fault */

/* Rt is the operation (Arm ARM C6.2.248): bits 4..3 are 0 for data to be read,
 * 1 for instructions, 2 for data to be written. SP need not be aligned. */
SEM void
prefetch_at(sem_ctx *s, unsigned op, ival base, ival offset)
{
	if (op >> 3 == 0 || op >> 3 == 2)
		prefetch(s, op & 7, add(s, IT64, base, offset));
}

SEM void
sem_prfm_lit(sem_ctx *s, const struct a64_prfm_lit *i)
{
	prefetch_at(s, i->Rt, imm(s, insn_pc(s)), imm(s, i->imm19 * 4));
}

SEM void
sem_prfm_imm(sem_ctx *s, const struct a64_prfm_imm *i)
{
	prefetch_at(s, i->Rt, xr_sp(s, IT64, i->Rn), imm(s, i->imm12 << 3));
}

SEM void
sem_prfm_unscaled(sem_ctx *s, const struct a64_prfm_unscaled *i)
{
	prefetch_at(s, i->Rt, xr_sp(s, IT64, i->Rn),
		    imm(s, (uint64_t)i->imm9));
}

SEM void
sem_prfm_reg(sem_ctx *s, const struct a64_prfm_reg *i)
{
	prefetch_at(s, i->Rt, xr_sp(s, IT64, i->Rn),
		    extend_reg(s, IT64, i->Rm, i->option, i->S ? 3 : 0));
}

/* --- Pairs: the lower address first */

SEM void
store_pair(sem_ctx *s, unsigned t, ival addr, unsigned r1, unsigned r2)
{
	store(s, t, addr, xr(s, t, r1));
	store(s, t, add_offset(s, addr, 1 << t), xr(s, t, r2));
}

SEM void
load_pair(sem_ctx *s, unsigned t, ival addr, unsigned r1, unsigned r2)
{
	ival lo = load(s, t, addr);
	ival hi = load(s, t, add_offset(s, addr, 1 << t));

	xw(s, r1, lo);
	xw(s, r2, hi);
}

/* LDPSW */
SEM void
load_pair_signed(sem_ctx *s, ival addr, unsigned r1, unsigned r2)
{
	ival lo = load_signed_x(s, IT32, addr);
	ival hi = load_signed_x(s, IT32, add_offset(s, addr, 4));

	xw(s, r1, lo);
	xw(s, r2, hi);
}

SEM int64_t
pair_offset(unsigned t, int32_t imm7)
{
	return (int64_t)imm7 * (1 << t);
}

SEM void
sem_stp_off(sem_ctx *s, const struct a64_stp_off *i)
{
	unsigned t = type_sf(i->sf);
	ival addr = addr_imm(s, i->Rn, pair_offset(t, i->imm7));

	store_pair(s, t, addr, i->Rt, i->Rt2);
}

SEM void
sem_ldp_off(sem_ctx *s, const struct a64_ldp_off *i)
{
	unsigned t = type_sf(i->sf);
	ival addr = addr_imm(s, i->Rn, pair_offset(t, i->imm7));

	load_pair(s, t, addr, i->Rt, i->Rt2);
}

SEM void
sem_ldpsw_off(sem_ctx *s, const struct a64_ldpsw_off *i)
{
	ival addr = addr_imm(s, i->Rn, pair_offset(IT32, i->imm7));

	load_pair_signed(s, addr, i->Rt, i->Rt2);
}

SEM void
sem_stp_post(sem_ctx *s, const struct a64_stp_post *i)
{
	unsigned t = type_sf(i->sf);
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, pair_offset(t, i->imm7));

	store_pair(s, t, base, i->Rt, i->Rt2);
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldp_post(sem_ctx *s, const struct a64_ldp_post *i)
{
	unsigned t = type_sf(i->sf);
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, pair_offset(t, i->imm7));

	load_pair(s, t, base, i->Rt, i->Rt2);
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldpsw_post(sem_ctx *s, const struct a64_ldpsw_post *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, pair_offset(IT32, i->imm7));

	load_pair_signed(s, base, i->Rt, i->Rt2);
	xw_sp(s, i->Rn, next);
}

SEM void
sem_stp_pre(sem_ctx *s, const struct a64_stp_pre *i)
{
	unsigned t = type_sf(i->sf);
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, pair_offset(t, i->imm7));

	store_pair(s, t, next, i->Rt, i->Rt2);
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldp_pre(sem_ctx *s, const struct a64_ldp_pre *i)
{
	unsigned t = type_sf(i->sf);
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, pair_offset(t, i->imm7));

	load_pair(s, t, next, i->Rt, i->Rt2);
	xw_sp(s, i->Rn, next);
}

SEM void
sem_ldpsw_pre(sem_ctx *s, const struct a64_ldpsw_pre *i)
{
	ival base = base_addr(s, i->Rn);
	ival next = add_offset(s, base, pair_offset(IT32, i->imm7));

	load_pair_signed(s, next, i->Rt, i->Rt2);
	xw_sp(s, i->Rn, next);
}

/* Non-temporal: a hint about caching only. */

SEM void
sem_stnp(sem_ctx *s, const struct a64_stnp *i)
{
	unsigned t = type_sf(i->sf);
	ival addr = addr_imm(s, i->Rn, pair_offset(t, i->imm7));

	store_pair(s, t, addr, i->Rt, i->Rt2);
}

SEM void
sem_ldnp(sem_ctx *s, const struct a64_ldnp *i)
{
	unsigned t = type_sf(i->sf);
	ival addr = addr_imm(s, i->Rn, pair_offset(t, i->imm7));

	load_pair(s, t, addr, i->Rt, i->Rt2);
}

#endif
