/*
 * asm_vec.h - an assembler for vector instructions: asm.h, continued.
 *
 * Legacy SSE forms take opcodes as asm.h does; the same opcode given to a VEX
 * form is the AVX instruction on 128 bits. Constants of the program are
 * addressed relative to RIP: the code cache and the program are within 2 GiB
 * of each other.
 */
#ifndef FERRY_X64_ASM_VEC_H
#define FERRY_X64_ASM_VEC_H

#include "asm.h"

/* Opcodes, by the manual's mnemonic. */
enum {
	/* Moves. */
	X64_MOVAPS = 0x0f28,
	X64_MOVLPS = 0x0f12,		/* from memory; registers: movhlps */
	X64_MOVHLPS = 0x0f12,
	X64_MOVHPS = 0x0f16,		/* from memory; registers: movlhps */
	X64_MOVDDUP = X64_F2 | 0x0f12,
	X64_MOVSS = X64_F3 | 0x0f10,
	X64_MOVSD = X64_F2 | 0x0f10,
	X64_MOVQ = X64_F3 | 0x0f7e,	/* low half, zeros above */
	X64_MOVD_TO = X64_66 | 0x0f6e,	/* from a general register */
	X64_MOVD_FROM = X64_66 | 0x0f7e,
	X64_BROADCASTSS = X64_66 | 0x0f3818,	/* VEX */
	X64_BROADCASTB = X64_66 | 0x0f3878,	/* VEX, AVX2 */
	X64_BROADCASTW = X64_66 | 0x0f3879,	/* VEX, AVX2 */

	/* Bits. */
	X64_PAND = X64_66 | 0x0fdb,
	X64_PANDN = X64_66 | 0x0fdf,	/* ~dst & src */
	X64_POR = X64_66 | 0x0feb,
	X64_PXOR = X64_66 | 0x0fef,
	X64_PTEST = X64_66 | 0x0f3817,

	/* Integers: b, w, d, q. */
	X64_PADDB = X64_66 | 0x0ffc,
	X64_PADDW = X64_66 | 0x0ffd,
	X64_PADDD = X64_66 | 0x0ffe,
	X64_PADDQ = X64_66 | 0x0fd4,
	X64_PSUBB = X64_66 | 0x0ff8,
	X64_PSUBW = X64_66 | 0x0ff9,
	X64_PSUBD = X64_66 | 0x0ffa,
	X64_PSUBQ = X64_66 | 0x0ffb,
	X64_PADDSB = X64_66 | 0x0fec,
	X64_PADDSW = X64_66 | 0x0fed,
	X64_PADDUSB = X64_66 | 0x0fdc,
	X64_PADDUSW = X64_66 | 0x0fdd,
	X64_PSUBSB = X64_66 | 0x0fe8,
	X64_PSUBSW = X64_66 | 0x0fe9,
	X64_PSUBUSB = X64_66 | 0x0fd8,
	X64_PSUBUSW = X64_66 | 0x0fd9,
	X64_PAVGB = X64_66 | 0x0fe0,
	X64_PAVGW = X64_66 | 0x0fe3,
	X64_PMULLW = X64_66 | 0x0fd5,
	X64_PMULHW = X64_66 | 0x0fe5,
	X64_PMULHUW = X64_66 | 0x0fe4,
	X64_PMULHRSW = X64_66 | 0x0f380b,
	X64_PMULLD = X64_66 | 0x0f3840,
	X64_PMULUDQ = X64_66 | 0x0ff4,
	X64_PMULDQ = X64_66 | 0x0f3828,
	X64_PMADDWD = X64_66 | 0x0ff5,
	X64_PMADDUBSW = X64_66 | 0x0f3804,	/* unsigned by signed */
	X64_PSADBW = X64_66 | 0x0ff6,
	X64_PHADDD = X64_66 | 0x0f3802,
	X64_PABSB = X64_66 | 0x0f381c,
	X64_PABSW = X64_66 | 0x0f381d,
	X64_PABSD = X64_66 | 0x0f381e,
	X64_PMAXUB = X64_66 | 0x0fde,
	X64_PMINUB = X64_66 | 0x0fda,
	X64_PMAXSW = X64_66 | 0x0fee,
	X64_PMINSW = X64_66 | 0x0fea,
	X64_PMAXSB = X64_66 | 0x0f383c,
	X64_PMINSB = X64_66 | 0x0f3838,
	X64_PMAXUW = X64_66 | 0x0f383e,
	X64_PMINUW = X64_66 | 0x0f383a,
	X64_PMAXSD = X64_66 | 0x0f383d,
	X64_PMINSD = X64_66 | 0x0f3839,
	X64_PMAXUD = X64_66 | 0x0f383f,
	X64_PMINUD = X64_66 | 0x0f383b,
	X64_PCMPEQB = X64_66 | 0x0f74,
	X64_PCMPEQW = X64_66 | 0x0f75,
	X64_PCMPEQD = X64_66 | 0x0f76,
	X64_PCMPEQQ = X64_66 | 0x0f3829,
	X64_PCMPGTB = X64_66 | 0x0f64,
	X64_PCMPGTW = X64_66 | 0x0f65,
	X64_PCMPGTD = X64_66 | 0x0f66,
	X64_PCMPGTQ = X64_66 | 0x0f3837,
	X64_PMOVMSKB = X64_66 | 0x0fd7,

