/*
 * lift.c - the lifter: the semantic functions compiled a second time, with
 * operations that append IR.
 */
#include "a64_gen.h"
#include "../../../runtime/base/log.h"
#include "lift_ops.h"

#include "sem_dp_imm.h"
#include "sem_dp_reg.h"
#include "sem_branch.h"
#include "sem_ldst.h"
#include "sem_atomic.h"
#include "sem_system.h"
#include "sem_fp.h"
#include "sem_simd_fp.h"
#include "sem_simd.h"
#include "sem_simd_ldst.h"
#include "sem_crypto.h"

typedef void a64_lift_fn(sem_ctx *s, uint32_t insn);

#include "a64_lift.inc"

void
a64_lift_start(struct ir_block *b, gaddr pc)
{
	b->pc = pc;
	b->nr = 1;	/* operation 0 is none */
	b->nr_guest = 0;
	b->trimmed = false;
	b->insn[0] = (struct ir_insn){ .op = IR_NONE };
}

void
a64_lift_insn(struct ir_block *b, uint32_t word, unsigned row)
{
	struct ir_guest *g = &b->guest[b->nr_guest];
	sem_ctx s = { b, g, b->pc + 4 * b->nr_guest };

	*g = (struct ir_guest){ .first = (uint16_t)b->nr, .word = word };
	if (a64_lift[row])
		a64_lift[row](&s, word);
	else
		g->fallback = true;
	if (unlikely(b->nr - g->first > IR_MAX_PER_GUEST))
		bug("%u operations for 0x%08x", b->nr - g->first, word);
	if (g->fallback) {
		b->nr = g->first;
		g->effects = 0;
		g->reads = g->writes = (struct ir_regs){ 0, 0 };
	}
	g->last = (uint16_t)b->nr;
	b->nr_guest++;
}
