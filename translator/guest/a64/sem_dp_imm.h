/*
 * sem_dp_imm.h - data processing with immediates (Arm ARM C4.1.92): what each
 * row of that part of a64.def does.
 *
 * Semantics are written with operations only (interp_ops.h); plain C works on
 * decoded fields. Also here: helpers that other sem_*.h share.
 */
#ifndef FERRY_A64_SEM_DP_IMM_H
#define FERRY_A64_SEM_DP_IMM_H

/* sf: the type of 32- and 64-bit forms. */
SEM unsigned
type_sf(unsigned sf)
{
	return sf ? IT64 : IT32;
}

/* The low `width' bits set; 1..64. */
SEM uint64_t
low_mask(unsigned width)
{
	return ~UINT64_C(0) >> (64 - width);
}

/* Address arithmetic. */
SEM ival
add_offset(sem_ctx *s, ival base, int64_t offset)
{
	return offset ? add(s, IT64, base, imm(s, offset)) : base;
}

SEM void
sem_adr(sem_ctx *s, const struct a64_adr *i)
{
	int64_t off = (int64_t)i->immhi * 4 + i->immlo;

	xw(s, i->Rd, imm(s, insn_pc(s) + off));
}

SEM void
sem_adrp(sem_ctx *s, const struct a64_adrp *i)
{
	int64_t off = ((int64_t)i->immhi * 4 + i->immlo) * 4096;

	xw(s, i->Rd, imm(s, (insn_pc(s) & ~UINT64_C(4095)) + off));
}

/* ADD, SUB (immediate). Without flags both registers may be SP. */
SEM uint64_t
imm12_value(unsigned sh, unsigned imm12)
{
	return (uint64_t)imm12 << (sh ? 12 : 0);
}

SEM void
sem_add_imm(sem_ctx *s, const struct a64_add_imm *i)
{
	unsigned t = type_sf(i->sf);
	ival b = imm(s, imm12_value(i->sh, i->imm12));

	xw_sp(s, i->Rd, add(s, t, xr_sp(s, t, i->Rn), b));
}

SEM void
sem_sub_imm(sem_ctx *s, const struct a64_sub_imm *i)
{
	unsigned t = type_sf(i->sf);
	ival b = imm(s, imm12_value(i->sh, i->imm12));

	xw_sp(s, i->Rd, sub(s, t, xr_sp(s, t, i->Rn), b));
}

SEM void
sem_adds_imm(sem_ctx *s, const struct a64_adds_imm *i)
{
	unsigned t = type_sf(i->sf);
	ival a = xr_sp(s, t, i->Rn);
	ival b = imm(s, imm12_value(i->sh, i->imm12));

	flags_set(s, fl_add(s, t, a, b));
	xw(s, i->Rd, add(s, t, a, b));
}

SEM void
sem_subs_imm(sem_ctx *s, const struct a64_subs_imm *i)
{
	unsigned t = type_sf(i->sf);
	ival a = xr_sp(s, t, i->Rn);
	ival b = imm(s, imm12_value(i->sh, i->imm12));

	flags_set(s, fl_sub(s, t, a, b));
	xw(s, i->Rd, sub(s, t, a, b));
}

/*
 * The bitmask of a logical immediate (DecodeBitMasks): an element of 2..64
 * bits holding a rotated run of ones, repeated. False: reserved.
 */
SEM bool
bitmask_imm(unsigned sf, unsigned N, unsigned imms, unsigned immr,
	    uint64_t *mask)
{
	/* Repeats an element of 2^n bits: the sum of 2^(k * 2^n). */
	static const uint64_t repeat[] = {
		0, 0x5555555555555555, 0x1111111111111111, 0x0101010101010101,
		0x0001000100010001, 0x0000000100000001, 1,
	};
	unsigned sizes = N << 6 | (~imms & 63);
	unsigned log2, esize, ones;
	uint64_t m;

	if (sizes < 2)
		return false;
	log2 = 31 - __builtin_clz(sizes);
	esize = 1u << log2;
	ones = (imms & (esize - 1)) + 1;
	if (ones == esize)
		return false;
	/* Rotating the whole rotates each element. */
	m = low_mask(ones) * repeat[log2];
	m = m >> (immr & 63) | m << (-immr & 63);
	*mask = sf ? m : (uint32_t)m;
	return true;
}

SEM void
sem_and_imm(sem_ctx *s, const struct a64_and_imm *i)
{
	unsigned t = type_sf(i->sf);
	uint64_t mask = 0;

	if (!bitmask_imm(i->sf, i->N, i->imms, i->immr, &mask))
		return undefined(s);
	xw_sp(s, i->Rd, and(s, t, xr(s, t, i->Rn), imm(s, mask)));
}

