/*
 * test_emit_vec.c - the emitters of vector and floating-point operations
 * against the references.
 *
 * For each operation, shape and constant a block of one guest instruction is
 * emitted and run: values from guest registers, the operation, its result to
 * a guest register. Results must be those of ref_<name>, bit for bit, and so
 * must the cumulative flags, in every rounding mode. The instruction's handler,
 * which slow paths and operations without an emitter call, is the reference.
 * Guest registers hold rubbish above the shape. All of it once more for
 * processors with less than this one has.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../runtime/vm/thread.h"
#include "../../translator/host/x64/cpu.h"
#include "../../translator/host/x64/emit.h"
#include "../../translator/host/x64/enter.h"
#include "../../translator/ir/reference_fp.h"
#include "../../translator/ir/reference_vec.h"
#include "../../translator/opt/opt.h"

/* --- The operations, by signature. */

/* Operands and results of one operation. */
struct args {
	const struct ir_insn *i;
	struct fp_env *env;
	union v128 v[3];
	uint64_t x;		/* an integer, or in bit 0 a truth value */
	union v128 rv;
	uint64_t ri;		/* flags too: NZCV in bits 31..28 */
};

static uint32_t
nzcv_of(struct ir_flags f)
{
	return (uint32_t)ref_fl_bits(f);
}

#define S	a->i->shape
#define N	a->i->n
#define V(k)	a->v[k]
#define SIG_V_sVV(o)	a->rv = ref_##o(S, V(0), V(1));
#define SIG_V_sV(o)	a->rv = ref_##o(S, V(0));
#define SIG_V_sVVV(o)	a->rv = ref_##o(S, V(0), V(1), V(2));
#define SIG_V_sVn(o)	a->rv = ref_##o(S, V(0), N);
#define SIG_V_sVVn(o)	a->rv = ref_##o(S, V(0), V(1), N);
#define SIG_V_sVVnn(o)	a->rv = ref_##o(S, V(0), V(1), N, a->i->n2);
#define SIG_V_sVVVn(o)	a->rv = ref_##o(S, V(0), V(1), V(2), N);
#define SIG_V_sI(o)	a->rv = ref_##o(S, a->x);
#define SIG_V_sVIn(o)	a->rv = ref_##o(S, V(0), a->x, N);
#define SIG_V_sBVV(o)	a->rv = ref_##o(S, a->x & 1, V(1), V(2));
#define SIG_I_sVn(o)	a->ri = ref_##o(S, V(0), N);
#define SIG_V_esVV(o)	a->rv = ref_##o(a->env, S, V(0), V(1));
#define SIG_V_esV(o)	a->rv = ref_##o(a->env, S, V(0));
#define SIG_V_esVVV(o)	a->rv = ref_##o(a->env, S, V(0), V(1), V(2));
#define SIG_V_esVn(o)	a->rv = ref_##o(a->env, S, V(0), N);
#define SIG_V_esVVn(o)	a->rv = ref_##o(a->env, S, V(0), V(1), N);
#define SIG_V_esVnn(o)	a->rv = ref_##o(a->env, S, V(0), N, a->i->n2);
#define SIG_F_esVVn(o)	a->ri = nzcv_of(ref_##o(a->env, S, V(0), V(1), N));
#define SIG_F_esBVVn(o)	a->ri = nzcv_of(ref_##o(a->env, S, a->x & 1, V(1), \
						V(2), N));
#define SIG_I_esV(o)	a->ri = ref_##o(a->env, S, V(0));
#define SIG_I_estVnn(o)	a->ri = ref_##o(a->env, S, a->i->t, V(0), N, a->i->n2);
#define SIG_V_estInn(o)	a->rv = ref_##o(a->env, S, a->i->t, a->x, N, a->i->n2);

#define IR(name, sig, flags) \
static void \
call_##name(struct args *a) \
{ \
	SIG_##sig(name) \
}
#include "../../translator/ir/ir_vec.def"
#include "../../translator/ir/ir_fp.def"
#undef IR

