/*
 * sem_simd_perm.h - Advanced SIMD copy, permute, extract and table look-up.
 * A part of sem_simd.h.
 */

/* --- Copy ----------------------------------------------------------------- */

/* imm5 is the lane, a one, and as many zeros as log2 of the element size. */
OP unsigned
copy_es(unsigned imm5)
{
	return imm5 & 1 ? ES8 : imm5 & 2 ? ES16 : imm5 & 4 ? ES32 : ES64;
}

OP unsigned
copy_lane(unsigned imm5)
{
	return imm5 >> (copy_es(imm5) + 1);
}

VSEM(dup_elt)
{
	unsigned sh = vfull(o->Q, copy_es(o->imm5));

	vw(s, o->Rd, vdup(s, sh, vr(s, o->Rn), copy_lane(o->imm5)));
}

VSEM(dup_sc)
{
	unsigned sh = vscalar(copy_es(o->imm5));

	vw(s, o->Rd, vdup(s, sh, vr(s, o->Rn), copy_lane(o->imm5)));
}

VSEM(dup_gen)
{
	unsigned sh = vfull(o->Q, copy_es(o->imm5));

	vw(s, o->Rd, vsplat(s, sh, xr(s, IT64, o->Rn)));
}

VSEM(smov)
{
	unsigned es = copy_es(o->imm5);
	ival v = vget(s, vfull(1, es), vr(s, o->Rn), copy_lane(o->imm5));

	xw(s, o->Rd, zext(s, o->Q ? IT64 : IT32, sext(s, es, v)));
}

VSEM(umov_w)
{
	unsigned es = copy_es(o->imm5);

	xw(s, o->Rd, vget(s, vfull(1, es), vr(s, o->Rn), copy_lane(o->imm5)));
}

VSEM(umov_x)
{
	xw(s, o->Rd, vget(s, vfull(1, ES64), vr(s, o->Rn), o->imm4));
}

VSEM(ins_gen)
{
	unsigned sh = vfull(1, copy_es(o->imm5));

	vw(s, o->Rd, vset(s, sh, vr(s, o->Rd), xr(s, IT64, o->Rn),
			 copy_lane(o->imm5)));
}

VSEM(ins_elt)
{
	unsigned es = copy_es(o->imm5);

	vw(s, o->Rd, vins(s, vfull(1, es), vr(s, o->Rd), vr(s, o->Rn),
			 copy_lane(o->imm5), o->imm4 >> es));
}

/* --- Permute and extract -------------------------------------------------- */

#define PERMUTE(name) \
VSEM(name) \
{ \
	vw(s, o->Rd, v##name(s, vfull(o->Q, o->size), vr(s, o->Rn), \
			    vr(s, o->Rm))); \
}
PERMUTE(zip1)
PERMUTE(zip2)
PERMUTE(uzp1)
PERMUTE(uzp2)
PERMUTE(trn1)
PERMUTE(trn2)
#undef PERMUTE

VSEM(ext)
{
	vw(s, o->Rd, vext(s, vfull(o->Q, ES8), vr(s, o->Rn), vr(s, o->Rm),
			 o->imm4));
}

/* --- Table look-up -------------------------------------------------------- */

/* The bytes of table Vn..Vn+len that index names; `other' where it names
 * none. */
OP vval
vtable(sem_ctx *s, unsigned Q, vval other, unsigned n, unsigned len,
       vval index)
{
	for (unsigned i = 0; i <= len; i++)
		other = vtbx(s, vfull(Q, ES8), other, vr(s, (n + i) % 32),
			     index, 16 * i);
	return other;
}

VSEM(tbl)
{
	vw(s, o->Rd, vtable(s, o->Q, vzero(s), o->Rn, o->len, vr(s, o->Rm)));
}

VSEM(tbx)
{
	vval d = vr(s, o->Rd);

	vw(s, o->Rd, vtable(s, o->Q, d, o->Rn, o->len, vr(s, o->Rm)));
}
