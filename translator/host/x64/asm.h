/*
 * asm.h - an assembler for the x86-64 instructions that the back end emits.
 *
 * One small inline function per instruction form, named after the mnemonic.
 * Code goes to as->p; when it would pass as->end nothing is written any more
 * and as->full is set, which the caller looks at once per guest instruction.
 *
 * `w' is the operand size: X64_32 or X64_64; 32-bit forms zero-extend.
 */
#ifndef FERRY_X64_ASM_H
#define FERRY_X64_ASM_H

#include <string.h>

#include "../../../runtime/base/base.h"

enum x64_reg {
	RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI,
	R8, R9, R10, R11, R12, R13, R14, R15,
	X64_NOREG = 0xff,
};

enum { X64_32, X64_64 };

/* Condition codes as in jcc, setcc and cmovcc. */
enum x64_cc {
	CC_O, CC_NO, CC_B, CC_AE, CC_E, CC_NE, CC_BE, CC_A,
	CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_GE, CC_LE, CC_G,
};

/* The eight classic operations, by their /digit. */
enum x64_alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR,
	       ALU_CMP };
enum x64_shift { SH_ROL, SH_ROR, SH_SHL = 4, SH_SHR, SH_SAR = 7 };

/* base + index * (1 << scale) + disp; index may be X64_NOREG. */
struct x64_mem {
	uint8_t base, index, scale;
	int32_t disp;
};

struct x64_asm {
	uint8_t *p, *end;
	bool full;
	bool bad;	/* there is no such instruction on xmm16 and up */
	unsigned jumps;	/* and calls so far */
};

/* asm_evex.c: x64_rr() and x64_rm() for xmm16 and up; whether the instruction
 * has such a form; what precedes ModRM, for an operand relative to RIP, and in
 * general, x being one more bit of rm or the index. */
void x64_evex_rr(struct x64_asm *as, unsigned w, unsigned op, unsigned reg,
		 unsigned rm);
void x64_evex_rm(struct x64_asm *as, unsigned w, unsigned op, unsigned reg,
		 struct x64_mem m);
bool x64_evex_has(unsigned op);
void x64_evex_rip(struct x64_asm *as, unsigned op, unsigned reg);
void x64_evex(struct x64_asm *as, unsigned op, unsigned w, unsigned reg,
	      unsigned v, unsigned rm, unsigned x);

static inline struct x64_mem
x64_at(unsigned base, int32_t disp)
{
	return (struct x64_mem){ (uint8_t)base, X64_NOREG, 0, disp };
}

static inline void
x64_bytes(struct x64_asm *as, uint64_t v, unsigned n)
{
	if (unlikely(as->end - as->p < 16)) {
		as->full = true;
		return;
	}
	memcpy(as->p, &v, 8);
	as->p += n;
}

static inline void
x64_byte(struct x64_asm *as, unsigned v)
{
	x64_bytes(as, v, 1);
}

/*
 * Opcodes: the low bytes are the opcode's own (0x0f escapes first, so
 * 0x0faf is 0f af); a mandatory prefix is given with X64_66, _F2, _F3.
 */
#define X64_66	0x1000000u
#define X64_F2	0x2000000u
#define X64_F3	0x4000000u
#define X64_BYTE 0x8000000u	/* byte registers: spl.. need a REX prefix */

/* An instruction's first bytes, up to eight, put together. */
struct x64_head {
	uint64_t bytes;
	unsigned nr;
};

static inline void
x64_head_byte(struct x64_head *h, unsigned v)
{
	h->bytes |= (uint64_t)v << 8 * h->nr++;
}

/* Prefixes and opcode. */
static inline struct x64_head
x64_head(unsigned op, unsigned rex, bool force)
{
	struct x64_head h = { 0, 0 };

	if (op & (X64_66 | X64_F2 | X64_F3)) {
		if (op & X64_66)
			x64_head_byte(&h, 0x66);
		if (op & X64_F2)
			x64_head_byte(&h, 0xf2);
		if (op & X64_F3)
			x64_head_byte(&h, 0xf3);
	}
	if (rex || force)
		x64_head_byte(&h, 0x40 | rex);
	op &= 0xffffff;
	if (op > 0xff) {
		if (op > 0xffff)
			x64_head_byte(&h, op >> 16);
		x64_head_byte(&h, op >> 8 & 0xff);
	}
	x64_head_byte(&h, op & 0xff);
	return h;
}

static inline void
x64_head_end(struct x64_asm *as, struct x64_head h)
{
	x64_bytes(as, h.bytes, h.nr);
}