static const struct op {
	const char *name, *sig;
	uint16_t op;
	bool fp;
	void (*call)(struct args *a);
} ops[] = {
#define IR(name, sig, flags) \
	{ #name, #sig, IR_##name, (flags) == IR_FP, call_##name },
#include "../../translator/ir/ir_vec.def"
#include "../../translator/ir/ir_fp.def"
#undef IR
};

/* --- Which shapes and constants there are. */

enum { INTS = 1, FLOATS = 2, B_ONLY = 4, WIDE = 8, FULL128 = 16, VECTORS = 32,
       WORDS = 64, TO_D = 128 };

static unsigned
kind_of(unsigned op)
{
	if (op >= IR_vaese && op <= IR_vsm4ekey)
		return FULL128 | INTS;
	if (op >= IR_vsdot && op <= IR_vusdot)
		return WORDS | VECTORS;
	if (op >= IR_vsmmla && op <= IR_vusmmla)
		return WORDS | FULL128;
	if ((op >= IR_vsxtl && op <= IR_vxtn) || op == IR_vsqdmull)
		return WIDE;
	switch (op) {
	case IR_vcnt: case IR_vrbit: case IR_vpmul: case IR_vext:
	case IR_vtbx:
		return B_ONLY | VECTORS;
	case IR_vrev: case IR_vmul: case IR_vclz: case IR_vcls:
		return INTS | VECTORS;
	case IR_vset: case IR_vins: case IR_vget:
		return INTS | FULL128;
	case IR_vurecpe: case IR_vursqrte:
		return WORDS | VECTORS;
	case IR_vaddv: case IR_vsmaxv: case IR_vsminv: case IR_vumaxv:
	case IR_vuminv: case IR_vzip1: case IR_vzip2: case IR_vuzp1:
	case IR_vuzp2: case IR_vtrn1: case IR_vtrn2:
		return INTS | VECTORS;
	case IR_fp_to_js:
		return TO_D;
	case IR_fp_bfdot:
		return WORDS | VECTORS;
	}
	return op >= IR_fp_add ? FLOATS : INTS;
}

static bool
has_shape(unsigned op, unsigned s)
{
	unsigned kind = kind_of(op), es = vshape_es(s), bits = vshape_bits(s);

	if (es == ES128)
		return op == IR_vpmull;
	if (op == IR_vpmull)
		return s == vfull(1, ES16);
	if (kind & TO_D)
		return s == vscalar(ES64);
	if (kind & FULL128 && bits != 128)
		return false;
	if (kind & VECTORS && vshape_lanes(s) == 1)
		return false;
	if (kind & B_ONLY)
		return es == ES8;
	if (kind & WORDS)
		return es == ES32;
	if (kind & WIDE)
		return bits == 128 && es >= ES16;
	if (kind & FLOATS && es == ES8)
		return false;
	switch (op) {
	case IR_vmul: case IR_vsabd: case IR_vuabd: case IR_vsmax:
	case IR_vsmin: case IR_vumax: case IR_vumin: case IR_vshadd:
	case IR_vuhadd: case IR_vsrhadd: case IR_vurhadd: case IR_vshsub:
	case IR_vuhsub: case IR_vrev: case IR_vsmaxv: case IR_vsminv:
	case IR_vumaxv: case IR_vuminv: case IR_vcls: case IR_vclz:
		return es != ES64;
	case IR_vsqdmulh: case IR_vsqrdmulh: case IR_vsqrdmlah:
	case IR_vsqrdmlsh:
		return es == ES16 || es == ES32;
	case IR_vsqxtn: case IR_vuqxtn: case IR_vsqxtun:
		return es != ES8 && (bits == 128 || vshape_lanes(s) == 1);
	case IR_fp_cmp_flags: case IR_fp_ccmp_flags: case IR_fp_choose:
	case IR_fp_to_int: case IR_fp_from_int:
		return vshape_lanes(s) == 1;
	case IR_fp_crot: case IR_fp_cvt_bf16: case IR_fp_widen_h:
		return false;	/* no emitter, and shapes of their own */
	}
	return true;
}

/* The k-th pair of constants; false: no more of them. */
static bool
constants(const struct ir_insn *i, unsigned k, unsigned *n, unsigned *n2)
{
	static const uint8_t modes[] = {
		FP_RN, FP_RP, FP_RM, FP_RZ, FP_RA, FP_CUR,
	};
	static const uint8_t rints[] = {
		FP_RN, FP_RP, FP_RM, FP_RZ, FP_RA, FP_CUR, FP_CUR | FP_EXACT,
	};
	static const uint8_t fbits[] = { 0, 1, 5, 16, 31, 32 };
	unsigned es = vshape_es(i->shape), width = 8u << es;
	unsigned lanes = vshape_lanes(i->shape);

	*n2 = 0;
	*n = k;
	switch (i->op) {
	case IR_vrev:
		*n = es + 1 + k;
		return *n <= 3;
	case IR_vshl_n: case IR_vsli_n: case IR_vsqshl_n: case IR_vuqshl_n:
	case IR_vsqshlu_n:
		return k < width;
	case IR_vushr_n: case IR_vsshr_n: case IR_vurshr_n: case IR_vsrshr_n:
	case IR_vsri_n:
		*n = k + 1;
		return k < width;
	case IR_vext:
		return k < lanes;
	case IR_vtbx:
		*n = 16 * k;
		return k < 4;
	case IR_vdup:
		return k < 16u >> es;
	case IR_vget: case IR_vset:
		return k < lanes;
	case IR_vins:
		*n = k % lanes;
		*n2 = k / lanes;
		return k < lanes * lanes;
	case IR_vsm3tt1: case IR_vsm3tt2:
		return k < 8;
	case IR_fp_cmp:
		return k < 5;
	case IR_fp_cmp_flags:
		return k < 2;
	case IR_fp_ccmp_flags:
		return k < 32;
	case IR_fp_rint:
		*n = rints[k % ARRAY_SIZE(rints)];
		return k < ARRAY_SIZE(rints);
	case IR_fp_rint_n:
		*n = (k & 1 ? FP_RZ : FP_CUR) | (k & 2 ? FP_INT64 : 0);
		return k < 4 && es != ES16;
	case IR_fp_cvt:
		*n = ES16 + k;
		return k < 3 && *n != es && lanes << (*n + 3) <= 128;
	case IR_fp_to_int: case IR_fp_to_fix:
		*n = modes[k / 2 % 5] | (k & 1 ? FP_UNSIGNED : 0);
		*n2 = k < 10 ? 0 : fbits[(k - 9) % 6];
		if (*n2 > width)
			*n2 = width;
		return k < 15;
	case IR_fp_from_int: case IR_fp_from_fix:
		*n = k & 1 ? FP_UNSIGNED : 0;
		*n2 = fbits[k / 2 % 6];
		if (*n2 > width)
			*n2 = width;
		return k < 12;
	}
	return k == 0;
}

/* --- Operands. */

static uint64_t seed = 88172645463325252;

static uint64_t
rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static uint64_t
int_value(unsigned bits)
{
	uint64_t mask = UINT64_MAX >> (64 - bits);
	uint64_t top = UINT64_C(1) << (bits - 1);
	const uint64_t v[] = {
		0, 1, 2, 3, mask, mask - 1, top, top + 1, top - 1, top - 2,
		mask / 3, bits - 1, bits, bits + 1, -(uint64_t)bits & mask,
		mask >> bits / 2, (mask >> bits / 2) + 1,
		mask >> (bits / 2 + 1), (mask >> (bits / 2 + 1)) + 1,
		-(mask >> bits / 2) & mask,
	};

	if (rnd() % 3 == 0)
		return rnd() & mask;
	if (rnd() % 4 == 0)
		return rnd() % 24 & mask;
	return v[rnd() % ARRAY_SIZE(v)];
}

/* Numbers near the borders of formats and conversions. */
static uint64_t
fp_value(unsigned es)
{
	unsigned frac = es == ES16 ? 10 : es == ES32 ? 23 : 52;
	unsigned width = 8u << es;
	uint64_t max = (UINT64_C(1) << (width - 1 - frac)) - 1;
	uint64_t mask = (UINT64_C(1) << frac) - 1, bias = max >> 1, e, f;
	const uint64_t exps[] = {
		0, 0, 1, 1, 2, bias - frac - 1, bias - frac, bias - 1, bias,
		bias + 1, bias + frac, bias + frac + 1, bias + 30, bias + 31,
		bias + 32, bias + 62, bias + 63, bias + 64, max - 1, max, max,
		bias / 2, bias / 2 + 1, bias + bias / 2,
		bias - 14, bias - 15, bias + 15, bias + 16, bias - 126,
		bias - 127, bias + 127, bias + 128,
	};
	const uint64_t fracs[] = {
		0, 0, 0, 1, mask, mask - 1, mask >> 1, (mask >> 1) + 1,
		(mask >> 1) + 2, mask >> 2, 3, mask << (frac / 2) & mask,
		mask << 1 & mask, mask << 3 & mask,
	};

	e = rnd() % 2 ? exps[rnd() % ARRAY_SIZE(exps)] & max :
	    bias - 8 + rnd() % 16;
	if (rnd() % 16 == 0)
		e = rnd() & max;
	f = rnd() % 2 ? fracs[rnd() % ARRAY_SIZE(fracs)] : rnd() & mask;
	/* Small integers and halves of them. */
	if (rnd() % 4 == 0)
		f &= ~(mask >> 3);
	return (rnd() & 1) << (width - 1) | e << frac | f;
}

/* Lanes of the shape's size are boundary values; above is rubbish. */
static union v128
value(const struct op *o, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape) & 3, bits;
	unsigned special = (unsigned)rnd() % vshape_lanes(i->shape);
	bool fp = o->fp;
	union v128 v;

	if (o->op == IR_fp_cvt)
		es = i->n & 7;
	if (o->op >= IR_vsxtl && o->op <= IR_vsqdmull && rnd() % 2)
		es -= es > 0;
	if (o->op == IR_fp_from_fix)
		fp = false;
	if (o->op == IR_vtbx)
		es = ES8;
	bits = 8u << es;
	for (unsigned j = 0; j < 16u >> es; j++) {
		uint64_t x = fp ? fp_value(es) : int_value(bits);

		memcpy(v.b + (j << es), &x, 1u << es);
	}
	/* Often, only one lane is special. */
	if (fp && rnd() % 2)
		for (unsigned j = 0; j < 16u >> es; j++) {
			uint64_t x = es == ES64 ?
				(UINT64_C(0x3ff) << 52) + (rnd() >> 14) :
				es == ES32 ? 0x3f800000 + (rnd() >> 42) :
				0x3c00 + (rnd() >> 56);

			if (j != special)
				memcpy(v.b + (j << es), &x, 1u << es);
		}
	return v;
}

