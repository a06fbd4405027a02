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
#include <sys/mman.h>

#include "../../../runtime/base/hostcall.h"
#include "../../../runtime/base/log.h"
#include "../../../runtime/vm/gmem.h"
#include "../../../runtime/vm/thread.h"
#include "../../translate.h"
#include "a64_gen.h"
#include "a64_front.h"
#include "interp.h"

/* Only witness.c wants to know. */
static inline void
note_load(uint64_t addr, unsigned size)
{
	(void)addr;
	(void)size;
}

static inline void
note_store(uint64_t addr, unsigned size)
{
	(void)addr;
	(void)size;
}

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
#define ESR_DATA_ALIGN		0x92000021
#define ESR_SP_ALIGN		0x9a000000

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

	/* Where FAR_EL1 does not say more, the kernel shows none. */
	t->fault = (struct guest_fault){ sig, code, addr, 0, esr };
	if (esr && esr != ESR_PC_ALIGN && esr != ESR_SP_ALIGN)
		t->fault.far = addr;
	host_leave(t, EXIT_FAULT);
}

/* BRK leaves the record of the exception before alone (brk_handler in
 * arch/arm64/kernel/debug-monitors.c). */
static _Noreturn void
leave_with_breakpoint(struct a64_cpu *cpu)
{
	struct guest_fault *f = &thread_of(cpu)->fault;

	f->sig = SIGTRAP;
	f->code = TRAP_BRKPT;
	f->addr = cpu->pc;
	host_leave(thread_of(cpu), EXIT_FAULT);
}

