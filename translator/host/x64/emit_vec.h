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

/* A source operand: a register, memory, or a constant of emit_const.h. */
struct vec_src {
	ir_ref ref;
	bool is_mem, is_tmp, clean;
	uint8_t reg;
	struct x64_mem mem;
	const void *constant;
};

/* How: may be memory (of at least `bits', aligned if 128); must be clean; may
 * not be in xmm16 and up, where some instructions need a copy each time. */
enum { SRC_REG = 0, SRC_MEM = 1, SRC_CLEAN = 2, SRC_NEAR = 4 };

struct vec_src vec_src(struct emit *e, ir_ref r, unsigned bits, unsigned how);
/* The use of it is over. */
void vec_src_done(struct emit *e, const struct vec_src *s);

/* A scratch register for what comes of s, which is not looked at again, and
 * the same for the result of k: its own if that can be. The use of s is over
 * with vec_src_done() as ever. */
unsigned vec_temp_over(struct emit *e, struct vec_src *s);
unsigned vec_result_own(struct emit *e, ir_ref k, struct vec_src *s);

/* SRC_MEM for 128 bits. */
unsigned vec_mem_if_whole(unsigned bits);

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

/*
 * A register for the result of k: the destination itself if that can be. It
 * may be an operand's whose use is over, or a scratch register that has just
 * been freed: for the last instruction, which may read those all the same.
 * Not before a slow path.
 */
unsigned vec_result_over(struct emit *e, ir_ref k);
/* One that no operand has ever had. */
unsigned vec_result_apart(struct emit *e, ir_ref k);
/* That, and it starts as the value of a, made clean. */
unsigned vec_result_copy(struct emit *e, ir_ref k, ir_ref a, unsigned bits);
/* The result of k is the value of a, made clean. */
unsigned vec_result_clean(struct emit *e, ir_ref k, ir_ref a, unsigned bits);

/*
 * --- Instructions (emit_vec_insn.c). Opcodes of asm_vec.h; what the host must
 * have for them is checked here. Any registers may be the same.
 */

bool vec_have(unsigned op);

/* dst = a op b, with an immediate byte unless that is negative. What a scalar
 * instruction leaves alone above is a's. */
void vec_op2(struct emit *e, unsigned op, unsigned dst, unsigned a,
	     const struct vec_src *b, int n);
/* dst = op src; the same. */
void vec_op1(struct emit *e, unsigned op, unsigned dst,
	     const struct vec_src *src, int n);

/* r: a register, s: a source, c: a constant, i: an immediate. */
static inline void
vec_rrs(struct emit *e, unsigned op, unsigned dst, unsigned a,
	const struct vec_src *b)
{
	vec_op2(e, op, dst, a, b, -1);
}

static inline void
vec_rrr(struct emit *e, unsigned op, unsigned dst, unsigned a, unsigned b)
{
	vec_op2(e, op, dst, a, &(struct vec_src){ .reg = (uint8_t)b }, -1);
}

static inline void
vec_rrri(struct emit *e, unsigned op, unsigned dst, unsigned a, unsigned b,
	 unsigned n)
{
	vec_op2(e, op, dst, a, &(struct vec_src){ .reg = (uint8_t)b }, (int)n);
}

static inline void
vec_rrc(struct emit *e, unsigned op, unsigned dst, unsigned a,
	const void *constant)
{
	vec_op2(e, op, dst, a, &(struct vec_src){ .constant = constant }, -1);
}

static inline void
vec_rs(struct emit *e, unsigned op, unsigned dst, const struct vec_src *src)
{
	vec_op1(e, op, dst, src, -1);
}

static inline void
vec_rr(struct emit *e, unsigned op, unsigned dst, unsigned src)
{
	vec_op1(e, op, dst, &(struct vec_src){ .reg = (uint8_t)src }, -1);
}

static inline void
vec_rri(struct emit *e, unsigned op, unsigned dst, unsigned src, unsigned n)
{
	vec_op1(e, op, dst, &(struct vec_src){ .reg = (uint8_t)src }, (int)n);
}

static inline void
vec_rc(struct emit *e, unsigned op, unsigned dst, const void *constant)
{
	vec_op1(e, op, dst, &(struct vec_src){ .constant = constant }, -1);
}

void vec_shift(struct emit *e, unsigned op, unsigned dst, unsigned src,
	       unsigned n);
void vec_mov(struct emit *e, unsigned dst, unsigned src);
void vec_load(struct emit *e, unsigned dst, const struct vec_src *src);
void vec_zero(struct emit *e, unsigned dst);
void vec_ones(struct emit *e, unsigned dst);
/* Makes it clean; the same on the way from src. */
void vec_trim(struct emit *e, unsigned xmm, unsigned bits);
void vec_trim_to(struct emit *e, unsigned dst, unsigned src, unsigned bits);

/* dst = the bit of `table' that dst, b and c say, from high to low; with
 * AVX-512. VEC_A, VEC_B and VEC_C are the tables of the three themselves. */
void vec_ternlog(struct emit *e, unsigned table, unsigned dst, unsigned b,
		 unsigned c);
enum { VEC_A = 0xf0, VEC_B = 0xcc, VEC_C = 0xaa };

/* Shifts of lanes of 16 bits and up: [es - 1]. */
extern const uint32_t vec_psll[3], vec_psrl[3];

/* FPSR.QC is set if a bit of xmm, a scratch register, is. Changes EFLAGS. */
void vec_note_qc(struct emit *e, unsigned xmm);

/* --- Emitters in other files, by topic. */

emit_vec_fn vec_two, vec_not, vec_orn, vec_mul, vec_move_or;
emit_vec_fn vec_select, vec_cnt, vec_rbit, vec_rev;
emit_vec_fn vec_neg, vec_abs, vec_halving, vec_average, vec_abd;
emit_vec_fn vec_cmp_not, vec_cmp_minmax, vec_cmptst;

emit_vec_fn vec_shl_n, vec_ushr_n, vec_sshr_n, vec_rshr_n, vec_sli_n,
	vec_sri_n, vec_shift_reg;
emit_vec_fn vec_addlp, vec_xtl, vec_mull, vec_pmull, vec_xtn, vec_qxtn;
emit_vec_fn vec_saturate, vec_double_high;

emit_vec_fn vec_reduce;
emit_vec_fn vec_zip1, vec_zip2, vec_uzp, vec_trn, vec_ext, vec_tbx;
emit_vec_fn vec_dup, vec_splat, vec_get, vec_set, vec_ins;

emit_vec_fn vec_dot, vec_aes, vec_aesmc, vec_aesimc, vec_sha256h,
	vec_sha256su0, vec_sha256su1, vec_sha1, vec_sha512h, vec_sha512h2,
	vec_sha512su0, vec_sha512su1;

#endif
