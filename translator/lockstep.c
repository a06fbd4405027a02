/*
 * lockstep.c - interpreter against translator, unit by unit; see lockstep.h.
 *
 * The flags deserve a word. A translation may leave stale ones where it has
 * found that nobody will look. So the interpreter keeps flags of its own from
 * unit to unit, always the true ones: if somebody does look, the units'
 * results differ. That two units leave different flags is a difference by
 * itself only where the translator cannot claim that they are dead.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/vm/flags_a64.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/gmem_alias.h"
#include "ahead.h"
#include "block.h"
#include "guest/a64/a64_front.h"
#include "guest/a64/again.h"
#include "guest/a64/interp.h"
#include "guest/a64/witness.h"
#include "host/x64/enter.h"
#include "lockstep.h"

#define MAX_STORES	(IR_MAX_GUEST * 8)
#define MXCSR_FLAGS	0x3fu

/* No branch goes there: see branch() of the interpreter. */
#define NOT_TAKEN	0x0100000000000001ul

/* What a run can end with besides enum vm_exit. */
#define LEFT_ALONE	0x10	/* it must not be compared */
#define LEFT_FOR_CALL	0x11	/* at a system call, which is made once */

enum unit_kind {
	UNIT_PLAIN,
	UNIT_SYSTEM,		/* has MRS or MSR: may look at FPSR */
	UNIT_ALONE,		/* reads what is different each time */
};

/* What stands behind a translation. */
struct unit {
	enum unit_kind kind;
	struct block_insn insn[];
};

struct store {
	gaddr addr;
	unsigned size;
	uint8_t was[16], is[16];
};

/* A run's outcome. */
struct outcome {
	struct a64_cpu cpu;
	uint32_t fpsr;
	int why;		/* enum vm_exit, LEFT_FOR_CALL */
	struct guest_fault fault;
	bool retry;
};

struct flags {
	uint64_t a, b;
	uint32_t kind;
};

static struct {
	const struct code *code;
	const struct unit *unit;
	struct thread *t;
	bool running;		/* one of the two runs */
	unsigned limit;		/* instructions that the interpreter may run */
	bool trapped;		/* the limit is behind what trapped */
	unsigned done;		/* that it has run */
	/* The state that both begin with, but for the interpreter's flags. */
	struct a64_cpu before;
	struct flags flags;
	uint32_t mxcsr, fpsr;
	uintptr_t ret_sp;
	struct outcome interp, translation;
	struct store store[MAX_STORES];
	unsigned nr_stores;
	/* What the last unit left: where it went, its flags in the guest's
	 * state, and what the interpreter has instead. */
	gaddr next_pc;
	struct flags left, true_flags;
	uint64_t units, insns, alone;
} ls;

/* --- What the translator leaves for us. */

/* The counters of the generic timer, and random numbers (Arm ARM D19.12,
 * C5.2.20). */
static bool
reads_time(uint32_t word)
{
	unsigned crn = word >> 12 & 15, crm = word >> 8 & 15;

	return word >> 20 == 0xd53 && (crn == 14 || (crn == 2 && crm == 4));
}

static enum unit_kind
kind_of(const struct ir_block *b)
{
	enum unit_kind kind = UNIT_PLAIN;
	unsigned i;

	for (i = 0; i < b->nr_guest; i++) {
		uint32_t word = b->guest[i].word;

		if (reads_time(word))
			return UNIT_ALONE;
		if (word >> 20 == 0xd51 || word >> 20 == 0xd53)
			kind = UNIT_SYSTEM;
	}
	return kind;
}

static bool
is_call(uint32_t word)
{
	return a64_front_is_call(a64_front_row(word));
}

/* Instead of the interpreter's function for svc. */
static void
call(struct a64_cpu *cpu, uint32_t insn)
{
	if (ls.running)
		host_leave(ls.t, LEFT_FOR_CALL);
	((a64_exec_fn *)a64_front_handler(insn))(cpu, insn);
}

const void *
lockstep_handler(uint32_t word)
{
	return is_call(word) ? (const void *)call : a64_front_handler(word);
}

uint32_t
lockstep_room(unsigned nr)
{
	return (uint32_t)(sizeof(struct unit) + 16 +
			  nr * sizeof(struct block_insn));
}

void
lockstep_remember(struct code *c, const struct ir_block *b)
{
	uint8_t *p = (uint8_t *)ALIGN_UP((uintptr_t)c->seldom +
					 c->seldom_size, 16);
	struct unit *u = (struct unit *)p;
	unsigned i;

	u->kind = kind_of(b);
	for (i = 0; i < b->nr_guest; i++) {
		uint32_t word = b->guest[i].word;
		const void *fn = is_call(word) ? (const void *)call :
						 a64_witness_handler(word);

		u->insn[i] = (struct block_insn){
			block_fn_pack((a64_exec_fn *)fn), word };
	}
	c->unit = u;
	c->seldom_size = (uint32_t)((uint8_t *)&u->insn[i] - c->seldom);
}

