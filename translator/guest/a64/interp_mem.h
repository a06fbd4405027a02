/*
 * interp_mem.h - the semantics language's loads, stores and barriers, for the
 * interpreter.
 *
 * A guest access is one host instruction, so that it is as atomic as Arm asks
 * for and faults as a whole; its address goes to section guest_access, by
 * which the host's fault handler tells guest faults from ours. The "memory"
 * clobber keeps accesses and register writes in program order, so the state
 * is exact when one faults.
 *
 * The top byte of an address is ignored; it is replaced by copies of bit 55,
 * so an address of the kernel's half stays one and faults.
 *
 * Whoever includes this has defined, with a guest's address,
 *
 *	note_load(addr, size), note_store(addr, size)
 *
 * which are called before each access: interp.c does nothing there.
 *
 * x86 orders plain loads as load-acquire and plain stores as store-release;
 * only a release store that a later acquire load must not pass (STLR, LDAR)
 * needs more.
 */
#ifndef FERRY_A64_INTERP_MEM_H
#define FERRY_A64_INTERP_MEM_H

/* A host instruction that accesses guest memory. */
#define GUEST_ACCESS(insn) \
	"1:\t" insn "\n" \
	"\t.pushsection guest_access, \"a\"\n" \
	"\t.balign 8\n" \
	"\t.quad 1b\n" \
	"\t.popsection"

OP uint64_t
untag(uint64_t addr)
{
	return (int64_t)(addr << 8) >> 8;
}

/* SP as the base of an access must be 16-byte aligned (SCTLR_EL1.SA0). */
OP ival
base_addr(sem_ctx *s, unsigned n)
{
	if (n == 31 && unlikely(s->x[31] & 15))
		a64_raise(s, A64_EXC_SP_ALIGN, s->x[31]);
	return (ival){ s->x[n] };
}

/* The address must be a multiple of 2^log2: what exclusive, ordered and
 * atomic accesses ask for without FEAT_LSE2. The signal shows no tag. */
OP void
check_aligned(sem_ctx *s, unsigned log2, ival addr)
{
	if (unlikely(addr.v & ((1u << log2) - 1)))
		a64_raise(s, A64_EXC_ALIGN, untag(addr.v));
}

OP uint64_t
load_host(unsigned t, uint64_t addr)
{
	uint64_t v;

	note_load(addr, 1u << t);
	switch (t) {
	case IT8:
		__asm__ volatile(GUEST_ACCESS("movzbl (%1), %k0")
				 : "=r"(v) : "r"(addr) : "memory");
		break;
	case IT16:
		__asm__ volatile(GUEST_ACCESS("movzwl (%1), %k0")
				 : "=r"(v) : "r"(addr) : "memory");
		break;
	case IT32:
		__asm__ volatile(GUEST_ACCESS("movl (%1), %k0")
				 : "=r"(v) : "r"(addr) : "memory");
		break;
	default:
		__asm__ volatile(GUEST_ACCESS("movq (%1), %0")
				 : "=r"(v) : "r"(addr) : "memory");
		break;
	}
	return v;
}

OP void
store_host(unsigned t, uint64_t addr, uint64_t v)
{
	note_store(addr, 1u << t);
	switch (t) {
	case IT8:
		__asm__ volatile(GUEST_ACCESS("movb %b0, (%1)")
				 : : "r"(v), "r"(addr) : "memory");
		break;
	case IT16:
		__asm__ volatile(GUEST_ACCESS("movw %w0, (%1)")
				 : : "r"(v), "r"(addr) : "memory");
		break;
	case IT32:
		__asm__ volatile(GUEST_ACCESS("movl %k0, (%1)")
				 : : "r"(v), "r"(addr) : "memory");
		break;
	default:
		__asm__ volatile(GUEST_ACCESS("movq %0, (%1)")
				 : : "r"(v), "r"(addr) : "memory");
		break;
	}
}

