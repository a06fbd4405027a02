/*
 * emit.h - from a block of IR to x86-64 code, one operation at a time.
 *
 * Register convention of translated code (see also enter.S):
 *
 *	rbp		struct a64_cpu + X64_CPU_BIAS, so that all general
 *			registers have 8-bit displacements
 *	rsp		the host stack, 16-byte aligned between instructions
 *	rbx r12-r15 rdi r8-r11
 *			guest registers, x64_pin_of() says which
 *	rax rcx rdx rsi	scratch
 *	xmm4-xmm15	guest vector registers, by x64_vpin_of()
 *	xmm16-xmm31	more of them, where there is AVX-512VL
 *	xmm0-xmm3	scratch
 *
 * Between guest instructions every guest register is in its home: the pinned
 * host register, or struct a64_cpu. Flags are in struct a64_cpu unless the
 * emitter has found that no instruction will look. Where a signal frame may
 * show them all the same, there is a word that can make them (ir.h, `again'):
 * in flag_kind behind every way out, and per instruction in again_at[].
 */
#ifndef FERRY_X64_EMIT_H
#define FERRY_X64_EMIT_H

#include "../../ir/ir.h"
#include "../../ir/reference.h"
#include "../../ir/scan.h"
#include "../../ir/vshape.h"
#include "asm.h"

#define X64_CPU_BIAS	128
#define X64_SCRATCH	(1u << RAX | 1u << RCX | 1u << RDX | 1u << RSI)

#define X64_SCRATCH_XMM	0xfu

extern const uint8_t x64_pins[32];

/* Where a general register lives; X64_NOREG: in memory. */
static inline unsigned
x64_pin_of(unsigned guest)
{
	return x64_pins[guest];
}

/* The same for vector registers. */
unsigned x64_vpin_of(unsigned guest);

/* A way out of the block: a jump that may be linked to the block at `target',
 * and goes to a stub that asks for it until then. */
struct emit_exit {
	uint8_t *site;		/* behind the jump's displacement */
	uint8_t *stub;
	gaddr target;
	bool linkable;
	uint32_t again;		/* what the stub stores as flag_kind; 0: the
				 * flags are in memory */
};

/* A slow path to be emitted apart from the block's code: the interpreter does
 * instruction `guest', then execution goes on with the next one. */
struct emit_slow {
	uint8_t *site;		/* the jump here */
	uint8_t guest;
	/* Only if a lane of that shape in xmm is the least normal number, or
	 * with `nan' a NaN; and else back behind the jump. Registers that the
	 * test may use. Shape 0: in any case. */
	struct emit_doubt {
		uint16_t shape;
		uint8_t xmm;
		bool nan;
		uint8_t tmp, tmp_xmm;
	} doubt;
};

#define EMIT_MAX_EXITS	40
#define EMIT_MAX_SLOW	128

enum emit_loc_kind { LOC_NONE = 0, LOC_REG, LOC_XMM };

struct emit_loc {
	uint8_t kind, reg;
	bool owned;		/* a scratch register that is the value's */
};

/* Flags as the current block's code last set them: what to compare again.
 * A side is a constant or a guest register that still holds the value, or
 * (EMIT_SLOT) flag_a or flag_b of struct a64_cpu. */
struct emit_side {
	bool is_const;
	uint8_t guest;
	uint64_t value;
};

#define EMIT_SLOT	254
#define EMIT_ALL_ONES	(~UINT64_C(0))	/* the other side of a result */

