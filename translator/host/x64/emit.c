/*
 * emit.c - the block emitter.
 *
 * A guest instruction is emitted operation by operation; what it leaves behind
 * is in its home before the next one begins. An instruction that runs out of
 * scratch registers, or has an operation without emitter, is emitted again as
 * a call of the interpreter's handler.
 */
#include "cpu.h"
#include "../../ir/ops.h"
#include "emit_core.h"
#include "enter.h"

static struct emit_slow *
add_slow(struct emit *e, enum x64_cc cc)
{
	static struct emit_slow none;
	struct emit_slow *s = &e->slow[e->nr_slow];

	e->fl_host = false;
	if (e->nr_slow == EMIT_MAX_SLOW) {
		e->as.full = true;
		return &none;
	}
	e->nr_slow++;
	*s = (struct emit_slow){ .guest = (uint8_t)e->guest };
	s->site = x64_jcc(&e->as, cc, e->as.p);
	return s;
}

void
emit_slow_if(struct emit *e, enum x64_cc cc)
{
	add_slow(e, cc);
}

void
emit_slow_if_doubt(struct emit *e, enum x64_cc cc,
		   const struct emit_doubt *doubt)
{
	add_slow(e, cc)->doubt = *doubt;
}

static void
call_handler(struct emit *e, unsigned guest)
{
	uint32_t word = e->b->guest[guest].word;

	if (e->calls)
		x64_inc_at(&e->as, e->calls(word));
	x64_mov_imm(&e->as, RAX, e->b->pc + 4 * guest);
	x64_mov_imm(&e->as, RSI, word);
	x64_mov_imm(&e->as, RDX, (uintptr_t)e->handler(word));
	x64_call(&e->as, e->glue->fallback);
}

static void
emit_fallback(struct emit *e)
{
	emit_flags_in_memory(e);
	call_handler(e, e->guest);
	e->held = 0;
	e->fl_known = e->fl_host = false;
	e->fl_memory = true;
	memset(e->v_bits, 128, sizeof(e->v_bits));
}

/* MSR FPCR: what sets it to what it is, as libm does, goes on; else the handler
 * does it, and who comes next must ask which code may run now. */
static void
emit_setfpcr(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	gaddr next = e->b->pc + 4 * (e->guest + 1);
	unsigned v = emit_use(e, i->a);
	uint8_t *same;

	emit_flags_leave(e, next);
	x64_alu_rm(&e->as, X64_32, ALU_CMP, v, CPU(fp.fpcr));
	emit_done(e, i->a);
	e->fl_host = false;
	same = x64_jcc(&e->as, CC_E, e->as.p);
	call_handler(e, e->guest);
	emit_add_exit(e, x64_jmp(&e->as, e->as.p), next, false);
	x64_patch(same, e->as.p);
}

#define LATER(op)	[IR_##op] = EMIT_LATER
#define FLAGS(op)	[IR_##op] = EMIT_LATER_FLAGS

const uint8_t emit_class[IR_NR_OPS] = {
	LATER(NONE), LATER(getv), LATER(vconst),

	LATER(const), LATER(getx), LATER(gettp), LATER(getfpcr),
	LATER(getfpsr), LATER(add), LATER(sub), LATER(mul), LATER(umulh),
	LATER(smulh), LATER(udiv), LATER(sdiv), LATER(and), LATER(or),
	LATER(xor), LATER(andn), LATER(shl), LATER(shr), LATER(sar),
	LATER(ror), LATER(not), LATER(neg), LATER(clz), LATER(cls),
	LATER(bswap), LATER(bswap16), LATER(bswap32), LATER(rbit),
	LATER(zext), LATER(sext), LATER(extract), LATER(crc32c),
	LATER(choose), LATER(btoi),

	LATER(eq), LATER(ne), LATER(ult), LATER(slt), LATER(bit),
	LATER(band), LATER(bor), LATER(bnot), LATER(fl_carry), LATER(cond),

	FLAGS(getfl), FLAGS(fl_add), FLAGS(fl_sub), FLAGS(fl_logic),
	FLAGS(fl_adc), FLAGS(fl_nzcv), FLAGS(fl_select), FLAGS(fp_cmp_flags),
	FLAGS(fp_ccmp_flags),
};