	/* Shifts by a constant: opcode, and /digit in bits 16..18, which is
	 * how x64_vshift_imm() takes them. */
	X64_PSRLW = 2 << 16 | 0x0f71,
	X64_PSRAW = 4 << 16 | 0x0f71,
	X64_PSLLW = 6 << 16 | 0x0f71,
	X64_PSRLD = 2 << 16 | 0x0f72,
	X64_PSRAD = 4 << 16 | 0x0f72,
	X64_PSLLD = 6 << 16 | 0x0f72,
	X64_PSRLQ = 2 << 16 | 0x0f73,
	X64_PSLLQ = 6 << 16 | 0x0f73,
	X64_PSRLDQ = 3 << 16 | 0x0f73,	/* bytes */
	X64_PSLLDQ = 7 << 16 | 0x0f73,
	/* By a vector: VEX, AVX2. The q forms have W set. */
	X64_PSLLV = X64_66 | 0x0f3847,
	X64_PSRLV = X64_66 | 0x0f3845,
	X64_PSRAVD = X64_66 | 0x0f3846,
	/* EVEX, with W set. */
	X64_PSRLVW = X64_66 | 0x0f3810,
	X64_PSRAVW = X64_66 | 0x0f3811,
	X64_PSLLVW = X64_66 | 0x0f3812,
	/* EVEX; the /digit as above. W: q, of psrad too. */
	X64_PROR = 0 << 16 | 0x0f72,

	/* Permutations. */
	X64_PUNPCKLBW = X64_66 | 0x0f60,
	X64_PUNPCKLWD = X64_66 | 0x0f61,
	X64_PUNPCKLDQ = X64_66 | 0x0f62,
	X64_PUNPCKLQDQ = X64_66 | 0x0f6c,
	X64_PUNPCKHBW = X64_66 | 0x0f68,
	X64_PUNPCKHWD = X64_66 | 0x0f69,
	X64_PUNPCKHDQ = X64_66 | 0x0f6a,
	X64_PUNPCKHQDQ = X64_66 | 0x0f6d,
	X64_PACKSSWB = X64_66 | 0x0f63,
	X64_PACKUSWB = X64_66 | 0x0f67,
	X64_PACKSSDW = X64_66 | 0x0f6b,
	X64_PACKUSDW = X64_66 | 0x0f382b,
	X64_PSHUFB = X64_66 | 0x0f3800,
	X64_PMOVSXBW = X64_66 | 0x0f3820,
	X64_PMOVSXWD = X64_66 | 0x0f3823,
	X64_PMOVSXDQ = X64_66 | 0x0f3825,
	X64_PMOVZXBW = X64_66 | 0x0f3830,
	X64_PMOVZXWD = X64_66 | 0x0f3833,
	X64_PMOVZXDQ = X64_66 | 0x0f3835,
	X64_PMOVSXBQ = X64_66 | 0x0f3822,
	/* The rest here have an immediate byte. */
	X64_PSHUFD = X64_66 | 0x0f70,
	X64_PSHUFLW = X64_F2 | 0x0f70,
	X64_PSHUFHW = X64_F3 | 0x0f70,
	X64_SHUFPS = 0x0fc6,
	X64_SHUFPD = X64_66 | 0x0fc6,
	X64_PALIGNR = X64_66 | 0x0f3a0f,
	X64_PBLENDW = X64_66 | 0x0f3a0e,
	X64_INSERTPS = X64_66 | 0x0f3a21,
	X64_PINSRB = X64_66 | 0x0f3a20,	/* from a general register */
	X64_PINSRW = X64_66 | 0x0fc4,
	X64_PINSRD = X64_66 | 0x0f3a22,	/* W: q */
	X64_PEXTRB = X64_66 | 0x0f3a14,	/* reg: xmm, rm: general */
	X64_PEXTRW = X64_66 | 0x0fc5,	/* reg: general, rm: xmm */
	X64_PEXTRD = X64_66 | 0x0f3a16,	/* reg: xmm, rm: general; W: q */
	X64_PBLENDVB = X64_66 | 0x0f3a4c,	/* VEX, four operands */
	X64_PTERNLOG = X64_66 | 0x0f3a25,	/* EVEX; of dst, too */

