/*
 * tier1.c - the pipeline: guest words to IR to host code.
 *
 * The unit is a run of guest instructions inside a page, with one entry and
 * several exits: it goes on behind conditional branches and ends at an
 * unconditional one. One thread translates at a time, under the lock of the
 * block cache, with one set of tables; they are too large for a stack.
 */
#include "tier1.h"

#include "../runtime/base/log.h"
#include "../runtime/vm/process.h"
#include "ahead.h"
#include "block.h"
#include "codecache.h"
#include "fp_mode.h"
#include "guest/a64/a64_front.h"
#include "guest/a64/again.h"
#include "host/x64/emit.h"
#include "host/x64/enter.h"
#include "ir/ops.h"
#include "lockstep.h"
#include "opt/opt.h"
#include "report.h"
#include "shared.h"

/* Bytes of code that an instruction may need at the most, and a block's. */
#define CODE_PER_INSN	512
#define CODE_MIN	4096

#define MAX_BRANCHES	8	/* conditional, in a unit */
#define SELDOM		8	/* the part of executions that is worth it */
#define KNOWN		10	/* a threshold that lets it be known */
#define FETCH		16	/* instructions; divides IR_MAX_GUEST */
#define RECENT		1024	/* bytes of translations */

static struct ir_block ir;
static struct emit em;
static const uint8_t *last_code;	/* the translation before this one */

/*
 * Translating a block takes as long as interpreting it some hundred times: who
 * waits that long spends at most twice what it must. But what has made MANY
 * blocks hot is a large program, and will make more of them hot.
 */
#define MANY		1000
uint32_t tier1_threshold;

static const struct emit_glue glue = {
	.exit = x64_glue_exit,
	.fallback = x64_glue_fallback,
	.flags = x64_glue_flags,
	.watch = x64_glue_watch,
	.take = x64_glue_take,
	.give_back = x64_glue_give_back,
};

/*
 * Whether the unit goes on at pc, behind a conditional branch: if execution
 * did so before, often enough, and no other unit has begun there, unless just
 * now, for it is part of the same loop then. Half of what lies behind branches
 * never runs. Who translates all at once knows nothing of that yet.
 */
static bool
goes_on(gaddr pc)
{
	const struct block *b;

	if (process.opt.threshold < KNOWN)
		return true;
	b = block_find(pc);
	if (!b) {
		struct codestore_range *r = codestore_find(pc);

		return r && shared_runs(r, pc) >= tier1_threshold / SELDOM;
	}
	if (b->code)
		return (uintptr_t)(last_code - b->code) < RECENT;
	return b->count >= tier1_threshold / SELDOM;
}

/* Lifts the unit at pc. */
static bool
lift(gaddr pc)
{
	uint32_t words[IR_MAX_GUEST];
	unsigned n = 0, i, branches = 0, row;

	a64_lift_start(&ir, pc);
	em.ends_fresh = false;
	for (i = 0; i < IR_MAX_GUEST; i++) {
		/* A few at a time, as most units are short, and none of the
		 * next page. */
		if (i == n && (i == 0 || (pc + 4 * i) % PAGE_SIZE))
			n += ahead_fetch(pc + 4 * i, words + i, FETCH);
		if (i == n)
			break;
		row = a64_front_row(words[i]);
		if (ir.nr > IR_MAX_INSNS - IR_MAX_PER_GUEST)
			break;
		a64_lift_insn(&ir, words[i], row);
		a64_again_describe(&ir.guest[i]);
		if (ir_ends(ir_last_op(&ir, i)))
			break;
		if (ir_last_op(&ir, i) == IR_jump_if) {
			if (++branches == MAX_BRANCHES ||
			    !goes_on(pc + 4 * (i + 1)))
				break;
		} else if (a64_front_ends_block(row) ||
			   a64_front_changes_mode(words[i])) {
			em.ends_fresh = !a64_front_is_call(row);
			break;
		}
	}
	return ir.nr_guest > 0;
}

/* The optimiser between lifter and emitter. */
static void
optimise(bool keep_state)
{
	static uint32_t pinned;
	struct opt o = {
		.b = &ir,
		.flags_dead = ahead_flags_dead,
		.keep_state = keep_state,
	};
	unsigned n;

	for (n = 0; !pinned && n < 32; n++)
		if (x64_pin_of(n) != X64_NOREG)
			o.pinned |= 1u << n;
	o.pinned |= pinned;
	pinned = o.pinned;
	ahead_start(ir.pc, ir.pc + 4 * ir.nr_guest);
	report_ir(&ir, "ir");
	opt_run(&o, unlikely(process.opt.dump) ? report_ir : NULL);
}