static void
emit_op(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);

	switch (i->op) {
	case IR_setx:
		emit_setx(e, k);
		break;
	case IR_setv:
		emit_setv(e, k);
		break;
	case IR_setfl:
		emit_setfl(e, k);
		break;
	case IR_settp:
		x64_store(&e->as, IT64, CPU(tpidr_el0), emit_use(e, i->a));
		emit_done(e, i->a);
		break;
	case IR_setfpcr:
		emit_setfpcr(e, k);
		break;
	case IR_load:
		emit_load(e, k);
		break;
	case IR_store:
		emit_store(e, k);
		break;
	case IR_vload:
		emit_vload(e, k);
		break;
	case IR_vstore:
		emit_vstore(e, k);
		break;
	case IR_align:
		emit_align(e, k);
		break;
	case IR_rmw:
		emit_rmw(e, k);
		break;
	case IR_cas:
		emit_cas(e, k);
		break;
	case IR_ldx:
	case IR_ldxp:
		emit_ldx(e, k);
		break;
	case IR_ldxp_hi:
		emit_ldxp_hi(e, k);
		break;
	case IR_stx:
		emit_stx(e, k);
		break;
	case IR_stxp:
		emit_stxp(e, k);
		break;
	case IR_clrex:
		emit_clrex(e);
		break;
	case IR_prefetch:
		emit_prefetch(e, k);
		break;
	case IR_barrier:	/* lock or dword [rsp], 0 */
		x64_byte(&e->as, 0xf0);
		x64_alu_mi(&e->as, X64_32, ALU_OR, x64_at(RSP, 0), 0);
		e->fl_host = false;
		break;
	case IR_jump:
		emit_exit_to(e, i->imm);
		break;
	case IR_jump_if:
		emit_jump_if(e, k);
		break;
	case IR_call:
		emit_call(e, k);
		break;
	case IR_ijump:
		emit_ijump(e, k);
		break;
	case IR_icall:
		emit_icall(e, k);
		break;
	case IR_ret:
		emit_ret(e, k);
		break;
	default:
		if (!emit_vec(e, k) && !emit_fp(e, k))
			e->failed = true;
		e->fl_host = false;
	}
}

/* The way out when SP has become misaligned: the interpreter checks it at
 * each access. */
static void
emit_check_sp(struct emit *e)
{
	gaddr next = e->b->pc + 4 * (e->guest + 1);

	x64_test_imm(&e->as, X64_32, R14, 15);
	emit_add_exit(e, x64_jcc(&e->as, CC_NE, e->as.p), next, false);
	e->fl_host = false;
}

/* Operation `op' if g is nothing but that and a general register set to it;
 * else NULL. */
static const struct ir_insn *
written(struct emit *e, const struct ir_guest *g, unsigned op)
{
	const struct ir_insn *set = emit_def(e, g->last - 1u);

	if (g->fallback || g->last == g->first || set->op != IR_setx ||
	    emit_def(e, set->a)->op != op)
		return NULL;
	return emit_def(e, set->a);
}

/*
 * rbit and clz of its result, which only the manual's authors wanted apart:
 * trailing zeros. Emits both as one; true if that is what comes.
 */
static bool
emit_trailing_zeros(struct emit *e)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	const struct ir_insn *rbit, *clz, *src;
	unsigned n, reg, dst;

	if (e->guest + 1 == e->b->nr_guest)
		return false;
	rbit = written(e, g, IR_rbit);
	if (!rbit || !x64_cpu_has(X64_CPU_BMI1))
		return false;
	clz = written(e, g + 1, IR_clz);
	if (!clz || rbit->t != clz->t)
		return false;
	n = emit_def(e, g->last - 1u)->n;
	src = emit_def(e, clz->a);
	if (src->op == IR_zext && src->t == IT32)
		src = emit_def(e, src->a);
	if (src->op != IR_getx || src->n != n ||
	    emit_def(e, g[1].last - 1u)->n != n)
		return false;
	reg = rbit->t == IT64 ? emit_use(e, rbit->a) : emit_use32(e, rbit->a);
	dst = x64_pin_of(n) == X64_NOREG ? emit_alloc(e) : x64_pin_of(n);
	x64_rr(&e->as, rbit->t == IT64, X64_F3 | 0x0fbc, dst, reg); /* tzcnt */
	if (x64_pin_of(n) == X64_NOREG) {
		x64_store(&e->as, IT64, home_x(n), dst);
		emit_forget_held(e, n);
	}
	emit_forget_side(e, n, false);
	e->fl_host = false;
	e->skip = true;
	return true;
}

