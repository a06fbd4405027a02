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
 * if what reads them may find nothing but the guest's memory: it is outside
 * the block, or is the interpreter, or goes on in the interpreter because
 * what comes in between faults; floating-point exceptions may trap.
 */
#include "../ir/ops.h"
#include "opt.h"

struct state {
	bool live, seen;
};

/* Before each instruction. */
static bool live_at[IR_MAX_GUEST];

static bool
live_behind(const struct opt *o, gaddr pc)
{
	uint64_t j = (pc - o->b->pc) / 4;

	if (pc >= o->b->pc && j < o->b->nr_guest)
		return live_at[j];
	return !o->flags_dead(pc);
}

static bool
faults(const struct ir_block *b, const struct ir_guest *g)
{
	ir_ref k;

	for (k = g->first; k < g->last; k++)
		if (ir_ops[b->insn[k].op].flags & (IR_FAULTS | IR_FP))
			return true;
	return false;
}

/* How the block is left: where it ends, or by instruction j. */
static struct state
left(const struct opt *o, unsigned j)
{
	const struct ir_insn *i = &o->b->insn[o->b->guest[j].last - 1];
	bool live = true;

	if (i->op == IR_jump || i->op == IR_call)
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
	g->target_live = last == IR_jump_if &&
			 live_behind(o, o->b->insn[g->last - 1].imm);
	s.live |= g->target_live;
	s.seen |= g->target_live;
	g->flags_live = s.live;
	g->flags_seen = s.seen;
	if (g->writes_flags)
		s = (struct state){ false, false };
	s.live |= g->reads_flags;
	s.seen |= s.live && faults(o->b, g);
	return s;
}

void
opt_flags(struct opt *o)
{
	struct ir_block *b = o->b;
	bool end = ir_ends(ir_last_op(b, b->nr_guest - 1)), changed;
	struct state s;
	unsigned j;

	for (j = 0; j < b->nr_guest; j++)
		live_at[j] = false;
	do {
		changed = false;
		s.live = !end && live_behind(o, b->pc + 4 * b->nr_guest);
		s.seen = s.live;
		for (j = b->nr_guest; j-- > 0; ) {
			s = before(o, j, s);
			changed |= live_at[j] != s.live;
			live_at[j] = s.live;
		}
	} while (changed);
}
