/*
 * emit_atomic.c - atomic accesses: each is one locked instruction, or a loop
 * around lock cmpxchg, and so a full barrier.
 *
 * What they access has been found aligned (IR_align), so no lock is split.
 */
#include "../../../runtime/vm/process.h"
#include "../../ir/rmw.h"
#include "emit_core.h"
#include "enter.h"

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

/*
 * The exclusive monitor, as guest/a64/exclusive.h has it. What is not as usual
 * (the monitor watches something else, the granule's place is taken) is done
 * by the interpreter: it knows of tags, and waits.
 */

/* Jumps if this thread has always been alone; returns behind the jump. */
static uint8_t *
skip_if_alone(struct emit *e)
{
	x64_cmp_at(&e->as, &process.was_shared, 0);
	return x64_jcc(&e->as, CC_E, e->as.p);
}

/* Three scratch registers for the glue; false: they are in use. */
static bool
reserve_glue(struct emit *e)
{
	return emit_alloc_this(e, RAX) && emit_alloc_this(e, RCX) &&
	       emit_alloc_this(e, RDX);
}

static void
release_glue(struct emit *e)
{
	emit_free(e, RCX);
	emit_free(e, RDX);
}

void
emit_ldx(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	bool pair = i->op == IR_ldxp;
	unsigned t = pair ? IT64 : i->t, addr;
	uint8_t *alone;

	if (!reserve_glue(e))
		return;
	addr = emit_use(e, i->a);
	alone = skip_if_alone(e);
	x64_mov(&e->as, X64_64, RAX, addr);
	x64_call(&e->as, e->glue->watch);
	emit_slow_if(e, CC_NE);
	x64_patch(alone, e->as.p);
	release_glue(e);
	x64_load(&e->as, t, RAX, x64_at(addr, 0));
	x64_store(&e->as, IT64, CPU(excl_addr), addr);
	x64_store_imm(&e->as, IT32, CPU(excl_size), pair ? 16 : 1 << t);
	x64_store(&e->as, IT64, CPU(excl_val[0]), RAX);
	emit_done(e, i->a);
	result(e, k, RAX, true);
}

void
emit_ldxp_hi(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	unsigned reg = emit_alloc(e);

	x64_load(&e->as, IT64, reg, x64_at(emit_use(e, i->a), 8));
	x64_store(&e->as, IT64, CPU(excl_val[1]), reg);
	emit_done(e, i->a);
	result(e, k, reg, true);
}

/* Whether the monitor allows the store, in ZF behind this: the returned jump
 * goes to where that is looked at. Leaves RAX reserved. */
static uint8_t *
take(struct emit *e, unsigned addr, int32_t size)
{
	uint8_t *alone, *failed;

	x64_alu_rm(&e->as, X64_64, ALU_CMP, addr, CPU(excl_addr));
	emit_slow_if(e, CC_NE);
	x64_alu_mi(&e->as, X64_32, ALU_CMP, CPU(excl_size), size);
	emit_slow_if(e, CC_NE);
	alone = skip_if_alone(e);
	x64_mov(&e->as, X64_64, RAX, addr);
	x64_call(&e->as, e->glue->take);
	failed = x64_jcc(&e->as, CC_NE, e->as.p);
	x64_patch(alone, e->as.p);
	release_glue(e);
	return failed;
}

/* Behind the store, which ZF tells of: the status in RAX. */
static void
give_back(struct emit *e, ir_ref k, uint8_t *failed)
{
	uint8_t *alone;

	x64_patch(failed, e->as.p);
	x64_setcc(&e->as, CC_NE, RAX);
	x64_movzx(&e->as, IT8, RAX, RAX);
	x64_store_imm(&e->as, IT32, CPU(excl_size), 0);
	x64_alu_mi(&e->as, X64_64, ALU_CMP, CPU(excl_place), 0);
	alone = x64_jcc(&e->as, CC_E, e->as.p);
	x64_call(&e->as, e->glue->give_back);
	x64_patch(alone, e->as.p);
	e->fl_host = false;
	result(e, k, RAX, true);
}

void
emit_stx(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k), *x = emit_def(e, i->b);
	ir_ref src = i->b;
	unsigned addr, new;
	uint8_t *failed;

	if (!reserve_glue(e))
		return;
	addr = emit_use(e, i->a);
	failed = take(e, addr, 1 << i->t);
	/* What is cut off need not be extended first. */
	if (e->loc[src].kind == LOC_NONE && x->op == IR_zext &&
	    x->t >= i->t && emit_def(e, x->a)->op == IR_getx)
		src = x->a;
	new = emit_use(e, src);
	x64_load(&e->as, IT64, RAX, CPU(excl_val[0]));
	locked(e, CMPXCHG, i->t, new, x64_at(addr, 0));
	emit_done(e, i->a);
	emit_done(e, i->b);
	give_back(e, k, failed);
}

/* RBX, which the instruction insists on, is the guest's x1: that is in its
 * home meanwhile, where x64_recover() looks for it. */
void
emit_stxp(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	uint8_t *failed;

	if (!reserve_glue(e))
		return;
	failed = take(e, emit_use(e, i->a), 16);
	if (e->loc[i->a].reg != RSI || e->loc[i->a].kind != LOC_REG) {
		if (!emit_alloc_this(e, RSI))
			return;
		x64_mov(&e->as, X64_64, RSI, emit_use(e, i->a));
	}
	if (!emit_alloc_this(e, RCX) || !emit_alloc_this(e, RDX))
		return;
	emit_int_into(e, i->c, RCX);
	x64_store(&e->as, IT64, home_x(X64_CMPXCHG16B_X), RBX);
	emit_int_into(e, i->b, RBX);
	x64_load(&e->as, IT64, RAX, CPU(excl_val[0]));
	x64_load(&e->as, IT64, RDX, CPU(excl_val[1]));
	x64_bytes(&e->as, X64_CMPXCHG16B, X64_CMPXCHG16B_LEN);
	x64_load(&e->as, IT64, RBX, home_x(X64_CMPXCHG16B_X));
	e->free_gpr |= 1u << RCX | 1u << RDX | 1u << RSI;
	emit_done(e, i->a);
	emit_done(e, i->b);
	emit_done(e, i->c);
	give_back(e, k, failed);
}

void
emit_clrex(struct emit *e)
{
	x64_store_imm(&e->as, IT32, CPU(excl_size), 0);
}