/* --- Blocks. */

static struct thread thread;
#define cpu	(&thread.cpu.a64)

static struct ir_block block;
static struct emit em;
static uint8_t *code;
#define CODE_SIZE	65536

#define PC	0x10000
#define TARGET	0x20000

static const struct op *current;
static unsigned nr_slow;
static ir_ref the_op;

enum { RES = 7 };	/* the result's registers, v7 and x7 or x1 */

static ir_ref
append(struct ir_insn insn)
{
	block.insn[insn.a].uses++;
	block.insn[insn.b].uses++;
	block.insn[insn.c].uses++;
	block.insn[block.nr] = insn;
	return (ir_ref)block.nr++;
}

/* Ways for an operand to come: 0 each its own register; 1 all the same one;
 * 2 the same value; 3 in an XMM register already, with rubbish above; 4 the
 * result is the first operand's register too; 5 as 0, but of registers that
 * live in memory. */
enum { WAYS = 6 };

/* The guest register of operand j. */
static unsigned
source(unsigned way, unsigned j)
{
	return way == 1 || way == 2 ? 1 : way == 5 ? 25 + j : 1 + j;
}

static unsigned
target(unsigned way)
{
	return way == 4 ? 1 : way == 5 ? 30 : RES;
}

static ir_ref
operand(unsigned way, unsigned j)
{
	static ir_ref shared;
	ir_ref r, zero;

	if (way == 2) {
		if (j == 0 || !shared)
			shared = append((struct ir_insn){ .op = IR_getv,
							  .n = 1 });
		return shared;
	}
	r = append((struct ir_insn){ .op = IR_getv,
				     .n = (uint16_t)source(way, j) });
	if (way != 3)
		return r;
	zero = append((struct ir_insn){ .op = IR_vconst });
	return append((struct ir_insn){ .op = IR_vor, .a = r, .b = zero,
					.shape = vfull(1, ES8) });
}