/* What is written to vector register *n by guest instruction j, if nothing else
 * is; or NULL. */
static const struct ir_insn *
vector_written(struct emit *e, unsigned j, unsigned *n)
{
	const struct ir_guest *g = &e->b->guest[j];
	const struct ir_insn *set = emit_def(e, g->last - 1u);

	if (g->fallback || e->as_fallback[j] || g->last == g->first ||
	    set->op != IR_setv)
		return NULL;
	*n = set->n;
	return emit_def(e, set->a);
}

/*
 * aese and aesmc of its result, or aesd and aesimc, which processors take
 * together as well: one round by the host's instruction. As above.
 */
static bool
emit_aes_round(struct emit *e)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	const struct ir_insn *first, *second;
	unsigned n, m;

	if (e->guest + 1 == e->b->nr_guest)
		return false;
	first = vector_written(e, e->guest, &n);
	if (!first || (first->op != IR_vaese && first->op != IR_vaesd) ||
	    !x64_cpu_has(X64_CPU_AES))
		return false;
	second = vector_written(e, e->guest + 1, &m);
	if (!second || m != n ||
	    second->op != (first->op == IR_vaese ? IR_vaesmc : IR_vaesimc) ||
	    emit_def(e, second->a)->op != IR_getv ||
	    emit_def(e, second->a)->n != n)
		return false;
	emit_vec_aes_round(e, emit_def(e, g->last - 1u)->a);
	emit_setv(e, (ir_ref)(g->last - 1u));
	e->skip = true;
	return true;
}

static void
emit_guest(struct emit *e)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	uint8_t *start = e->as.p;
	unsigned exits = e->nr_exits, slow = e->nr_slow;
	const struct ir_insn *insn = e->b->insn;
	unsigned k, last = g->last;
	unsigned jumps = e->as.jumps;

	e->start[e->guest] = start;
	e->failed = e->check_sp = e->as.bad = false;
	e->free_gpr = X64_SCRATCH;
	e->free_xmm = X64_SCRATCH_XMM;
	e->fl_twin = 0;
	emit_flags_begin(e);
	if (e->skip) {
		e->skip = false;
		return;
	}
	if (g->fallback || e->as_fallback[e->guest]) {
		emit_fallback(e);
		if (g->writes.x >> 31)
			emit_check_sp(e);
		return;
	}
	for (k = g->first; k < last; k++)
		e->left[k] = insn[k].uses;
	if (!emit_trailing_zeros(e) && !emit_aes_round(e))
		for (k = g->first; k < last; k++) {
			if (emit_class[insn[k].op] != EMIT_NOW)
				continue;
			emit_op(e, (ir_ref)k);
			if (e->failed)
				break;
		}
	e->failed |= e->as.bad;
	if (e->failed && g->last > g->first &&
	    emit_def(e, g->last - 1u)->op >= IR_jump) {
		/* A handler only says where a branch would go: no code. */
		e->as.full = true;
		return;
	}
	if (e->failed) {
		/* What precedes must know that the handler reads flags. */
		e->as.p = start;
		e->nr_exits = exits;
		e->nr_slow = slow;
		e->as_fallback[e->guest] = true;
		e->restart = true;
		e->needs_state = e->b->trimmed;
		return;
	}
	emit_flags_end(e);
	/* Where ways meet, scratch registers may differ. */
	if (e->nr_slow != slow || e->as.jumps - jumps != e->nr_exits - exits)
		e->held = 0;
	if (e->check_sp)
		emit_check_sp(e);
}

