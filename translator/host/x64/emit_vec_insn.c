/*
 * emit_vec_insn.c - vector instructions in the best form that the host has.
 *
 * An emitter says dst = a op b. With AVX that is one instruction, whose prefix
 * is VEX's, or EVEX's if one of the registers is xmm16 or up; without, a is
 * copied to dst and the legacy form does the rest. Where a register is out of
 * an instruction's reach, or the copy would overwrite b, a scratch register
 * stands in. So the registers may be any and overlap in any way, and nobody
 * else need know what the host has.
 *
 * Legacy forms that are shorter, or have no other, are mixed with AVX's. That
 * costs nothing as long as the upper halves of the YMM registers are zero,
 * which the 128-bit forms of AVX leave so: nothing here writes them, and
 * compiled code that does has to clear them at its end (System V ABI, 3.2.3).
 */
#include "emit_vec.h"

/* --- What the host has. */

static unsigned
needs(unsigned op)
{
	bool has_imm = (op >> 8 & 0xff) == 0x3a;

	switch (op & 0xff) {
	case 0x00: case 0x02: case 0x04: case 0x0b: case 0x1c: case 0x1d:
	case 0x1e:
		return has_imm ? X64_CPU_SSE41 : X64_CPU_SSSE3;
	case 0x0f:
		return X64_CPU_SSSE3;
	case 0x37:
		return X64_CPU_SSE42;
	case 0x44:
		return X64_CPU_PCLMUL;
	case 0xcb: case 0xcc: case 0xcd:
		return X64_CPU_SHA;
	case 0xdb: case 0xdc: case 0xdd: case 0xde: case 0xdf:
		return X64_CPU_AES;
	}
	return X64_CPU_SSE41;
}

bool
vec_have(unsigned op)
{
	/* Opcodes of two bytes are SSE2. */
	return !(op & 0xff0000) || x64_cpu_has(needs(op));
}

static void
require(struct emit *e, unsigned op)
{
	if (!vec_have(op))
		e->failed = true;
}

/* SHA's instructions have no form but the legacy one. */
static bool
has_vex(unsigned op)
{
	return x64_cpu_has(X64_CPU_AVX) &&
	       !((op >> 16 & 0xff) && needs(op) == X64_CPU_SHA);
}

/* --- Registers in reach. */

static bool
reaches(unsigned op, unsigned xmm)
{
	return xmm < 16 || x64_evex_has(op);
}

/* Scratch registers that a and b lie in are taken while this lasts, even if
 * their use is over. */
static unsigned
hide(struct emit *e, unsigned a, const struct vec_src *b)
{
	unsigned mask = 1u << a, hidden;

	if (!b->is_mem && !b->constant)
		mask |= 1u << b->reg;
	hidden = e->free_xmm & mask;
	e->free_xmm &= ~hidden;
	return hidden;
}

/* xmm, or a register to be used in its place, and freed. */
static unsigned
near(struct emit *e, unsigned op, unsigned xmm)
{
	return reaches(op, xmm) ? xmm : emit_alloc_xmm(e);
}

static void
free_near(struct emit *e, unsigned x, unsigned xmm)
{
	if (x != xmm)
		emit_free_xmm(e, x);
}

/* The same for a source, which is copied. */
static unsigned
near_source(struct emit *e, unsigned op, unsigned xmm)
{
	unsigned x = near(e, op, xmm);

	vec_mov(e, x, xmm);
	return x;
}

static struct vec_src
near_operand(struct emit *e, unsigned op, const struct vec_src *src)
{
	struct vec_src s = *src;

	if (!s.is_mem && !s.constant)
		s.reg = (uint8_t)near_source(e, op, src->reg);
	return s;
}

/* --- The forms. */

static void
immediate(struct emit *e, int n)
{
	if (n >= 0)
		x64_byte(&e->as, (unsigned)n);
}

static void
legacy(struct emit *e, unsigned op, unsigned dst, const struct vec_src *b,
       int n)
{
	if (b->constant)
		x64_sse_rip(&e->as, op, dst, b->constant, n >= 0);
	else if (b->is_mem)
		x64_sse_rm(&e->as, op, dst, b->mem);
	else
		x64_sse_rr(&e->as, op, dst, b->reg);
	immediate(e, n);
}

static void
avx(struct emit *e, unsigned op, unsigned dst, unsigned a,
    const struct vec_src *b, int n)
{
	if (b->constant)
		x64_vex_rip(&e->as, op, dst, a, b->constant, n >= 0);
	else if (b->is_mem)
		x64_vex_rm(&e->as, op, 0, dst, a, b->mem);
	else
		x64_vex_rrr(&e->as, op, 0, dst, a, b->reg);
	immediate(e, n);
}

