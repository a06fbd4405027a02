/*
 * generate.c - makes random instruction sequences.
 *
 * An instruction is an encoding of the list filled with random bits. What
 * could run wild is tamed: accesses get a base register that was computed from
 * x28 just before them (together they are a group, and branches go to groups
 * only), branches go forward, system registers are the three that are state.
 * Fills that the manual calls CONSTRAINED UNPREDICTABLE are not made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* What an instruction needs around it. */
enum shape {
	PLAIN, SKIP, LITERAL, PREFETCH, STORE_EX, LOAD_EX, ORDERED, CAS, CASP,
	UNSCALED_ORDERED, PAIR, ONE_IMM9, ATOMIC, ONE_REG, ONE_IMM12, STRUCT,
	B, B_COND, CBZ, TBZ, BR, SYSREG, CACHE,
};

/* The first row that matches an encoding's pattern. */
static const struct {
	uint32_t mask, value;
	enum shape shape;
} shapes[] = {
	{ 0xffe0001f, 0xd4000001, SKIP },	/* SVC: no emulator here */
	{ 0xffffffe0, 0xd50b7420, SKIP },	/* DC ZVA: size may differ */
	{ 0xfff80000, 0xd5080000, CACHE },
	{ 0xffd00000, 0xd5100000, SYSREG },
	{ 0xff000000, 0xd8000000, PREFETCH },
	{ 0xffe00000, 0xf8800000, PREFETCH },
	{ 0xffe00c00, 0xf8a00800, PREFETCH },
	{ 0xffc00000, 0xf9800000, PREFETCH },
	{ 0x3b000000, 0x18000000, LITERAL },
	{ 0xbfa00000, 0x08200000, CASP },
	{ 0x3fc00000, 0x08000000, STORE_EX },
	{ 0x3fc00000, 0x08400000, LOAD_EX },
	{ 0x3fa00000, 0x08800000, ORDERED },
	{ 0x3fa00000, 0x08a00000, CAS },
	{ 0x3f200c00, 0x19000000, UNSCALED_ORDERED },
	{ 0x3a000000, 0x28000000, PAIR },
	{ 0x3b200000, 0x38000000, ONE_IMM9 },
	{ 0x3b200c00, 0x38200000, ATOMIC },
	{ 0x3b200c00, 0x38200800, ONE_REG },
	{ 0x3b000000, 0x39000000, ONE_IMM12 },
	{ 0xbe000000, 0x0c000000, STRUCT },
	{ 0x7c000000, 0x14000000, B },
	{ 0xff000010, 0x54000000, B_COND },
	{ 0x7e000000, 0x34000000, CBZ },
	{ 0x7e000000, 0x36000000, TBZ },
	{ 0xff000000, 0xd6000000, BR },
};

struct branch {
	unsigned word;		/* its index */
	unsigned to;		/* a group */
	enum shape shape;
};

struct gen {
	struct sequence *s;
	uint64_t at;
	bool alone;		/* one instruction */
	struct branch branch[2 * MAX_GROUPS];
	unsigned nr_branches;
};

/* What qemu is known to do differently. */
enum {
	ALWAYS = 1u << 31,
	MISALIGNED = 1u << 30,
};

#define FPCR(bits)	(bits)
#define FPCR_DN		(1 << 25)
#define FPCR_FZ		(1 << 24)
#define FPCR_FZ16	(1 << 19)
#define FPCR_AHP	(1 << 26)

static const struct {
	uint32_t mask, value, condition;
} differences[] = {
#define DIFFERENCE(mask, value, condition, why) { mask, value, condition },
#include "qemu-differences.def"
#undef DIFFERENCE
};

const struct encoding **chosen;
size_t nr_chosen;

static bool for_qemu;
static enum shape *chosen_shape;

static enum shape
shape_of(const struct encoding *e)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (!((e->value ^ shapes[i].value) & shapes[i].mask) &&
		    (e->mask & shapes[i].mask) == shapes[i].mask)
			return shapes[i].shape;
	return PLAIN;
}

static bool
in_list(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; (p = strstr(p, name)); p += len)
		if ((p == list || p[-1] == ',') && (!p[len] || p[len] == ','))
			return true;
	return false;
}

bool
feature_in(const char *list, const struct encoding *e)
{
	return in_list(list, e->feature) || in_list(list, e->id);
}

bool
can_generate(const struct encoding *e)
{
	return shape_of(e) != SKIP;
}

