/*
 * interp_atomic.h - the semantics language's atomic read-modify-writes and
 * exclusive accesses, for the interpreter.
 *
 * Each becomes one locked host instruction, or a loop around one. That is a
 * full barrier, so acquire and release come for free. Misaligned addresses
 * raise an alignment fault first, so no lock is ever split.
 *
 * The exclusive monitor remembers the address, the size and the value that
 * was loaded. A store-exclusive is a compare-and-exchange against the value,
 * while exclusive.h sees to it that no other came between.
 */
#ifndef FERRY_A64_INTERP_ATOMIC_H
#define FERRY_A64_INTERP_ATOMIC_H

#include "../../ir/rmw.h"
#include "exclusive.h"

/* Stores `new' if memory holds *old (of type t); *old becomes what memory
 * held. Returns whether it did. */
OP bool
cmpxchg_host(unsigned t, uint64_t addr, uint64_t *old, uint64_t new)
{
	uint64_t was = *old;
	bool done;

	note_store(addr, 1u << t);
	switch (t) {
	case IT8:
		__asm__ volatile(GUEST_ACCESS("lock cmpxchgb %b3, (%2)")
				 : "+a"(was), "=@ccz"(done)
				 : "r"(addr), "r"(new) : "memory");
		break;
	case IT16:
		__asm__ volatile(GUEST_ACCESS("lock cmpxchgw %w3, (%2)")
				 : "+a"(was), "=@ccz"(done)
				 : "r"(addr), "r"(new) : "memory");
		break;
	case IT32:
		__asm__ volatile(GUEST_ACCESS("lock cmpxchgl %k3, (%2)")
				 : "+a"(was), "=@ccz"(done)
				 : "r"(addr), "r"(new) : "memory");
		break;
	default:
		__asm__ volatile(GUEST_ACCESS("lock cmpxchgq %3, (%2)")
				 : "+a"(was), "=@ccz"(done)
				 : "r"(addr), "r"(new) : "memory");
		break;
	}
	*old = ref_zext(t, was);
	return done;
}

/* The same for 16 aligned bytes; [0] is at the lower address. */
OP bool
cmpxchg16_host(uint64_t addr, uint64_t old[2], const uint64_t new[2])
{
	bool done;

	note_store(addr, 16);
	__asm__ volatile(GUEST_ACCESS("lock cmpxchg16b (%3)")
			 : "+a"(old[0]), "+d"(old[1]), "=@ccz"(done)
			 : "r"(addr), "b"(new[0]), "c"(new[1])
			 : "memory");
	return done;
}

OP uint64_t
xchg_host(unsigned t, uint64_t addr, uint64_t v)
{
	note_store(addr, 1u << t);
	switch (t) {
	case IT8:
		__asm__ volatile(GUEST_ACCESS("xchgb %b0, (%1)")
				 : "+r"(v) : "r"(addr) : "memory");
		break;
	case IT16:
		__asm__ volatile(GUEST_ACCESS("xchgw %w0, (%1)")
				 : "+r"(v) : "r"(addr) : "memory");
		break;
	case IT32:
		__asm__ volatile(GUEST_ACCESS("xchgl %k0, (%1)")
				 : "+r"(v) : "r"(addr) : "memory");
		break;
	default:
		__asm__ volatile(GUEST_ACCESS("xchgq %0, (%1)")
				 : "+r"(v) : "r"(addr) : "memory");
		break;
	}
	return ref_zext(t, v);
}

OP uint64_t
xadd_host(unsigned t, uint64_t addr, uint64_t v)
{
	note_store(addr, 1u << t);
	switch (t) {
	case IT8:
		__asm__ volatile(GUEST_ACCESS("lock xaddb %b0, (%1)")
				 : "+r"(v) : "r"(addr) : "memory", "cc");
		break;
	case IT16:
		__asm__ volatile(GUEST_ACCESS("lock xaddw %w0, (%1)")
				 : "+r"(v) : "r"(addr) : "memory", "cc");
		break;
	case IT32:
		__asm__ volatile(GUEST_ACCESS("lock xaddl %k0, (%1)")
				 : "+r"(v) : "r"(addr) : "memory", "cc");
		break;
	default:
		__asm__ volatile(GUEST_ACCESS("lock xaddq %0, (%1)")
				 : "+r"(v) : "r"(addr) : "memory", "cc");
		break;
	}
	return ref_zext(t, v);
}

/* What an operation makes of the old value. */
OP uint64_t
rmw_result(enum rmw op, unsigned t, uint64_t old, uint64_t v)
{
	switch (op) {
	case RMW_ADD:
		return old + v;
	case RMW_CLR:
		return old & ~v;
	case RMW_EOR:
		return old ^ v;
	case RMW_SET:
		return old | v;
	case RMW_SMAX:
		return ref_slt(t, old, v) ? v : old;
	case RMW_SMIN:
		return ref_slt(t, v, old) ? v : old;
	case RMW_UMAX:
		return old < v ? v : old;
	case RMW_UMIN:
		return v < old ? v : old;
	case RMW_SWP:
		break;
	}
	return v;
}

