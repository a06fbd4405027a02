/*
 * interp.c - tier 0: the interpreter.
 *
 * The second half of "one definition, run two ways": the semantic functions
 * compiled with operations that are plain C on values. Guest code is decoded
 * a block at a time (block.h) and each instruction is then one indirect call.
 *
 * cpu->pc holds the address of the instruction being executed, so a fault or
 * an exception inside one is exact; semantics write registers only after all
 * their accesses have succeeded.
 */
#include <signal.h>
#include <string.h>

#include "../../../runtime/base/log.h"
#include "../../../runtime/base/rtmem.h"
#include "../../../runtime/vm/gmem.h"
#include "../../../runtime/vm/process.h"
#include "../../../runtime/vm/thread.h"
#include "../../translate.h"
#include "a64_gen.h"
#include "../../codecache.h"
#include "../../host/x64/enter.h"
#include "../../tier1.h"
#include "a64_front.h"
#include "block.h"
#include "interp_ops.h"
#include "sysreg.h"

#include "sem_dp_imm.h"
#include "sem_dp_reg.h"
#include "sem_branch.h"
#include "sem_ldst.h"
#include "sem_atomic.h"
#include "sem_system.h"
#include "sem_fp.h"
#include "sem_simd_fp.h"
#include "sem_simd.h"
#include "sem_simd_ldst.h"
#include "sem_crypto.h"

/* ESR_EL1 values that signal frames show (Arm ARM D24.2.40). */
#define ESR_INSN_TRANSLATION	0x82000006
#define ESR_INSN_PERMISSION	0x8200000e
#define ESR_PC_ALIGN		0x8a000000
#define ESR_BRK			0xf2000000
#define ESR_DATA_ALIGN		0x92000021
#define ESR_SP_ALIGN		0x9a000000

/* Per-thread, direct-mapped: the blocks that this thread ran lately. */
#define LOCAL_ENTRIES	2048

static inline struct thread *
thread_of(struct a64_cpu *cpu)
{
	return container_of(cpu, struct thread, cpu.a64);
}

static _Noreturn void
leave_with_fault(struct a64_cpu *cpu, int sig, int code, uint64_t addr,
		 uint64_t esr)
{
	struct thread *t = thread_of(cpu);

	t->fault = (struct guest_fault){ sig, code, addr, esr };
	host_leave(t, EXIT_FAULT);
}

void
a64_raise(struct a64_cpu *cpu, int kind, uint64_t arg)
{
	switch ((enum a64_exception)kind) {
	case A64_EXC_SVC:
		cpu->pc += 4;
		host_leave(thread_of(cpu), EXIT_SYSCALL);
	case A64_EXC_BRK:
		leave_with_fault(cpu, SIGTRAP, TRAP_BRKPT, cpu->pc,
				 ESR_BRK | arg);
	case A64_EXC_ALIGN:
		leave_with_fault(cpu, SIGBUS, BUS_ADRALN, arg, ESR_DATA_ALIGN);
	case A64_EXC_SP_ALIGN:
		leave_with_fault(cpu, SIGBUS, BUS_ADRALN, arg, ESR_SP_ALIGN);
	case A64_EXC_UNDEFINED:
		break;
	}
	leave_with_fault(cpu, SIGILL, ILL_ILLOPC, cpu->pc, 0);
}

void
a64_ic_ivau(struct a64_cpu *cpu, uint64_t addr)
{
	(void)cpu;
	addr = ALIGN_DOWN(addr, A64_CACHE_LINE);
	a64_code_changed(addr, addr + A64_CACHE_LINE);
}

static void
exec_undefined(struct a64_cpu *cpu, uint32_t insn)
{
	(void)insn;
	a64_raise(cpu, A64_EXC_UNDEFINED, 0);
}

static void
exec_unimplemented(struct a64_cpu *cpu, uint32_t insn)
{
	log_msg("unimplemented instruction 0x%08x at 0x%lx (%s)", insn, cpu->pc,
		a64_row_mnemonic[a64_handler_row[a64_decode(insn)]]);
	a64_raise(cpu, A64_EXC_UNDEFINED, 0);
}

#define A64_EXEC_FN static void
#include "a64_exec.inc"

static struct block_insn
decode_insn(uint32_t word)
{
	unsigned h = a64_decode(word);
	unsigned row = a64_handler_row[h];

	if (h && !a64_feature_on(a64_row_feature[row]))
		h = 0;
	return (struct block_insn){ a64_exec[h], word, h ? row : 0 };
}