/* b may be what the copy of a would overwrite. */
static void
legacy_two(struct emit *e, unsigned op, unsigned dst, unsigned a,
	   const struct vec_src *b, int n, bool a_is_free)
{
	bool over = dst != a && !b->is_mem && !b->constant && b->reg == dst;
	unsigned r = !over ? dst : a_is_free ? a : emit_alloc_xmm(e);

	vec_mov(e, r, a);
	legacy(e, op, r, b, n);
	vec_mov(e, dst, r);
	if (r != dst && r != a)
		emit_free_xmm(e, r);
}

void
vec_op2(struct emit *e, unsigned op, unsigned dst, unsigned a,
	const struct vec_src *b, int n)
{
	unsigned hidden = hide(e, a, b), r, x;
	struct vec_src s = near_operand(e, op, b);

	require(e, op);
	if (has_vex(op)) {
		x = near_source(e, op, a);
		r = near(e, op, dst);
		avx(e, op, r, x, &s, n);
		vec_mov(e, dst, r);
		free_near(e, x, a);
		free_near(e, r, dst);
	} else {
		legacy_two(e, op, dst, a, &s, n, hidden & 1u << a);
	}
	free_near(e, s.reg, b->reg);
	e->free_xmm |= hidden;
}

void
vec_op1(struct emit *e, unsigned op, unsigned dst, const struct vec_src *src,
	int n)
{
	unsigned hidden = hide(e, dst, src), r;
	struct vec_src s = near_operand(e, op, src);

	require(e, op);
	r = near(e, op, dst);
	if (has_vex(op))
		avx(e, op, r, 0, &s, n);
	else
		legacy(e, op, r, &s, n);
	vec_mov(e, dst, r);
	free_near(e, r, dst);
	free_near(e, s.reg, src->reg);
	e->free_xmm |= hidden;
}

void
vec_shift(struct emit *e, unsigned op, unsigned dst, unsigned src, unsigned n)
{
	if (x64_cpu_has(X64_CPU_AVX)) {
		x64_vex_shift_imm(&e->as, op, dst, src, n);
	} else {
		vec_mov(e, dst, src);
		x64_vshift_imm(&e->as, op, dst, n);
	}
}

/* --- Moves and the like. */

void
vec_mov(struct emit *e, unsigned dst, unsigned src)
{
	if (dst != src)
		x64_sse_rr(&e->as, X64_MOVAPS, dst, src);
}

void
vec_load(struct emit *e, unsigned dst, const struct vec_src *src)
{
	if (src->is_mem)
		x64_sse_rm(&e->as, X64_MOVAPS, dst, src->mem);
	else
		vec_mov(e, dst, src->reg);
}

void
vec_zero(struct emit *e, unsigned dst)
{
	vec_rrr(e, X64_PXOR, dst, dst, dst);
}

void
vec_ones(struct emit *e, unsigned dst)
{
	if (dst >= 16)
		vec_ternlog(e, 0xff, dst, dst, dst);
	else
		vec_rrr(e, X64_PCMPEQD, dst, dst, dst);
}

void
vec_trim_to(struct emit *e, unsigned dst, unsigned src, unsigned bits)
{
	switch (bits) {
	case 8:
		vec_rrc(e, X64_PAND, dst, src, x64_low[0]);
		break;
	case 16:
		vec_rrc(e, X64_PAND, dst, src, x64_low[1]);
		break;
	case 32:
		vec_rrc(e, X64_PAND, dst, src, x64_low[2]);
		break;
	case 64:
		vec_rr(e, X64_MOVQ, dst, src);
		break;
	default:
		vec_mov(e, dst, src);
	}
}

void
vec_trim(struct emit *e, unsigned xmm, unsigned bits)
{
	if (bits < 128)
		vec_trim_to(e, xmm, xmm, bits);
}

void
vec_ternlog(struct emit *e, unsigned table, unsigned dst, unsigned b,
	    unsigned c)
{
	x64_evex_rrr(&e->as, X64_PTERNLOG, 0, dst, b, c);
	x64_byte(&e->as, table);
}

void
vec_note_qc(struct emit *e, unsigned xmm)
{
	uint8_t *skip;

	vec_rr(e, X64_PTEST, xmm, xmm);
	skip = x64_jcc_short(&e->as, CC_E);
	x64_alu_mi(&e->as, X64_32, ALU_OR, CPU(fp.fpsr), FPSR_QC);
	x64_patch_short(&e->as, skip);
}

const uint32_t vec_psll[3] = { X64_PSLLW, X64_PSLLD, X64_PSLLQ };
const uint32_t vec_psrl[3] = { X64_PSRLW, X64_PSRLD, X64_PSRLQ };
