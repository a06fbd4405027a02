/*
 * context_x64.c - decodes the memory operand of an instruction.
 *
 * Intel SDM volume 2, chapter 2: prefixes, opcode maps, ModRM and SIB. Of
 * EVEX only what the translator emits: no scaled displacements.
 */
#include "context_x64.h"

#include <string.h>

#include "../runtime/base/rtmem.h"

/* Register numbers as instructions encode them. */
static const uint8_t greg_of[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

struct insn {
	const uint8_t *p;	/* behind what was decoded */
	uint8_t map;		/* 0 one-byte, 1 0F, 2 0F38, 3 0F3A */
	uint8_t opcode;
	uint8_t b, x;		/* 8: extends base, index */
	bool f3;		/* with that prefix */
};

static bool
is_prefix(uint8_t c)
{
	return c == 0x66 || c == 0xf2 || c == 0xf3 || c == 0xf0;
}

static void
decode_opcode(struct insn *i)
{
	while (is_prefix(*i->p))
		i->f3 |= *i->p++ == 0xf3;
	if (*i->p == 0xc5) {			/* VEX, two bytes */
		i->map = 1;
		i->f3 = (i->p[1] & 3) == 2;
		i->p += 2;
	} else if (*i->p == 0xc4) {		/* three: ~R ~X ~B map */
		i->x = i->p[1] & 0x40 ? 0 : 8;
		i->b = i->p[1] & 0x20 ? 0 : 8;
		i->map = i->p[1] & 0x1f;
		i->f3 = (i->p[2] & 3) == 2;
		i->p += 3;
	} else if (*i->p == 0x62) {		/* EVEX: ~R ~X ~B ~R' map */
		i->x = i->p[1] & 0x40 ? 0 : 8;
		i->b = i->p[1] & 0x20 ? 0 : 8;
		i->map = i->p[1] & 7;
		i->f3 = (i->p[2] & 3) == 2;
		i->p += 4;
	} else {
		if ((*i->p & 0xf0) == 0x40) {	/* REX: 0100WRXB */
			i->x = *i->p & 2 ? 8 : 0;
			i->b = *i->p++ & 1 ? 8 : 0;
		}
		if (*i->p == 0x0f) {
			i->map = 1;
			i->p++;
			if (*i->p == 0x38 || *i->p == 0x3a)
				i->map = *i->p++ == 0x38 ? 2 : 3;
		}
	}
	i->opcode = *i->p++;
}

static bool
is_store(const struct insn *i)
{
	uint8_t op = i->opcode;

	switch (i->map) {
	case 0:
		/* op r/m,r; xchg; mov; immediates and shifts; inc, dec, not */
		return (op < 0x40 && (op & 7) < 2) || op == 0x86 ||
		       op == 0x87 || op == 0x88 || op == 0x89 ||
		       (op >= 0x80 && op <= 0x83) || op == 0xc6 ||
		       op == 0xc7 || op >= 0xfe;
	case 1:
		/* movups, movlps, movhps, movaps, movntps, movd, movq, movdqa,
		 * cmpxchg, xadd, movnti, cmpxchg16b, movntdq */
		return op == 0x11 || op == 0x13 || op == 0x17 || op == 0x29 ||
		       op == 0x2b || (op == 0x7e && !i->f3) || op == 0x7f ||
		       op == 0xb0 || op == 0xb1 || op == 0xc0 || op == 0xc1 ||
		       op == 0xc3 || op == 0xc7 || op == 0xd6 || op == 0xe7;
	case 2:
		return op == 0xf1;		/* movbe m,r */
	default:
		return op >= 0x14 && op <= 0x17;	/* pextr, extractps */
	}
}

static uint64_t
displacement(const uint8_t *p, unsigned mod)
{
	int32_t d32;

	if (mod == 1)
		return (uint64_t)(int64_t)(int8_t)*p;
	if (mod == 0)
		return 0;
	memcpy(&d32, p, sizeof(d32));
	return (uint64_t)(int64_t)d32;
}

/* Opcodes that have a ModRM byte and whose operand in memory, if it is one, is
 * accessed: what ferry's guest accesses are made of, and no others. */
static bool
may_access(const struct insn *i)
{
	uint8_t op = i->opcode;

	switch (i->map) {
	case 0:
		/* op, movsxd, immediates, test, xchg, mov, mov $ */
		return (op < 0x40 && (op & 7) < 4) || op == 0x63 ||
		       op == 0x80 || op == 0x81 ||
		       (op >= 0x83 && op <= 0x8b) || op == 0xc6 || op == 0xc7;
	case 1:
		/* movups to movhps, movaps, movntps, movd, movdqa, cmpxchg,
		 * movzx, movsx, xadd, movnti, cmpxchg16b, movq, movntdq */
		return (op >= 0x10 && op <= 0x17) || op == 0x28 ||
		       op == 0x29 || op == 0x2b || op == 0x6e || op == 0x6f ||
		       op == 0x7e || op == 0x7f || op == 0xb0 || op == 0xb1 ||
		       op == 0xb6 || op == 0xb7 || op == 0xbe || op == 0xbf ||
		       op == 0xc0 || op == 0xc1 || op == 0xc3 || op == 0xc7 ||
		       op == 0xd6 || op == 0xe7;
	case 2:
		return op == 0xf0 || op == 0xf1;	/* movbe */
	default:
		return false;
	}
}

bool
context_at_access(const ucontext_t *uc)
{
	struct insn i = {
		.p = (const uint8_t *)uc->uc_mcontext.gregs[REG_RIP],
	};
	uint64_t addr;
	bool write;

	decode_opcode(&i);
	/* No register operands, nothing relative to rip, no host stack. */
	if (!may_access(&i) || *i.p >> 6 == 3 || (*i.p & 0xc7) == 5 ||
	    ((*i.p & 7) == 4 && (i.p[1] & 7) == 4 && !i.b))
		return false;
	addr = context_access(uc, &write);
	return addr < RT_BASE || addr >= RT_END;
}

uint64_t
context_access(const ucontext_t *uc, bool *write)
{
	const greg_t *regs = uc->uc_mcontext.gregs;
	struct insn i = { .p = (const uint8_t *)regs[REG_RIP] };
	unsigned modrm, mod, base, index;
	uint64_t addr = 0;

	decode_opcode(&i);
	*write = is_store(&i);
	modrm = *i.p++;
	mod = modrm >> 6;
	base = modrm & 7;
	if (base == 4) {			/* a SIB byte follows */
		index = (*i.p >> 3 & 7) | i.x;
		if (index != 4)
			addr = (uint64_t)regs[greg_of[index]] << (*i.p >> 6);
		base = *i.p++ & 7;
	}
	if (mod == 0 && base == 5)		/* no base: a displacement */
		return addr + displacement(i.p, 2);
	return addr + (uint64_t)regs[greg_of[base | i.b]] +
	       displacement(i.p, mod);
}