static inline void
x64_opcode(struct x64_asm *as, unsigned op, unsigned rex, bool force)
{
	x64_head_end(as, x64_head(op, rex, force));
}

/* op reg, rm (registers) */
static inline void
x64_rr(struct x64_asm *as, unsigned w, unsigned op, unsigned reg, unsigned rm)
{
	bool force = op & X64_BYTE && (reg >= RSP || rm >= RSP);
	struct x64_head h;

	if (unlikely((reg | rm) & 16)) {
		x64_evex_rr(as, w, op, reg, rm);
		return;
	}
	h = x64_head(op & ~X64_BYTE,
		     w << 3 | (reg >> 3 & 1) << 2 | (rm >> 3 & 1), force);
	x64_head_byte(&h, 0xc0 | (reg & 7) << 3 | (rm & 7));
	x64_head_end(as, h);
}

/* The ModRM byte, SIB and displacement of a memory operand, behind h; `far':
 * the short form of a displacement means something else. */
static inline void
x64_head_mem(struct x64_asm *as, struct x64_head h, unsigned reg,
	     struct x64_mem m, bool far)
{
	unsigned base = m.base & 7, size;
	bool sib = m.index != X64_NOREG || base == RSP;
	unsigned mod;

	if (m.disp == 0 && base != RBP) {
		mod = 0;
		size = 0;
	} else if (m.disp == (int8_t)m.disp && (!far || m.disp == 0)) {
		mod = 1;
		size = 1;
	} else {
		mod = 2;
		size = 4;
	}
	x64_head_byte(&h, mod << 6 | (reg & 7) << 3 | (sib ? 4 : base));
	if (sib)
		x64_head_byte(&h, m.scale << 6 |
			      (m.index == X64_NOREG ? 4 : m.index & 7) << 3 |
			      base);
	x64_head_end(as, h);
	x64_bytes(as, (uint32_t)m.disp, size);
}

/* The same behind what has been written. */
static inline void
x64_modrm(struct x64_asm *as, unsigned reg, struct x64_mem m, bool far)
{
	x64_head_mem(as, (struct x64_head){ 0, 0 }, reg, m, far);
}

static inline void
x64_modrm_mem(struct x64_asm *as, unsigned reg, struct x64_mem m)
{
	x64_modrm(as, reg, m, false);
}

static inline void
x64_modrm_far(struct x64_asm *as, unsigned reg, struct x64_mem m)
{
	x64_modrm(as, reg, m, true);
}

/* op reg, [mem] */
static inline void
x64_rm(struct x64_asm *as, unsigned w, unsigned op, unsigned reg,
       struct x64_mem m)
{
	unsigned rex = w << 3 | (reg >> 3 & 1) << 2 | (m.base >> 3 & 1);

	if (unlikely(reg & 16)) {
		x64_evex_rm(as, w, op, reg, m);
		return;
	}
	if (m.index != X64_NOREG)
		rex |= (m.index >> 3 & 1) << 1;
	x64_head_mem(as, x64_head(op & ~X64_BYTE, rex,
				  op & X64_BYTE && reg >= RSP),
		     reg, m, false);
}

static inline void
x64_mov(struct x64_asm *as, unsigned w, unsigned dst, unsigned src)
{
	x64_rr(as, w, 0x8b, dst, src);
}

/* The shortest way to a constant; leaves the flags alone. */
static inline void
x64_mov_imm(struct x64_asm *as, unsigned dst, uint64_t v)
{
	if (v <= UINT32_MAX) {
		x64_opcode(as, 0xb8 + (dst & 7), dst >> 3, false);
		x64_bytes(as, v, 4);
	} else if ((int64_t)v == (int32_t)v) {
		x64_rr(as, X64_64, 0xc7, 0, dst);
		x64_bytes(as, (uint32_t)v, 4);
	} else {
		x64_opcode(as, 0xb8 + (dst & 7), 8 | dst >> 3, false);
		x64_bytes(as, v, 8);
	}
}

static inline void
x64_alu_rr(struct x64_asm *as, unsigned w, enum x64_alu op, unsigned dst,
	   unsigned src)
{
	x64_rr(as, w, op * 8 + 3, dst, src);
}

static inline void
x64_alu_rm(struct x64_asm *as, unsigned w, enum x64_alu op, unsigned dst,
	   struct x64_mem m)
{
	x64_rm(as, w, op * 8 + 3, dst, m);
}