void
a64_raise(struct a64_cpu *cpu, int kind, uint64_t arg)
{
	switch ((enum a64_exception)kind) {
	case A64_EXC_BRK:
		leave_with_breakpoint(cpu);
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
a64_svc(struct a64_cpu *cpu)
{
	cpu->pc += 4;
	cpu->excl_size = 0;	/* by the kernel's exception return */
	cpu_syscall(thread_of(cpu));
}

void
a64_ic_ivau(struct a64_cpu *cpu, uint64_t addr)
{
	(void)cpu;
	addr = ALIGN_DOWN(addr, A64_CACHE_LINE);
	gmem_code_written(addr, addr + A64_CACHE_LINE);
}

void
a64_interp_faulted(struct a64_cpu *cpu)
{
	exclusive_give_back(cpu, false);
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

/* The word's handler, an index of a64_exec, if its feature is on; and its
 * row. */
static inline unsigned
decode_insn(uint32_t word, unsigned *row)
{
	unsigned h = a64_decode(word);
	unsigned r = a64_handler_row[h];
	unsigned feature = a64_row_feature[r];

	if (h && feature != A64_FEAT_base && !a64_feature_on(feature))
		h = 0;
	*row = h ? r : 0;
	return h;
}

unsigned
a64_front_row(uint32_t word)
{
	unsigned row, h = decode_insn(word, &row);

	return h ? row : A64_NR_ROWS;
}

const char *
a64_front_name(uint32_t word)
{
	return a64_row_name[a64_front_row(word)];
}

bool
a64_front_ends_block(unsigned row)
{
	return a64_ends_block(row);
}

bool
a64_front_is_call(unsigned row)
{
	return row == A64_ROW_svc;
}

bool
a64_front_is_indirect(unsigned row)
{
	return row == A64_ROW_br || row == A64_ROW_blr || row == A64_ROW_ret;
}

bool
a64_front_changes_mode(uint32_t word)
{
	return (word & ~31u) == 0xd51b4400;	/* MSR FPCR, Xt */
}

const void *
a64_front_handler(uint32_t word)
{
	unsigned row;

	return (const void *)a64_exec[decode_insn(word, &row)];
}

/* Ends the run with SIGSEGV or SIGBUS at the pc. */
static _Noreturn void
fetch_fault(struct a64_cpu *cpu, int sig, int code, uint64_t esr)
{
	leave_with_fault(cpu, sig, code, cpu->pc, esr);
}

/* How many bytes of code may be read at the pc; faults if none. Looks first at
 * what it found last, which holds as long as no code changes. */
static size_t
fetch_room(struct a64_cpu *cpu, uint64_t generation)
{
	gaddr page_end = (cpu->pc & PAGE_MASK) + PAGE_SIZE;
	struct thread *t = thread_of(cpu);
	int prot;

	if (cpu->pc & 3)
		fetch_fault(cpu, SIGBUS, BUS_ADRALN, ESR_PC_ALIGN);
	if (t->exec_generation != generation || cpu->pc < t->exec_lo ||
	    cpu->pc >= t->exec_hi) {
		t->exec_hi = 0;
		prot = gmem_query(cpu->pc, &t->exec_lo, &t->exec_hi);
		if (prot < 0)
			fetch_fault(cpu, SIGSEGV, SEGV_MAPERR,
				    ESR_INSN_TRANSLATION);
		if (!(prot & PROT_EXEC)) {
			t->exec_hi = 0;
			fetch_fault(cpu, SIGSEGV, SEGV_ACCERR,
				    ESR_INSN_PERMISSION);
		}
		t->exec_generation = generation;
	}
	return (t->exec_hi < page_end ? t->exec_hi : page_end) - cpu->pc;
}

/* The word at the pc. Its page exists but cannot be read if it is past the end
 * of its file. */
static uint32_t
fetch_word(struct a64_cpu *cpu)
{
	uint32_t word;

	if (gmem_read(&word, cpu->pc, sizeof(word)) < 0)
		fetch_fault(cpu, SIGBUS, BUS_ADRERR, ESR_INSN_TRANSLATION);
	return word;
}

struct block *
a64_interp_make_block(struct a64_cpu *cpu)
{
	union {
		struct block b;
		char space[sizeof(struct block) +
			   BLOCK_MAX_INSNS * sizeof(struct block_insn)];
	} u;
	uint64_t generation;
	unsigned row, h, max;
	struct block *made;
	uint32_t word;

	do {
		generation = block_generation();
		max = (unsigned)fetch_room(cpu, generation) / 4;
		if (max > BLOCK_MAX_INSNS)
			max = BLOCK_MAX_INSNS;
		u.b = (struct block){ .pc = cpu->pc };
		word = fetch_word(cpu);
		for (;;) {
			h = decode_insn(word, &row);
			u.b.insn[u.b.nr++] = (struct block_insn){
				block_fn_pack(a64_exec[h]), word };
			if (!h || u.b.nr == max || a64_ends_block(row))
				break;
			/* On the same page: if it has gone meanwhile, the
			 * guest is at fault. */
			word = (uint32_t)load_host(IT32,
						   cpu->pc + 4u * u.b.nr);
		}
		made = block_publish(&u.b, generation);
	} while (!made);
	return made;
}

void
a64_interp_run_block(struct a64_cpu *cpu, struct block *b)
{
	const struct block_insn *i = b->insn;
	const struct block_insn *end = i + b->nr;
	gaddr pc = cpu->pc;

	cpu->next_pc = pc + b->nr * 4u;
	do {
		cpu->pc = pc;
		pc += 4;
		block_fn(i)(cpu, i->word);
	} while (++i < end);
	cpu->pc = cpu->next_pc;
}

int
a64_interp_run_one(struct thread *t)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	uint32_t word;
	unsigned row;

	fetch_room(cpu, block_generation());
	word = fetch_word(cpu);
	cpu->next_pc = cpu->pc + 4;
	a64_exec[decode_insn(word, &row)](cpu, word);
	cpu->pc = cpu->next_pc;
	return EXIT_POLL;
}

extern const uint64_t __start_guest_access[], __stop_guest_access[];

bool
a64_is_guest_access(uintptr_t rip)
{
	const uint64_t *p;

	for (p = __start_guest_access; p < __stop_guest_access; p++)
		if (*p == rip)
			return true;
	return false;
}
