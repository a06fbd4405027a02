/*
 * emit_core.h - what the parts of the block emitter share: values, flags,
 * guest state and control flow. Operations' emitters need emit.h only.
 */
#ifndef FERRY_X64_EMIT_CORE_H
#define FERRY_X64_EMIT_CORE_H

#include "../../../runtime/vm/thread.h"
#include "emit.h"
#include "emit_int.h"

/* Guest registers' places in struct a64_cpu. */

static inline struct x64_mem
home_x(unsigned guest)
{
	return x64_at(RBP, (int)(guest * 8) - X64_CPU_BIAS);
}

static inline struct x64_mem
home_v(unsigned guest)
{
	return x64_at(RBP, (int)(offsetof(struct a64_cpu, v) + guest * 16) -
			   X64_CPU_BIAS);
}

/* Moves between an XMM register and memory. */
#define MOVAPS_LOAD	0x0f28
#define MOVAPS_STORE	0x0f29
#define MOVUPS_LOAD	0x0f10
#define MOVUPS_STORE	0x0f11
#define MOVQ_LOAD	(X64_F3 | 0x0f7e)
#define MOVQ_STORE	(X64_66 | 0x0fd6)
#define MOVSS_LOAD	(X64_F3 | 0x0f10)
#define MOVD_STORE	(X64_66 | 0x0f7e)
#define XORPS		0x0f57
#define PXOR		(X64_66 | 0x0fef)

/* emit_value.c */

/*
 * Guest register n (or the flags) is about to be written by operation k, for
 * which the use of `except' comes first: what else still wants the old value
 * gets it now.
 */
#define EMIT_FLAGS 255
void emit_save_dependants(struct emit *e, ir_ref k, unsigned n, ir_ref except);

/* The free scratch register that holds what is in the guest register's home;
 * X64_NOREG: none. Says that `reg' does, if it is scratch. Whatever holds it
 * does not any more, as the home changes. */
unsigned emit_held(const struct emit *e, unsigned guest);
void emit_hold(struct emit *e, unsigned reg, unsigned guest);
void emit_forget_held(struct emit *e, unsigned guest);

/* Value r, a vector register that is about to be written, gets a register of
 * its own. */
void emit_save_vector(struct emit *e, ir_ref r);

/* When an operation is emitted: where it stands, or where somebody wants its
 * value (integers, truth values, flags; a guest register by itself). */
enum emit_class { EMIT_NOW, EMIT_LATER, EMIT_LATER_FLAGS };

extern const uint8_t emit_class[IR_NR_OPS];

/* emit_flags.c */
void emit_setfl(struct emit *e, ir_ref k);
/* Makes EFLAGS the guest's, in the convention of cmp (CF is a borrow); CF may
 * be anything if no one wants `carry'. */
void emit_flags_to_host(struct emit *e, bool carry);
/* Says in memory what kind of flags are there. EFLAGS stay. */
void emit_store_kind(struct emit *e, uint32_t kind);
/* emit_flags_adc.c: setfl k of f, an addition with carry; `wanted' in
 * memory. */
void emit_setfl_adc(struct emit *e, ir_ref k, const struct ir_insn *f,
		    bool wanted);
/* General or vector register n of the guest has a new value: flags may not be
 * computed from it, unless v, if any, is the result that came with them. */
void emit_forget_side(struct emit *e, unsigned n, bool vector);
void emit_flags_written(struct emit *e, unsigned n, ir_ref v);
/* emit_flags_exit.c */
/* The setter must store the flags after all. */
void emit_flags_force(struct emit *e);
/* Whether guest instruction `from', which sets flags f, must do so; and the
 * kind to say (enum a64_flag_kind). */
bool emit_flags_wanted(struct emit *e, unsigned from, const struct ir_insn *f);
unsigned emit_flags_kind(unsigned op, unsigned t);
/* Operand r of a comparison of type t; false: it is no side that lasts. */
bool emit_flags_side(struct emit *e, ir_ref r, unsigned t,
		     struct emit_side *s);
/* Who comes next knows only flags in memory. */
void emit_flags_in_memory(struct emit *e);
/* Instruction e->guest begins, and has ended. */
void emit_flags_begin(struct emit *e);
void emit_flags_end(struct emit *e);
/* Before a jump that may be linked to the code at `target'. */
void emit_flags_leave(struct emit *e, gaddr target);
/* The word that the stub of a way out here stores; 0: none. */
uint32_t emit_flags_exit(struct emit *e);

/* emit_state.c */
void emit_setx(struct emit *e, ir_ref k);
void emit_setv(struct emit *e, ir_ref k);
void emit_load(struct emit *e, ir_ref k);
void emit_store(struct emit *e, ir_ref k);
void emit_prefetch(struct emit *e, ir_ref k);
void emit_vload(struct emit *e, ir_ref k);
void emit_vstore(struct emit *e, ir_ref k);

/* emit_atomic.c */
void emit_align(struct emit *e, ir_ref k);
void emit_rmw(struct emit *e, ir_ref k);
void emit_cas(struct emit *e, ir_ref k);
void emit_ldx(struct emit *e, ir_ref k);	/* and ldxp */
void emit_ldxp_hi(struct emit *e, ir_ref k);
void emit_stx(struct emit *e, ir_ref k);
void emit_stxp(struct emit *e, ir_ref k);
void emit_clrex(struct emit *e);

/* emit_branch.c */

/* Notes the jump at `site' as a way out; linkable: it may later go straight
 * to the block at `target'. */
void emit_add_exit(struct emit *e, uint8_t *site, gaddr target,
		   bool linkable);
/* A jump that can be patched while other threads run it. */
uint8_t *emit_jmp_aligned(struct emit *e);
void emit_exit_to(struct emit *e, gaddr target);
/* Whether that is a jump that looks whether the thread is wanted: a loop's, or
 * any if edges are counted. */
bool emit_must_look(struct emit *e, gaddr target);
/* A conditional one that need not look. */
void emit_jcc_to(struct emit *e, enum x64_cc cc, gaddr target);
void emit_jump_if(struct emit *e, ir_ref k);
void emit_call(struct emit *e, ir_ref k);
void emit_ijump(struct emit *e, ir_ref k);
void emit_icall(struct emit *e, ir_ref k);
void emit_ret(struct emit *e, ir_ref k);
/* Where e->ret_site goes: a return, behind which a block ends, to elsewhere than
 * where it was called from. */
void emit_ret_elsewhere(struct emit *e);

/* The target of an exit whose pc is in rax; no instruction has it. */
#define EMIT_EXIT_RAX	1

#endif