	X64_POPCNTB = X64_66 | 0x0f3854,	/* EVEX, AVX512_BITALG */

	/* To opmasks: EVEX, and for the second VEX. W: q. */
	X64_PTESTNM = X64_F3 | 0x0f3827,
	X64_KORTESTB = X64_66 | 0x0f98,

	/* Floating point: the ps form; | X64_66 pd, | X64_F3 ss, | X64_F2
	 * sd. */
	X64_ADDPS = 0x0f58,
	X64_SUBPS = 0x0f5c,
	X64_MULPS = 0x0f59,
	X64_DIVPS = 0x0f5e,
	X64_MINPS = 0x0f5d,
	X64_MAXPS = 0x0f5f,
	X64_SQRTPS = 0x0f51,
	X64_CMPPS = 0x0fc2,		/* with an immediate */
	X64_ANDPS = 0x0f54,
	X64_ORPS = 0x0f56,
	X64_XORPS = 0x0f57,
	X64_UCOMISS = 0x0f2e,		/* | X64_66 sd */
	X64_COMISS = 0x0f2f,
	X64_MOVMSKPS = 0x0f50,		/* | X64_66 pd */
	X64_ROUNDPS = X64_66 | 0x0f3a08,	/* + 1 pd, 2 ss, 3 sd */
	X64_RANGEPS = X64_66 | 0x0f3a50,	/* EVEX; + 1 scalar; W: d */
	X64_FMADD231PS = X64_66 | 0x0f38b8,	/* VEX; + 1 scalar; W: d */
	X64_CVTSS2SD = X64_F3 | 0x0f5a,
	X64_CVTSD2SS = X64_F2 | 0x0f5a,
	X64_CVTPS2PD = 0x0f5a,
	X64_CVTPD2PS = X64_66 | 0x0f5a,
	X64_CVTSI2SS = X64_F3 | 0x0f2a,
	X64_CVTSI2SD = X64_F2 | 0x0f2a,
	X64_CVTTSS2SI = X64_F3 | 0x0f2c,
	X64_CVTTSD2SI = X64_F2 | 0x0f2c,
	X64_CVTTSS2USI = X64_F3 | 0x0f78,	/* EVEX */
	X64_CVTTSD2USI = X64_F2 | 0x0f78,
	X64_CVTUSI2SS = X64_F3 | 0x0f7b,
	X64_CVTUSI2SD = X64_F2 | 0x0f7b,
	X64_CVTDQ2PS = 0x0f5b,
	X64_CVTTPS2DQ = X64_F3 | 0x0f5b,
	X64_CVTPH2PS = X64_66 | 0x0f3813,	/* VEX */
	X64_CVTPS2PH = X64_66 | 0x0f3a1d,	/* VEX, dst is rm */

	/* Cryptography. */
	X64_AESENC = X64_66 | 0x0f38dc,
	X64_AESENCLAST = X64_66 | 0x0f38dd,
	X64_AESDEC = X64_66 | 0x0f38de,
	X64_AESDECLAST = X64_66 | 0x0f38df,
	X64_AESIMC = X64_66 | 0x0f38db,
	X64_PCLMULQDQ = X64_66 | 0x0f3a44,	/* with an immediate */
	X64_SHA256RNDS2 = 0x0f38cb,		/* and xmm0 */
	X64_SHA256MSG1 = 0x0f38cc,
	X64_SHA256MSG2 = 0x0f38cd,
	X64_SHA1RNDS4 = 0x0f3acc,		/* with an immediate */
};

/* Comparisons of cmpps, and modes of roundps. */
enum { X64_CMP_EQ, X64_CMP_LT, X64_CMP_LE, X64_CMP_UNORD };
enum { X64_ROUND_RN, X64_ROUND_RM, X64_ROUND_RP, X64_ROUND_RZ, X64_ROUND_CUR,
       X64_ROUND_QUIET = 8 };	/* no inexact */

static inline void
x64_sse_rri(struct x64_asm *as, unsigned op, unsigned dst, unsigned src,
	    unsigned n)
{
	x64_rr(as, 0, op, dst, src);
	x64_byte(as, n);
}

/* ModRM and displacement of an operand at `to', with `behind' more bytes of
 * the instruction to come. */
static inline void
x64_modrm_rip(struct x64_asm *as, unsigned reg, const void *to,
	      unsigned behind)
{
	x64_byte(as, (reg & 7) << 3 | 5);
	x64_bytes(as, (uint32_t)((const uint8_t *)to - (as->p + 4 + behind)),
		  4);
}

