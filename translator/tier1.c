/*
 * tier1.c - the pipeline: guest words to IR to host code.
 *
 * The unit is a run of guest instructions inside a page, with one entry and
 * several exits: it goes on behind conditional branches and ends at an
 * unconditional one. One thread translates at a time, under the lock of the
 * block cache, with one set of tables; they are too large for a stack.
 */
#include <string.h>

#include "tier1.h"

#include "../runtime/base/log.h"
#include "../runtime/vm/gmem.h"
#include "codecache.h"
#include "guest/a64/a64_front.h"
#include "host/x64/emit.h"
#include "host/x64/enter.h"
#include "report.h"

/* Bytes of code that an instruction may need at the most, and a block's. */
#define CODE_PER_INSN	512
#define CODE_MIN	4096

#define MAX_BRANCHES	8	/* conditional, in a unit */
#define LOOK_AHEAD	24	/* instructions, for dead flags */
#define MAX_PATHS	4	/* of them */
#define MAX_SEEN	32

static struct ir_block ir, ahead;
static struct emit em;

/* What flags_dead() has found out for this translation. */
static struct {
	gaddr pc;
	bool dead;
} memo[16];

/* Code outside the unit that its translation depends on. */
static struct {
	gaddr lo, hi;
} seen[MAX_SEEN];
static unsigned nr_seen;

static const struct emit_glue glue = {
	.exit = x64_glue_exit,
	.fallback = x64_glue_fallback,
	.flags = x64_glue_flags,
};

/* Reads guest code at pc up to the end of its page; the number of words. */
static unsigned
fetch(gaddr pc, uint32_t *words, unsigned max)
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

static unsigned
last_op(const struct ir_block *b)
{
	const struct ir_guest *g = &b->guest[b->nr_guest - 1];

	return g->last > g->first && !g->fallback ? b->insn[g->last - 1].op :
						    IR_NONE;
}

static bool
leaves(unsigned op)
{
	return op == IR_jump || op == IR_call || op == IR_ijump ||
	       op == IR_icall || op == IR_ret;
}

/* Lifts the unit at pc. */
static bool
lift(gaddr pc)
{
	uint32_t words[IR_MAX_GUEST];
	unsigned n = fetch(pc, words, IR_MAX_GUEST), i, branches = 0;

	a64_lift_start(&ir, pc);
	em.ends_fresh = false;
	for (i = 0; i < n; i++) {
		unsigned row = a64_front_row(words[i]);

		if (ir.nr > IR_MAX_INSNS - 256)
			break;
		a64_lift_insn(&ir, words[i], row);
		if (leaves(last_op(&ir)))
			break;
		if (last_op(&ir) == IR_jump_if) {
			if (++branches == MAX_BRANCHES)
				break;
		} else if (a64_front_ends_block(row)) {
			em.ends_fresh = !a64_front_is_call(row);
			break;
		}
	}
	return ir.nr_guest > 0;
}

/* The translation depends on [lo, hi). False: on too much. */
static bool
depend_on(gaddr lo, gaddr hi)
{
	unsigned i;

	for (i = 0; i < nr_seen; i++)
		if (seen[i].lo <= lo && seen[i].hi >= hi)
			return true;
	if (lo >= ir.pc && hi <= ir.pc + 4 * ir.nr_guest)
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
	unsigned n = fetch(pc, words, p->budget), i;

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
		op = last_op(&ahead);
		if (op == IR_jump || op == IR_call)
			return add_path(p, ahead.insn[ahead.nr - 1].imm) &&
			       depend_on(pc, pc + 4 * (i + 1));
		if (op == IR_jump_if) {
			if (!add_path(p, ahead.insn[ahead.nr - 1].imm))
				return false;
		} else if (leaves(op)) {
			return false;
		}
	}
	return false;
}

/*
 * Whether the code at pc sets the flags before it looks at them. What leaves
 * or may be watched in between counts as looking. The answer holds until that
 * code changes.
 */
static bool
flags_dead(gaddr pc)
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

static bool
emit(struct block *b)
{
	uint32_t room = CODE_MIN + ir.nr_guest * CODE_PER_INSN, i;
	struct code *c = codecache_begin(ir.nr_guest, room);

	if (!c) {
		/* Full; or there is no memory for a cache at all. */
		if (codecache_is_used())
			block_drop_all();
		else
			b->no_code = true;
		return false;
	}
	nr_seen = 0;
	memset(memo, 0, sizeof(memo));
	em.as = (struct x64_asm){ c->entry, c->entry + room, false };
	em.b = &ir;
	em.glue = &glue;
	em.flags_dead = flags_dead;
	em.handler = a64_front_handler;
	em.runs = report_block_counter(ir.pc, ir.nr_guest);
	em.calls = em.runs ? report_fallback_counter : NULL;
	if (!x64_emit_block(&em)) {
		b->no_code = true;
		return false;
	}
	c->pc = ir.pc;
	c->size = (uint32_t)(em.as.p - c->entry);
	for (i = 0; i <= ir.nr_guest; i++)
		c->start[i] = (uint32_t)(em.start[i] - c->entry);
	codecache_commit(c);
	for (i = 0; i < nr_seen; i++)
		if (!block_watch(b, seen[i].lo, seen[i].hi))
			return false;
	report_translation(&ir, c, em.as_fallback);
	return block_set_code(b, c->entry, ir.nr_guest * 4);
}

void
tier1_translate(struct block *b)
{
	uint64_t start;
	gaddr pc;

	block_lock();
	start = report_clock();
	pc = b->pc;
	if (pc != BLOCK_STALE && !b->code && !b->no_code) {
		report.tried++;
		if (lift(pc))
			emit(b);
		else
			b->no_code = true;
	}
	report.ticks += report_clock() - start;
	block_unlock();
}
