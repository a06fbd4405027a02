/*
 * sem_dp_reg.h - data processing on registers (Arm ARM C4.1.95).
 */
#ifndef FERRY_A64_SEM_DP_REG_H
#define FERRY_A64_SEM_DP_REG_H

/* Operand helpers. */

enum { SHIFT_LSL, SHIFT_LSR, SHIFT_ASR, SHIFT_ROR };

/* Register m of type t, shifted by a constant (ShiftReg). */
SEM ival
shift_reg(sem_ctx *s, unsigned t, unsigned m, unsigned type, unsigned amount)
{
	ival v = xr(s, t, m);

	if (!amount)
		return v;
	switch (type) {
	case SHIFT_LSL:
		return shl(s, t, v, imm(s, amount));
	case SHIFT_LSR:
		return shr(s, t, v, imm(s, amount));
	case SHIFT_ASR:
		return sar(s, t, v, imm(s, amount));
	default:
		return ror(s, t, v, imm(s, amount));
	}
}

/* Register m, extended by `option' to type t and shifted left (ExtendReg):
 * UXTB UXTH UXTW UXTX SXTB SXTH SXTW SXTX. */
SEM ival
extend_reg(sem_ctx *s, unsigned t, unsigned m, unsigned option,
	   unsigned shift)
{
	unsigned from = option & 3;
	ival v = xr(s, from, m);

	if (option & 4)
		v = sext(s, from, v);
	v = zext(s, t, v);
	return shift ? shl(s, t, v, imm(s, shift)) : v;
}

/* Two sources. */

SEM void
sem_udiv(sem_ctx *s, const struct a64_udiv *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, udiv(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm)));
}

SEM void
sem_sdiv(sem_ctx *s, const struct a64_sdiv *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, sdiv(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm)));
}

SEM void
sem_lslv(sem_ctx *s, const struct a64_lslv *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, shl(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm)));
}

SEM void
sem_lsrv(sem_ctx *s, const struct a64_lsrv *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, shr(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm)));
}

SEM void
sem_asrv(sem_ctx *s, const struct a64_asrv *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, sar(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm)));
}

SEM void
sem_rorv(sem_ctx *s, const struct a64_rorv *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, ror(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm)));
}

SEM void
sem_crc32(sem_ctx *s, const struct a64_crc32 *i)
{
	xw(s, i->Rd, crc32(s, i->sz, xr(s, IT32, i->Rn),
			   xr(s, i->sz, i->Rm)));
}

SEM void
sem_crc32c(sem_ctx *s, const struct a64_crc32c *i)
{
	xw(s, i->Rd, crc32c(s, i->sz, xr(s, IT32, i->Rn),
			    xr(s, i->sz, i->Rm)));
}

/* One source. */

SEM void
sem_rbit(sem_ctx *s, const struct a64_rbit *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, rbit(s, t, xr(s, t, i->Rn)));
}

SEM void
sem_rev16(sem_ctx *s, const struct a64_rev16 *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, bswap16(s, t, xr(s, t, i->Rn)));
}

SEM void
sem_rev_w(sem_ctx *s, const struct a64_rev_w *i)
{
	xw(s, i->Rd, bswap(s, IT32, xr(s, IT32, i->Rn)));
}

SEM void
sem_rev32(sem_ctx *s, const struct a64_rev32 *i)
{
	xw(s, i->Rd, bswap32(s, IT64, xr(s, IT64, i->Rn)));
}

SEM void
sem_rev_x(sem_ctx *s, const struct a64_rev_x *i)
{
	xw(s, i->Rd, bswap(s, IT64, xr(s, IT64, i->Rn)));
}

SEM void
sem_clz(sem_ctx *s, const struct a64_clz *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, clz(s, t, xr(s, t, i->Rn)));
}

SEM void
sem_cls(sem_ctx *s, const struct a64_cls *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, cls(s, t, xr(s, t, i->Rn)));
}

/* Logical (shifted register). */

SEM void
sem_and_reg(sem_ctx *s, const struct a64_and_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	xw(s, i->Rd, and(s, t, xr(s, t, i->Rn), b));
}

SEM void
sem_bic_reg(sem_ctx *s, const struct a64_bic_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	xw(s, i->Rd, andn(s, t, xr(s, t, i->Rn), b));
}

