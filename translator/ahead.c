/*
 * ahead.c - looks through the code behind a unit's exits, a few instructions
 * on each way, for what sets or reads the condition flags.
 */
#include <string.h>

#include "../runtime/vm/gmem.h"
#include "ahead.h"
#include "guest/a64/a64_front.h"
#include "ir/ops.h"

#define LOOK_AHEAD	8	/* instructions */
#define MAX_PATHS	4
#define MAX_SEEN	32
#define LOG2_GLANCES	10

/*
 * What matters of an instruction here. The same words come again and again,
 * and this is the same for all of them, wherever they are.
 */
struct glance {
	uint32_t word;
	struct ir_regs writes;
	int32_t offset;		/* of a direct branch's target */
	uint16_t op;		/* the last operation */
	bool known;
	bool reads, sets;	/* flags; or, reads: only the interpreter
				 * knows */
	bool shows;		/* the state may be looked at */
};

static gaddr unit_lo, unit_hi;

/* What ahead_flags() has found out for this unit. */
static struct {
	gaddr pc;
	struct ir_ahead a;
} memo[16];

/* Code outside the unit that its translation depends on. */
static struct {
	gaddr lo, hi;
} seen[MAX_SEEN];
static unsigned nr_seen;

void
ahead_start(gaddr lo, gaddr hi)
{
	unit_lo = lo;
	unit_hi = hi;
	nr_seen = 0;
	memset(memo, 0xff, sizeof(memo));	/* pcs that do not occur */
}

bool
ahead_within(gaddr lo, gaddr hi)
{
	unsigned i;

	for (i = 0; i < nr_seen; i++)
		if (seen[i].lo < lo || seen[i].hi > hi)
			return false;
	return true;
}

bool
ahead_watch(struct block *b)
{
	unsigned i;

	for (i = 0; i < nr_seen; i++)
		if (!block_watch(b, seen[i].lo, seen[i].hi))
			return false;
	return true;
}

unsigned
ahead_fetch(gaddr pc, uint32_t *words, unsigned max)
{
	gaddr end, page_end = (pc & PAGE_MASK) + PAGE_SIZE;

	if (pc & 3 || gmem_exec_range(pc, &end))
		return 0;
	if (end > page_end)
		end = page_end;
	if (end - pc < max * 4)
		max = (unsigned)((end - pc) / 4);
	return gmem_read(words, pc, max * 4) < 0 ? 0 : max;
}

/* The translation depends on [lo, hi). False: on too much. */
static bool
depend_on(gaddr lo, gaddr hi)
{
	unsigned i;

	for (i = 0; i < nr_seen; i++)
		if (seen[i].lo <= lo && seen[i].hi >= hi)
			return true;
	if (lo >= unit_lo && hi <= unit_hi)
		return true;
	if (nr_seen == MAX_SEEN)
		return false;
	seen[nr_seen].lo = lo;
	seen[nr_seen++].hi = hi;
	return true;
}

/* Code still to be looked at: all ways that lead on, and what was written
 * before them. */
struct paths {
	gaddr pc[MAX_PATHS];
	struct ir_regs written[MAX_PATHS];
	unsigned nr, budget;
};

static bool
add_path(struct paths *p, gaddr pc, struct ir_regs written)
{
	if (p->nr == MAX_PATHS)
		return false;
	p->written[p->nr] = written;
	p->pc[p->nr++] = pc;
	return true;
}

static const struct glance *
glance_at(uint32_t word)
{
	static struct glance table[1u << LOG2_GLANCES];
	static struct ir_block one;
	struct glance *l = &table[word * 0x9e3779b1u >> (32 - LOG2_GLANCES)];
	const struct ir_guest *g = &one.guest[0];

	if (likely(l->word == word && l->known))
		return l;
	a64_lift_start(&one, 0);
	a64_lift_insn(&one, word, a64_front_row(word));
	*l = (struct glance){
		.word = word, .known = true,
		.op = (uint16_t)ir_last_op(&one, 0),
		.writes = g->writes,
		.reads = g->fallback || g->reads_flags,
		.sets = g->writes_flags,
	};
	l->shows = ir_faults(g) || l->op >= IR_jump;
	if (l->op >= IR_jump)
		l->offset = (int32_t)one.insn[one.nr - 1].imm;
	return l;
}

/* One of them up to where it sets the flags or leaves for a known place.
 * False: it needs them. */
static bool
follow_path(struct paths *p, struct ir_ahead *a)
{
	uint32_t words[LOOK_AHEAD];
	gaddr pc = p->pc[--p->nr], start = pc;
	struct ir_regs written = p->written[p->nr];
	unsigned n = ahead_fetch(pc, words, p->budget), i;

	for (i = 0; i < n; i++, pc += 4) {
		const struct glance *l = glance_at(words[i]);
		gaddr target = pc + (uint64_t)(int64_t)l->offset;

		p->budget--;
		if (l->reads)
			return false;
		if (l->shows) {
			a->use = AHEAD_SEEN;
			a->lost.x |= written.x;
			a->lost.v |= written.v;
		}
		if (l->sets)
			return depend_on(start, pc + 4);
		written.x |= l->writes.x;
		written.v |= l->writes.v;
		if (l->op == IR_jump || l->op == IR_call)
			return add_path(p, target, written) &&
			       depend_on(start, pc + 4);
		if (l->op == IR_jump_if) {
			if (!add_path(p, target, written))
				return false;
		} else if (ir_ends(l->op)) {
			return false;
		}
	}
	return false;
}

struct ir_ahead
ahead_flags(gaddr pc)
{
	struct paths p = { { pc }, { { 0, 0 } }, 1, LOOK_AHEAD };
	struct ir_ahead a = { AHEAD_DEAD, { 0, 0 } };

	if (memo[pc >> 2 & 15].pc == pc)
		return memo[pc >> 2 & 15].a;
	while (p.nr && a.use != AHEAD_READ)
		if (!follow_path(&p, &a))
			a.use = AHEAD_READ;
	memo[pc >> 2 & 15].pc = pc;
	memo[pc >> 2 & 15].a = a;
	return a;
}

bool
ahead_flags_dead(gaddr pc)
{
	return ahead_flags(pc).use != AHEAD_READ;
}
