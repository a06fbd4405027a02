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

static struct ir_block ahead;
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

/* One of them up to where it sets the flags or leaves for a known place.
 * False: it needs them. */
static bool
follow_path(struct paths *p, struct ir_ahead *a)
{
	uint32_t words[LOOK_AHEAD];
	gaddr pc = p->pc[--p->nr];
	struct ir_regs written = p->written[p->nr], w;
	unsigned n = ahead_fetch(pc, words, p->budget), i;

	a64_lift_start(&ahead, pc);
	for (i = 0; i < n; i++) {
		const struct ir_guest *g = &ahead.guest[i];
		unsigned op;

		p->budget--;
		a64_lift_insn(&ahead, words[i], a64_front_row(words[i]));
		op = ir_last_op(&ahead, i);
		if (g->fallback || g->reads_flags)
			return false;
		if (ir_faults(&ahead, g) || op >= IR_jump) {
			a->use = AHEAD_SEEN;
			a->lost.x |= written.x;
			a->lost.v |= written.v;
		}
		if (g->writes_flags)
			return depend_on(pc, pc + 4 * (i + 1));
		w = ir_written(&ahead, g);
		written.x |= w.x;
		written.v |= w.v;
		if (op == IR_jump || op == IR_call)
			return add_path(p, ahead.insn[ahead.nr - 1].imm,
					written) &&
			       depend_on(pc, pc + 4 * (i + 1));
		if (op == IR_jump_if) {
			if (!add_path(p, ahead.insn[ahead.nr - 1].imm,
				      written))
				return false;
		} else if (ir_ends(op)) {
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