SEM void
sem_orr_reg(sem_ctx *s, const struct a64_orr_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	/* MOV (register). */
	if (i->Rn == 31)
		xw(s, i->Rd, b);
	else
		xw(s, i->Rd, or(s, t, xr(s, t, i->Rn), b));
}

SEM void
sem_orn_reg(sem_ctx *s, const struct a64_orn_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	xw(s, i->Rd, or(s, t, xr(s, t, i->Rn), not(s, t, b)));
}

SEM void
sem_eor_reg(sem_ctx *s, const struct a64_eor_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	xw(s, i->Rd, xor(s, t, xr(s, t, i->Rn), b));
}

SEM void
sem_eon_reg(sem_ctx *s, const struct a64_eon_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	xw(s, i->Rd, not(s, t, xor(s, t, xr(s, t, i->Rn), b)));
}

SEM void
sem_ands_reg(sem_ctx *s, const struct a64_ands_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);
	ival r = and(s, t, xr(s, t, i->Rn), b);

	flags_set(s, fl_logic(s, t, r));
	xw(s, i->Rd, r);
}

SEM void
sem_bics_reg(sem_ctx *s, const struct a64_bics_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);
	ival r = andn(s, t, xr(s, t, i->Rn), b);

	flags_set(s, fl_logic(s, t, r));
	xw(s, i->Rd, r);
}

/* Add and subtract (shifted register). */

SEM void
sem_add_reg(sem_ctx *s, const struct a64_add_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	xw(s, i->Rd, add(s, t, xr(s, t, i->Rn), b));
}

SEM void
sem_sub_reg(sem_ctx *s, const struct a64_sub_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	xw(s, i->Rd, sub(s, t, xr(s, t, i->Rn), b));
}

SEM void
sem_adds_reg(sem_ctx *s, const struct a64_adds_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival a = xr(s, t, i->Rn);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	flags_set(s, fl_add(s, t, a, b));
	xw(s, i->Rd, add(s, t, a, b));
}

SEM void
sem_subs_reg(sem_ctx *s, const struct a64_subs_reg *i)
{
	unsigned t = type_sf(i->sf);
	ival a = xr(s, t, i->Rn);
	ival b = shift_reg(s, t, i->Rm, i->shift, i->imm6);

	flags_set(s, fl_sub(s, t, a, b));
	xw(s, i->Rd, sub(s, t, a, b));
}

/* Add and subtract (extended register); Rn, and Rd without flags, is SP. */

SEM void
sem_add_ext(sem_ctx *s, const struct a64_add_ext *i)
{
	unsigned t = type_sf(i->sf);
	ival b = extend_reg(s, t, i->Rm, i->option, i->imm3);

	xw_sp(s, i->Rd, add(s, t, xr_sp(s, t, i->Rn), b));
}

SEM void
sem_sub_ext(sem_ctx *s, const struct a64_sub_ext *i)
{
	unsigned t = type_sf(i->sf);
	ival b = extend_reg(s, t, i->Rm, i->option, i->imm3);

	xw_sp(s, i->Rd, sub(s, t, xr_sp(s, t, i->Rn), b));
}

SEM void
sem_adds_ext(sem_ctx *s, const struct a64_adds_ext *i)
{
	unsigned t = type_sf(i->sf);
	ival a = xr_sp(s, t, i->Rn);
	ival b = extend_reg(s, t, i->Rm, i->option, i->imm3);

	flags_set(s, fl_add(s, t, a, b));
	xw(s, i->Rd, add(s, t, a, b));
}

SEM void
sem_subs_ext(sem_ctx *s, const struct a64_subs_ext *i)
{
	unsigned t = type_sf(i->sf);
	ival a = xr_sp(s, t, i->Rn);
	ival b = extend_reg(s, t, i->Rm, i->option, i->imm3);

	flags_set(s, fl_sub(s, t, a, b));
	xw(s, i->Rd, sub(s, t, a, b));
}

/* With carry: a + b + C, where subtraction adds ~b. */

SEM ival
add_carry(sem_ctx *s, unsigned t, ival a, ival b, bval c)
{
	return add(s, t, add(s, t, a, b), btoi(s, c));
}