size_t
generate_setup(const char *without, const char *only, bool qemu)
{
	size_t n = encodings_read();

	for_qemu = qemu;
	chosen = calloc(n, sizeof(*chosen));
	chosen_shape = calloc(n, sizeof(*chosen_shape));
	if (!chosen || !chosen_shape)
		abort();
	for (size_t i = 0; i < n; i++) {
		const struct encoding *e = &encodings[i];

		if (!can_generate(e) || feature_in(without, e) ||
		    (*only && !strstr(e->id, only)))
			continue;
		chosen_shape[nr_chosen] = shape_of(e);
		chosen[nr_chosen++] = e;
	}
	return n;
}

/* --- Fields. */

static unsigned
rd(uint32_t w)
{
	return w & 31;
}

static unsigned
rn(uint32_t w)
{
	return w >> 5 & 31;
}

static unsigned
rt2(uint32_t w)
{
	return w >> 10 & 31;
}

static unsigned
rm(uint32_t w)
{
	return w >> 16 & 31;
}

/* Bit 26: vector registers, in loads and stores. */
static bool
is_vector(uint32_t w)
{
	return w >> 26 & 1;
}

static int64_t
signed_field(uint32_t w, unsigned lo, unsigned width)
{
	return (int64_t)((uint64_t)w << (64 - lo - width)) >> (64 - width);
}

/* Whether bits 4..0 surely are a vector register, or none. */
static bool
writes_vector(uint32_t w)
{
	if ((w & 0x9fe08400) == 0x0e000400)
		return false;	/* SMOV, UMOV */
	return (w & 0x9e000000) == 0x0e000000 ||
	       (w & 0xde000000) == 0x5e000000;
}

/* The conditions under which qemu treats a word differently. */
static uint32_t
different(uint32_t w)
{
	uint32_t conditions = 0;

	if (!for_qemu)
		return 0;
	for (size_t i = 0; i < sizeof(differences) / sizeof(differences[0]);
	     i++)
		if (!((w ^ differences[i].value) & differences[i].mask))
			conditions |= differences[i].condition;
	return conditions;
}

/* --- Which fills are made. */

static bool
pair_is_fine(uint32_t w)
{
	bool load = w >> 22 & 1, writeback = w >> 23 & 1;

	if (load && rd(w) == rt2(w))
		return false;
	if (is_vector(w))
		return true;
	if (rd(w) == BASE || rt2(w) == BASE)
		return false;
	return !writeback || rn(w) == 31 ||
	       (rd(w) != rn(w) && rt2(w) != rn(w));
}

static bool
one_is_fine(uint32_t w)
{
	bool writeback = w >> 10 & 1;

	if (is_vector(w))
		return true;
	return rd(w) != BASE &&
	       (!writeback || rn(w) == 31 || rd(w) != rn(w));
}

/* Three registers beside the base, none of them BASE, in a store no two the
 * same (Rs is written). */
static bool
exclusive_is_fine(uint32_t w, enum shape shape)
{
	bool pair = w >> 21 & 1;

	if (rd(w) == BASE || (pair && rt2(w) == BASE))
		return false;
	if (shape == LOAD_EX)
		return !pair || rd(w) != rt2(w);
	return rm(w) != BASE && rm(w) != rd(w) && rm(w) != rn(w) &&
	       (!pair || rm(w) != rt2(w));
}

static bool
is_fine(uint32_t w, enum shape shape)
{
	switch (shape) {
	case SKIP:
		return false;
	case PREFETCH:
		return true;
	case PLAIN:
		return writes_vector(w) || rd(w) != BASE;
	case LITERAL:
		return is_vector(w) || rd(w) != BASE;
	case STORE_EX:
	case LOAD_EX:
		return rn(w) != BASE && exclusive_is_fine(w, shape);
	case ORDERED:
	case UNSCALED_ORDERED:
		return rn(w) != BASE && rd(w) != BASE;
	case CAS:
	case ATOMIC:
		return rn(w) != BASE && rd(w) != BASE && rm(w) != BASE;
	case CASP:
		return rn(w) != BASE && rd(w) != BASE && rm(w) != BASE;
	case PAIR:
		return rn(w) != BASE && pair_is_fine(w);
	case ONE_IMM9:
		return rn(w) != BASE && one_is_fine(w);
	case ONE_REG:
		return rn(w) != BASE && rm(w) != BASE && rm(w) != rn(w) &&
		       (is_vector(w) || rd(w) != BASE);
	case ONE_IMM12:
		return rn(w) != BASE && (is_vector(w) || rd(w) != BASE);
	case STRUCT:
		return rn(w) != BASE;
	case B:
	case B_COND:
	case TBZ:
	case CBZ:
		return true;
	case BR:
		return rn(w) != BASE && rn(w) != 31;
	case CACHE:
		return rd(w) != BASE && rd(w) != 31;
	case SYSREG:
		return rd(w) != BASE;
	}
	return false;
}