static void
build(const struct op *o, struct ir_insn insn, unsigned way)
{
	const char *p = strchr(o->sig, '_') + 1;
	ir_ref *to[3] = { &insn.a, &insn.b, &insn.c };
	unsigned j = 0;
	ir_ref r;

	memset(&block, 0, offsetof(struct ir_block, insn[0]));
	for (unsigned q = 0; q < 16; q++)
		block.insn[q] = (struct ir_insn){ .op = IR_NONE };
	block.pc = PC;
	block.nr = 1;
	block.nr_guest = 1;
	for (; *p; p++) {
		if (*p == 'V') {
			*to[j] = operand(way, j);
			j++;
		} else if (*p == 'I') {
			*to[j++] = append((struct ir_insn){ .op = IR_getx,
							    .n = 1 });
		} else if (*p == 'B') {
			r = append((struct ir_insn){ .op = IR_getx, .n = 1 });
			*to[j++] = append((struct ir_insn){ .op = IR_bit,
							    .a = r });
		}
	}
	the_op = append(insn);
	if (o->sig[0] == 'V')
		append((struct ir_insn){ .op = IR_setv, .a = the_op,
					 .n = (uint16_t)target(way) });
	else if (o->sig[0] == 'I')
		append((struct ir_insn){ .op = IR_setx, .a = the_op,
					 .n = (uint16_t)target(way) });
	else
		append((struct ir_insn){ .op = IR_setfl, .a = the_op });
	block.guest[0] = (struct ir_guest){
		.first = 1, .last = (uint16_t)block.nr,
		.writes_flags = o->sig[0] == 'F',
	};
}

