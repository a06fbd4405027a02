/*
 * asm_evex.c - vector instructions on xmm16 to xmm31, which only the EVEX
 * prefix reaches (Intel SDM volume 2, 2.7).
 *
 * asm.h and asm_vec.h come here with what they are given as legacy or VEX
 * forms. Most instructions have an EVEX form of the same opcode; it wants to
 * know whether elements have 64 bits, and whether there is a second operand,
 * which the legacy form does not say. Displacements are never the short,
 * scaled ones.
 */
#include "asm_vec.h"

enum { W1 = 1, ONE = 2, NONE = 4 };	/* 64 bits; one source; no such form */

/* Those that are not just W0 with two sources, by opcode without prefix; the
 * flags for no prefix, 66, F3, F2. */
static const struct {
	uint32_t op;
	uint8_t flags[4];
} rows[] = {
	{ 0x0f10, { ONE, ONE, 0, W1 } },	/* movups; movss, movsd: below */
	{ 0x0f11, { ONE, ONE, ONE, ONE | W1 } },
	{ 0x0f12, { 0, W1, ONE, ONE | W1 } },	/* movlps movlpd - movddup */
	{ 0x0f28, { ONE, ONE | W1, NONE, NONE } },
	{ 0x0f29, { ONE, ONE | W1, NONE, NONE } },
	{ 0x0f2c, { NONE, NONE, ONE, ONE } },	/* cvttss2si: w is given */
	{ 0x0f2d, { NONE, NONE, ONE, ONE } },
	{ 0x0f2e, { ONE, ONE | W1, NONE, NONE } },
	{ 0x0f2f, { ONE, ONE | W1, NONE, NONE } },
	{ 0x0f50, { NONE, NONE, NONE, NONE } },
	{ 0x0f51, { ONE, ONE | W1, 0, W1 } },
	{ 0x0f54, { 0, W1, NONE, NONE } },
	{ 0x0f56, { 0, W1, NONE, NONE } },
	{ 0x0f57, { 0, W1, NONE, NONE } },
	{ 0x0f58, { 0, W1, 0, W1 } },
	{ 0x0f59, { 0, W1, 0, W1 } },
	{ 0x0f5a, { ONE, ONE | W1, 0, W1 } },
	{ 0x0f5b, { ONE, ONE, ONE, NONE } },
	{ 0x0f5c, { 0, W1, 0, W1 } },
	{ 0x0f5d, { 0, W1, 0, W1 } },
	{ 0x0f5e, { 0, W1, 0, W1 } },
	{ 0x0f5f, { 0, W1, 0, W1 } },
	{ 0x0f64, { NONE, NONE, NONE, NONE } },
	{ 0x0f65, { NONE, NONE, NONE, NONE } },
	{ 0x0f66, { NONE, NONE, NONE, NONE } },
	{ 0x0f6c, { NONE, W1, NONE, NONE } },
	{ 0x0f6d, { NONE, W1, NONE, NONE } },
	{ 0x0f6e, { NONE, ONE, NONE, NONE } },	/* w is given */
	{ 0x0f70, { NONE, ONE, ONE, ONE } },
	{ 0x0f71, { NONE, 0, NONE, NONE } },
	{ 0x0f72, { NONE, 0, NONE, NONE } },
	{ 0x0f73, { NONE, W1, NONE, NONE } },
	{ 0x0f74, { NONE, NONE, NONE, NONE } },
	{ 0x0f75, { NONE, NONE, NONE, NONE } },
	{ 0x0f76, { NONE, NONE, NONE, NONE } },
	{ 0x0f7e, { NONE, ONE, ONE | W1, NONE } },	/* movd; movq */
	{ 0x0fc2, { NONE, NONE, NONE, NONE } },
	{ 0x0fc5, { NONE, ONE, NONE, NONE } },
	{ 0x0fc6, { 0, W1, NONE, NONE } },
	{ 0x0fd4, { NONE, W1, NONE, NONE } },
	{ 0x0fd6, { NONE, ONE | W1, NONE, NONE } },
	{ 0x0fd7, { NONE, NONE, NONE, NONE } },
	{ 0x0ff4, { NONE, W1, NONE, NONE } },
	{ 0x0ffb, { NONE, W1, NONE, NONE } },
	{ 0x0f3802, { NONE, NONE, NONE, NONE } },
	{ 0x0f3813, { NONE, ONE, NONE, NONE } },
	{ 0x0f3817, { NONE, NONE, NONE, NONE } },
	{ 0x0f3818, { NONE, ONE, NONE, NONE } },
	{ 0x0f381c, { NONE, ONE, NONE, NONE } },
	{ 0x0f381d, { NONE, ONE, NONE, NONE } },
	{ 0x0f381e, { NONE, ONE, NONE, NONE } },
	{ 0x0f3820, { NONE, ONE, NONE, NONE } },
	{ 0x0f3822, { NONE, ONE, NONE, NONE } },
	{ 0x0f3823, { NONE, ONE, NONE, NONE } },
	{ 0x0f3825, { NONE, ONE, NONE, NONE } },
	{ 0x0f3828, { NONE, W1, NONE, NONE } },
	{ 0x0f3829, { NONE, NONE, NONE, NONE } },
	{ 0x0f3830, { NONE, ONE, NONE, NONE } },
	{ 0x0f3833, { NONE, ONE, NONE, NONE } },
	{ 0x0f3835, { NONE, ONE, NONE, NONE } },
	{ 0x0f3837, { NONE, NONE, NONE, NONE } },
	{ 0x0f3878, { NONE, ONE, NONE, NONE } },
	{ 0x0f3879, { NONE, ONE, NONE, NONE } },
	{ 0x0f38cb, { NONE, NONE, NONE, NONE } },	/* SHA, AES */
	{ 0x0f38cc, { NONE, NONE, NONE, NONE } },
	{ 0x0f38cd, { NONE, NONE, NONE, NONE } },
	{ 0x0f38db, { NONE, NONE, NONE, NONE } },
	{ 0x0f38dc, { NONE, NONE, NONE, NONE } },
	{ 0x0f38dd, { NONE, NONE, NONE, NONE } },
	{ 0x0f38de, { NONE, NONE, NONE, NONE } },
	{ 0x0f38df, { NONE, NONE, NONE, NONE } },
	{ 0x0f3a08, { NONE, ONE, NONE, NONE } },
	{ 0x0f3a09, { NONE, ONE | W1, NONE, NONE } },
	{ 0x0f3a0b, { NONE, W1, NONE, NONE } },
	{ 0x0f3a0e, { NONE, NONE, NONE, NONE } },
	{ 0x0f3a14, { NONE, ONE, NONE, NONE } },
	{ 0x0f3a16, { NONE, ONE, NONE, NONE } },	/* w is given */
	{ 0x0f3a1d, { NONE, ONE, NONE, NONE } },
	{ 0x0f3a44, { NONE, NONE, NONE, NONE } },
	{ 0x0f3a4c, { NONE, NONE, NONE, NONE } },
	{ 0x0f3acc, { NONE, NONE, NONE, NONE } },
};