SEM void
sem_adc(sem_ctx *s, const struct a64_adc *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, add_carry(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm),
			       fl_carry(s, flags(s))));
}

SEM void
sem_sbc(sem_ctx *s, const struct a64_sbc *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, add_carry(s, t, xr(s, t, i->Rn),
			       not(s, t, xr(s, t, i->Rm)),
			       fl_carry(s, flags(s))));
}

SEM void
sem_adcs(sem_ctx *s, const struct a64_adcs *i)
{
	unsigned t = type_sf(i->sf);
	ival a = xr(s, t, i->Rn), b = xr(s, t, i->Rm);
	bval c = fl_carry(s, flags(s));

	flags_set(s, fl_adc(s, t, a, b, c));
	xw(s, i->Rd, add_carry(s, t, a, b, c));
}

SEM void
sem_sbcs(sem_ctx *s, const struct a64_sbcs *i)
{
	unsigned t = type_sf(i->sf);
	ival a = xr(s, t, i->Rn), b = not(s, t, xr(s, t, i->Rm));
	bval c = fl_carry(s, flags(s));

	flags_set(s, fl_adc(s, t, a, b, c));
	xw(s, i->Rd, add_carry(s, t, a, b, c));
}

/* FEAT_FlagM. */

/* Flags where `mask' (NZCV in bits 31..28) says, from v; others stay. */
SEM void
flags_insert(sem_ctx *s, uint32_t mask, ival v)
{
	ival old = fl_bits(s, flags(s));

	v = and(s, IT32, v, imm(s, mask));
	old = andn(s, IT32, old, imm(s, mask));
	flags_set(s, fl_nzcv(s, or(s, IT32, old, v)));
}

SEM void
sem_rmif(sem_ctx *s, const struct a64_rmif *i)
{
	ival v = ror(s, IT64, xr(s, IT64, i->Rn), imm(s, i->imm6));

	flags_insert(s, i->mask << 28, shl(s, IT32, zext(s, IT32, v),
					   imm(s, 28)));
}

/* N and Z of a narrow value; V if bit `width' differs from the sign. */
SEM void
set_flags_narrow(sem_ctx *s, unsigned n, unsigned width)
{
	ival v = xr(s, IT32, n);
	ival top = shl(s, IT32, v, imm(s, 32 - width));
	ival next = shl(s, IT32, v, imm(s, 31 - width));
	ival neg_bit = and(s, IT32, top, imm(s, A64_N));
	ival over = and(s, IT32, xor(s, IT32, top, next), imm(s, A64_N));
	ival r = or(s, IT32, neg_bit, shr(s, IT32, over, imm(s, 3)));
	bval zero = eq(s, IT32, top, imm(s, 0));

	r = or(s, IT32, r, choose(s, zero, imm(s, A64_Z), imm(s, 0)));
	flags_insert(s, A64_N | A64_Z | A64_V, r);
}

SEM void
sem_setf8(sem_ctx *s, const struct a64_setf8 *i)
{
	set_flags_narrow(s, i->Rn, 8);
}

SEM void
sem_setf16(sem_ctx *s, const struct a64_setf16 *i)
{
	set_flags_narrow(s, i->Rn, 16);
}

/* Conditional compare: the comparison's flags, or the immediate. */

SEM void
flags_if(sem_ctx *s, unsigned n, fval then, unsigned nzcv)
{
	fval other = fl_nzcv(s, imm(s, (uint64_t)nzcv << 28));

	flags_set(s, fl_select(s, cond(s, flags(s), n), then, other));
}

SEM void
sem_ccmn_reg(sem_ctx *s, const struct a64_ccmn_reg *i)
{
	unsigned t = type_sf(i->sf);
	fval f = fl_add(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm));

	flags_if(s, i->cond, f, i->nzcv);
}

SEM void
sem_ccmp_reg(sem_ctx *s, const struct a64_ccmp_reg *i)
{
	unsigned t = type_sf(i->sf);
	fval f = fl_sub(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm));

	flags_if(s, i->cond, f, i->nzcv);
}

SEM void
sem_ccmn_imm(sem_ctx *s, const struct a64_ccmn_imm *i)
{
	unsigned t = type_sf(i->sf);
	fval f = fl_add(s, t, xr(s, t, i->Rn), imm(s, i->imm5));

	flags_if(s, i->cond, f, i->nzcv);
}