unsigned
a64_front_row(uint32_t word)
{
	struct block_insn i = decode_insn(word);

	return i.fn == exec_undefined ? A64_NR_ROWS : i.row;
}

bool
a64_front_ends_block(unsigned row)
{
	return a64_ends_block(row);
}

const void *
a64_front_handler(uint32_t word)
{
	return (const void *)decode_insn(word).fn;
}

/* Ends the run with SIGSEGV or SIGBUS at the pc. */
static _Noreturn void
fetch_fault(struct a64_cpu *cpu, int sig, int code, uint64_t esr)
{
	leave_with_fault(cpu, sig, code, cpu->pc, esr);
}

/* How many bytes of code may be read at the pc; faults if none. */
static size_t
fetch_room(struct a64_cpu *cpu)
{
	gaddr page_end = (cpu->pc & PAGE_MASK) + PAGE_SIZE;
	gaddr end = 0;
	int code;

	if (cpu->pc & 3)
		fetch_fault(cpu, SIGBUS, BUS_ADRALN, ESR_PC_ALIGN);
	code = gmem_exec_range(cpu->pc, &end);
	if (code)
		fetch_fault(cpu, SIGSEGV, code,
			    code == SEGV_MAPERR ? ESR_INSN_TRANSLATION :
						  ESR_INSN_PERMISSION);
	if (end > page_end)
		end = page_end;
	return end - cpu->pc;
}

/* Decodes and publishes the block at the pc. */
static __attribute__((noinline)) struct block *
make_block(struct a64_cpu *cpu)
{
	union {
		struct block b;
		char space[sizeof(struct block) +
			   BLOCK_MAX_INSNS * sizeof(struct block_insn)];
	} u;
	uint32_t words[BLOCK_MAX_INSNS];
	uint64_t generation;
	size_t room;
	struct block *made;

again:
	generation = block_generation();
	room = fetch_room(cpu);
	if (room > sizeof(words))
		room = sizeof(words);
	if (gmem_read(words, cpu->pc, room) < 0) {
		/* The page exists but cannot be read: past the end of its
		 * file. */
		room = 4;
		if (gmem_read(words, cpu->pc, room) < 0)
			fetch_fault(cpu, SIGBUS, BUS_ADRERR,
				    ESR_INSN_TRANSLATION);
	}
	u.b = (struct block){ .pc = cpu->pc };
	while (u.b.nr < room / 4) {
		struct block_insn i = decode_insn(words[u.b.nr]);

		u.b.insn[u.b.nr++] = i;
		if (i.fn == exec_undefined || a64_ends_block(i.row))
			break;
	}
	made = block_publish(&u.b, generation);
	if (!made)
		goto again;
	return made;
}

/* The block at the pc by way of the tables. */
static __attribute__((noinline)) struct block *
look_up(struct a64_cpu *cpu, struct block **local)
{
	struct block **slot = &local[(cpu->pc >> 2) % LOCAL_ENTRIES];
	struct block *b = *slot;

	if (likely(b && b->pc == cpu->pc))
		return b;
	b = block_find(cpu->pc);
	if (!b)
		b = make_block(cpu);
	*slot = b;
	return b;
}

/* The block to run after `b'. */
static inline struct block *
next_block(struct a64_cpu *cpu, struct block **local, struct block *b)
{
	struct block *next = b->succ[0];

	if (likely(next && next->pc == cpu->pc))
		return next;
	next = b->succ[1];
	if (likely(next && next->pc == cpu->pc))
		return next;
	next = look_up(cpu, local);
	b->succ[1] = b->succ[0];
	b->succ[0] = next;
	return next;
}

static inline void
run_block(struct a64_cpu *cpu, struct block *b)
{
	const struct block_insn *i = b->insn;
	const struct block_insn *end = i + b->nr;
	gaddr pc = cpu->pc;

	cpu->next_pc = pc + b->nr * 4;
	do {
		cpu->pc = pc;
		pc += 4;
		i->fn(cpu, i->word);
	} while (++i < end);
	cpu->pc = cpu->next_pc;
}

/* Translated code assumes what is nearly always so: SP is aligned, and FPCR
 * asks for nothing but a rounding mode. */
static inline bool
may_run_code(const struct a64_cpu *cpu)
{
	return !(cpu->x[31] & 15) &&
	       !(cpu->fp.fpcr & (FPCR_AHP | FPCR_DN | FPCR_FZ | FPCR_FZ16));
}

