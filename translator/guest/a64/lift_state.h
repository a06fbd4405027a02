/*
 * lift_state.h - the semantics language's access to registers, memory and
 * control flow, for the lifter. The counterpart of interp_state.h, _mem.h and
 * _atomic.h.
 *
 * What is not worth an operation of the IR marks the instruction as one for
 * the interpreter.
 */
#ifndef FERRY_A64_LIFT_STATE_H
#define FERRY_A64_LIFT_STATE_H

#include "../../ir/rmw.h"
#include "sysreg.h"

/* Registers of the IR: SP is general register 31; XZR never gets there. */

static ir_ref
lift_fallback(sem_ctx *s)
{
	s->guest->fallback = true;
	return 0;
}

OP bval
imm_bool(sem_ctx *s, bool v)
{
	return (bval){ imm(s, v).r };
}

OP vval
vimm(sem_ctx *s, uint64_t lo, uint64_t hi)
{
	return (vval)EMIT(vconst, .imm = lo, .imm2 = hi);
}

OP ival
xr_sp(sem_ctx *s, unsigned t, unsigned n)
{
	ival v = EMIT(getx, .n = n);

	s->guest->reads.x |= 1u << n;
	return t == IT64 ? v : zext(s, t, v);
}

OP ival
xr(sem_ctx *s, unsigned t, unsigned n)
{
	return n == 31 ? imm(s, 0) : xr_sp(s, t, n);
}

OP void
xw_sp(sem_ctx *s, unsigned n, ival v)
{
	s->guest->writes.x |= 1u << n;
	lift_append(s, INSN(setx, .n = n, .a = v.r));
}

OP void
xw(sem_ctx *s, unsigned n, ival v)
{
	if (n != 31)
		xw_sp(s, n, v);
}

OP vval
vr(sem_ctx *s, unsigned n)
{
	s->guest->reads.v |= 1u << n;
	return (vval)EMIT(getv, .n = n);
}

OP void
vw(sem_ctx *s, unsigned n, vval v)
{
	s->guest->writes.v |= 1u << n;
	lift_append(s, INSN(setv, .n = n, .a = v.r));
}

OP fval
flags(sem_ctx *s)
{
	s->guest->reads_flags = true;
	return (fval)EMIT(getfl, .n = 0);
}

OP void
flags_set(sem_ctx *s, fval f)
{
	s->guest->writes_flags = true;
	lift_append(s, INSN(setfl, .a = f.r));
}

OP ival
thread_pointer(sem_ctx *s)
{
	return (ival)EMIT(gettp, .n = 0);
}

OP void
thread_pointer_set(sem_ctx *s, ival v)
{
	lift_append(s, INSN(settp, .a = v.r));
}

OP ival
sysreg_read(sem_ctx *s, const struct a64_sysreg *r)
{
	if (!r->read)
		return imm(s, r->value);
	if (r->name == A64_FPCR)
		return (ival)EMIT(getfpcr, .n = 0);
	if (r->name == A64_FPSR)
		return (ival)EMIT(getfpsr, .n = 0);
	return (ival){ lift_fallback(s) };
}

OP void
sysreg_write(sem_ctx *s, const struct a64_sysreg *r, ival v)
{
	if (r->name == A64_FPCR)
		lift_append(s, INSN(setfpcr, .a = v.r));
	else
		lift_fallback(s);
}

OP void
invalidate_code(sem_ctx *s, ival addr)
{
	(void)addr;
	lift_fallback(s);
}

/* Control flow. */

OP uint64_t
insn_pc(sem_ctx *s)
{
	return s->pc;
}

OP void
branch_imm(sem_ctx *s, uint64_t target)
{
	lift_append(s, INSN(jump, .imm = target));
}

OP void
branch_if(sem_ctx *s, bval c, uint64_t target)
{
	lift_append(s, INSN(jump_if, .a = c.r, .imm = target));
}

OP void
branch(sem_ctx *s, ival target)
{
	lift_append(s, INSN(ijump, .a = target.r));
}

OP void
branch_call_imm(sem_ctx *s, uint64_t target)
{
	lift_append(s, INSN(call, .imm = target));
}

OP void
branch_call(sem_ctx *s, ival target)
{
	lift_append(s, INSN(icall, .a = target.r));
}

OP void
branch_ret(sem_ctx *s, ival target)
{
	lift_append(s, INSN(ret, .a = target.r));
}

