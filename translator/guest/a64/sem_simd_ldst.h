/*
 * sem_simd_ldst.h - loads and stores of SIMD&FP registers (Arm ARM C4.1.94):
 * single registers, pairs, and Advanced SIMD structures.
 *
 * All accesses of an instruction come before its first register write, so that
 * a fault leaves the state as it was; the base register is written last.
 */
#ifndef FERRY_A64_SEM_SIMD_LDST_H
#define FERRY_A64_SEM_SIMD_LDST_H

/* log2 of the bytes: big is the encoding's upper opc bit. */
OP unsigned
vsize(unsigned size, unsigned big)
{
	return big ? 4 : size;
}

/* --- Single registers ----------------------------------------------------- */

#define VSIZE	vsize(o->size, o->big)

/* addr is where the access goes. */
#define LDST(suffix, addr) \
VSEM(ldr_v_##suffix) \
{ \
	vw(s, o->Rt, vload(s, VSIZE, addr)); \
} \
VSEM(str_v_##suffix) \
{ \
	vstore(s, VSIZE, addr, vr(s, o->Rt)); \
}
LDST(pos, addr_scaled(s, o->Rn, o->imm12, VSIZE))
LDST(reg, addr_reg(s, o->Rn, o->Rm, o->option, o->S ? VSIZE : 0))
#undef LDST

VSEM(ldur_v)
{
	vw(s, o->Rt, vload(s, VSIZE, addr_imm(s, o->Rn, o->imm9)));
}

VSEM(stur_v)
{
	vstore(s, VSIZE, addr_imm(s, o->Rn, o->imm9), vr(s, o->Rt));
}

/* With write-back; addr is in terms of the old and the new base. */
#define LDST_BACK(suffix, addr) \
VSEM(ldr_v_##suffix) \
{ \
	ival base = base_addr(s, o->Rn); \
	ival next = add_offset(s, base, o->imm9); \
\
	vw(s, o->Rt, vload(s, VSIZE, addr)); \
	xw_sp(s, o->Rn, next); \
} \
VSEM(str_v_##suffix) \
{ \
	ival base = base_addr(s, o->Rn); \
	ival next = add_offset(s, base, o->imm9); \
\
	vstore(s, VSIZE, addr, vr(s, o->Rt)); \
	xw_sp(s, o->Rn, next); \
}
LDST_BACK(post, base)
LDST_BACK(pre, next)
#undef LDST_BACK
#undef VSIZE

VSEM(ldr_v_lit)
{
	ival addr = imm(s, insn_pc(s) + (int64_t)o->imm19 * 4);

	vw(s, o->Rt, vload(s, o->opc + 2, addr));
}

/* --- Pairs ---------------------------------------------------------------- */

OP void
vload_pair(sem_ctx *s, unsigned size, ival addr, unsigned t, unsigned t2)
{
	vval a = vload(s, size, addr);
	vval b = vload(s, size, add_offset(s, addr, 1 << size));

	vw(s, t, a);
	vw(s, t2, b);
}

OP void
vstore_pair(sem_ctx *s, unsigned size, ival addr, unsigned t, unsigned t2)
{
	vstore(s, size, addr, vr(s, t));
	vstore(s, size, add_offset(s, addr, 1 << size), vr(s, t2));
}

#define PAIR_OFFSET	((int64_t)o->imm7 * (4 << o->opc))

/* The non-temporal hint means nothing here. */
#define PAIR(name, do_pair) \
VSEM(name) \
{ \
	do_pair(s, o->opc + 2, addr_imm(s, o->Rn, PAIR_OFFSET), o->Rt, \
		o->Rt2); \
}
PAIR(ldp_v, vload_pair)
PAIR(ldnp_v, vload_pair)
PAIR(stp_v, vstore_pair)
PAIR(stnp_v, vstore_pair)
#undef PAIR

#define PAIR_BACK(name, do_pair, addr) \
VSEM(name) \
{ \
	ival base = base_addr(s, o->Rn); \
	ival next = add_offset(s, base, PAIR_OFFSET); \
\
	do_pair(s, o->opc + 2, addr, o->Rt, o->Rt2); \
	xw_sp(s, o->Rn, next); \
}
PAIR_BACK(ldp_v_post, vload_pair, base)
PAIR_BACK(ldp_v_pre, vload_pair, next)
PAIR_BACK(stp_v_post, vstore_pair, base)
PAIR_BACK(stp_v_pre, vstore_pair, next)
#undef PAIR_BACK
#undef PAIR_OFFSET

/* --- Structures ----------------------------------------------------------- */

/* What a post-indexed access leaves in its base: Rm 31 stands for the bytes
 * transferred. */
OP void
struct_writeback(sem_ctx *s, unsigned n, ival base, unsigned m, unsigned bytes)
{
	if (m == 31)
		xw_sp(s, n, add_offset(s, base, bytes));
	else
		xw_sp(s, n, add(s, IT64, base, xr(s, IT64, m)));
}

/* A batch of registers, consecutive modulo 32, as they lie in memory. */
OP void
load_regs(sem_ctx *s, unsigned Q, unsigned count, ival base, vval *m)
{
	for (unsigned i = 0; i < count; i++)
		m[i] = vload(s, 3 + Q, add_offset(s, base, i * (8 << Q)));
}

OP void
store_regs(sem_ctx *s, unsigned Q, unsigned count, ival base, const vval *m)
{
	for (unsigned i = 0; i < count; i++)
		vstore(s, 3 + Q, add_offset(s, base, i * (8 << Q)), m[i]);
}

OP void
write_regs(sem_ctx *s, unsigned count, unsigned t, const vval *v)
{
	for (unsigned i = 0; i < count; i++)
		vw(s, (t + i) % 32, v[i]);
}

OP void
read_regs(sem_ctx *s, unsigned count, unsigned t, vval *v)
{
	for (unsigned i = 0; i < count; i++)
		v[i] = vr(s, (t + i) % 32);
}

/*
 * Structures of three do not come from zips. Each byte of the result is a byte
 * of one of three vectors: number times 16 plus its place there.
 *
 * STRIDE3: byte i of component r, in memory order; PACK3: byte i of the k-th
 * vector in memory, in terms of components. W is a vector's width in bytes,
 * e the element size's log2.
 */
#define STRIDE3_AT(W, j)	((j) / (W) * 16 + (j) % (W))
#define STRIDE3(W, e, r, i) \
	STRIDE3_AT(W, (((i) >> (e)) * 3 + (r)) << (e) | \
		   ((i) & ((1 << (e)) - 1)))
#define PACK3_AT(e, p) \
	(((p) >> (e)) % 3 * 16 + (((p) >> (e)) / 3 << (e)) + \
	 ((p) & ((1 << (e)) - 1)))
#define PACK3(W, e, k, i)	PACK3_AT(e, (k) * (W) + (i))

#define BYTES8(M, W, e, r, at) \
	(M(W, e, r, at) | M(W, e, r, at + 1) << 8 | \
	 M(W, e, r, at + 2) << 16 | UINT64_C(1) * M(W, e, r, at + 3) << 24 | \
	 UINT64_C(1) * M(W, e, r, at + 4) << 32 | \
	 UINT64_C(1) * M(W, e, r, at + 5) << 40 | \
	 UINT64_C(1) * M(W, e, r, at + 6) << 48 | \
	 UINT64_C(1) * M(W, e, r, at + 7) << 56)
#define BYTES(M, W, e, r) \
	{ BYTES8(M, W, e, r, 0), W == 16 ? BYTES8(M, W, e, r, 8) : 0 }
#define COMPONENTS(M, W, e) \
	{ BYTES(M, W, e, 0), BYTES(M, W, e, 1), BYTES(M, W, e, 2) }
#define ELEMENT_SIZES(M, W) \
	{ COMPONENTS(M, W, 0), COMPONENTS(M, W, 1), COMPONENTS(M, W, 2), \
	  COMPONENTS(M, W, 3) }

/* [Q][size][component or vector][low and high half] */
static const uint64_t stride3_index[2][4][3][2] = {
	ELEMENT_SIZES(STRIDE3, 8), ELEMENT_SIZES(STRIDE3, 16),
};
static const uint64_t pack3_index[2][4][3][2] = {
	ELEMENT_SIZES(PACK3, 8), ELEMENT_SIZES(PACK3, 16),
};

OP vval
pick3(sem_ctx *s, unsigned Q, const vval *v, const uint64_t index[2])
{
	vval at = vimm(s, index[0], index[1]);
	vval r = vzero(s);

	for (unsigned i = 0; i < 3; i++)
		r = vtbx(s, vfull(Q, ES8), r, v[i], at, 16 * i);
	return r;
}

/*
 * Structures of four would need more registers at a time than a host has to
 * spare: the guest's own serve, pair by pair, once everything is loaded; and
 * stores come as soon as they can.
 */
OP void
unzip_pair(sem_ctx *s, unsigned sh, unsigned t, unsigned t2)
{
	vval even = vuzp1(s, sh, vr(s, t % 32), vr(s, t2 % 32));
	vval odd = vuzp2(s, sh, vr(s, t % 32), vr(s, t2 % 32));

	vw(s, t % 32, even);
	vw(s, t2 % 32, odd);
}

OP void
load4(sem_ctx *s, unsigned Q, unsigned size, ival base, unsigned t)
{
	unsigned sh = vfull(Q, size);
	vval m[4];

	load_regs(s, Q, 4, base, m);
	write_regs(s, 4, t, m);
	unzip_pair(s, sh, t, t + 1);
	unzip_pair(s, sh, t + 2, t + 3);
	unzip_pair(s, sh, t, t + 2);
	unzip_pair(s, sh, t + 1, t + 3);
}

OP void
store4(sem_ctx *s, unsigned Q, unsigned size, ival base, unsigned t)
{
	unsigned sh = vfull(Q, size);

	for (unsigned i = 0; i < 4; i += 2) {
		vval even = (i ? vzip2 : vzip1)(s, sh, vr(s, t),
						vr(s, (t + 2) % 32));
		vval odd = (i ? vzip2 : vzip1)(s, sh, vr(s, (t + 1) % 32),
					       vr(s, (t + 3) % 32));

		vstore(s, 3 + Q, add_offset(s, base, i * (8 << Q)),
		       vzip1(s, sh, even, odd));
		vstore(s, 3 + Q, add_offset(s, base, (i + 1) * (8 << Q)),
		       vzip2(s, sh, even, odd));
	}
}

/* Between count vectors in memory, m, and as many components, v. */
OP void
deinterleave(sem_ctx *s, unsigned Q, unsigned size, unsigned count,
	     const vval *m, vval *v)
{
	unsigned sh = vfull(Q, size);

	if (count == 2) {
		v[0] = vuzp1(s, sh, m[0], m[1]);
		v[1] = vuzp2(s, sh, m[0], m[1]);
	} else {
		for (unsigned i = 0; i < 3; i++)
			v[i] = pick3(s, Q, m, stride3_index[Q][size][i]);
	}
}

OP void
interleave(sem_ctx *s, unsigned Q, unsigned size, unsigned count,
	   const vval *v, vval *m)
{
	unsigned sh = vfull(Q, size);

	if (count == 2) {
		m[0] = vzip1(s, sh, v[0], v[1]);
		m[1] = vzip2(s, sh, v[0], v[1]);
	} else {
		for (unsigned i = 0; i < 3; i++)
			m[i] = pick3(s, Q, v, pack3_index[Q][size][i]);
	}
}

/* Multiple structures of one: whole registers. */
#define LDST1(count) \
VSEM(ld1_m##count) \
{ \
	vval m[4]; \
\
	load_regs(s, o->Q, count, base_addr(s, o->Rn), m); \
	write_regs(s, count, o->Rt, m); \
} \
VSEM(ld1_m##count##_post) \
{ \
	ival base = base_addr(s, o->Rn); \
	vval m[4]; \
\
	load_regs(s, o->Q, count, base, m); \
	write_regs(s, count, o->Rt, m); \
	struct_writeback(s, o->Rn, base, o->Rm, count * (8u << o->Q)); \
} \
VSEM(st1_m##count) \
{ \
	vval m[4]; \
\
	read_regs(s, count, o->Rt, m); \
	store_regs(s, o->Q, count, base_addr(s, o->Rn), m); \
} \
VSEM(st1_m##count##_post) \
{ \
	ival base = base_addr(s, o->Rn); \
	vval m[4]; \
\
	read_regs(s, count, o->Rt, m); \
	store_regs(s, o->Q, count, base, m); \
	struct_writeback(s, o->Rn, base, o->Rm, count * (8u << o->Q)); \
}
LDST1(1)
LDST1(2)
LDST1(3)
LDST1(4)
#undef LDST1

/* Multiple structures of two to four. */
OP void
load_structs(sem_ctx *s, unsigned count, unsigned Q, unsigned size, ival base,
	     unsigned t)
{
	vval m[3], v[3];

	if (count == 4)
		return load4(s, Q, size, base, t);
	load_regs(s, Q, count, base, m);
	deinterleave(s, Q, size, count, m, v);
	write_regs(s, count, t, v);
}

OP void
store_structs(sem_ctx *s, unsigned count, unsigned Q, unsigned size, ival base,
	      unsigned t)
{
	vval m[3], v[3];

	if (count == 4)
		return store4(s, Q, size, base, t);
	read_regs(s, count, t, v);
	interleave(s, Q, size, count, v, m);
	store_regs(s, Q, count, base, m);
}

#define LDST_MULTIPLE(count) \
VSEM(ld##count##_m) \
{ \
	load_structs(s, count, o->Q, o->size, base_addr(s, o->Rn), o->Rt); \
} \
VSEM(ld##count##_m_post) \
{ \
	ival base = base_addr(s, o->Rn); \
\
	load_structs(s, count, o->Q, o->size, base, o->Rt); \
	struct_writeback(s, o->Rn, base, o->Rm, count * (8u << o->Q)); \
} \
VSEM(st##count##_m) \
{ \
	store_structs(s, count, o->Q, o->size, base_addr(s, o->Rn), o->Rt); \
} \
VSEM(st##count##_m_post) \
{ \
	ival base = base_addr(s, o->Rn); \
\
	store_structs(s, count, o->Q, o->size, base, o->Rt); \
	struct_writeback(s, o->Rn, base, o->Rm, count * (8u << o->Q)); \
}
LDST_MULTIPLE(2)
LDST_MULTIPLE(3)
LDST_MULTIPLE(4)
#undef LDST_MULTIPLE

/* Single structures: count elements of 2^es bytes to or from one lane. */
OP void
load_elements(sem_ctx *s, unsigned es, unsigned count, ival base, ival *e)
{
	for (unsigned i = 0; i < count; i++)
		e[i] = load(s, es, add_offset(s, base, i << es));
}

OP void
load_lane(sem_ctx *s, unsigned es, unsigned count, ival base, unsigned lane,
	  unsigned t)
{
	ival e[4];

	load_elements(s, es, count, base, e);
	for (unsigned i = 0; i < count; i++) {
		vval v = vr(s, (t + i) % 32);

		vw(s, (t + i) % 32, vset(s, vfull(1, es), v, e[i], lane));
	}
}

OP void
store_lane(sem_ctx *s, unsigned es, unsigned count, ival base, unsigned lane,
	   unsigned t)
{
	for (unsigned i = 0; i < count; i++) {
		vval v = vr(s, (t + i) % 32);

		store(s, es, add_offset(s, base, i << es),
		      vget(s, vfull(1, es), v, lane));
	}
}

OP void
load_replicated(sem_ctx *s, unsigned Q, unsigned es, unsigned count, ival base,
		unsigned t)
{
	ival e[4];

	load_elements(s, es, count, base, e);
	for (unsigned i = 0; i < count; i++)
		vw(s, (t + i) % 32, vsplat(s, vfull(Q, es), e[i]));
}

#define LDST_LANE(count, name, es, lane) \
VSEM(ld##count##_##name) \
{ \
	load_lane(s, es, count, base_addr(s, o->Rn), lane, o->Rt); \
} \
VSEM(ld##count##_##name##_post) \
{ \
	ival base = base_addr(s, o->Rn); \
\
	load_lane(s, es, count, base, lane, o->Rt); \
	struct_writeback(s, o->Rn, base, o->Rm, count << es); \
} \
VSEM(st##count##_##name) \
{ \
	store_lane(s, es, count, base_addr(s, o->Rn), lane, o->Rt); \
} \
VSEM(st##count##_##name##_post) \
{ \
	ival base = base_addr(s, o->Rn); \
\
	store_lane(s, es, count, base, lane, o->Rt); \
	struct_writeback(s, o->Rn, base, o->Rm, count << es); \
}
#define LDST_SINGLE(count) \
LDST_LANE(count, b, ES8, o->Q << 3 | o->S << 2 | o->size) \
LDST_LANE(count, h, ES16, o->Q << 2 | o->S << 1 | o->sz1) \
LDST_LANE(count, s, ES32, o->Q << 1 | o->S) \
LDST_LANE(count, d, ES64, o->Q) \
VSEM(ld##count##r) \
{ \
	load_replicated(s, o->Q, o->size, count, base_addr(s, o->Rn), o->Rt); \
} \
VSEM(ld##count##r_post) \
{ \
	ival base = base_addr(s, o->Rn); \
\
	load_replicated(s, o->Q, o->size, count, base, o->Rt); \
	struct_writeback(s, o->Rn, base, o->Rm, count << o->size); \
}
LDST_SINGLE(1)
LDST_SINGLE(2)
LDST_SINGLE(3)
LDST_SINGLE(4)
#undef LDST_SINGLE
#undef LDST_LANE

#undef STRIDE3_AT
#undef STRIDE3
#undef PACK3_AT
#undef PACK3
#undef BYTES8
#undef BYTES
#undef COMPONENTS
#undef ELEMENT_SIZES

#endif