/* Runs b's translation and what is linked to it; then the next block, if no
 * one wants the thread. */
static inline void
run_code(struct thread *t, struct block *b, struct block **local)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	uint8_t *site = x64_enter(cpu, b->code);
	struct block *next;

	if (t->poll)
		return;
	next = look_up(cpu, local);
	if (!next->code)
		return;
	if (site)
		block_link(next, site);
	else
		block_remember(t, next);
}

static inline void
count(struct block *b)
{
	if (unlikely(++b->count == process.opt.threshold) && !b->code)
		tier1_translate(b);
}

static int
run_blocks(struct thread *t)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	struct block **local = t->interp_cache;
	struct block *b;

	if (unlikely(t->poll))
		return EXIT_POLL;
	b = look_up(cpu, local);
	for (;;) {
		count(b);
		if (b->code && may_run_code(cpu))
			run_code(t, b, local);
		else
			run_block(cpu, b);
		if (unlikely(t->poll))
			return EXIT_POLL;
		b = next_block(cpu, local, b);
	}
}

/* An empty table, made or cleared. */
static bool
fresh_table(void **table, size_t *known_size, size_t size)
{
	if (*table)
		memset(*table, 0, size);
	else
		*table = rtmem_alloc(size);
	*known_size = size;
	return *table;
}

static bool
forget_blocks(struct thread *t)
{
	return fresh_table((void **)&t->interp_cache, &t->interp_cache_size,
			   LOCAL_ENTRIES * sizeof(struct block *)) &&
	       fresh_table((void **)&t->jump_cache, &t->jump_cache_size,
			   JUMP_ENTRIES * sizeof(struct jump_entry)) &&
	       x64_ret_stack(t);
}

/* One instruction, interpreted. */
static int
run_one(struct thread *t)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	struct block_insn i;
	uint32_t word;

	fetch_room(cpu);
	if (gmem_read(&word, cpu->pc, sizeof(word)) < 0)
		fetch_fault(cpu, SIGBUS, BUS_ADRERR, ESR_INSN_TRANSLATION);
	i = decode_insn(word);
	cpu->next_pc = cpu->pc + 4;
	i.fn(cpu, word);
	cpu->pc = cpu->next_pc;
	return EXIT_POLL;
}

enum vm_exit
a64_run(struct thread *t)
{
	int why;

	if (block_enter(t) && !forget_blocks(t))
		log_die(1, "out of memory for a thread");
	do {
		why = host_enter(t, run_blocks);
		/* What faults in translated code is done again here: the
		 * interpreter ignores tags, and knows all of the fault. */
		while (why == EXIT_FAULT && t->retry) {
			t->retry = false;
			why = host_enter(t, run_one);
		}
	} while (why == EXIT_POLL && !t->poll);
	block_leave(t);
	return (enum vm_exit)why;
}

void
a64_code_changed(gaddr lo, gaddr hi)
{
	block_invalidate(lo, hi);
}

void
a64_fork_lock(void)
{
	block_fork_lock();
}

void
a64_fork_unlock(bool in_child)
{
	block_fork_unlock(in_child);
}

extern const uint64_t __start_guest_access[], __stop_guest_access[];

/* The guest instruction whose code rip is in; the registers that live in the
 * host's go back to their places. */
static bool
recover(struct a64_cpu *cpu, uintptr_t rip, const long long *gregs)
{
	struct code *c = codecache_find(rip);
	uint32_t off, i;

	if (!c)
		return false;
	off = (uint32_t)(rip - (uintptr_t)c->entry);
	for (i = 0; i < c->nr && c->start[i + 1] <= off; i++)
		;
	if (i == c->nr)
		return false;
	x64_recover(cpu, gregs);
	cpu->pc = c->pc + 4 * i;
	return true;
}

uintptr_t
a64_stack_overflow(struct thread *t, uintptr_t addr)
{
	return x64_ret_overflow(t, addr);
}

bool
a64_recover(struct thread *t, uintptr_t rip, const long long *gregs)
{
	return recover(&t->cpu.a64, rip, gregs);
}

bool
a64_is_guest_access(uintptr_t rip)
{
	const uint64_t *p;

	for (p = __start_guest_access; p < __stop_guest_access; p++)
		if (*p == rip)
			return true;
	return false;
}