struct emit {
	struct x64_asm as;
	/* Where slow paths and the stubs of exits go, and how far; then where
	 * they end. NULL: behind the block. */
	uint8_t *seldom, *seldom_end;
	const struct ir_block *b;
	unsigned guest;			/* instruction being emitted */
	bool failed;			/* it must be a fallback */
	bool as_fallback[IR_MAX_GUEST];	/* those that failed before */
	bool needs_state;		/* one failed, and b is trimmed */
	bool skip;			/* the next instruction is done already */
	bool check_sp;			/* it may have misaligned SP */
	bool ends_fresh;		/* by the caller: behind the block, code
					 * must be looked up anew */
	unsigned free_gpr, free_xmm;	/* masks */
	/* Scratch registers that hold what is in a guest register's home, too,
	 * until they are allocated: who wants that need not load it. */
	unsigned held;			/* mask */
	uint8_t held_x[8], held_age[8];
	uint8_t age;
	struct emit_loc loc[IR_MAX_INSNS];
	uint16_t left[IR_MAX_INSNS];	/* uses still to come */
	uint32_t x_computed;		/* general registers that the block
					 * writes, other than by a load */
	/* The guest's vector registers are known to be zero from this bit on:
	 * 128, or what the block has written. */
	uint8_t v_bits[32];

	/* The flags. */
	bool fl_known;			/* fl_op and sides describe them */
	uint8_t fl_op, fl_t;		/* IR_fl_sub, _add, _logic, or
					 * IR_fp_cmp_flags: the sides are
					 * vector registers */
	struct emit_side fl_a, fl_b;
	bool fl_host;			/* EFLAGS hold them, as after cmp */
	bool fl_memory;			/* so does struct a64_cpu */
	unsigned fl_insn;		/* who set them */
	/* The guest instruction before which EFLAGS are those of an fcmp, for
	 * its condition: it is fl_ready_cc. 0: none. */
	unsigned fl_ready;
	uint8_t fl_ready_cc;
	/* Not in memory: how to make them again, and of which registers; 0:
	 * those have changed. */
	uint32_t fl_again;
	struct ir_regs fl_from;
	uint32_t fl_keep;
	unsigned fl_keep_reg;
	bool fl_undo;			/* not known, but fl_a's register has
					 * the result, and fl_b is as it was */
	bool fl_stored;			/* on the way to the exit that is being
					 * emitted, they have been */
	ir_ref fl_twin;			/* the operation that makes EFLAGS them
					 * by the way; 0: none */
	/* Setters that must store the flags after all, found when a reader
	 * could not do without; then everything is emitted again. */
	bool fl_force[IR_MAX_GUEST];
	bool restart;

	uint8_t *ret_site;		/* NULL: there is no return */
	struct emit_exit exit[EMIT_MAX_EXITS];
	unsigned nr_exits;
	struct emit_slow slow[EMIT_MAX_SLOW];
	unsigned nr_slow;
	/* Host address of each guest instruction, and of the end; how to make
	 * the flags that it finds, 0 if they are in memory. */
	uint8_t *start[IR_MAX_GUEST + 1];
	uint32_t again_at[IR_MAX_GUEST];
	/* In a loop of this block alone, what again words (made by its end)
	 * call Rn is changed before the flags are set anew, by `by' in
	 * instruction `insn'; by 0: no such loop. */
	struct emit_step {
		uint32_t insn, reg;
		int32_t by;
	} step;

	/* Given by the caller: whether the code has to find NaNs that x86 and
	 * Arm choose differently; else they trap. */
	bool fp_tests;
	/* Each branch that is taken is counted in struct thread's `edges', and
	 * the code left when that is 0. */
	bool edges;
	/* What the code at a pc does about flags; the interpreter's
	 * handlers. */
	struct ir_ahead (*ahead)(gaddr pc);
	const void *(*handler)(uint32_t word);
	/* Counters to be incremented where the block is entered, and where the
	 * interpreter's handler of a word is called; NULL: nobody counts. */
	uint64_t *runs;
	uint64_t *(*calls)(uint32_t word);
	/* The exit stubs' common tails, by purpose. */
	const struct emit_glue *glue;
};

