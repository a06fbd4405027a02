/*
 * interp_state.h - the semantics language's access to registers, flags,
 * control flow and exceptions, for the interpreter.
 *
 * Included by interp_ops.h only. interp_mem.h and interp_atomic.h, which it
 * includes in turn, do the same for memory.
 *
 * A handler runs with cpu->pc at its instruction and cpu->next_pc at what
 * follows the block. Operations that raise an exception do not return, so an
 * instruction must not have changed any state before them; the same holds for
 * memory accesses, which may fault.
 */
#ifndef FERRY_A64_INTERP_STATE_H
#define FERRY_A64_INTERP_STATE_H

#include "sysreg.h"

/* How a semantic function is declared. A handler is small and knows its
 * starred fields, so everything goes into it. */
#define SEM OP

enum a64_exception {
	A64_EXC_UNDEFINED,
	A64_EXC_BRK,		/* arg: the immediate */
	A64_EXC_ALIGN,		/* arg: the misaligned data address */
	A64_EXC_SP_ALIGN,	/* arg: sp */
};

/* Leaves the interpreter because the current instruction raised `kind'.
 * Defined by the interpreter's core. */
_Noreturn void a64_raise(struct a64_cpu *cpu, int kind, uint64_t arg);

/* SVC: a system call. Returns if the guest goes on behind the instruction,
 * which ends its block. Defined by the interpreter's core. */
void a64_svc(struct a64_cpu *cpu);

/* IC IVAU: instructions read from the cache line of addr are stale. Defined
 * by the interpreter's core; the instruction ends its block. */
void a64_ic_ivau(struct a64_cpu *cpu, uint64_t addr);

/* A constant. */
OP ival
imm(sem_ctx *s, uint64_t v)
{
	(void)s;
	return (ival){ v };
}

OP bval
imm_bool(sem_ctx *s, bool v)
{
	(void)s;
	return (bval){ v };
}

/* A constant vector: its low and high 64 bits. */
OP vval
vimm(sem_ctx *s, uint64_t lo, uint64_t hi)
{
	(void)s;
	return (vval){ { .d = { lo, hi } } };
}

/* General registers: number 31 is zero, or SP in the sp forms. Reads truncate
 * to type t; writes take a value that is already zero-extended. */
OP ival
xr(sem_ctx *s, unsigned t, unsigned n)
{
	return (ival){ n == 31 ? 0 : ref_zext(t, s->x[n]) };
}

OP ival
xr_sp(sem_ctx *s, unsigned t, unsigned n)
{
	return (ival){ ref_zext(t, s->x[n]) };
}

OP void
xw(sem_ctx *s, unsigned n, ival v)
{
	if (n != 31)
		s->x[n] = v.v;
}

OP void
xw_sp(sem_ctx *s, unsigned n, ival v)
{
	s->x[n] = v.v;
}

/* Vector registers, all 128 bits. */
OP vval
vr(sem_ctx *s, unsigned n)
{
	return (vval){ s->v[n] };
}

OP void
vw(sem_ctx *s, unsigned n, vval v)
{
	union vref x = { .v = v.v };

	/* One store: a load of 16 bytes soon after two stores of 8 stalls. */
	*(vref_d *)&s->v[n] = x.d;
}

/* NZCV. */
OP fval
flags(sem_ctx *s)
{
	return (fval){ { s->flag_kind, s->flag_a, s->flag_b } };
}

OP void
flags_set(sem_ctx *s, fval f)
{
	s->flag_kind = f.v.kind;
	s->flag_a = f.v.a;
	/* Two stores: the compiler would rather build a vector. */
	__asm__ volatile("" : : : "memory");
	s->flag_b = f.v.b;
}

/* TPIDR_EL0. */
OP ival
thread_pointer(sem_ctx *s)
{
	return (ival){ s->tpidr_el0 };
}

OP void
thread_pointer_set(sem_ctx *s, ival v)
{
	s->tpidr_el0 = v.v;
}

/* The other system registers: r has the function. */
OP ival
sysreg_read(sem_ctx *s, const struct a64_sysreg *r)
{
	return (ival){ r->read(s, r) };
}

OP void
sysreg_write(sem_ctx *s, const struct a64_sysreg *r, ival v)
{
	r->write(s, v.v);
}

/* Instructions read from the cache line of addr are stale. Ends the block. */
OP void
invalidate_code(sem_ctx *s, ival addr)
{
	a64_ic_ivau(s, (int64_t)(addr.v << 8) >> 8);
}

/* Control flow. */

/* The address of the current instruction. */
OP uint64_t
insn_pc(sem_ctx *s)
{
	return s->pc;
}

OP void
branch_imm(sem_ctx *s, uint64_t target)
{
	s->next_pc = target;
}

/* Not taken, execution goes on with the next instruction. */
OP void
branch_if(sem_ctx *s, bval c, uint64_t target)
{
	if (c.v)
		s->next_pc = target;
}

/* Indirect: the tag is replaced by copies of bit 55, as TBI does for EL0 (Arm
 * ARM, BranchAddr). */
OP void
branch(sem_ctx *s, ival target)
{
	s->next_pc = (int64_t)(target.v << 8) >> 8;
}

/* A call and a return are branches that a translator wants to tell apart.
 * The link register has been written, with the address behind the call. */
OP void
branch_call_imm(sem_ctx *s, uint64_t target)
{
	branch_imm(s, target);
}

OP void
branch_call(sem_ctx *s, ival target)
{
	branch(s, target);
}

OP void
branch_ret(sem_ctx *s, ival target)
{
	branch(s, target);
}

/* Exceptions. They end the block. */

OP void
undefined(sem_ctx *s)
{
	a64_raise(s, A64_EXC_UNDEFINED, 0);
}

/* Linux ignores the number. */
OP void
supervisor_call(sem_ctx *s, unsigned number)
{
	(void)number;
	a64_svc(s);
}

OP void
breakpoint(sem_ctx *s, unsigned number)
{
	a64_raise(s, A64_EXC_BRK, number);
}

#include "interp_mem.h"
#include "interp_atomic.h"

#endif