/* --- The report. */

/* A line to the file of -D, for programs may hide their standard error. */
static void
append(const char *line)
{
	char text[256];
	size_t n = fmt_print(text, sizeof(text), "%s\n", line);
	int fd;

	if (!process.opt.dump_file)
		return;
	fd = (int)host_call4(SYS_openat, AT_FDCWD, P(process.opt.dump_file),
			     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	host_call3(SYS_write, fd, P(text), (long)n);
	host_call1(SYS_close, fd);
}

static void __attribute__((format(printf, 1, 2)))
say(const char *fmt, ...)
{
	char line[250];
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(line, sizeof(line), fmt, ap);
	va_end(ap);
	log_msg("%s", line);
	append(line);
}

static void
say_value(const char *what, unsigned n, uint64_t interp, uint64_t code)
{
	if (interp != code)
		say("lockstep:   %s%u: interpreter 0x%lx, translation 0x%lx",
		    what, n, interp, code);
}

static void
say_named(const char *what, uint64_t interp, uint64_t code)
{
	if (interp != code)
		say("lockstep:   %s: interpreter 0x%lx, translation 0x%lx",
		    what, interp, code);
}

static void
say_vector(unsigned n, const union v128 *a, const union v128 *b)
{
	if (a->q != b->q)
		say("lockstep:   v%u: interpreter %016lx:%016lx, translation "
		    "%016lx:%016lx", n, a->d[1], a->d[0], b->d[1], b->d[0]);
}

static void
say_registers(const struct a64_cpu *a, const struct a64_cpu *b)
{
	unsigned n;

	for (n = 0; n < 31; n++)
		say_value("x", n, a->x[n], b->x[n]);
	say_named("sp", a->x[31], b->x[31]);
	say_named("pc", a->pc, b->pc);
	say_named("nzcv", a64_nzcv(a), a64_nzcv(b));
	for (n = 0; n < 32; n++)
		say_vector(n, &a->v[n], &b->v[n]);
	say_named("tpidr_el0", a->tpidr_el0, b->tpidr_el0);
	say_named("monitor's size", a->excl_size, b->excl_size);
	say_named("monitor's address", a->excl_addr, b->excl_addr);
	say_named("monitor's value", a->excl_val[0], b->excl_val[0]);
	say_named("monitor's value, high", a->excl_val[1], b->excl_val[1]);
}

static void
say_memory(void)
{
	unsigned i, k;

	for (i = 0; i < ls.nr_stores; i++) {
		const struct store *s = &ls.store[i];
		uint8_t now[16];

		if (gmem_read(now, s->addr, s->size) < 0)
			continue;
		for (k = 0; k < s->size; k++)
			if (now[k] != s->is[k])
				say("lockstep:   byte at 0x%lx: interpreter "
				    "%02x, translation %02x, before %02x",
				    s->addr + k, s->is[k], now[k], s->was[k]);
	}
}

static const char *const why_text[] = {
	[EXIT_POLL] = "went on", [EXIT_FAULT] = "fault",
	[LEFT_FOR_CALL] = "system call",
};

static _Noreturn void
die_of_difference(void)
{
	const struct outcome *a = &ls.interp, *b = &ls.translation;
	unsigned i;

	say("lockstep: interpreter and translation differ; pid %d, unit 0x%lx:",
	    (int)host_call0(SYS_getpid), ls.code->pc);
	for (i = 0; i < ls.code->nr; i++) {
		uint32_t word = ls.unit->insn[i].word;

		say("lockstep:   0x%lx %08x %s", ls.code->pc + 4 * i, word,
		    a64_front_name(word));
	}
	if (a->why != b->why)
		say("lockstep:   end: interpreter %s, translation %s",
		    why_text[a->why], why_text[b->why]);
	say("lockstep:   flags before: interpreter 0x%x, translation 0x%x",
	    a64_flags_nzcv(ls.flags.kind, ls.flags.a, ls.flags.b),
	    a64_nzcv(&ls.before));
	for (i = 0; i < 32; i++)
		say("lockstep:   before: x%u 0x%lx", i, ls.before.x[i]);
	say_registers(&a->cpu, &b->cpu);
	say_named("fpcr", a->cpu.fp.fpcr, b->cpu.fp.fpcr);
	say_named("fpsr", a->fpsr, b->fpsr);
	say_memory();
	bug("lockstep: the translation is wrong");
}

/* --- The interpreter's stores. */

static bool
others_see(gaddr addr, unsigned size)
{
	return gmem_alias_is_shared(addr, addr + size);
}

void
a64_witness_load(gaddr addr, unsigned size)
{
	if (unlikely(others_see(addr, size)))
		host_leave(ls.t, LEFT_ALONE);
}

/* What cannot be read cannot be written: the store will fault. */
void
a64_witness_store(gaddr addr, unsigned size)
{
	struct store *s = &ls.store[ls.nr_stores];

	if (unlikely(others_see(addr, size) || ls.nr_stores == MAX_STORES))
		host_leave(ls.t, LEFT_ALONE);
	s->addr = addr;
	s->size = size;
	if (gmem_read(s->was, addr, size) == 0)
		ls.nr_stores++;
}

static void
read_stores(void)
{
	unsigned i;

	for (i = 0; i < ls.nr_stores; i++)
		gmem_read(ls.store[i].is, ls.store[i].addr, ls.store[i].size);
}

/* Where a store faulted, its page is as it was, and still not writable. */
static void
undo_stores(void)
{
	unsigned i;

	for (i = ls.nr_stores; i-- > 0; )
		gmem_write(ls.store[i].addr, ls.store[i].was,
			   ls.store[i].size);
}

static bool
same_stores(void)
{
	unsigned i;

	for (i = 0; i < ls.nr_stores; i++) {
		const struct store *s = &ls.store[i];
		uint8_t now[16];

		if (gmem_read(now, s->addr, s->size) < 0 ||
		    memcmp(now, s->is, s->size) != 0)
			return false;
	}
	return true;
}

/* --- The two runs. */

static struct flags
flags_of(const struct a64_cpu *cpu)
{
	return (struct flags){ cpu->flag_a, cpu->flag_b, cpu->flag_kind };
}

static bool
same_flags(struct flags a, struct flags b)
{
	return a.a == b.a && a.b == b.b && a.kind == b.kind;
}

/* FPSR's bits only ever get more: each run begins with none of them, so that
 * each must raise its own, unless the unit may look at them, or MXCSR depends
 * on them (a64_mxcsr_load()). */
static bool
fpsr_is_hidden(void)
{
	return ls.unit->kind == UNIT_PLAIN && !(ls.before.fp.fpcr & FPCR_FZ);
}

static void
restore(void)
{
	struct a64_cpu *cpu = &ls.t->cpu.a64;

	*cpu = ls.before;
	ls.t->ret_sp = ls.ret_sp;
	if (fpsr_is_hidden()) {
		cpu->fp.fpsr = 0;
		mxcsr_set(ls.mxcsr & ~MXCSR_FLAGS);
	} else {
		mxcsr_set(ls.mxcsr);
	}
}

static void
record(struct outcome *o, int why)
{
	o->cpu = ls.t->cpu.a64;
	o->fpsr = a64_fpsr_get(&o->cpu);
	o->why = why;
	o->fault = ls.t->fault;
	o->retry = why == EXIT_FAULT && ls.t->retry;
}

/* The unit up to a taken branch or its end, or to where its translation
 * leaves: see emit_check_sp(). */
static int
interpret(struct thread *t)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	const struct block_insn *insn = ls.unit->insn;
	unsigned i = 0;

	while (i < ls.limit) {
		cpu->pc = ls.code->pc + 4 * i;
		cpu->next_pc = NOT_TAKEN;
		block_fn(&insn[i])(cpu, insn[i].word);
		ls.done = ++i;
		if (cpu->next_pc != NOT_TAKEN) {
			cpu->pc = cpu->next_pc;
			return EXIT_POLL;
		}
		if (cpu->x[31] & 15)
			break;
	}
	cpu->pc = ls.code->pc + 4 * i;
	return ls.limit < ls.code->nr && i == ls.limit && !ls.trapped ?
		       EXIT_FAULT : EXIT_POLL;
}