/* The operation on guest state. */
static void
by_reference(const struct op *o, struct a64_cpu *c, unsigned way)
{
	const struct ir_insn *i = &block.insn[the_op];
	unsigned res = target(way);
	struct args a = { .i = i, .env = &c->fp, .x = c->x[1] };

	/* A 32-bit operation's operand is cut by its zext. */
	for (unsigned j = 0; j < 3; j++)
		a.v[j] = c->v[source(way, j)];
	o->call(&a);
	if (o->sig[0] == 'V')
		c->v[res] = a.rv;
	else if (o->sig[0] == 'I')
		c->x[res] = a.ri;
	else
		a64_nzcv_set(c, (uint32_t)a.ri);
}

static unsigned current_way;

static void
handler(struct a64_cpu *c, uint32_t word)
{
	ck_assert_uint_eq(word, 0x12345678);
	nr_slow++;
	by_reference(current, c, current_way);
}

static const void *
handler_of(uint32_t word)
{
	(void)word;
	return (const void *)handler;
}

static struct ir_ahead
flags_read(gaddr pc)
{
	(void)pc;
	return (struct ir_ahead){ AHEAD_READ, { 0, 0 } };
}

static bool
never_dead(gaddr pc)
{
	(void)pc;
	return false;
}

static const struct emit_glue glue = {
	.exit = x64_glue_exit, .fallback = x64_glue_fallback,
	.flags = x64_glue_flags,
};

/* False if there is no emitter. */
static bool
emit_case(const struct op *o, struct ir_insn insn, unsigned way)
{
	build(o, insn, way);
	block.guest[0].word = 0x12345678;
	current = o;
	current_way = way;
	em.as = (struct x64_asm){ .p = code, .end = code + CODE_SIZE };
	em.b = &block;
	em.ahead = flags_read;
	opt_flags(&(struct opt){ .b = &block, .flags_dead = never_dead });
	em.fp_tests = true;
	em.handler = handler_of;
	em.glue = &glue;
	ck_assert_msg(x64_emit_block(&em), "%s", o->name);
	return !em.as_fallback[0];
}

static unsigned nr_broken;

/* For objdump -D -b binary -m i386:x86-64. */
static void
dump(void)
{
	FILE *f = fopen("/tmp/test_emit_vec.bin", "w");

	fwrite(code, 1, (size_t)(em.as.p - code), f);
	fclose(f);
}

