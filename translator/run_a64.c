/*
 * run_a64.c - the tiers at work: which block comes next, and who runs it.
 *
 * Every block starts in the interpreter, is counted, and gets a translation
 * when it has run often enough. Translations go from one to the next by
 * themselves; they come back here for a block that has none, for a jump that
 * is not linked yet, and when the thread is wanted.
 */
#include <elf.h>
#include <string.h>

#include "../runtime/base/log.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/process.h"
#include "block.h"
#include "codecache.h"
#include "fp_mode.h"
#include "guest/a64/a64_front.h"
#include "guest/a64/again.h"
#include "guest/a64/exclusive.h"
#include "guest/a64/interp.h"
#include "host/x64/cpu.h"
#include "host/x64/enter.h"
#include "lockstep.h"
#include "report.h"
#include "shared.h"
#include "tier1.h"
#include "translate.h"

/* The block at the pc, which is not in the table: not decoded, if others have
 * translated it. */
static __attribute__((noinline)) struct block *
new_block(struct a64_cpu *cpu)
{
	uint64_t generation = block_generation();
	struct codestore_range *r = cpu->pc & 3 ? NULL :
						  codestore_find(cpu->pc);
	const struct code *c;
	struct block *b;
	uint32_t runs;

	if (!r)
		return a64_interp_make_block(cpu);
	c = shared_enter(r, cpu->pc, &runs);
	if (c) {
		b = block_publish(&(struct block){
			.pc = cpu->pc, .code = c->entry,
			.span = (uint16_t)(c->nr * 4) }, generation);
		if (b)
			return b;
	}
	b = a64_interp_make_block(cpu);
	b->count += runs;
	return b;
}

/* The block at the pc by way of the table. */
static __attribute__((noinline)) struct block *
look_up(struct a64_cpu *cpu)
{
	struct block *b = block_find(cpu->pc);

	return likely(b != NULL) ? b : new_block(cpu);
}

/* The block to run after `b'. */
static inline struct block *
next_block(struct a64_cpu *cpu, struct block *b)
{
	struct block *next = b->succ[0];

	if (likely(next && next->pc == cpu->pc))
		return next;
	next = b->succ[1];
	if (likely(next && next->pc == cpu->pc))
		return next;
	next = look_up(cpu);
	b->succ[1] = b->succ[0];
	b->succ[0] = next;
	return next;
}

/* Translated code assumes what is nearly always so: SP is aligned, and NaNs
 * are not replaced, unless it tests for them. */
static inline bool
may_run_code(const struct a64_cpu *cpu)
{
	return !(cpu->x[31] & 15) && !fp_mode_is_wrong(cpu);
}

/* Runs b's translation and what is linked to it. The block where that ended,
 * or NULL if the thread is wanted. */
static __attribute__((always_inline)) inline struct block *
run_code(struct thread *t, struct block *b, bool edges)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	uint8_t *site = x64_enter(cpu, b->code);
	struct block *next;

	a64_again_settle(cpu);
	if (edges && !t->edges)
		edge_reached(t);
	if (t->poll) {
		report_exit(REPORT_POLL);
		return NULL;
	}
	if (unlikely(process.opt.lockstep))
		return NULL;	/* units are not linked */
	next = look_up(cpu);
	if (!next->code) {
		report_exit(REPORT_NO_CODE);
	} else if (site) {
		report_exit(REPORT_LINK);
		block_link(t, next, site);
	} else {
		report_exit(REPORT_INDIRECT);
		block_remember(t, next);
	}
	return next;
}

static inline void
count(struct block *b)
{
	if (!b->code && unlikely(++b->count >= tier1_threshold) && !b->no_code)
		tier1_translate(b);
}

/* As translated code counts them: execution goes on elsewhere than behind the
 * block that was at `pc', or an indirect jump went there. */
static void
count_edge(struct thread *t, gaddr pc, const struct block *b)
{
	if (t->cpu.a64.pc == pc + b->nr * 4u && !a64_front_is_indirect(
			a64_front_row(b->insn[b->nr - 1].word)))
		return;
	if (--t->edges == 0)
		edge_reached(t);
}