static inline void
x64_alu_ri(struct x64_asm *as, unsigned w, enum x64_alu op, unsigned dst,
	   int32_t v)
{
	bool small = v == (int8_t)v;

	x64_rr(as, w, small ? 0x83 : 0x81, op, dst);
	x64_bytes(as, (uint32_t)v, small ? 1 : 4);
}

static inline void
x64_alu_mi(struct x64_asm *as, unsigned w, enum x64_alu op, struct x64_mem m,
	   int32_t v)
{
	bool small = v == (int8_t)v;

	x64_rm(as, w, small ? 0x83 : 0x81, op, m);
	x64_bytes(as, (uint32_t)v, small ? 1 : 4);
}

static inline void
x64_test(struct x64_asm *as, unsigned w, unsigned a, unsigned b)
{
	x64_rr(as, w, 0x85, b, a);
}

static inline void
x64_test_imm(struct x64_asm *as, unsigned w, unsigned a, uint32_t v)
{
	if (v < 0x80) {
		x64_rr(as, 0, 0xf6 | X64_BYTE, 0, a);
		x64_byte(as, v);
	} else {
		x64_rr(as, w, 0xf7, 0, a);
		x64_bytes(as, v, 4);
	}
}

static inline void
x64_test_mi8(struct x64_asm *as, struct x64_mem m, unsigned v)
{
	x64_rm(as, 0, 0xf6, 0, m);
	x64_byte(as, v);
}

static inline void
x64_bt_imm(struct x64_asm *as, unsigned a, unsigned n)
{
	x64_rr(as, X64_64, 0x0fba, 4, a);
	x64_byte(as, n);
}

static inline void
x64_shift_imm(struct x64_asm *as, unsigned w, enum x64_shift op, unsigned dst,
	      unsigned n)
{
	x64_rr(as, w, 0xc1, op, dst);
	x64_byte(as, n);
}

static inline void
x64_shift_cl(struct x64_asm *as, unsigned w, enum x64_shift op, unsigned dst)
{
	x64_rr(as, w, 0xd3, op, dst);
}

static inline void
x64_shrd_imm(struct x64_asm *as, unsigned w, unsigned dst, unsigned high,
	     unsigned n)
{
	x64_rr(as, w, 0x0fac, high, dst);
	x64_byte(as, n);
}

static inline void
x64_lea(struct x64_asm *as, unsigned w, unsigned dst, struct x64_mem m)
{
	x64_rm(as, w, 0x8d, dst, m);
}

static inline void
x64_neg(struct x64_asm *as, unsigned w, unsigned dst)
{
	x64_rr(as, w, 0xf7, 3, dst);
}

static inline void
x64_not(struct x64_asm *as, unsigned w, unsigned dst)
{
	x64_rr(as, w, 0xf7, 2, dst);
}

static inline void
x64_imul(struct x64_asm *as, unsigned w, unsigned dst, unsigned src)
{
	x64_rr(as, w, 0x0faf, dst, src);
}

/* rdx:rax = rax * src, unsigned or signed */
static inline void
x64_mul_wide(struct x64_asm *as, unsigned w, bool is_signed, unsigned src)
{
	x64_rr(as, w, 0xf7, is_signed ? 5 : 4, src);
}

/* rax = rdx:rax / src, rdx the remainder */
static inline void
x64_div(struct x64_asm *as, unsigned w, bool is_signed, unsigned src)
{
	x64_rr(as, w, 0xf7, is_signed ? 7 : 6, src);
}

/* rdx = sign of rax */
static inline void
x64_cdq(struct x64_asm *as, unsigned w)
{
	x64_opcode(as, 0x99, w << 3, false);
}

static inline void
x64_bswap(struct x64_asm *as, unsigned w, unsigned dst)
{
	x64_opcode(as, 0x0fc8 + (dst & 7), w << 3 | dst >> 3, false);
}

static inline void
x64_setcc(struct x64_asm *as, enum x64_cc cc, unsigned dst)
{
	x64_rr(as, 0, (0x0f90 + cc) | X64_BYTE, 0, dst);
}

static inline void
x64_cmov(struct x64_asm *as, unsigned w, enum x64_cc cc, unsigned dst,
	 unsigned src)
{
	x64_rr(as, w, 0x0f40 + cc, dst, src);
}

/* Loads of 1 << t bytes, zero- or sign-extended (to w). */
static inline void
x64_load(struct x64_asm *as, unsigned t, unsigned dst, struct x64_mem m)
{
	static const uint16_t op[4] = { 0x0fb6, 0x0fb7, 0x8b, 0x8b };

	x64_rm(as, t == 3, op[t], dst, m);
}