/* Emits the unit into c. */
static bool
emit(struct code *c, uint32_t room)
{
	uint32_t i;

	em.as = (struct x64_asm){ .p = c->entry, .end = c->entry + room };
	em.seldom = c->seldom;
	em.seldom_end = c->seldom + room;
	em.b = &ir;
	em.glue = &glue;
	em.ahead = ahead_flags;
	em.handler = unlikely(process.opt.lockstep) ? lockstep_handler :
						      a64_front_handler;
	if (!x64_emit_block(&em))
		return false;
	c->pc = ir.pc;
	c->step_insn = em.step.insn;
	c->step_reg = em.step.reg;
	c->step = em.step.by;
	c->size = (uint32_t)(em.as.p - c->entry);
	c->seldom_size = (uint32_t)(em.seldom - c->seldom);
	for (i = 0; i <= ir.nr_guest; i++) {
		c->insn[i].start = (uint32_t)(em.start[i] - c->entry);
		c->insn[i].again = i < ir.nr_guest ? em.again_at[i] : 0;
	}
	return true;
}

/* Room for a translation of the unit, in the store if r. */
static struct code *
begin(struct block *b, const struct codestore_range *r, uint32_t room)
{
	uint32_t n = ir.nr_guest;
	struct code *c;

	if (r) {
		c = codecache_begin_shared(n, room);
		if (!c) {
			/* What is there cannot lead to what comes. */
			codestore_stop();
			block_drop_all();
		}
		return c;
	}
	if (unlikely(process.opt.lockstep))
		room += (uint32_t)lockstep_room(n);
	c = codecache_begin(n, room);
	/* Full; or there is no memory for a cache at all. */
	if (!c && codecache_is_used())
		block_drop_all();
	else if (!c)
		b->no_code = true;
	return c;
}

/* Guest code, IR, better IR, host code. An instruction that turns out to need
 * the interpreter wants whole registers: once more, then. r: for others, too,
 * unless it depends on what is not in r. */
static bool
translate(struct block *b, struct codestore_range *r)
{
	uint32_t room = CODE_MIN + ir.nr_guest * CODE_PER_INSN;
	struct code *c = begin(b, r, room);
	const struct code *there = c;
	bool done;

	if (!c)
		return false;
	em.fp_tests = fp_mode_tests();
	em.edges = process.opt.edge_signal;
	em.runs = r ? NULL : report_block_counter(ir.pc, ir.nr_guest);
	em.calls = em.runs ? report_fallback_counter : NULL;
	optimise(false);
	done = emit(c, room);
	if (!done && em.needs_state && lift(ir.pc)) {
		optimise(true);
		done = emit(c, room);
	}
	if (!done) {
		codecache_cancel(c);
		b->no_code = true;
		return false;
	}
	if (r && !ahead_within(r->lo, r->hi)) {
		codecache_cancel(c);
		return lift(b->pc) && translate(b, NULL);
	}
	if (unlikely(process.opt.lockstep))
		lockstep_remember(c, &ir);
	if (r)
		there = shared_publish(r, c);
	else
		codecache_commit(c);
	if (!there)	/* there is no room, or r has gone */
		return lift(b->pc) && translate(b, NULL);
	if (!r && !ahead_watch(b))
		return false;
	report.shared += r && there == c;
	if (there == c)
		report_translation(&ir, c, em.as_fallback);
	last_code = there->entry;
	return block_set_code(b, there->entry, there->nr * 4);
}

void
tier1_start(void)
{
	uint32_t n = process.opt.threshold;

	tier1_threshold = n ? n : UINT32_MAX;
	x64_start();
}

/* Whether others have translated the code at b->pc in r. */
static bool
take(struct block *b, struct codestore_range *r)
{
	const struct code *c = shared_find(r, b->pc);

	if (!c || !block_set_code(b, c->entry, c->nr * 4))
		return false;
	report.taken++;
	return true;
}

void
tier1_translate(struct block *b)
{
	struct codestore_range *r;
	uint64_t start;
	gaddr pc;

	block_lock();
	start = report_clock();
	pc = b->pc;
	if (pc != BLOCK_STALE && !b->code && !b->no_code) {
		r = pc & 3 ? NULL : codestore_find(pc);
		if (!r || !take(b, r)) {
			if (++report.tried == MANY)
				tier1_threshold = (tier1_threshold + 3) / 4;
			if (!lift(pc))
				b->no_code = true;
			else
				translate(b, codestore_own() ? r : NULL);
		}
	}
	report.ticks += report_clock() - start;
	block_unlock();
}