static __attribute__((always_inline)) inline int
run_tiers(struct thread *t, bool edges)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	struct block *b;
	gaddr pc;

	if (unlikely(t->poll))
		return EXIT_POLL;
	b = look_up(cpu);
	for (;;) {
		count(b);
		if (b->code && may_run_code(cpu)) {
			b = run_code(t, b, edges);
			if (unlikely(!b))
				return EXIT_POLL;
			continue;
		}
		if (b->code && fp_mode_is_wrong(cpu))
			return EXIT_POLL;
		pc = cpu->pc;
		if (likely(b->nr))
			a64_interp_run_block(cpu, b);
		else
			a64_interp_run_one(t);
		if (edges)
			count_edge(t, pc, b);
		if (unlikely(t->poll))
			return EXIT_POLL;
		b = next_block(cpu, b);
	}
}

static int
run_blocks(struct thread *t)
{
	return run_tiers(t, false);
}

static int
run_edges(struct thread *t)
{
	return run_tiers(t, true);
}

#define UNIT_READY	3	/* not an enum vm_exit */

/* Interprets the block at the pc; UNIT_READY: not so, it has a translation. */
static int
find_unit(struct thread *t)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	struct block *b = look_up(cpu);

	count(b);
	if (b->code && may_run_code(cpu))
		return UNIT_READY;
	a64_interp_run_block(cpu, b);
	lockstep_forget();
	return EXIT_POLL;
}

static int
enter(struct thread *t, int (*fn)(struct thread *t))
{
	int why = host_enter(t, fn);

	if (why != EXIT_FAULT)
		return why;
	a64_interp_faulted(&t->cpu.a64);
	if (t->fault.sig)
		return EXIT_FAULT;
	/* A signal has come before an access. */
	if (t->retry)
		a64_again_settle(&t->cpu.a64);
	t->retry = false;
	return EXIT_POLL;
}

static int
run_lockstep(struct thread *t)
{
	int why;

	do {
		why = enter(t, find_unit);
		if (why == UNIT_READY)
			why = lockstep_unit(t, codecache_find((uintptr_t)
				block_find(t->cpu.a64.pc)->code));
	} while (why == EXIT_POLL && !t->poll && lockstep_wanted() &&
		 !fp_mode_is_wrong(&t->cpu.a64));
	if (why == EXIT_FAULT)
		a64_interp_faulted(&t->cpu.a64);
	return why;
}

/* The thread has no pointers to blocks or translations. Its table of jump
 * targets may never have been touched: then it stays so, but for the first
 * thread's, which nearly every program scatters over. */
static bool
forget_blocks(struct thread *t)
{
	if (t->ret_stack)
		memset(t->jump_cache, 0, sizeof(t->jump_cache));
	else if (!t->block)
		rtmem_populate(t->jump_cache, sizeof(t->jump_cache));
	/* A call of a null pointer is to find nothing. */
	t->jump_cache[jump_index(0)].pc = BLOCK_STALE;
	return x64_ret_stack(t);
}

/* What is not good any more in the store: nobody is to go there again. */
static inline void
drop_lost(void)
{
	if (unlikely(codestore_lost()))
		block_drop_shared();
}

enum vm_exit
a64_run(struct thread *t)
{
	uint8_t trap;
	int why;

	if (unlikely(!tier1_threshold))
		tier1_start();
	drop_lost();
	trap = fp_mode_choose(&t->cpu.a64);
	if (block_enter(t) && !forget_blocks(t))
		log_die(1, "out of memory for a thread");
	fp_mode_set(&t->cpu.a64, trap);
	do {
		why = lockstep_wanted() ? run_lockstep(t) :
		      enter(t, unlikely(process.opt.edge_signal) ?
				       run_edges : run_blocks);
		/* What faults in translated code is done again here: the
		 * interpreter ignores tags, and knows all of the fault. */
		while (why == EXIT_FAULT && t->retry) {
			t->retry = false;
			a64_again_settle(&t->cpu.a64);
			why = enter(t, a64_interp_run_one);
		}
		/* A handler may have been called by translated code. */
		a64_again_settle(&t->cpu.a64);
	} while (why == EXIT_POLL && !t->poll &&
		 !fp_mode_is_wrong(&t->cpu.a64));
	block_leave(t);
	return (enum vm_exit)why;
}