static void
report(const struct op *o, const struct ir_insn *i, unsigned way,
     const struct a64_cpu *before, const struct a64_cpu *want, uint32_t wf,
     uint32_t gf)
{
	unsigned res = target(way);

	for (unsigned j = 1; j < 4; j++)
		fprintf(stderr, "v%u %016lx %016lx\n", source(way, j - 1),
			before->v[source(way, j - 1)].d[1],
			before->v[source(way, j - 1)].d[0]);
	fprintf(stderr, "x1 %016lx mxcsr %x\n", before->x[1], before->mxcsr);
	fprintf(stderr, "want %016lx %016lx x %016lx nzcv %08x fpsr %x\n",
		want->v[res].d[1], want->v[res].d[0], want->x[res],
		a64_nzcv(want), wf);
	fprintf(stderr, "got  %016lx %016lx x %016lx nzcv %08x fpsr %x\n",
		cpu->v[res].d[1], cpu->v[res].d[0], cpu->x[res],
		a64_nzcv(cpu), gf);
	fprintf(stderr, "%s shape %u x %u n %u n2 %u t %u way %u\n", o->name,
		vshape_lanes(i->shape), 8u << vshape_es(i->shape), i->n,
		i->n2, i->t, way);
	if (!nr_broken++)
		dump();
}

static bool
run_case(const struct op *o, const struct ir_insn *i, unsigned way)
{
	static struct a64_cpu want, before;
	uint32_t fpcr = (uint32_t)(o->fp ? rnd() & 3 : 0) << FPCR_RMODE_SHIFT;
	uint32_t wf, gf;
	unsigned t = i->t;

	memset(cpu, 0, sizeof(*cpu));
	memset(&cpu->v[target(way)], 0xde, 16);
	for (unsigned j = 0; j < 3; j++)
		cpu->v[source(way, j)] = value(o, i);
	cpu->x[1] = rnd() % 2 ? int_value(64) : int_value(32);
	if (i->op == IR_fp_from_int && t == IT32)
		cpu->x[1] &= UINT32_MAX;
	before = *cpu;

	a64_fpcr_set(cpu, fpcr);
	a64_fpsr_set(cpu, 0);
	want = *cpu;
	by_reference(o, &want, way);
	wf = a64_fpsr_get(&want);

	a64_fpsr_set(cpu, 0);
	x64_enter(cpu, code);
	gf = a64_fpsr_get(cpu);
	a64_fpcr_set(cpu, 0);
	a64_fpsr_set(cpu, 0);
	if (memcmp(cpu->v, want.v, sizeof(want.v)) ||
	    memcmp(cpu->x, want.x, sizeof(want.x)) ||
	    a64_nzcv(cpu) != a64_nzcv(&want) || wf != gf) {
		report(o, i, way, &before, &want, wf, gf);
		return false;
	}
	return true;
}

/* --- The tests. */

static const unsigned shapes[] = {
	VSHAPE(ES8, 1), VSHAPE(ES8, 8), VSHAPE(ES8, 16),
	VSHAPE(ES16, 1), VSHAPE(ES16, 4), VSHAPE(ES16, 8),
	VSHAPE(ES32, 1), VSHAPE(ES32, 2), VSHAPE(ES32, 4),
	VSHAPE(ES64, 1), VSHAPE(ES64, 2), VSHAPE(ES128, 1),
};

static void
test_shape(const struct op *o, unsigned s, unsigned trials, unsigned *done,
	   unsigned *missing)
{
	struct ir_insn i = { .op = o->op, .shape = (uint16_t)s };
	bool typed = strchr(o->sig, 't');
	unsigned n, n2;

	for (unsigned t = typed ? IT32 : IT64; t <= IT64; t++)
	for (unsigned k = 0; constants(&i, k, &n, &n2); k++)
	for (unsigned way = 0; way < WAYS; way++) {
		unsigned count = trials;

		i.t = (uint8_t)t;
		i.n = (uint16_t)n;
		i.n2 = (uint8_t)n2;
		if (!emit_case(o, i, way)) {
			(*missing)++;
			continue;
		}
		(*done)++;
		nr_slow = 0;
		/* Many constants, or a floating-point operation. */
		if (o->fp)
			count *= 16;
		for (unsigned j = 0; j < count; j++)
			if (!run_case(o, &i, way))
				return;
		if (!o->fp && nr_slow)
			ck_abort_msg("%s: integer slow path", o->name);
		if (getenv("EMIT_SLOW") && o->fp)
			printf("%s %ux%u n %u n2 %u: %u%% slow\n", o->name,
			       vshape_lanes(s), 8u << vshape_es(s), n, n2,
			       nr_slow * 100 / count);
	}
}

