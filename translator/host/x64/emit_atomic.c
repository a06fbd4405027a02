/*
 * emit_atomic.c - atomic accesses: each is one locked instruction, or a loop
 * around lock cmpxchg, and so a full barrier.
 *
 * What they access has been found aligned (IR_align), so no lock is split.
 */
#include "../../ir/rmw.h"
#include "emit_core.h"

/* Opcodes with a register and memory, for more than bytes; those for bytes
 * are one less. */
#define XCHG	0x87
#define XADD	0x0fc1
#define CMPXCHG	0x0fb1

static void
sized(struct emit *e, unsigned op, unsigned t, unsigned reg, struct x64_mem m)
{
	op = t == IT8 ? (op - 1) | X64_BYTE : t == IT16 ? op | X64_66 : op;
	x64_rm(&e->as, t == IT64, op, reg, m);
}

static void
locked(struct emit *e, unsigned op, unsigned t, unsigned reg, struct x64_mem m)
{
	x64_byte(&e->as, 0xf0);
	sized(e, op, t, reg, m);
	e->fl_host = false;
}

/* What memory held is in `reg'; extended if it may not be. */
static void
result(struct emit *e, ir_ref k, unsigned reg, bool extended)
{
	unsigned t = emit_def(e, k)->t;

	if (!e->left[k]) {
		emit_free(e, reg);
		return;
	}
	if (!extended && t < IT32)
		x64_movzx(&e->as, t, reg, reg);
	emit_locate(e, k, LOC_REG, reg, true);
}

void
emit_align(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);

	x64_test_imm(&e->as, X64_32, emit_use(e, i->a), (1u << i->t) - 1);
	emit_slow_if(e, CC_NE);
	emit_done(e, i->a);
}

static void
exchange(struct emit *e, ir_ref k, unsigned op)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m = emit_addr(e, i->a);
	unsigned v = emit_use(e, i->b), reg = emit_alloc(e);

	x64_mov(&e->as, X64_64, reg, v);
	if (op == XCHG)		/* is always locked */
		sized(e, op, i->t, reg, m);
	else
		locked(e, op, i->t, reg, m);
	emit_done(e, i->a);
	emit_done(e, i->b);
	result(e, k, reg, false);
}

/* tmp = op(rax, v) */
static void
compute(struct emit *e, const struct ir_insn *i, unsigned tmp, unsigned v)
{
	static const uint8_t cc[] = {
		[RMW_SMAX] = CC_L, [RMW_SMIN] = CC_G,
		[RMW_UMAX] = CC_B, [RMW_UMIN] = CC_A,
	};
	unsigned w = i->t == IT64;

	if (i->n == RMW_CLR) {
		x64_mov(&e->as, X64_64, tmp, v);
		x64_not(&e->as, X64_64, tmp);
		x64_alu_rr(&e->as, X64_64, ALU_AND, tmp, RAX);
		return;
	}
	x64_mov(&e->as, X64_64, tmp, RAX);
	if (i->n == RMW_EOR || i->n == RMW_SET) {
		x64_alu_rr(&e->as, X64_64, i->n == RMW_EOR ? ALU_XOR : ALU_OR,
			   tmp, v);
		return;
	}
	if (i->t < IT32)
		e->failed = true;
	x64_alu_rr(&e->as, w, ALU_CMP, RAX, v);
	x64_cmov(&e->as, X64_64, cc[i->n], tmp, v);
}

static void
loop(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m;
	unsigned v, tmp;
	uint8_t *again;

	if (!emit_alloc_this(e, RAX))
		return;
	m = emit_addr(e, i->a);
	v = emit_use(e, i->b);
	tmp = emit_alloc(e);
	x64_load(&e->as, i->t, RAX, m);
	again = e->as.p;
	compute(e, i, tmp, v);
	locked(e, CMPXCHG, i->t, tmp, m);
	x64_jcc(&e->as, CC_NE, again);
	emit_free(e, tmp);
	emit_done(e, i->a);
	emit_done(e, i->b);
	result(e, k, RAX, true);
}

void
emit_rmw(struct emit *e, ir_ref k)
{
	switch (emit_def(e, k)->n) {
	case RMW_SWP:
		exchange(e, k, XCHG);
		break;
	case RMW_ADD:
		exchange(e, k, XADD);
		break;
	default:
		loop(e, k);
	}
}

void
emit_cas(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m;
	unsigned new;

	if (!emit_alloc_this(e, RAX))
		return;
	x64_mov(&e->as, X64_64, RAX, emit_use(e, i->b));
	emit_done(e, i->b);
	m = emit_addr(e, i->a);
	new = emit_use(e, i->c);
	locked(e, CMPXCHG, i->t, new, m);
	emit_done(e, i->a);
	emit_done(e, i->c);
	result(e, k, RAX, true);
}
