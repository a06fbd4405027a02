/*
 * flags.c - who looks at the condition flags, and when. Setters stay even if
 * nobody does: a signal frame may show the flags, and the emitter has ways to
 * make them then.
 *
 * Precondition: reads_flags and writes_flags of each guest instruction are
 * right. Goes backward, and again while a loop inside the block brings news.
 * Behind the block and where it is left for elsewhere, the caller knows.
 *
 * Flags are live if somebody may read them before they are set. They are seen
 * if a reader finds nothing but the guest's memory: it is outside the block,
 * or the interpreter. Flags that are set before the first setter are in memory
 * anyway, so that no one need ask about exits there.
 */
#include "../ir/ops.h"
#include "opt.h"

struct state {
	bool live, seen;
};

/* Before each instruction; and whether that was asked for. */
static bool live_at[IR_MAX_GUEST], loops;

/* The first that sets flags. */
static unsigned first_setter;

static bool
live_behind(const struct opt *o, gaddr pc)
{
	uint64_t j = (pc - o->b->pc) / 4;

	if (pc >= o->b->pc && j < o->b->nr_guest) {
		loops = true;
		return live_at[j];
	}
	return !o->flags_dead(pc);
}

/* How the block is left: where it ends, or by instruction j. */
static struct state
left(const struct opt *o, unsigned j)
{
	const struct ir_insn *i = &o->b->insn[o->b->guest[j].last - 1];
	bool live = true;

	if ((i->op == IR_jump || i->op == IR_call) && j > first_setter)
		live = live_behind(o, i->imm);
	return (struct state){ live, live };
}

/* s: behind instruction j; the result: before it. */
static struct state
before(const struct opt *o, unsigned j, struct state s)
{
	struct ir_guest *g = &o->b->guest[j];
	unsigned last = ir_last_op(o->b, j);

	if (g->fallback)
		return (struct state){ true, true };
	if (ir_ends(last))
		s = left(o, j);
	g->target_live = last == IR_jump_if && j > first_setter &&
			 live_behind(o, o->b->insn[g->last - 1].imm);
	s.live |= g->target_live;
	s.seen |= g->target_live;
	g->flags_live = s.live;
	g->flags_seen = s.seen;
	if (g->writes_flags)
		s = (struct state){ false, false };
	s.live |= g->reads_flags;
	return s;
}

void
opt_flags(struct opt *o)
{
	struct ir_block *b = o->b;
	bool end = ir_ends(ir_last_op(b, b->nr_guest - 1)), changed;
	struct state s;
	unsigned j;

	first_setter = b->nr_guest;
	for (j = b->nr_guest; j-- > 0; ) {
		live_at[j] = false;
		if (b->guest[j].writes_flags)
			first_setter = j;
	}
	if (first_setter == b->nr_guest)
		return;
	loops = false;
	do {
		changed = false;
		s.live = !end && live_behind(o, b->pc + 4 * b->nr_guest);
		s.seen = s.live;
		for (j = b->nr_guest; j-- > 0; ) {
			s = before(o, j, s);
			changed |= live_at[j] != s.live;
			live_at[j] = s.live;
		}
	} while (changed && loops);
}