SEM void
sem_orr_imm(sem_ctx *s, const struct a64_orr_imm *i)
{
	unsigned t = type_sf(i->sf);
	uint64_t mask = 0;

	if (!bitmask_imm(i->sf, i->N, i->imms, i->immr, &mask))
		return undefined(s);
	xw_sp(s, i->Rd, or(s, t, xr(s, t, i->Rn), imm(s, mask)));
}

SEM void
sem_eor_imm(sem_ctx *s, const struct a64_eor_imm *i)
{
	unsigned t = type_sf(i->sf);
	uint64_t mask = 0;

	if (!bitmask_imm(i->sf, i->N, i->imms, i->immr, &mask))
		return undefined(s);
	xw_sp(s, i->Rd, xor(s, t, xr(s, t, i->Rn), imm(s, mask)));
}

SEM void
sem_ands_imm(sem_ctx *s, const struct a64_ands_imm *i)
{
	unsigned t = type_sf(i->sf);
	uint64_t mask = 0;
	ival r;

	if (!bitmask_imm(i->sf, i->N, i->imms, i->immr, &mask))
		return undefined(s);
	r = and(s, t, xr(s, t, i->Rn), imm(s, mask));
	flags_set(s, fl_logic(s, t, r));
	xw(s, i->Rd, r);
}

SEM void
sem_movz(sem_ctx *s, const struct a64_movz *i)
{
	xw(s, i->Rd, imm(s, (uint64_t)i->imm16 << (16 * i->hw)));
}

SEM void
sem_movn(sem_ctx *s, const struct a64_movn *i)
{
	uint64_t v = ~((uint64_t)i->imm16 << (16 * i->hw));

	xw(s, i->Rd, imm(s, i->sf ? v : (uint32_t)v));
}

SEM void
sem_movk(sem_ctx *s, const struct a64_movk *i)
{
	unsigned t = type_sf(i->sf), shift = 16 * i->hw;
	ival old = xr(s, t, i->Rd);

	old = and(s, t, old, imm(s, ~(UINT64_C(0xffff) << shift)));
	xw(s, i->Rd, or(s, t, old, imm(s, (uint64_t)i->imm16 << shift)));
}

/*
 * Bitfield moves. With imms >= immr they extract imms-immr+1 bits from bit
 * immr; otherwise they insert the low imms+1 bits at bit width-immr.
 */
SEM void
sem_ubfm(sem_ctx *s, const struct a64_ubfm *i)
{
	unsigned t = type_sf(i->sf), width = i->sf ? 64 : 32;
	ival v = xr(s, t, i->Rn);

	if (i->imms >= i->immr) {
		v = shr(s, t, v, imm(s, i->immr));
		v = and(s, t, v, imm(s, low_mask(i->imms - i->immr + 1)));
	} else {
		if (i->imms + 1 != i->immr)	/* else LSL, nothing is left */
			v = and(s, t, v, imm(s, low_mask(i->imms + 1)));
		v = shl(s, t, v, imm(s, width - i->immr));
	}
	xw(s, i->Rd, v);
}

SEM void
sem_sbfm(sem_ctx *s, const struct a64_sbfm *i)
{
	unsigned t = type_sf(i->sf), width = i->sf ? 64 : 32;
	ival v = xr(s, t, i->Rn);

	/* The field's sign bit goes to the top, then the field down. */
	v = shl(s, t, v, imm(s, width - 1 - i->imms));
	if (i->imms >= i->immr) {
		v = sar(s, t, v, imm(s, width - 1 - i->imms + i->immr));
	} else {
		v = sar(s, t, v, imm(s, width - 1 - i->imms));
		v = shl(s, t, v, imm(s, width - i->immr));
	}
	xw(s, i->Rd, v);
}

SEM void
sem_bfm(sem_ctx *s, const struct a64_bfm *i)
{
	unsigned t = type_sf(i->sf), width = i->sf ? 64 : 32;
	ival v = xr(s, t, i->Rn), old = xr(s, t, i->Rd);
	uint64_t mask;

	if (i->imms >= i->immr) {
		mask = low_mask(i->imms - i->immr + 1);
		v = shr(s, t, v, imm(s, i->immr));
	} else {
		mask = low_mask(i->imms + 1) << (width - i->immr);
		v = shl(s, t, v, imm(s, width - i->immr));
	}
	v = and(s, t, v, imm(s, mask));
	xw(s, i->Rd, or(s, t, andn(s, t, old, imm(s, mask)), v));
}

SEM void
sem_extr(sem_ctx *s, const struct a64_extr *i)
{
	unsigned t = type_sf(i->sf);

	xw(s, i->Rd, extract(s, t, xr(s, t, i->Rn), xr(s, t, i->Rm),
			     i->imms));
}

#endif