uint32_t
random_word(const struct encoding *e)
{
	uint32_t r = (uint32_t)(rnd() >> 16);

	return (r & ~e->mask & ~e->should_mask) | e->value | e->should_value;
}

/* A word that may run, or 0 if there is none. */
static uint32_t
fine_word(const struct encoding *e, enum shape shape)
{
	for (int i = 0; i < 1000; i++) {
		uint32_t w = random_word(e);

		if (encoding_find(w) == e && is_fine(w, shape) &&
		    !(different(w) & ALWAYS))
			return w;
	}
	return 0;
}

/* --- Words. */

static void
emit(struct gen *g, uint32_t w)
{
	g->s->words[g->s->nr_words++] = w;
}

enum {
	NOP = 0xd503201f,
	CLREX = 0xd503305f,
	ADD_IMM = 0x91000000,
	SUB_IMM = 0xd1000000,
	MOVZ_W = 0x52800000,
	MOVN_X = 0x92800000,
	MOVK_W_HI = 0x72a00000,
	MOVK_X_2 = 0xf2c00000,
	MOVK_X_3 = 0xf2e00000,
};

/* n = x28 + off; n may be sp. */
static void
emit_base(struct gen *g, unsigned n, int64_t off)
{
	uint32_t op = off < 0 ? SUB_IMM : ADD_IMM;
	uint32_t abs = (uint32_t)(off < 0 ? -off : off);
	unsigned from = BASE;

	if (abs >> 12) {
		emit(g, op | 1 << 22 | (abs >> 12) << 10 | from << 5 | n);
		from = n;
	}
	emit(g, op | (abs & 0xfff) << 10 | from << 5 | n);
}

/* Puts v, 32 bits, into w<t>. */
static void
emit_const(struct gen *g, unsigned t, uint32_t v)
{
	emit(g, MOVZ_W | (v & 0xffff) << 5 | t);
	if (v >> 16)
		emit(g, MOVK_W_HI | v >> 16 << 5 | t);
}

/* Where an access goes, relative to x28: mostly into the window, at times
 * where it faults. At least 64 bytes are left. */
static int64_t
random_target(bool may_fault)
{
	int64_t off = (int64_t)(rnd() % (2 * WINDOW - 128)) - WINDOW + 32;

	if (may_fault && one_in(48))
		off += one_in(2) ? READ_ONLY + FAULT_SIZE / 2 :
				   NO_ACCESS + FAULT_SIZE / 2;
	return off;
}

/* Makes base register n so that n + offset is a random target that is a
 * multiple of `align' (which is never more than 16). */
static void
emit_target(struct gen *g, unsigned n, int64_t offset, unsigned align,
	    bool may_fault)
{
	int64_t off = (random_target(may_fault) & -(int64_t)align) - offset;

	/* Misaligned, SP is good for a fault only, which qemu does not have. */
	if (n == 31 && (for_qemu || !one_in(16)))
		off &= ~INT64_C(15);
	emit_base(g, n, off);
	/* The top byte does not count. */
	if (n != 31 && one_in(32))
		emit(g, MOVK_X_3 | (uint32_t)(rnd() & 0xff) << 13 | n);
}

/* The size of an exclusive, ordered or atomic access. */
static unsigned
alignment(uint32_t w, bool pair)
{
	unsigned size = 1u << (w >> 30);

	if (one_in(24) && !(different(w) & MISALIGNED))
		return 1;
	return pair ? size * 2 : size;
}

static unsigned
scale_one(uint32_t w)
{
	unsigned size = w >> 30;

	return is_vector(w) && w >> 23 & 1 ? 4 : size;
}

static unsigned
scale_pair(uint32_t w)
{
	return is_vector(w) ? 2 + (w >> 30) : 2 + (w >> 31);
}

/* --- Groups. */

/* An index register, extended and shifted as the access says. */
static void
emit_one_reg(struct gen *g, uint32_t w)
{
	unsigned m = rm(w), option = w >> 13 & 7;
	uint32_t r = (uint32_t)rnd(), v = r & 31;
	bool negative = r >> 8 & 1 && option != 2;
	int64_t index = negative ? ~(int64_t)v : v;

	if (m == 31)
		index = 0;
	if (w >> 12 & 1)
		index = (int64_t)((uint64_t)index << scale_one(w));
	emit_target(g, rn(w), index, 1, true);
	if (m != 31) {
		if (negative)
			emit(g, MOVN_X | v << 5 | m);
		else
			emit(g, MOVZ_W | v << 5 | m);
		/* What UXTW and SXTW do not look at. */
		if (!(option & 1))
			emit(g, MOVK_X_2 | (r >> 16) << 5 | m);
	}
	emit(g, w);
}

