/*
 * ahead.c - looks through the code behind a unit's exits, a few instructions
 * on each way, for what sets or reads the condition flags.
 */
#include <string.h>

#include "../runtime/vm/gmem.h"
#include "ahead.h"
#include "guest/a64/a64_front.h"
#include "ir/ops.h"

#define LOOK_AHEAD	24	/* instructions */
#define MAX_PATHS	4
#define MAX_SEEN	32

static struct ir_block ahead;
static gaddr unit_lo, unit_hi;

/* What ahead_flags_dead() has found out for this unit. */
static struct {
	gaddr pc;
	bool dead;
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
	memset(memo, 0, sizeof(memo));
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

/* Code still to be looked at: all ways that lead on. */
struct paths {
	gaddr pc[MAX_PATHS];
	unsigned nr, budget;
};

static bool
add_path(struct paths *p, gaddr pc)
{
	if (p->nr == MAX_PATHS)
		return false;
	p->pc[p->nr++] = pc;
	return true;
}

/* One of them up to where it sets the flags, leaves for a known place or is
 * found to need them. */
static bool
path_dead(struct paths *p)
{
	uint32_t words[LOOK_AHEAD];
	gaddr pc = p->pc[--p->nr];
	unsigned n = ahead_fetch(pc, words, p->budget), i;

	a64_lift_start(&ahead, pc);
	for (i = 0; i < n; i++) {
		const struct ir_guest *g = &ahead.guest[i];
		unsigned op;

		p->budget--;
		a64_lift_insn(&ahead, words[i], a64_front_row(words[i]));
		if (g->fallback || g->reads_flags)
			return false;
		if (g->writes_flags)
			return depend_on(pc, pc + 4 * (i + 1));
		op = ir_last_op(&ahead, i);
		if (op == IR_jump || op == IR_call)
			return add_path(p, ahead.insn[ahead.nr - 1].imm) &&
			       depend_on(pc, pc + 4 * (i + 1));
		if (op == IR_jump_if) {
			if (!add_path(p, ahead.insn[ahead.nr - 1].imm))
				return false;
		} else if (ir_ends(op)) {
			return false;
		}
	}
	return false;
}

bool
ahead_flags_dead(gaddr pc)
{
	struct paths p = { { pc }, 1, LOOK_AHEAD };
	bool dead = true;

	if (memo[pc >> 2 & 15].pc == pc)
		return memo[pc >> 2 & 15].dead;
	while (p.nr && dead)
		dead = path_dead(&p);
	memo[pc >> 2 & 15].pc = pc;
	memo[pc >> 2 & 15].dead = dead;
	return dead;
}