/*
 * System calls are made inside run_blocks: the way out of it and in again
 * takes longer than many a call. As outside, the thread holds no translation
 * while it waits; if all were dropped meanwhile, there is none to go back to.
 */
void
a64_pause(struct thread *t)
{
	t->resume_pc = t->cpu.a64.pc;
	block_leave(t);
}

void
a64_resume(struct thread *t)
{
	drop_lost();
	if (unlikely(block_enter(t))) {
		if (!forget_blocks(t))
			log_die(1, "out of memory for a thread");
		host_leave(t, EXIT_POLL);
	}
	if (unlikely(t->poll || t->cpu.a64.pc != t->resume_pc) ||
	    lockstep_wanted())
		host_leave(t, EXIT_POLL);
}

/* FNV-1a of the linker's note of what ferry this is; see elf(5). */
#define FNV_OFFSET	0xcbf29ce484222325u
#define FNV_PRIME	0x100000001b3u

static uint64_t
build_key(void)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)__ehdr_start;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(__ehdr_start + eh->e_phoff);
	uint64_t key = FNV_OFFSET;
	unsigned i, k;

	for (i = 0; i < eh->e_phnum; i++) {
		const uint8_t *note = (const uint8_t *)ph[i].p_vaddr;

		for (k = 0; ph[i].p_type == PT_NOTE && k < ph[i].p_memsz; k++)
			key = (key ^ note[k]) * FNV_PRIME;
	}
	return key;
}

void
a64_code_changed(gaddr lo, gaddr hi)
{
	drop_lost();
	block_invalidate(lo, hi);
}

uint64_t
a64_store_key(const char *cpu)
{
	uint64_t key = (build_key() ^ x64_cpu_allowed()) * FNV_PRIME;

	for (; cpu && *cpu; cpu++)
		key = (key ^ (uint8_t)*cpu) * FNV_PRIME;
	return key;
}

bool
translator_limit_host(const char *text)
{
	return x64_cpu_limit(text);
}

void
a64_exiting(void)
{
	if (process.opt.stats)
		report_stats();
	if (process.opt.lockstep)
		lockstep_report();
}

void
a64_bury(struct thread *t)
{
	a64_exclusive_bury(&t->cpu.a64);
}

/* Whether there are threads that the child will not have. If not, no new one
 * can come from elsewhere. */
static bool forking_alone;

void
a64_fork_lock(void)
{
	block_fork_lock();
	forking_alone = process.nr_threads == 1;
}

void
a64_fork_unlock(bool in_child)
{
	if (in_child && !forking_alone)
		a64_exclusive_forked();
	block_fork_unlock(in_child);
}

/* The guest instruction whose code rip is in; the registers that live in the
 * host's go back to their places. */
static bool
recover(struct a64_cpu *cpu, uintptr_t rip, const void *mcontext)
{
	struct code *c = codecache_find(rip);
	uint32_t off, i;

	if (!c)
		return false;
	off = (uint32_t)(rip - (uintptr_t)c->entry);
	for (i = 0; i < c->nr && c->insn[i + 1].start <= off; i++)
		;
	if (i == c->nr)
		return false;
	x64_recover(cpu, mcontext);
	cpu->pc = c->pc + 4 * i;
	if (c->insn[i].again)
		cpu->flag_kind = c->insn[i].again;
	else if (c->step && i > c->step_insn)
		a64_again_step(cpu, c->step_reg, c->step);
	return true;
}

uintptr_t
a64_stack_overflow(struct thread *t, uintptr_t addr)
{
	return x64_ret_overflow(t, addr);
}

bool
a64_recover(struct thread *t, uintptr_t rip, const void *mcontext)
{
	return recover(&t->cpu.a64, rip, mcontext);
}

uint32_t
a64_fp_trapped(struct thread *t, uint32_t mxcsr)
{
	return fp_mode_trapped(&t->cpu.a64, mxcsr);
}