/* An instruction that surely writes vector registers only, if one is found. */
static void
emit_filler(struct gen *g)
{
	for (int tries = 0; tries < 32; tries++) {
		size_t i = rnd() % nr_chosen;
		uint32_t w;

		if (chosen_shape[i] != PLAIN)
			continue;
		w = fine_word(chosen[i], PLAIN);
		if (w && writes_vector(w) && !different(w)) {
			emit(g, w);
			return;
		}
	}
}

/* A load-exclusive of the same kind before the store, which then succeeds, or
 * fails because of a CLREX. */
static void
emit_store_ex(struct gen *g, uint32_t w)
{
	bool pair = w >> 21 & 1;
	unsigned n = rn(w), size = 1u << (w >> 30), t, u;

	do {
		t = rnd() & 31;
		u = rnd() & 31;
	} while (t == BASE || u == BASE || t == n || u == n || t == u);
	emit_target(g, n, 0, pair ? size * 2 : size, false);
	emit(g, (w & 0xffe083e0) | 1 << 22 | 31 << 16 |
	     (pair ? u : 31) << 10 | t);
	for (uint64_t i = rnd() & 3; i > 1 && !g->alone; i--)
		emit_filler(g);
	if (one_in(4))
		emit(g, CLREX | (uint32_t)(rnd() & 15) << 8);
	emit(g, w);
}

static void
add_branch(struct gen *g, enum shape shape)
{
	struct branch *b = &g->branch[g->nr_branches++];

	b->word = g->s->nr_words;
	b->to = g->s->nr_groups + 1 + (unsigned)(rnd() & 3);
	b->shape = shape;
}

static void
emit_sysreg(struct gen *g, uint32_t w)
{
	static const struct {
		uint32_t name, mask;
	} reg[] = {
		{ 0x5a10, 0xffffffff },	/* NZCV: 3 3 4 2 0 */
		{ 0x5a20, 0x07c80000 },	/* FPCR: 3 3 4 4 0 */
		{ 0x5a21, 0x0800009f },	/* FPSR: 3 3 4 4 1 */
	};
	unsigned i = (unsigned)(rnd() % 3);
	bool read = w >> 21 & 1;

	/* Arm ARM C5.2: op0<0> 1, op1 3, CRn 4, CRm 2 or 4. */
	w = (w & 0xfff0001f) | reg[i].name << 5;
	if (!read && rd(w) != 31)
		emit_const(g, rd(w), (uint32_t)rnd() & reg[i].mask);
	emit(g, w);
}

/* Sets FPCR without some bits, if there are any. */
static void
emit_fpcr(struct gen *g, uint32_t without)
{
	uint32_t v = (uint32_t)rnd() & 0x07c80000 & ~without;
	unsigned t = rnd() & 15;

	if (!without)
		return;
	emit_const(g, t, one_in(2) ? v : 0);
	emit(g, 0xd51b4400 | t);	/* MSR FPCR, Xt */
}

/* Moves FPSR to a register and clears it: its bits are sticky, and would hide
 * what later instructions set. */
static void
emit_take_fpsr(struct gen *g)
{
	emit(g, 0xd53b4420 | (rnd() & 15));	/* MRS Xt, FPSR */
	emit(g, 0xd51b443f);			/* MSR FPSR, XZR */
}