/* op reg, [to]; of general registers */
static inline void
x64_rip(struct x64_asm *as, unsigned w, unsigned op, unsigned reg,
	const void *to)
{
	x64_opcode(as, op, w << 3 | (reg >> 3 & 1) << 2, false);
	x64_modrm_rip(as, reg, to, 0);
}

static inline void
x64_sse_rip(struct x64_asm *as, unsigned op, unsigned dst, const void *to,
	    unsigned behind)
{
	if (unlikely(dst & 16))
		x64_evex_rip(as, op, dst);
	else
		x64_opcode(as, op, (dst >> 3 & 1) << 2, false);
	x64_modrm_rip(as, dst, to, behind);
}

/*
 * The VEX prefix and the opcode; v is the second operand, x one more bit of
 * the index or, for xmm16 and up, of rm. Nothing else wants W, map 2 or 3, or
 * one more bit of rm or the index: then the prefix has two bytes.
 */
static inline void
x64_vex(struct x64_asm *as, unsigned op, unsigned w, unsigned reg, unsigned v,
	unsigned rm, unsigned x)
{
	unsigned map = op >> 16 & 0xff ? (op >> 8 & 0xff) == 0x38 ? 2 : 3 : 1;
	unsigned pp = op & X64_66 ? 1 : op & X64_F3 ? 2 : op & X64_F2 ? 3 : 0;
	unsigned r = (~reg >> 3 & 1) << 7, last = w << 7 | (~v & 15) << 3 | pp;

	if (unlikely((reg | v | rm) & 16)) {
		x64_evex(as, op, w, reg, v, rm, x);
		return;
	}
	if (map == 1 && !w && !x && !(rm & 8))
		x64_bytes(as, 0xc5 | (r | last) << 8 | (op & 0xff) << 16, 3);
	else
		x64_bytes(as, 0xc4 | (r | (~x & 1) << 6 | (~rm >> 3 & 1) << 5 |
				      map) << 8 | last << 16 |
			  (op & 0xff) << 24, 4);
}

static inline void
x64_vex_rrr(struct x64_asm *as, unsigned op, unsigned w, unsigned dst,
	    unsigned a, unsigned b)
{
	x64_vex(as, op, w, dst, a, b, b >> 4);
	x64_byte(as, 0xc0 | (dst & 7) << 3 | (b & 7));
}

static inline void
x64_vex_rm(struct x64_asm *as, unsigned op, unsigned w, unsigned dst,
	   unsigned a, struct x64_mem m)
{
	x64_vex(as, op, w, dst, a, m.base,
		m.index == X64_NOREG ? 0 : m.index >> 3);
	x64_modrm(as, dst, m, (dst | a) & 16);
}

static inline void
x64_vex_rip(struct x64_asm *as, unsigned op, unsigned dst, unsigned a,
	    const void *to, unsigned behind)
{
	x64_vex(as, op, 0, dst, a, 0, 0);
	x64_modrm_rip(as, dst, to, behind);
}

/* Shifts by a constant: of dst, or with AVX of src to dst. */
static inline void
x64_vshift_imm(struct x64_asm *as, unsigned op, unsigned dst, unsigned n)
{
	x64_rr(as, 0, X64_66 | (op & 0xffff), op >> 16, dst);
	x64_byte(as, n);
}

static inline void
x64_vex_shift_imm(struct x64_asm *as, unsigned op, unsigned dst, unsigned src,
		  unsigned n)
{
	x64_vex_rrr(as, X64_66 | (op & 0xffff), 0, op >> 16, dst, src);
	x64_byte(as, n);
}

/* What only EVEX has (AVX-512VL), whatever the registers. A shift is given
 * its /digit as dst, and its destination as a. */
void x64_evex_rrr(struct x64_asm *as, unsigned op, unsigned w, unsigned dst,
		  unsigned a, unsigned b);
void x64_evex_rrm(struct x64_asm *as, unsigned op, unsigned w, unsigned dst,
		  unsigned a, struct x64_mem m);
void x64_evex_rrc(struct x64_asm *as, unsigned op, unsigned w, unsigned dst,
		  unsigned a, const void *to, unsigned behind);

/* Forward jumps over less than 128 bytes: the pointer is behind the
 * displacement. */
static inline uint8_t *
x64_jcc_short(struct x64_asm *as, enum x64_cc cc)
{
	x64_bytes(as, 0x70 + cc, 2);
	return as->p;
}

static inline void
x64_patch_short(struct x64_asm *as, uint8_t *after)
{
	if (!as->full)
		after[-1] = (uint8_t)(as->p - after);
}

#endif