static int
translated(struct thread *t)
{
	x64_enter(&t->cpu.a64, ls.code->entry);
	return EXIT_POLL;
}

/* Where floating point traps (fp_mode.h), the interpreter does the instruction
 * in the translation's stead: its result may be lost, its operands not. */
static int
run_translation(void)
{
	struct thread *t = ls.t;
	int why;

	restore();
	t->retry = false;
	why = host_enter(t, translated);
	a64_again_settle(&t->cpu.a64);
	ls.trapped = why == EXIT_FAULT && t->retry && t->fault.sig == SIGFPE;
	if (ls.trapped) {
		t->retry = false;
		why = host_enter(t, a64_interp_run_one);
	}
	record(&ls.translation, why);
	return why;
}

/* The interpreter's run, undone. False: it must not be compared. */
static bool
run_interpreter(void)
{
	struct a64_cpu *cpu = &ls.t->cpu.a64;
	int why;

	restore();
	cpu->flag_a = ls.flags.a;
	cpu->flag_b = ls.flags.b;
	cpu->flag_kind = ls.flags.kind;
	ls.nr_stores = ls.done = 0;
	ls.t->retry = false;
	why = host_enter(ls.t, interpret);
	record(&ls.interp, why);
	read_stores();
	undo_stores();
	return why != LEFT_ALONE;
}