static unsigned
prefix_of(unsigned op)
{
	return op & X64_66 ? 1 : op & X64_F3 ? 2 : op & X64_F2 ? 3 : 0;
}

static unsigned
form(unsigned op)
{
	unsigned lo = 0, hi = ARRAY_SIZE(rows), code = op & 0xffffff;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (rows[mid].op == code)
			return rows[mid].flags[prefix_of(op)];
		if (rows[mid].op < code)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

bool
x64_evex_has(unsigned op)
{
	return !(form(op) & NONE);
}

static void
prefix(struct x64_asm *as, unsigned op, unsigned w, unsigned reg, unsigned v,
       unsigned rm, unsigned x)
{
	unsigned map = op >> 16 & 0xff ? (op >> 8 & 0xff) == 0x38 ? 2 : 3 : 1;

	x64_byte(as, 0x62);
	x64_byte(as, (~reg >> 3 & 1) << 7 | (~x & 1) << 6 |
		     (~rm >> 3 & 1) << 5 | (~reg >> 4 & 1) << 4 | map);
	x64_byte(as, w << 7 | (~v & 15) << 3 | 4 | prefix_of(op));
	x64_byte(as, (~v >> 4 & 1) << 3);
	x64_byte(as, op & 0xff);
}

void
x64_evex(struct x64_asm *as, unsigned op, unsigned w, unsigned reg, unsigned v,
	 unsigned rm, unsigned x)
{
	if (x64_evex_has(op))
		prefix(as, op, w | (form(op) & W1), reg, v, rm, x);
	else
		as->bad = true;
}

void
x64_evex_rrr(struct x64_asm *as, unsigned op, unsigned w, unsigned dst,
	     unsigned a, unsigned b)
{
	prefix(as, op, w, dst, a, b, b >> 4);
	x64_byte(as, 0xc0 | (dst & 7) << 3 | (b & 7));
}

void
x64_evex_rrm(struct x64_asm *as, unsigned op, unsigned w, unsigned dst,
	     unsigned a, struct x64_mem m)
{
	prefix(as, op, w, dst, a, m.base,
	       m.index == X64_NOREG ? 0 : m.index >> 3);
	x64_modrm_far(as, dst, m);
}

void
x64_evex_rrc(struct x64_asm *as, unsigned op, unsigned w, unsigned dst,
	     unsigned a, const void *to, unsigned behind)
{
	prefix(as, op, w, dst, a, 0, 0);
	x64_modrm_rip(as, dst, to, behind);
}

void
x64_evex_rr(struct x64_asm *as, unsigned w, unsigned op, unsigned reg,
	    unsigned rm)
{
	x64_evex(as, op, w, reg, form(op) & ONE ? 0 : reg, rm, rm >> 4);
	x64_byte(as, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

void
x64_evex_rip(struct x64_asm *as, unsigned op, unsigned reg)
{
	x64_evex(as, op, 0, reg, form(op) & ONE ? 0 : reg, 0, 0);
}

void
x64_evex_rm(struct x64_asm *as, unsigned w, unsigned op, unsigned reg,
	    struct x64_mem m)
{
	bool one = form(op) & ONE || (op & 0xffffff) == 0x0f10;

	x64_evex(as, op, w, reg, one ? 0 : reg, m.base,
		 m.index == X64_NOREG ? 0 : m.index >> 3);
	x64_modrm_far(as, reg, m);
}
