/*
 * emit_vec.h - what the emitters of vector and floating-point operations
 * share.
 *
 * Throughout: e is the block being emitted, k the operation, i its
 * definition, `bits' a shape's size (8..128). An XMM register is `clean' for
 * some bits if it is zero above them. Results must be clean for their shape.
 *
 * An emitter returns false, before or after it has emitted something, if it
 * cannot do the operation; the block emitter then starts the instruction
 * again. The helpers set e->failed where the host lacks an instruction, which
 * amounts to the same.
 */
#ifndef FERRY_X64_EMIT_VEC_H
#define FERRY_X64_EMIT_VEC_H

#include "../../../runtime/vm/cpu_a64.h"
#include "asm_vec.h"
#include "cpu.h"
#include "emit.h"
#include "emit_const.h"
#include "emit_int.h"

typedef bool emit_vec_fn(struct emit *e, ir_ref k, const struct ir_insn *i);

/* An operation's emitter, and what it needs to know. */
struct vec_row {
	emit_vec_fn *emit;
	uint32_t op[4];		/* opcodes by element size; 0: none */
	uint8_t flags;
};

/* Flags: zero operands do not give zero; a and b change places; and two whose
 * meaning is the emitter's. */
enum { VEC_DIRTY = 1, VEC_SWAP = 2, VEC_SIGNED = 4, VEC_NOT = 8 };

/* The row of an operation. */
const struct vec_row *emit_vec_row(unsigned op);

/* --- Operands. */

/* Whether the register that emit_result_from() gives will be clean. */
bool vec_clean_from(struct emit *e, ir_ref r, unsigned bits);

/* A source operand: a register or memory. */
struct vec_src {
	ir_ref ref;
	bool is_mem, is_tmp, clean;
	uint8_t reg;
	struct x64_mem mem;
};

/* How: may be memory (of at least `bits', aligned if 128), or in xmm16 and up;
 * must be clean; may be in xmm16 and up; may not in any case. */
enum { SRC_REG = 0, SRC_MEM = 1, SRC_CLEAN = 2, SRC_FAR = 4, SRC_NEAR = 8 };

struct vec_src vec_src(struct emit *e, ir_ref r, unsigned bits, unsigned how);
/* The use of it is over. */
void vec_src_done(struct emit *e, const struct vec_src *s);

/* A register with at least `bits' of value r, whatever lies above. */
unsigned vec_read(struct emit *e, ir_ref r, unsigned bits);

/* Whether r is a guest register still in memory, and where. */
bool vec_in_memory(struct emit *e, ir_ref r, struct x64_mem *m);

/* Whether both are the same guest register or the same value. */
bool vec_same(struct emit *e, ir_ref a, ir_ref b);
bool vec_is_zero(struct emit *e, ir_ref r);

/* The value of r in a scratch register that is the emitter's to change and to
 * free; r's use is over. */
unsigned vec_take(struct emit *e, ir_ref r, unsigned bits);

/* A register for the result of k that is no operand's: the destination itself
 * if that can be. */
unsigned vec_result_apart(struct emit *e, ir_ref k);
/* The same, and it starts as the value of a, made clean. */
unsigned vec_result_copy(struct emit *e, ir_ref k, ir_ref a, unsigned bits);
/* As the first, but may be an operand's whose use is over. Not before a slow
 * path. */
unsigned vec_result_over(struct emit *e, ir_ref k);

/* dst = a op b, by the AVX form. */
void vec_rrs(struct emit *e, unsigned op, unsigned dst, unsigned a,
	     const struct vec_src *b);


/* The result of k starts as the value of a, made clean. */
unsigned vec_result_clean(struct emit *e, ir_ref k, ir_ref a, unsigned bits);

/* --- Instructions. Opcodes of asm_vec.h; what the host must have for them is
 * checked here. */

bool vec_have(unsigned op);
void vec_rr(struct emit *e, unsigned op, unsigned dst, unsigned src);
void vec_rri(struct emit *e, unsigned op, unsigned dst, unsigned src,
	     unsigned n);
/* With a constant of emit_const.h. */
void vec_rc(struct emit *e, unsigned op, unsigned dst, const void *constant);
void vec_rs(struct emit *e, unsigned op, unsigned dst,
	    const struct vec_src *src);
void vec_rsi(struct emit *e, unsigned op, unsigned dst,
	     const struct vec_src *src, unsigned n);
void vec_shift(struct emit *e, unsigned op, unsigned dst, unsigned n);
void vec_mov(struct emit *e, unsigned dst, unsigned src);
void vec_load(struct emit *e, unsigned dst, const struct vec_src *src);
void vec_zero(struct emit *e, unsigned dst);
void vec_ones(struct emit *e, unsigned dst);
/* Makes it clean. */
void vec_trim(struct emit *e, unsigned xmm, unsigned bits);

/* Shifts of lanes of 16 bits and up: [es - 1]. */
extern const uint32_t vec_psll[3], vec_psrl[3];

/* FPSR.QC is set if a bit of xmm is. Changes EFLAGS. */
void vec_note_qc(struct emit *e, unsigned xmm);

/* --- Emitters in other files, by topic. */

emit_vec_fn vec_two, vec_not, vec_orn, vec_mul, vec_move_or;
emit_vec_fn vec_select, vec_cnt, vec_rbit, vec_rev;
emit_vec_fn vec_neg, vec_abs, vec_halving, vec_average, vec_abd;
emit_vec_fn vec_cmp_not, vec_cmp_minmax, vec_cmptst;

emit_vec_fn vec_shl_n, vec_ushr_n, vec_sshr_n, vec_rshr_n, vec_sli_n,
	vec_sri_n, vec_shift_reg;
emit_vec_fn vec_xtl, vec_mull, vec_pmull, vec_xtn, vec_qxtn;
emit_vec_fn vec_saturate, vec_double_high;

emit_vec_fn vec_reduce;
emit_vec_fn vec_zip1, vec_zip2, vec_uzp, vec_trn, vec_ext, vec_tbx;
emit_vec_fn vec_dup, vec_splat, vec_get, vec_set, vec_ins;

emit_vec_fn vec_dot, vec_aes, vec_aesmc, vec_aesimc, vec_sha256h,
	vec_sha256su0, vec_sha256su1, vec_sha1, vec_sha512h, vec_sha512h2,
	vec_sha512su0, vec_sha512su1;

#endif