/* Near the image, as emitted code reads its constants. */
static void
map_code(void)
{
	uintptr_t near = ((uintptr_t)&block + (1ul << 30)) & -4096ul;

	code = mmap((void *)near, CODE_SIZE,
		    PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ck_assert_ptr_ne(code, MAP_FAILED);
	ck_assert(x64_ret_stack(&thread));
}

static void
test_all(unsigned features, unsigned trials)
{
	bool verbose = getenv("EMIT_VERBOSE") != NULL;

	x64_cpu_mask(features);
	map_code();
	for (unsigned j = 0; j < ARRAY_SIZE(ops); j++) {
		for (unsigned k = 0; k < ARRAY_SIZE(shapes); k++) {
			unsigned done = 0, missing = 0;

			if (!has_shape(ops[j].op, shapes[k]))
				continue;
			test_shape(&ops[j], shapes[k], trials, &done,
				   &missing);
			if (verbose && missing)
				printf("%-16s %2u x %-3u %u of %u\n",
				       ops[j].name, vshape_lanes(shapes[k]),
				       8u << vshape_es(shapes[k]), done,
				       done + missing);
		}
	}
	munmap(code, CODE_SIZE);
	ck_assert_uint_eq(nr_broken, 0);
}

/* --- Comparisons and the conditions behind them. */

static struct ir_ahead
flags_dead(gaddr pc)
{
	(void)pc;
	return (struct ir_ahead){ AHEAD_DEAD, { 0, 0 } };
}

static bool
always_dead(gaddr pc)
{
	(void)pc;
	return true;
}

/* Whatever makes the flags again: they are not looked at. */
#define AGAIN	0x1e202000

static void
end_guest(struct ir_guest flags)
{
	struct ir_guest *g = &block.guest[block.nr_guest++];

	*g = flags;
	g->first = g == block.guest ? 1 : g[-1].last;
	g->last = (uint16_t)block.nr;
	g->word = 0x12345678;
}

/* fcmp; what lies between; b.cond. */
static void
build_condition(unsigned es, unsigned signal, bool zero, unsigned between,
		unsigned n)
{
	ir_ref a, b, c;

	memset(&block, 0, offsetof(struct ir_block, insn[0]));
	for (unsigned q = 0; q < 32; q++)
		block.insn[q] = (struct ir_insn){ .op = IR_NONE };
	block.pc = PC;
	block.nr = 1;
	a = append((struct ir_insn){ .op = IR_getv, .n = 1 });
	if (zero) {
		b = append((struct ir_insn){ .op = IR_const });
		b = append((struct ir_insn){ .op = IR_vsplat, .a = b,
					     .shape = (uint16_t)vscalar(es) });
	} else {
		b = append((struct ir_insn){ .op = IR_getv, .n = 2 });
	}
	c = append((struct ir_insn){ .op = IR_fp_cmp_flags, .n = signal,
				     .shape = (uint16_t)vscalar(es), .a = a,
				     .b = b });
	append((struct ir_insn){ .op = IR_setfl, .a = c });
	end_guest((struct ir_guest){ .writes_flags = true, .again = AGAIN });
	if (between == 1) {	/* the condition as a value, too */
		c = append((struct ir_insn){ .op = IR_getfl });
		c = append((struct ir_insn){ .op = IR_cond, .a = c,
					     .n = (uint16_t)n });
		c = append((struct ir_insn){ .op = IR_btoi, .a = c });
		append((struct ir_insn){ .op = IR_setx, .a = c, .n = RES });
		end_guest((struct ir_guest){ .reads_flags = true });
	} else if (between == 2) {	/* an operand changes */
		c = append((struct ir_insn){ .op = IR_getv, .n = 3 });
		append((struct ir_insn){ .op = IR_setv, .a = c, .n = 1 });
		end_guest((struct ir_guest){ .first = 0 });
	} else if (between == 3) {	/* another register does */
		c = append((struct ir_insn){ .op = IR_const, .imm = 1 });
		append((struct ir_insn){ .op = IR_setx, .a = c, .n = 1 });
		end_guest((struct ir_guest){ .first = 0 });
	}
	c = append((struct ir_insn){ .op = IR_getfl });
	c = append((struct ir_insn){ .op = IR_cond, .a = c,
				     .n = (uint16_t)n });
	append((struct ir_insn){ .op = IR_jump_if, .a = c, .imm = TARGET });
	end_guest((struct ir_guest){ .reads_flags = true });
}

static void
check_condition(unsigned es, unsigned signal, bool zero, unsigned between,
		unsigned n)
{
	static const struct op any = { .fp = true, .op = IR_fp_cmp_flags };
	const struct ir_insn shape = { .shape = (uint16_t)vscalar(es) };
	struct ir_flags f;
	uint32_t want, got;
	uint64_t to;
	bool holds;

	memset(cpu, 0, sizeof(*cpu));
	for (unsigned j = 1; j < 4; j++)
		cpu->v[j] = value(&any, &shape);
	if (rnd() % 4 == 0)
		cpu->v[2] = cpu->v[1];
	a64_fpcr_set(cpu, 0);
	a64_fpsr_set(cpu, 0);
	f = ref_fp_cmp_flags(&cpu->fp, vscalar(es), cpu->v[1],
			     zero ? (union v128){ .q = 0 } : cpu->v[2],
			     signal);
	holds = ref_cond(f, n);
	want = a64_fpsr_get(cpu);
	to = holds ? TARGET : PC + 4 * block.nr_guest;

	a64_fpsr_set(cpu, 0);
	x64_enter(cpu, code);
	got = a64_fpsr_get(cpu);
	a64_fpsr_set(cpu, 0);
	ck_assert_uint_eq(got, want);
	ck_assert_msg(cpu->pc == to, "es %u signal %u zero %u between %u "
		      "condition %u: %016lx %016lx", es, signal, zero, between,
		      n, cpu->v[1].d[0], cpu->v[2].d[0]);
	if (between == 1)
		ck_assert_uint_eq(cpu->x[RES], holds);
}

START_TEST(conditions)
{
	map_code();
	for (unsigned k = 0; k < 2 * 2 * 2 * 4 * 14; k++) {
		unsigned es = k & 1 ? ES64 : ES32, signal = k >> 1 & 1;
		unsigned between = k >> 3 & 3, n = k >> 5;
		bool zero = k >> 2 & 1;

		build_condition(es, signal, zero, between, n);
		em.as = (struct x64_asm){ .p = code, .end = code + CODE_SIZE };
		em.b = &block;
		em.ahead = flags_dead;
		opt_flags(&(struct opt){ .b = &block,
					 .flags_dead = always_dead });
		em.handler = handler_of;
		em.glue = &glue;
		ck_assert(x64_emit_block(&em));
		ck_assert(!em.as_fallback[0]);
		for (unsigned j = 0; j < 200; j++)
			check_condition(es, signal, zero, between, n);
	}
}
END_TEST

#define SSE41	(X64_CPU_SSE3 | X64_CPU_SSSE3 | X64_CPU_SSE41)

START_TEST(everything)
{
	test_all(X64_CPU_ALL, 40);
}
END_TEST

START_TEST(no_avx512)
{
	test_all(X64_CPU_ALL & ~X64_CPU_AVX512, 20);
}
END_TEST

START_TEST(no_avx2)
{
	test_all(X64_CPU_ALL & ~(X64_CPU_AVX512 | X64_CPU_AVX2), 10);
}
END_TEST

START_TEST(no_avx)
{
	test_all(SSE41 | X64_CPU_SSE42, 20);
}
END_TEST

START_TEST(sse41)
{
	test_all(SSE41, 10);
}
END_TEST

START_TEST(sse2)
{
	test_all(0, 20);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("emit_vec");
	TCase *t = tcase_create("emit_vec");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 300);
	tcase_add_test(t, conditions);
	tcase_add_test(t, everything);
	tcase_add_test(t, no_avx512);
	tcase_add_test(t, no_avx2);
	tcase_add_test(t, no_avx);
	tcase_add_test(t, sse41);
	tcase_add_test(t, sse2);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