/* --- Comparing. */

static bool
same_registers(const struct a64_cpu *a, const struct a64_cpu *b)
{
	return memcmp(a->x, b->x, sizeof(a->x)) == 0 &&
	       memcmp(a->v, b->v, sizeof(a->v)) == 0 && a->pc == b->pc &&
	       a->fp.fpcr == b->fp.fpcr && a->tpidr_el0 == b->tpidr_el0 &&
	       a->excl_size == b->excl_size &&
	       (!a->excl_size ||
		(a->excl_addr == b->excl_addr &&
		 a->excl_val[0] == b->excl_val[0] &&
		 a->excl_val[1] == b->excl_val[1]));
}

/* Whether the translation may have left stale flags behind at pc. */
static bool
may_be_stale(const struct outcome *o)
{
	gaddr pc = o->cpu.pc;
	bool dead;

	if (o->why != EXIT_POLL)
		return false;
	if (pc >= ls.code->pc && pc < ls.code->pc + 4 * ls.code->nr)
		return true;
	block_lock();
	ahead_start(0, 0);
	dead = ahead_flags_dead(pc);
	block_unlock();
	return dead;
}

static bool
same_fault(const struct outcome *a, const struct outcome *b)
{
	return a->why != EXIT_FAULT || b->retry ||
	       (a->fault.sig == b->fault.sig && a->fault.code == b->fault.code &&
		a->fault.addr == b->fault.addr);
}

static void
compare(void)
{
	const struct outcome *a = &ls.interp, *b = &ls.translation;

	if (a->why != b->why || !same_registers(&a->cpu, &b->cpu) ||
	    a->fpsr != b->fpsr ||
	    !same_fault(a, b) || !same_stores())
		die_of_difference();
	if (a64_nzcv(&a->cpu) != a64_nzcv(&b->cpu) && !may_be_stale(b))
		die_of_difference();
	ls.units++;
	ls.insns += ls.done;
}

/* The translation faulted where the interpreter went on, at an address with a
 * tag, or trapped. What was done so far can be compared. */
static bool
ended_alone(void)
{
	const struct outcome *a = &ls.interp, *b = &ls.translation;
	gaddr i = (b->cpu.pc - ls.code->pc) / 4;

	if (i >= ls.limit || (!ls.trapped && (!b->retry ||
	    (a->why == EXIT_FAULT && a->cpu.pc == b->cpu.pc))))
		return false;
	ls.limit = (unsigned)i;
	return true;
}

static void
begin(struct thread *t, const struct code *c)
{
	struct a64_cpu *cpu = &t->cpu.a64;

	ls.t = t;
	ls.code = c;
	ls.unit = c->unit;
	ls.limit = c->nr;
	ls.trapped = false;
	ls.before = *cpu;
	ls.ret_sp = t->ret_sp;
	ls.mxcsr = mxcsr_get();
	ls.fpsr = a64_fpsr_get(cpu);
	ls.flags = flags_of(cpu);
	if (cpu->pc == ls.next_pc && same_flags(ls.flags, ls.left))
		ls.flags = ls.true_flags;
	ls.next_pc = NOT_TAKEN;
}

static void
end(bool compared)
{
	struct a64_cpu *cpu = &ls.t->cpu.a64;

	if (fpsr_is_hidden())
		cpu->fp.fpsr |= ls.fpsr;
	if (!compared || ls.translation.why == EXIT_FAULT)
		return;
	ls.next_pc = cpu->pc + (ls.translation.why == LEFT_FOR_CALL ? 4 : 0);
	ls.left = flags_of(cpu);
	ls.true_flags = flags_of(&ls.interp.cpu);
}

int
lockstep_unit(struct thread *t, const struct code *c)
{
	bool compared;
	int why;

	begin(t, c);
	ls.running = true;
	for (;;) {
		compared = ls.unit->kind != UNIT_ALONE && run_interpreter();
		why = run_translation();
		if (!compared || !ended_alone())
			break;
		undo_stores();
	}
	ls.running = false;
	if (compared)
		compare();
	else
		ls.alone++;
	end(compared);
	return why == LEFT_FOR_CALL ? host_enter(t, a64_interp_run_one) : why;
}

void
lockstep_forget(void)
{
	ls.next_pc = NOT_TAKEN;
}

void
lockstep_report(void)
{
	char line[160];

	fmt_print(line, sizeof(line), "lockstep: %lu translations compared, "
		  "%lu instructions; %lu not compared", ls.units, ls.insns,
		  ls.alone);
	if (process.opt.stats)
		log_msg("%s", line);
	append(line);
}