/* Integers of type t; the load zero-extends. */
OP ival
load(sem_ctx *s, unsigned t, ival addr)
{
	(void)s;
	return (ival){ load_host(t, untag(addr.v)) };
}

OP void
store(sem_ctx *s, unsigned t, ival addr, ival v)
{
	(void)s;
	store_host(t, untag(addr.v), v.v);
}

/* Vectors of 2^log2 bytes (0..4); bits above are zero. Words and more go
 * through a vector register, so that no 16-byte load has to wait for the two
 * stores that make up such a value in general registers. */
OP vval
vload(sem_ctx *s, unsigned log2, ival addr)
{
	uint64_t a = untag(addr.v);
	vval v = { .v = { .d = { 0, 0 } } };
	union vref x;

	(void)s;
	note_load(a, 1u << log2);
	switch (log2) {
	case IT8:
	case IT16:
		v.v.d[0] = load_host(log2, a);
		return v;
	case IT32:
		__asm__ volatile(GUEST_ACCESS("movd (%1), %0")
				 : "=x"(x.d) : "r"(a) : "memory");
		break;
	case IT64:
		__asm__ volatile(GUEST_ACCESS("movq (%1), %0")
				 : "=x"(x.d) : "r"(a) : "memory");
		break;
	default:
		__asm__ volatile(GUEST_ACCESS("movups (%1), %0")
				 : "=x"(x.d) : "r"(a) : "memory");
	}
	v.v = x.v;
	return v;
}

OP void
vstore(sem_ctx *s, unsigned log2, ival addr, vval v)
{
	uint64_t a = untag(addr.v);
	union vref x = { .v = v.v };

	(void)s;
	if (log2 < 4) {
		store_host(log2, a, v.v.d[0]);
		return;
	}
	note_store(a, 16);
	__asm__ volatile(GUEST_ACCESS("movups %0, (%1)")
			 : : "x"(x.d), "r"(a) : "memory");
}

/* Load-acquire and store-release. */
OP ival
load_acq(sem_ctx *s, unsigned t, ival addr)
{
	check_aligned(s, t, addr);
	return load(s, t, addr);
}

/* An exchange, because a following load_acq must not pass it. */
OP void
store_rel(sem_ctx *s, unsigned t, ival addr, ival v)
{
	uint64_t a = untag(addr.v);

	check_aligned(s, t, addr);
	note_store(a, 1u << t);
	switch (t) {
	case IT8:
		__asm__ volatile(GUEST_ACCESS("xchgb %b0, (%1)")
				 : "+r"(v.v) : "r"(a) : "memory");
		break;
	case IT16:
		__asm__ volatile(GUEST_ACCESS("xchgw %w0, (%1)")
				 : "+r"(v.v) : "r"(a) : "memory");
		break;
	case IT32:
		__asm__ volatile(GUEST_ACCESS("xchgl %k0, (%1)")
				 : "+r"(v.v) : "r"(a) : "memory");
		break;
	default:
		__asm__ volatile(GUEST_ACCESS("xchgq %0, (%1)")
				 : "+r"(v.v) : "r"(a) : "memory");
		break;
	}
}

/* Barriers. Only a full one costs anything: the host lets nothing but a load
 * pass an earlier store. */
OP void
barrier_full(sem_ctx *s)
{
	(void)s;
	__asm__ volatile("lock orl $0, (%%rsp)" : : : "memory", "cc");
}

OP void
barrier_ordered(sem_ctx *s)
{
	(void)s;
	__asm__ volatile("" : : : "memory");
}

/* Nothing after it executes speculatively (SB, CSDB). */
OP void
barrier_speculation(sem_ctx *s)
{
	(void)s;
	__asm__ volatile("lfence" : : : "memory");
}

/* At an interpreter's pace that is of no use. */
OP void
prefetch(sem_ctx *s, unsigned how, ival addr)
{
	(void)s;
	(void)how;
	(void)addr;
}

/* Tells the host that this is a spinning loop. */
OP void
spin_hint(sem_ctx *s)
{
	(void)s;
	__asm__ volatile("pause");
}

#endif
