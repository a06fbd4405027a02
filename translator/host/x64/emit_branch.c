/*
 * emit_branch.c - control flow: jumps to other blocks, calls and returns.
 */
#include "emit_core.h"

#define THREAD(field) x64_at(RBP, (int)offsetof(struct thread, field) - \
				  X64_CPU_BIAS)

_Static_assert(offsetof(struct thread, cpu) == 0, "rbp finds the thread");

void
emit_add_exit(struct emit *e, uint8_t *site, gaddr target, bool linkable)
{
	if (e->nr_exits == EMIT_MAX_EXITS) {
		e->as.full = true;
		return;
	}
	e->exit[e->nr_exits++] = (struct emit_exit){
		site, NULL, target, linkable, emit_flags_exit(e) };
	e->fl_stored = false;
}

/* The same, to the pc in rax. */
static void
add_exit_rax(struct emit *e, uint8_t *site)
{
	emit_add_exit(e, site, EMIT_EXIT_RAX, false);
}

/* Before a jump that is patched while others run it: its displacement, behind
 * `opcode' bytes, is to lie in one doubleword, which is written as a whole
 * (AMD64 APM 2, 7.3.2; Intel SDM 3, 9.1.1). */
static void
align_jump(struct emit *e, unsigned opcode)
{
	static const unsigned nops[3] = { 0, 0x90, 0x9066 };
	unsigned at = ((uintptr_t)e->as.p + opcode) & 7;
	unsigned pad = at > 4 ? 8 - at : 0;

	if (pad == 3)
		x64_bytes(&e->as, 0x001f0f, 3);
	else if (pad)
		x64_bytes(&e->as, nops[pad], pad);
}

uint8_t *
emit_jmp_aligned(struct emit *e)
{
	align_jump(e, 1);
	return x64_jmp(&e->as, e->as.p);
}

static uint8_t *
jcc_aligned(struct emit *e, enum x64_cc cc)
{
	align_jump(e, 2);
	return x64_jcc(&e->as, cc, e->as.p);
}

static bool
is_backward(struct emit *e, gaddr target)
{
	return target <= e->b->pc + 4 * e->guest;
}

bool
emit_must_look(struct emit *e, gaddr target)
{
	return is_backward(e, target) || unlikely(e->edges);
}

void
emit_jcc_to(struct emit *e, enum x64_cc cc, gaddr target)
{
	emit_flags_leave(e, target);
	emit_add_exit(e, jcc_aligned(e, cc), target, true);
}

/* A branch to target is taken. To the next instruction is not elsewhere. */
static void
count_edge(struct emit *e, gaddr target)
{
	if (likely(!e->edges) || target == e->b->pc + 4 * (e->guest + 1))
		return;
	x64_alu_mi(&e->as, X64_32, ALU_SUB, THREAD(edges), 1);
	emit_add_exit(e, x64_jcc(&e->as, CC_E, e->as.p), target, false);
}

/* What goes backward looks whether the thread is wanted: every loop does. */
static void
look_first(struct emit *e, gaddr target)
{
	count_edge(e, target);
	if (!is_backward(e, target))
		return;
	x64_alu_mi(&e->as, X64_32, ALU_CMP, THREAD(poll), 0);
	emit_add_exit(e, x64_jcc(&e->as, CC_NE, e->as.p), target, false);
}

/* A jump to another block. */
void
emit_exit_to(struct emit *e, gaddr target)
{
	look_first(e, target);
	emit_flags_leave(e, target);
	emit_add_exit(e, emit_jmp_aligned(e), target, true);
}

void
emit_jump_if(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	enum x64_cc cc;
	uint8_t *skip;

	if (emit_def(e, i->a)->op == IR_cond && emit_def(e, i->a)->n >= 14) {
		emit_exit_to(e, i->imm);	/* b.al, b.nv */
		emit_done(e, i->a);
		return;
	}
	cc = emit_cond(e, i->a);
	emit_done(e, i->a);
	if (!emit_must_look(e, i->imm)) {
		emit_jcc_to(e, cc, i->imm);
		return;
	}
	skip = x64_jcc(&e->as, cc ^ 1, e->as.p);
	emit_exit_to(e, i->imm);
	x64_patch(skip, e->as.p);
	e->fl_host = false;
}