/* Replaces memory by op(memory, v); returns what it held. */
OP ival
atomic_rmw(sem_ctx *s, enum rmw op, unsigned t, ival addr, ival v)
{
	uint64_t a = untag(addr.v), old;

	check_aligned(s, t, addr);
	if (op == RMW_SWP)
		return (ival){ xchg_host(t, a, v.v) };
	if (op == RMW_ADD)
		return (ival){ xadd_host(t, a, v.v) };
	old = load_host(t, a);
	while (!cmpxchg_host(t, a, &old, rmw_result(op, t, old, v.v)))
		;
	return (ival){ old };
}

/* Stores `new' if memory holds `expect'; returns what memory held. */
OP ival
atomic_cas(sem_ctx *s, unsigned t, ival addr, ival expect, ival new)
{
	check_aligned(s, t, addr);
	cmpxchg_host(t, untag(addr.v), &expect.v, new.v);
	return expect;
}

/* Two integers of type t (IT32 or IT64), as one access. */
struct ipair {
	ival lo, hi;	/* lo is at the lower address */
};

OP struct ipair
atomic_cas_pair(sem_ctx *s, unsigned t, ival addr, struct ipair expect,
		struct ipair new)
{
	uint64_t old[2] = { expect.lo.v, expect.hi.v };
	uint64_t with[2] = { new.lo.v, new.hi.v };
	uint64_t a = untag(addr.v);

	check_aligned(s, t + 1, addr);
	if (t == IT64) {
		cmpxchg16_host(a, old, with);
	} else {
		old[0] |= old[1] << 32;
		cmpxchg_host(IT64, a, old, with[0] | with[1] << 32);
		old[1] = old[0] >> 32;
		old[0] = (uint32_t)old[0];
	}
	return (struct ipair){ { old[0] }, { old[1] } };
}

/* Exclusive accesses. */

OP void
clear_exclusive(sem_ctx *s)
{
	s->excl_size = 0;
}

OP ival
load_exclusive(sem_ctx *s, unsigned t, ival addr)
{
	uint64_t a = untag(addr.v), v;
	bool free;

	check_aligned(s, t, addr);
	free = exclusive_watch(s, a);
	v = load_host(t, a);
	exclusive_open(s, a, 1u << t, free);
	s->excl_val[0] = v;
	return (ival){ v };
}

/* 16 bytes. Each half is read as a whole: more is promised only if the
 * store-exclusive succeeds (Arm ARM B2.2.1). */
OP struct ipair
load_exclusive_pair(sem_ctx *s, ival addr)
{
	uint64_t a = untag(addr.v), lo, hi;
	bool free;

	check_aligned(s, IT64 + 1, addr);
	free = exclusive_watch(s, a);
	lo = load_host(IT64, a);
	hi = load_host(IT64, a + 8);
	exclusive_open(s, a, 16, free);
	s->excl_val[0] = lo;
	s->excl_val[1] = hi;
	return (struct ipair){ { lo }, { hi } };
}

/* If true, exclusive_give_back has to follow. */
OP bool
take_exclusive(sem_ctx *s, uint64_t addr, unsigned size)
{
	uint64_t *place = exclusive_place(addr);

	if (!exclusive_allows(s, addr, size))
		return false;
	note_store((uintptr_t)place, sizeof(*place));
	return exclusive_take(s, place);
}

/* Returns 0 if the store was done, else 1. */
OP ival
store_exclusive(sem_ctx *s, unsigned t, ival addr, ival v)
{
	uint64_t a = untag(addr.v), old = s->excl_val[0];
	bool done = false;

	check_aligned(s, t, addr);
	if (take_exclusive(s, a, 1u << t)) {
		done = cmpxchg_host(t, a, &old, v.v);
		exclusive_give_back(s, done);
	}
	clear_exclusive(s);
	return (ival){ !done };
}

OP ival
store_exclusive_pair(sem_ctx *s, ival addr, struct ipair v)
{
	uint64_t a = untag(addr.v);
	uint64_t old[2] = { s->excl_val[0], s->excl_val[1] };
	uint64_t new[2] = { v.lo.v, v.hi.v };
	bool done = false;

	check_aligned(s, IT64 + 1, addr);
	if (take_exclusive(s, a, 16)) {
		done = cmpxchg16_host(a, old, new);
		exclusive_give_back(s, done);
	}
	clear_exclusive(s);
	return (ival){ !done };
}

#endif
