/*
 * again.c - condition flags that are made once more; again.h.
 *
 * Encodings: Arm ARM C4.1.92 (data processing, immediate) and C4.1.95
 * (register).
 */
#include "again.h"

#include <string.h>

#include "../../block.h"
#include "../../ir/scan.h"
#include "a64_front.h"

#define INTACT		(1u << 29)
#define KEPT		(1u << 26)
#define IS_64		(1u << 31)
#define IS_SUB		(1u << 30)

#define RD(w)		((w) & 31)
#define RN(w)		((w) >> 5 & 31)
#define RM(w)		((w) >> 16 & 31)
#define SHIFT(w)	((w) >> 22 & 3)
#define AMOUNT(w)	((w) >> 10 & 63)

/* adds, subs; ands, bics. */
#define IS_ADD_IMM(w)	(((w) & 0x3f800000) == 0x31000000)
#define IS_ADD_SHIFT(w)	(((w) & 0x3f200000) == 0x2b000000)
#define IS_AND_IMM(w)	(((w) & 0x7f800000) == 0x72000000)
#define IS_AND_SHIFT(w)	(((w) & 0x7f000000) == 0x6a000000)
#define IS_NOT(w)	((w) >> 21 & 1)
#define IS_FP(w)	(((w) & 0x1f000000) == 0x1e000000)

/* The word to be made again when the result has overwritten an operand; 0:
 * neither can be had back. */
static uint32_t
overwritten(uint32_t w)
{
	bool n = RD(w) == RN(w), m = RD(w) == RM(w);
	bool shifted = SHIFT(w) || AMOUNT(w);

	if (IS_ADD_IMM(w))
		return w & ~INTACT;
	if (IS_AND_IMM(w))
		return w;	/* doing it twice changes nothing */
	if (IS_AND_SHIFT(w))
		return !m || (!shifted && !IS_NOT(w)) ? w : 0;
	if (IS_ADD_SHIFT(w))
		return n != m && (n || !shifted) ? w & ~INTACT : 0;
	return 0;
}

void
a64_again_describe(struct ir_guest *g)
{
	struct ir_regs from = g->reads, to = g->writes;

	if (g->fallback || !g->writes_flags || g->reads_flags ||
	    (!IS_FP(g->word) && !(g->word & INTACT)))
		return;
	g->again = from.x & to.x ? overwritten(g->word) : g->word;
	g->again_x = from.x;
	g->again_v = from.v;
	if (g->again && !IS_FP(g->word) && from.x >> RN(g->word) & 1) {
		g->again_keep = g->again | KEPT;
		g->keep_reg = RN(g->word);
	}
}

static uint64_t
shifted(const struct a64_cpu *cpu, uint32_t w)
{
	unsigned size = w & IS_64 ? 64 : 32, by = AMOUNT(w) & (size - 1);
	uint64_t v = RM(w) == 31 ? 0 : cpu->x[RM(w)];

	if (size == 32)
		v = SHIFT(w) == 2 ? (uint64_t)(int32_t)v : (uint32_t)v;
	switch (SHIFT(w)) {
	case 0:
		return v << by;
	case 1:
		return v >> by;
	default:
		return (uint64_t)((int64_t)v >> by);
	}
}

/* Gives the operand that the result is in its old value, of which the word's
 * size matters. */
static void
undo(struct a64_cpu *cpu, uint32_t w)
{
	uint64_t result = cpu->x[RD(w)], imm = w >> 10 & 0xfff;

	if (IS_ADD_IMM(w)) {
		imm <<= w >> 22 & 1 ? 12 : 0;
		cpu->x[RN(w)] = w & IS_SUB ? result + imm : result - imm;
	} else if (RD(w) == RN(w)) {
		imm = shifted(cpu, w);
		cpu->x[RN(w)] = w & IS_SUB ? result + imm : result - imm;
	} else {
		imm = RN(w) == 31 ? 0 : cpu->x[RN(w)];
		cpu->x[RM(w)] = w & IS_SUB ? imm - result : result - imm;
	}
}

void
a64_again_step(struct a64_cpu *cpu, unsigned n, int32_t by)
{
	uint32_t w = cpu->flag_kind;

	if (w <= FLAG_LAST || IS_FP(w) || w & KEPT || RN(w) != n)
		return;
	cpu->flag_kind = w | KEPT;
	cpu->flag_a = cpu->x[n] - (uint64_t)(int64_t)by;
}

void
a64_again_execute(struct a64_cpu *cpu)
{
	uint32_t w = cpu->flag_kind;
	struct a64_cpu then;
	a64_exec_fn *fn;

	memcpy(&then, cpu, sizeof(then));
	if (!IS_FP(w) && w & KEPT) {
		w &= ~KEPT;
		then.x[RN(w)] = cpu->flag_a;
	}
	if (!IS_FP(w) && !(w & INTACT)) {
		w |= INTACT;
		undo(&then, w);
	}
	fn = (a64_exec_fn *)a64_front_handler(w);
	fn(&then, w);
	cpu->flag_kind = then.flag_kind;
	cpu->flag_a = then.flag_a;
	cpu->flag_b = then.flag_b;
}