static inline void
x64_load_signed(struct x64_asm *as, unsigned w, unsigned t, unsigned dst,
		struct x64_mem m)
{
	static const uint16_t op[4] = { 0x0fbe, 0x0fbf, 0x63, 0x8b };

	if (t == 2 && w == X64_32)
		x64_rm(as, X64_32, 0x8b, dst, m);
	else
		x64_rm(as, w, op[t], dst, m);
}

static inline void
x64_store(struct x64_asm *as, unsigned t, struct x64_mem m, unsigned src)
{
	static const unsigned op[4] = { 0x88 | X64_BYTE, 0x89 | X64_66, 0x89,
					0x89 };

	x64_rm(as, t == 3, op[t], src, m);
}

static inline void
x64_store_imm(struct x64_asm *as, unsigned t, struct x64_mem m, int32_t v)
{
	static const unsigned op[4] = { 0xc6, 0xc7 | X64_66, 0xc7, 0xc7 };

	x64_rm(as, t == 3, op[t], 0, m);
	x64_bytes(as, (uint32_t)v, t == 0 ? 1 : t == 1 ? 2 : 4);
}

/* Extends the low 1 << t bytes of src. */
static inline void
x64_movzx(struct x64_asm *as, unsigned t, unsigned dst, unsigned src)
{
	static const unsigned op[4] = { 0x0fb6 | X64_BYTE, 0x0fb7, 0x8b, 0x8b };

	x64_rr(as, t == 3, op[t], dst, src);
}

static inline void
x64_movsx(struct x64_asm *as, unsigned w, unsigned t, unsigned dst,
	  unsigned src)
{
	static const unsigned op[4] = { 0x0fbe | X64_BYTE, 0x0fbf, 0x63, 0x8b };

	x64_rr(as, w, op[t], dst, src);
}

/* Jumps: the returned pointer is behind the 32-bit displacement. */
static inline uint8_t *
x64_jmp(struct x64_asm *as, const void *to)
{
	as->jumps++;
	x64_byte(as, 0xe9);
	x64_bytes(as, (uint32_t)((const uint8_t *)to - (as->p + 4)), 4);
	return as->p;
}

static inline uint8_t *
x64_jcc(struct x64_asm *as, enum x64_cc cc, const void *to)
{
	as->jumps++;
	x64_opcode(as, 0x0f80 + cc, 0, false);
	x64_bytes(as, (uint32_t)((const uint8_t *)to - (as->p + 4)), 4);
	return as->p;
}

static inline void
x64_ret(struct x64_asm *as)
{
	x64_byte(as, 0xc3);
}

/* call rel32, as x64_jmp */
static inline uint8_t *
x64_call_site(struct x64_asm *as, const void *to)
{
	as->jumps++;
	x64_byte(as, 0xe8);
	x64_bytes(as, (uint32_t)((const uint8_t *)to - (as->p + 4)), 4);
	return as->p;
}

static inline void
x64_call(struct x64_asm *as, const void *to)
{
	as->jumps++;
	x64_byte(as, 0xe8);
	x64_bytes(as, (uint32_t)((const uint8_t *)to - (as->p + 4)), 4);
}

/* Makes the jump whose displacement ends at `after' go to `to'. */
static inline void
x64_patch(uint8_t *after, const void *to)
{
	int32_t rel = (int32_t)((const uint8_t *)to - after);

	memcpy(after - 4, &rel, 4);
}

/* inc of the 64 bits at p, which lie within 2 GiB */
static inline void
x64_inc_at(struct x64_asm *as, const uint64_t *p)
{
	x64_bytes(as, 0x05ff48, 3);
	x64_bytes(as, (uint32_t)((const uint8_t *)p - (as->p + 4)), 4);
}

/* cmp of the byte at p, which lies within 2 GiB */
static inline void
x64_cmp_at(struct x64_asm *as, const void *p, unsigned v)
{
	x64_bytes(as, 0x3d80, 2);
	x64_bytes(as, (uint32_t)((const uint8_t *)p - (as->p + 5)), 4);
	x64_byte(as, v);
}

/* SSE: op is the opcode with its prefix (X64_66 | 0x0fef: pxor). */
static inline void
x64_sse_rr(struct x64_asm *as, unsigned op, unsigned dst, unsigned src)
{
	x64_rr(as, 0, op, dst, src);
}

static inline void
x64_sse_rm(struct x64_asm *as, unsigned op, unsigned dst, struct x64_mem m)
{
	x64_rm(as, 0, op, dst, m);
}

#endif