/* The target of an indirect jump, in rax. */
static void
target_to_rax(struct emit *e, ir_ref r)
{
	if (e->loc[r].kind == LOC_NONE)
		emit_int_into(e, r, RAX);
	else
		x64_mov(&e->as, X64_64, RAX, e->loc[r].reg);
	emit_done(e, r);
}

/* Looks rax up in the thread's table of known targets: [rcx] is its entry. */
static void
look_up_rax(struct emit *e)
{
	x64_alu_mi(&e->as, X64_32, ALU_CMP, THREAD(poll), 0);
	add_exit_rax(e, x64_jcc(&e->as, CC_NE, e->as.p));
	/* jump_index() */
	x64_mov(&e->as, X64_32, RCX, RAX);
	x64_shift_imm(&e->as, X64_32, SH_SHR, RCX, 12);
	x64_alu_rr(&e->as, X64_32, ALU_XOR, RCX, RAX);
	x64_alu_ri(&e->as, X64_32, ALU_AND, RCX, (JUMP_ENTRIES - 1) * 4);
	x64_lea(&e->as, X64_64, RCX,
		(struct x64_mem){ RBP, RCX, 2, THREAD(jump_cache).disp });
	x64_alu_rm(&e->as, X64_64, ALU_CMP, RAX, x64_at(RCX, 0));
	add_exit_rax(e, x64_jcc(&e->as, CC_NE, e->as.p));
}

void
emit_ijump(struct emit *e, ir_ref k)
{
	target_to_rax(e, emit_def(e, k)->a);
	count_edge(e, EMIT_EXIT_RAX);
	look_up_rax(e);
	x64_rm(&e->as, X64_32, 0xff, 4, x64_at(RCX, 8));	/* jmp */
}

/*
 * Calls push the guest's return address, which is in x30 by now, and make a
 * host call; a return whose target is what was pushed is a host return, which
 * the processor predicts. Behind the call, the pair is dropped and the guest's
 * code goes on.
 */
static void
push_return(struct emit *e)
{
	gaddr pc = e->b->pc + 4 * (e->guest + 1);

	if (pc <= INT32_MAX) {
		x64_byte(&e->as, 0x68);		/* push imm32 */
		x64_bytes(&e->as, pc, 4);
	} else {
		x64_rm(&e->as, X64_32, 0xff, 6, home_x(30));
	}
}

static void
behind_call(struct emit *e)
{
	x64_lea(&e->as, X64_64, RSP, x64_at(RSP, 8));
	e->fl_memory = true;	/* the function has set them, or stored */
	emit_add_exit(e, emit_jmp_aligned(e), e->b->pc + 4 * (e->guest + 1), true);
}

void
emit_call(struct emit *e, ir_ref k)
{
	gaddr target = emit_def(e, k)->imm;

	look_first(e, target);
	emit_flags_leave(e, target);
	push_return(e);
	align_jump(e, 1);
	emit_add_exit(e, x64_call_site(&e->as, e->as.p), target, true);
	behind_call(e);
}

void
emit_icall(struct emit *e, ir_ref k)
{
	target_to_rax(e, emit_def(e, k)->a);
	count_edge(e, EMIT_EXIT_RAX);
	look_up_rax(e);
	push_return(e);
	x64_rm(&e->as, X64_32, 0xff, 2, x64_at(RCX, 8));	/* call */
	behind_call(e);
}

void
emit_ret(struct emit *e, ir_ref k)
{
	target_to_rax(e, emit_def(e, k)->a);
	count_edge(e, EMIT_EXIT_RAX);
	x64_alu_rm(&e->as, X64_64, ALU_CMP, RAX, x64_at(RSP, 8));
	e->ret_site = x64_jcc(&e->as, CC_NE, e->as.p);
	x64_ret(&e->as);
}

void
emit_ret_elsewhere(struct emit *e)
{
	x64_patch(e->ret_site, e->as.p);
	look_up_rax(e);
	x64_rm(&e->as, X64_32, 0xff, 4, x64_at(RCX, 8));	/* jmp */
}
