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

#include "../../../runtime/base/log.h"
#include "../../../runtime/vm/gmem.h"
#include "../../../runtime/vm/thread.h"
#include "../../translate.h"
#include "a64_gen.h"
#include "a64_front.h"
#include "interp.h"
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

struct block *
a64_interp_make_block(struct a64_cpu *cpu)
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

void
a64_interp_run_block(struct a64_cpu *cpu, struct block *b)
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

int
a64_interp_run_one(struct thread *t)
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