SEM void
sem_ccmp_imm(sem_ctx *s, const struct a64_ccmp_imm *i)
{
	unsigned t = type_sf(i->sf);
	fval f = fl_sub(s, t, xr(s, t, i->Rn), imm(s, i->imm5));

	flags_if(s, i->cond, f, i->nzcv);
}

/* Conditional select. */

SEM void
sem_csel(sem_ctx *s, const struct a64_csel *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, choose(s, cond(s, flags(s), i->cond),
			    xr(s, t, i->Rn), xr(s, t, i->Rm)));
}

SEM void
sem_csinc(sem_ctx *s, const struct a64_csinc *i)
{
	unsigned t = type_sf(i->sf);
	ival other = add(s, t, xr(s, t, i->Rm), imm(s, 1));

	xw(s, i->Rd, choose(s, cond(s, flags(s), i->cond),
			    xr(s, t, i->Rn), other));
}

SEM void
sem_csinv(sem_ctx *s, const struct a64_csinv *i)
{
	unsigned t = type_sf(i->sf);
	ival other = not(s, t, xr(s, t, i->Rm));

	xw(s, i->Rd, choose(s, cond(s, flags(s), i->cond),
			    xr(s, t, i->Rn), other));
}

SEM void
sem_csneg(sem_ctx *s, const struct a64_csneg *i)
{
	unsigned t = type_sf(i->sf);
	ival other = neg(s, t, xr(s, t, i->Rm));

	xw(s, i->Rd, choose(s, cond(s, flags(s), i->cond),
			    xr(s, t, i->Rn), other));
}

/* Three sources. */

SEM void
sem_madd(sem_ctx *s, const struct a64_madd *i)
{
	unsigned t = type_sf(i->sf);
	ival p = mul(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm));

	xw(s, i->Rd, i->Ra == 31 ? p : add(s, t, xr(s, t, i->Ra), p));
}

SEM void
sem_msub(sem_ctx *s, const struct a64_msub *i)
{
	unsigned t = type_sf(i->sf);
	ival p = mul(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm));

	xw(s, i->Rd, sub(s, t, xr(s, t, i->Ra), p));
}

/* The 64-bit product of two words. */
SEM ival
mul_signed(sem_ctx *s, unsigned n, unsigned m)
{
	return mul(s, IT64, sext(s, IT32, xr(s, IT32, n)),
		   sext(s, IT32, xr(s, IT32, m)));
}

SEM ival
mul_unsigned(sem_ctx *s, unsigned n, unsigned m)
{
	return mul(s, IT64, xr(s, IT32, n), xr(s, IT32, m));
}

SEM void
sem_smaddl(sem_ctx *s, const struct a64_smaddl *i)
{
	xw(s, i->Rd, add(s, IT64, xr(s, IT64, i->Ra),
			 mul_signed(s, i->Rn, i->Rm)));
}

SEM void
sem_smsubl(sem_ctx *s, const struct a64_smsubl *i)
{
	xw(s, i->Rd, sub(s, IT64, xr(s, IT64, i->Ra),
			 mul_signed(s, i->Rn, i->Rm)));
}

SEM void
sem_umaddl(sem_ctx *s, const struct a64_umaddl *i)
{
	xw(s, i->Rd, add(s, IT64, xr(s, IT64, i->Ra),
			 mul_unsigned(s, i->Rn, i->Rm)));
}

SEM void
sem_umsubl(sem_ctx *s, const struct a64_umsubl *i)
{
	xw(s, i->Rd, sub(s, IT64, xr(s, IT64, i->Ra),
			 mul_unsigned(s, i->Rn, i->Rm)));
}

SEM void
sem_smulh(sem_ctx *s, const struct a64_smulh *i)
{
	xw(s, i->Rd, smulh(s, IT64, xr(s, IT64, i->Rn),
			   xr(s, IT64, i->Rm)));
}

SEM void
sem_umulh(sem_ctx *s, const struct a64_umulh *i)
{
	xw(s, i->Rd, umulh(s, IT64, xr(s, IT64, i->Rn),
			   xr(s, IT64, i->Rm)));
}

#endif