OP void
undefined(sem_ctx *s)
{
	lift_fallback(s);
}

OP void
supervisor_call(sem_ctx *s, unsigned number)
{
	(void)number;
	lift_fallback(s);
}

OP void
breakpoint(sem_ctx *s, unsigned number)
{
	(void)number;
	lift_fallback(s);
}

/* Memory. */

/* A misaligned SP is noticed where SP is written; see host/x64/emit.c. */
OP ival
base_addr(sem_ctx *s, unsigned n)
{
	return xr_sp(s, IT64, n);
}

OP ival
load(sem_ctx *s, unsigned t, ival addr)
{
	return (ival)EMIT(load, .t = t, .a = addr.r);
}

OP void
store(sem_ctx *s, unsigned t, ival addr, ival v)
{
	lift_append(s, INSN(store, .t = t, .a = addr.r, .b = v.r));
}

OP vval
vload(sem_ctx *s, unsigned log2, ival addr)
{
	return (vval)EMIT(vload, .t = log2, .a = addr.r);
}

OP void
vstore(sem_ctx *s, unsigned log2, ival addr, vval v)
{
	lift_append(s, INSN(vstore, .t = log2, .a = addr.r, .b = v.r));
}

OP void
check_aligned(sem_ctx *s, unsigned log2, ival addr)
{
	if (log2)
		lift_append(s, INSN(align, .t = log2, .a = addr.r));
}

OP ival
load_acq(sem_ctx *s, unsigned t, ival addr)
{
	check_aligned(s, t, addr);
	return load(s, t, addr);
}

OP void
store_rel(sem_ctx *s, unsigned t, ival addr, ival v)
{
	check_aligned(s, t, addr);
	/* An exchange, because a following load_acq must not pass it. */
	lift_append(s, INSN(rmw, .t = t, .a = addr.r, .b = v.r,
			    .n = RMW_SWP));
}

OP void
barrier_full(sem_ctx *s)
{
	lift_append(s, INSN(barrier, .n = 0));
}

OP void
barrier_ordered(sem_ctx *s)
{
	(void)s;
}

OP void
barrier_speculation(sem_ctx *s)
{
	lift_fallback(s);
}

OP void
prefetch(sem_ctx *s, unsigned how, ival addr)
{
	lift_append(s, INSN(prefetch, .a = addr.r, .n = how));
}

OP void
spin_hint(sem_ctx *s)
{
	lift_fallback(s);
}

/* Atomics. */

struct ipair {
	ival lo, hi;
};

OP ival
atomic_rmw(sem_ctx *s, enum rmw op, unsigned t, ival addr, ival v)
{
	check_aligned(s, t, addr);
	return (ival)EMIT(rmw, .t = t, .a = addr.r, .b = v.r, .n = op);
}

OP ival
atomic_cas(sem_ctx *s, unsigned t, ival addr, ival expect, ival new)
{
	check_aligned(s, t, addr);
	return (ival)EMIT(cas, .t = t, .a = addr.r, .b = expect.r,
			  .c = new.r);
}

OP struct ipair
atomic_cas_pair(sem_ctx *s, unsigned t, ival addr, struct ipair expect,
		struct ipair new)
{
	(void)t;
	(void)addr;
	(void)new;
	lift_fallback(s);
	return expect;
}

OP void
clear_exclusive(sem_ctx *s)
{
	lift_append(s, INSN(clrex, .n = 0));
}

OP ival
load_exclusive(sem_ctx *s, unsigned t, ival addr)
{
	check_aligned(s, t, addr);
	return (ival)EMIT(ldx, .t = t, .a = addr.r);
}

OP struct ipair
load_exclusive_pair(sem_ctx *s, ival addr)
{
	struct ipair p;

	check_aligned(s, IT64 + 1, addr);
	p.lo = (ival)EMIT(ldxp, .a = addr.r);
	p.hi = (ival)EMIT(ldxp_hi, .a = addr.r);
	return p;
}

OP ival
store_exclusive(sem_ctx *s, unsigned t, ival addr, ival v)
{
	check_aligned(s, t, addr);
	return (ival)EMIT(stx, .t = t, .a = addr.r, .b = v.r);
}

OP ival
store_exclusive_pair(sem_ctx *s, ival addr, struct ipair v)
{
	check_aligned(s, IT64 + 1, addr);
	return (ival)EMIT(stxp, .a = addr.r, .b = v.lo.r, .c = v.hi.r);
}

#endif