static void
emit_stubs(struct emit *e)
{
	unsigned i;

	if (e->ret_site)
		emit_ret_elsewhere(e);
	for (i = 0; i < e->nr_slow; i++) {
		const struct emit_slow *s = &e->slow[i];

		x64_patch(s->site, e->as.p);
		if (s->doubt.shape)
			emit_fp_doubt(e, &s->doubt, s->site);
		/* A signal of the handler's shows them. */
		if (e->again_at[s->guest])
			emit_store_kind(e, e->again_at[s->guest]);
		call_handler(e, s->guest);
		x64_jmp(&e->as, e->start[e->slow[i].guest + 1]);
	}
	for (i = 0; i < e->nr_exits; i++) {
		struct emit_exit *x = &e->exit[i];

		x->stub = e->as.p;
		x64_patch(x->site, e->as.p);
		if (x->again)
			x64_store_imm(&e->as, IT32, CPU(flag_kind),
				      (int32_t)x->again);
		if (x->target != EMIT_EXIT_RAX)
			x64_mov_imm(&e->as, RAX, x->target);
		x64_mov_imm(&e->as, RDX,
			    x->linkable ? (uintptr_t)x->site : 0);
		x64_jmp(&e->as, e->glue->exit);
	}
}

static void
emit_seldom(struct emit *e)
{
	struct x64_asm as = e->as;

	if (!e->seldom) {
		emit_stubs(e);
		return;
	}
	e->as.p = e->seldom;
	e->as.end = e->seldom_end;
	emit_stubs(e);
	e->seldom = e->as.p;
	e->as.p = as.p;
	e->as.end = as.end;
}

/* The guest's code goes on behind the block. */
static void
emit_end(struct emit *e)
{
	gaddr next = e->b->pc + 4 * e->b->nr_guest;
	unsigned last = e->b->nr_guest - 1;
	bool fresh = e->ends_fresh &&
		     (ir_last_op(e->b, last) != IR_setfpcr ||
		      e->as_fallback[last]);

	if (ir_ends(ir_last_op(e->b, last)))
		return;
	emit_flags_leave(e, next);
	emit_add_exit(e, emit_jmp_aligned(e), next, !fresh);
}

static bool
is_loaded(const struct ir_block *b, ir_ref r)
{
	const struct ir_insn *i = &b->insn[r];

	if (i->op == IR_zext || i->op == IR_sext)
		i = &b->insn[i->a];
	return i->op == IR_load;
}

static uint32_t
registers_computed(const struct ir_block *b)
{
	uint32_t mask = 0;
	unsigned j, k;

	for (j = 0; j < b->nr_guest; j++) {
		const struct ir_guest *g = &b->guest[j];

		if (!(g->effects & IR_FAULTS)) {
			mask |= g->writes.x;
			continue;
		}
		for (k = g->last; g->writes.x & ~mask && k-- > g->first; )
			if (b->insn[k].op == IR_setx &&
			    !is_loaded(b, b->insn[k].a))
				mask |= 1u << b->insn[k].n;
	}
	return mask;
}

void
x64_start(void)
{
	x64_wide_pins = x64_cpu_has(X64_CPU_AVX512);
}

bool
x64_emit_block(struct emit *e)
{
	uint8_t *begin = e->as.p;
	unsigned tries;

	x64_start();
	memset(e->fl_force, 0, sizeof(e->fl_force));
	memset(e->as_fallback, 0, sizeof(e->as_fallback));
	e->needs_state = false;
	e->x_computed = registers_computed(e->b);
	for (tries = 0; tries <= 2 * IR_MAX_GUEST; tries++) {
		e->as.p = begin;
		e->nr_exits = e->nr_slow = 0;
		e->ret_site = NULL;
		e->restart = e->skip = false;
		memset(e->v_bits, 128, sizeof(e->v_bits));
		memset(e->loc, 0, e->b->nr * sizeof(e->loc[0]));
		e->fl_known = e->fl_host = false;
		e->fl_memory = true;
		e->fl_ready = 0;
		e->fl_again = 0;
		e->fl_undo = e->fl_stored = false;
		e->step.by = 0;
		e->held = 0;
		if (e->runs)
			x64_inc_at(&e->as, e->runs);
		for (e->guest = 0; e->guest < e->b->nr_guest && !e->restart;
		     e->guest++)
			emit_guest(e);
		e->start[e->b->nr_guest] = e->as.p;
		if (!e->restart)
			emit_end(e);
		if (!e->restart || e->needs_state)
			break;
	}
	if (e->needs_state)
		return false;
	emit_seldom(e);
	return !e->as.full && !e->restart;
}