/* Code in enter.S that translated code jumps to or calls. */
struct emit_glue {
	const void *exit;	/* jmp: rax pc, rdx the site to link or 0 */
	const void *fallback;	/* call: rax pc, esi word, rdx handler */
	const void *flags;	/* call: EFLAGS from struct a64_cpu */
	/* call, rax an address; change rax, rcx, rdx. For the granule's place,
	 * see exclusive.h: notes its number, ZF says if it is free; takes it,
	 * ZF says if that went well. */
	const void *watch, *take;
	/* call, rax 0 if the owner has stored, else 1: gives it back. Changes
	 * rcx, rdx. */
	const void *give_back;
};

/* Emits the whole block at e->as and e->seldom. False if it does not fit, or,
 * and then e->needs_state is set, if it has to be done without opt/dead.c. */
bool x64_emit_block(struct emit *e);

/* For the operations' emitters. */

#define CPU(field) x64_at(RBP, (int)offsetof(struct a64_cpu, field) - \
			       X64_CPU_BIAS)

static inline const struct ir_insn *
emit_def(struct emit *e, ir_ref r)
{
	return &e->b->insn[r];
}

/* A free scratch register; sets e->failed if there is none. */
unsigned emit_alloc(struct emit *e);
void emit_free(struct emit *e, unsigned reg);
unsigned emit_alloc_xmm(struct emit *e);
void emit_free_xmm(struct emit *e, unsigned xmm);

/* A register that holds integer value r (constants are loaded). It may be a
 * pinned one: read only. */
unsigned emit_use(struct emit *e, ir_ref r);
/* A use of r is over; frees what only it held. */
void emit_done(struct emit *e, ir_ref r);
/* Says that value r is in a register; owned: a scratch one of its own. */
void emit_locate(struct emit *e, ir_ref r, enum emit_loc_kind kind,
		 unsigned reg, bool owned);
/* A scratch register for the result of operation k. */
unsigned emit_result(struct emit *e, ir_ref k);

/* The memory operand for a guest address. Call emit_done(r) afterwards. */
struct x64_mem emit_addr(struct emit *e, ir_ref r);

/* The condition code that says truth value r; emits what sets EFLAGS. */
enum x64_cc emit_cond(struct emit *e, ir_ref r);

/* One of xmm0-xmm15 with vector value r, at least its low `bits' bits valid;
 * what lies above is zero or as in the guest's register. Read only. */
unsigned emit_use_v(struct emit *e, ir_ref r, unsigned bits);
/* A scratch XMM for the result of operation k. */
unsigned emit_result_v(struct emit *e, ir_ref k);
/* The same, with the value of r copied into it (and r's use done). */
unsigned emit_result_from(struct emit *e, ir_ref k, ir_ref r, unsigned bits);

/* Jumps (cc) to a slow path: the interpreter repeats the instruction. Only
 * before it has written any guest state. */
void emit_slow_if(struct emit *e, enum x64_cc cc);

/* The same, but only if the doubt is confirmed, for which emit_fp_doubt() emits
 * the test: it jumps back if not. */
void emit_slow_if_doubt(struct emit *e, enum x64_cc cc,
			const struct emit_doubt *doubt);
void emit_fp_doubt(struct emit *e, const struct emit_doubt *doubt,
		   const uint8_t *back);

/* Vector and floating-point operations; false: no emitter. */
bool emit_vec(struct emit *e, ir_ref k);
/* The result of AESMC or AESIMC on that of AESE or AESD k, which nobody
 * sees. */
void emit_vec_aes_round(struct emit *e, ir_ref k);
/* Vector value r is known to be zero from this bit on. */
unsigned emit_vec_bits(struct emit *e, ir_ref r);
bool emit_fp(struct emit *e, ir_ref k);

/* A floating-point comparison's flags: sets them (in memory too, if `store')
 * and describes them in e->fl_*; EFLAGS as cmp would leave them, once more;
 * the condition code, set by a comparison, that says condition n < 14. */
bool emit_fp_setfl(struct emit *e, const struct ir_insn *f, bool store);
void emit_fp_compare_again(struct emit *e);
enum x64_cc emit_fp_cond(struct emit *e, unsigned n);

#endif