static void
emit_group(struct gen *g, const struct encoding *e, enum shape shape)
{
	uint32_t w = fine_word(e, shape);
	uint64_t pc = g->at + 4 * g->s->nr_words;

	if (!w)
		shape = SKIP;
	switch (shape) {
	case SKIP:
		emit(g, NOP);
		return;
	case PLAIN:
		emit_fpcr(g, different(w));
		if (one_in(3))
			emit_take_fpsr(g);
		break;
	case PREFETCH:
		break;
	case LITERAL:
		w = (w & 0xff00001f) |
		    (uint32_t)((LITERALS + rnd() % (LITERALS_SIZE - 16) - pc)
			       >> 2 & 0x7ffff) << 5;
		break;
	case STORE_EX:
		emit_store_ex(g, w);
		return;
	case LOAD_EX:
	case CAS:
	case CASP:
		/* sz of CASP is bit 30. */
		emit_target(g, rn(w), 0, shape == CASP ?
			    alignment((w & 1 << 30) | 1u << 31, true) :
			    alignment(w, shape == LOAD_EX && w >> 21 & 1),
			    true);
		break;
	case ORDERED:
	case ATOMIC:
		emit_target(g, rn(w), 0, alignment(w, false), true);
		break;
	case UNSCALED_ORDERED:
		emit_target(g, rn(w), signed_field(w, 12, 9),
			    alignment(w, false), true);
		break;
	case PAIR:
		emit_target(g, rn(w), (w >> 23 & 3) == 1 ? 0 :
			    signed_field(w, 15, 7) << scale_pair(w), 1, true);
		break;
	case ONE_IMM9:
		emit_target(g, rn(w), (w >> 10 & 3) == 1 ? 0 :
			    signed_field(w, 12, 9), 1, true);
		break;
	case ONE_REG:
		emit_one_reg(g, w);
		return;
	case ONE_IMM12:
		emit_target(g, rn(w), (int64_t)(w >> 10 & 0xfff) <<
			    scale_one(w), 1, true);
		break;
	case STRUCT:
		emit_target(g, rn(w), 0, 1, true);
		break;
	case CACHE:
		emit_target(g, rd(w), 0, 1, false);
		break;
	case B:
	case B_COND:
	case CBZ:
	case TBZ:
		add_branch(g, shape);
		break;
	case BR:
		add_branch(g, BR);
		emit(g, 0x10000000 | rn(w));	/* ADR */
		break;
	case SYSREG:
		emit_sysreg(g, w);
		return;
	}
	emit(g, w);
}

/* Puts the distances into branches. */
static void
resolve(struct gen *g)
{
	struct sequence *s = g->s;

	for (unsigned i = 0; i < g->nr_branches; i++) {
		const struct branch *b = &g->branch[i];
		unsigned to = b->to > s->nr_groups ? s->nr_groups : b->to;
		uint32_t d = s->group[to] - b->word, *w = &s->words[b->word];

		switch (b->shape) {
		case B:
			*w = (*w & 0xfc000000) | d;
			s->executed -= d - 1;
			break;
		case TBZ:
			*w = (*w & 0xfff8001f) | d << 5;
			s->executed -= d - 1;
			break;
		case BR:
			*w = (*w & 0xff00001f) | d << 5;
			s->executed -= d - 2;
			break;
		default:
			*w = (*w & 0xff00001f) | d << 5;
			s->executed -= d - 1;
		}
	}
}

void
generate(struct sequence *s, uint64_t seed, unsigned nr_groups,
	 const struct encoding *e, uint64_t at)
{
	struct gen g = { .s = s, .at = at, .alone = e != NULL };

	rnd_seed(mix(seed, 2));
	s->nr_words = 0;
	s->nr_groups = 0;
	while (s->nr_groups < nr_groups && s->nr_words < MAX_WORDS - 24) {
		size_t i = rnd() % nr_chosen;

		s->group[s->nr_groups] = s->nr_words;
		s->encoding[s->nr_groups] = e ? e : chosen[i];
		emit_group(&g, e ? e : chosen[i],
			   e ? shape_of(e) : chosen_shape[i]);
		s->nr_groups++;
	}
	s->group[s->nr_groups] = s->nr_words;
	s->executed = s->nr_words;
	resolve(&g);
	if ((int)s->executed < 1)
		s->executed = 1;
}

/* LDR or STR of x30, relative to x28. */
static uint32_t
x30_at(uint32_t op, unsigned offset)
{
	return op | offset / 8 << 10 | BASE << 5 | 30;
}

enum {
	LDR_X = 0xf9400000,
	STR_X = 0xf9000000,
};

unsigned
emit_prologue(uint32_t *w)
{
	*w = x30_at(LDR_X, SPILL_OFFSET);
	return 1;
}

unsigned
emit_epilogue(uint32_t *w, unsigned length)
{
	w[0] = x30_at(STR_X, SPILL_OFFSET);
	w[1] = x30_at(LDR_X, COUNT_OFFSET);
	w[2] = SUB_IMM | 1 << 10 | 30 << 5 | 30;
	w[3] = x30_at(STR_X, COUNT_OFFSET);
	w[4] = 0xb4000000 | 3 << 5 | 30;		/* CBZ x30, w[7] */
	w[5] = x30_at(LDR_X, SPILL_OFFSET);
	w[6] = 0x14000000 | (-(length + 6) & 0x3ffffff);	/* B */
	w[7] = x30_at(LDR_X, EXIT_OFFSET);
	w[8] = 0xd61f0000 | 30 << 5;			/* BR */
	return 9;
}
