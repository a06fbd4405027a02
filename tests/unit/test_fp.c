/*
 * test_fp.c - floating-point operations: facts of the manual, case by case;
 * and that the host's FPU and integer arithmetic (softfp.h) agree on every
 * pair of border values, in every rounding mode.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../translator/ir/reference_fp.h"

#define RP	(1u << FPCR_RMODE_SHIFT)
#define RM	(2u << FPCR_RMODE_SHIFT)
#define RZ	(3u << FPCR_RMODE_SHIFT)

#define IOC	FPSR_IOC
#define DZC	FPSR_DZC
#define OFC	FPSR_OFC
#define UFC	FPSR_UFC
#define IXC	FPSR_IXC
#define IDC	FPSR_IDC

/* The register file that owns the environment: &cpu.fp. */
static struct a64_cpu cpu;

static void
begin(uint32_t fpcr)
{
	a64_fpcr_set(&cpu, fpcr);
	a64_fpsr_set(&cpu, 0);
}

static uint32_t
end(void)
{
	uint32_t fpsr = a64_fpsr_get(&cpu);

	begin(0);
	return fpsr;
}

static union v128
lane0(uint64_t v)
{
	/* The lanes above are signalling NaNs: they must not matter. */
	return (union v128){ .d = { v, UINT64_C(0x7ff4dead7fa1beef) } };
}

static union v128
single(uint32_t v)
{
	return (union v128){ .s = { v, 0x7fa1beef, 0x7fa1beef, 0x7fa1beef } };
}

static union v128
half(uint16_t v)
{
	union v128 r;

	for (unsigned i = 0; i < 8; i++)
		r.h[i] = 0x7d01;
	r.h[0] = v;
	return r;
}

static union v128
operand(unsigned es, uint64_t v)
{
	return es == ES64 ? lane0(v) : es == ES32 ? single(v) : half(v);
}

enum op { ADD, SUB, MUL, DIV, MULX, ABD, MIN, MAX, MINNM, MAXNM, RECPS,
	  RSQRTS, MADD, SQRT, RECPE, RSQRTE, RECPX, NR_OPS };

/* Operation `op' on scalars; c only for MADD. */
static uint64_t
apply(unsigned es, enum op op, uint64_t a, uint64_t b, uint64_t c)
{
	struct fp_env *e = &cpu.fp;
	unsigned s = vscalar(es);
	union v128 x = operand(es, a), y = operand(es, b), r = { .q = 0 };

	switch (op) {
	case ADD:	r = ref_fp_add(e, s, x, y); break;
	case SUB:	r = ref_fp_sub(e, s, x, y); break;
	case MUL:	r = ref_fp_mul(e, s, x, y); break;
	case DIV:	r = ref_fp_div(e, s, x, y); break;
	case MULX:	r = ref_fp_mulx(e, s, x, y); break;
	case ABD:	r = ref_fp_abd(e, s, x, y); break;
	case MIN:	r = ref_fp_min(e, s, x, y); break;
	case MAX:	r = ref_fp_max(e, s, x, y); break;
	case MINNM:	r = ref_fp_minnm(e, s, x, y); break;
	case MAXNM:	r = ref_fp_maxnm(e, s, x, y); break;
	case RECPS:	r = ref_fp_recps(e, s, x, y); break;
	case RSQRTS:	r = ref_fp_rsqrts(e, s, x, y); break;
	case MADD:	r = ref_fp_madd(e, s, x, y, operand(es, c)); break;
	case SQRT:	r = ref_fp_sqrt(e, s, x); break;
	case RECPE:	r = ref_fp_recpe(e, s, x); break;
	case RSQRTE:	r = ref_fp_rsqrte(e, s, x); break;
	case RECPX:	r = ref_fp_recpx(e, s, x); break;
	case NR_OPS:	break;
	}
	ck_assert_uint_eq(r.d[1], 0);
	return r.d[0];
}

#define D_ONE	UINT64_C(0x3ff0000000000000)
#define D_INF	UINT64_C(0x7ff0000000000000)
#define D_NAN	UINT64_C(0x7ff8000000000000)	/* the default NaN */
#define D_Q1	UINT64_C(0xfff8000000000001)
#define D_Q2	UINT64_C(0x7ff8000000000002)
#define D_S1	UINT64_C(0x7ff0000000000001)
#define D_S2	UINT64_C(0xfff0000000000002)
#define D_MINUS	UINT64_C(0x8000000000000000)
#define D_LEAST	UINT64_C(0x0010000000000000)	/* normal */
#define D_MAX	UINT64_C(0x7fefffffffffffff)

static const struct {
	unsigned line, es;
	enum op op;
	uint32_t fpcr;
	uint64_t a, b, c, want;
	uint32_t fpsr;
} facts[] = {
#define FACT	__LINE__
/* Zeros. */
{ FACT, ES64, ADD, 0, 0, D_MINUS, 0, 0, 0 },
{ FACT, ES64, ADD, RM, 0, D_MINUS, 0, D_MINUS, 0 },
{ FACT, ES64, SUB, RM, D_ONE, D_ONE, 0, D_MINUS, 0 },
{ FACT, ES64, MIN, 0, 0, D_MINUS, 0, D_MINUS, 0 },
{ FACT, ES64, MIN, 0, D_MINUS, 0, 0, D_MINUS, 0 },
{ FACT, ES64, MAX, 0, 0, D_MINUS, 0, 0, 0 },
{ FACT, ES64, MAX, 0, D_MINUS, 0, 0, 0, 0 },
{ FACT, ES64, SQRT, 0, D_MINUS, 0, 0, D_MINUS, 0 },
/* NaNs: a signalling one first, then the first operand's, quieted. */
{ FACT, ES64, ADD, 0, D_Q1, D_Q2, 0, D_Q1, 0 },
{ FACT, ES64, ADD, 0, D_ONE, D_Q2, 0, D_Q2, 0 },
{ FACT, ES64, ADD, 0, D_Q1, D_S1, 0, D_S1 | 1ul << 51, IOC },
{ FACT, ES64, ADD, 0, D_S2, D_S1, 0, D_S2 | 1ul << 51, IOC },
{ FACT, ES64, ADD, FPCR_DN, D_Q1, D_ONE, 0, D_NAN, 0 },
{ FACT, ES64, ADD, FPCR_DN, D_S1, D_ONE, 0, D_NAN, IOC },
{ FACT, ES64, SUB, 0, D_ONE, D_Q1, 0, D_Q1, 0 },
{ FACT, ES64, ABD, 0, D_ONE, D_Q1, 0, D_Q1 & ~D_MINUS, 0 },
{ FACT, ES64, SUB, 0, D_INF, D_INF, 0, D_NAN, IOC },
{ FACT, ES64, MUL, 0, D_INF, 0, 0, D_NAN, IOC },
{ FACT, ES64, DIV, 0, 0, D_MINUS, 0, D_NAN, IOC },
{ FACT, ES64, DIV, 0, D_ONE, D_MINUS, 0, D_INF | D_MINUS, DZC },
{ FACT, ES64, DIV, 0, D_INF, 0, 0, D_INF, 0 },
{ FACT, ES64, SQRT, 0, D_ONE | D_MINUS, 0, 0, D_NAN, IOC },
{ FACT, ES64, MULX, 0, D_INF, D_MINUS, 0, UINT64_C(0xc000000000000000), 0 },
{ FACT, ES64, MAX, 0, D_ONE, D_Q2, 0, D_Q2, 0 },
{ FACT, ES64, MAXNM, 0, D_ONE, D_Q2, 0, D_ONE, 0 },
{ FACT, ES64, MINNM, 0, D_Q1, D_ONE, 0, D_ONE, 0 },
{ FACT, ES64, MINNM, 0, D_Q1, D_Q2, 0, D_Q1, 0 },
{ FACT, ES64, MINNM, 0, D_S1, D_ONE, 0, D_S1 | 1ul << 51, IOC },
{ FACT, ES64, MAXNM, 0, D_Q1, D_S1, 0, D_S1 | 1ul << 51, IOC },
/* Fused: the addend's NaN first, but not before an invalid product. */
{ FACT, ES64, MADD, 0, D_Q1, D_ONE, D_Q2, D_Q2, 0 },
{ FACT, ES64, MADD, 0, D_S1, D_ONE, D_Q2, D_S1 | 1ul << 51, IOC },
{ FACT, ES64, MADD, 0, 0, D_INF, D_Q1, D_NAN, IOC },
{ FACT, ES64, MADD, 0, 0, D_INF, D_ONE, D_NAN, IOC },
{ FACT, ES64, MADD, 0, D_INF, D_ONE, D_INF | D_MINUS, D_NAN, IOC },
{ FACT, ES64, MADD, 0, UINT64_C(0x3ff0000000000001),
  UINT64_C(0x3ff0000000000001), UINT64_C(0xbff0000000000002),
  UINT64_C(0x3970000000000000), 0 },
{ FACT, ES64, MADD, 0, D_LEAST, D_LEAST, D_ONE, D_ONE, IXC },
/* Tiny before rounding, although the result is normal. */
{ FACT, ES64, MUL, 0, UINT64_C(0x3fefffffffffffff), D_LEAST, 0, D_LEAST,
  UFC | IXC },
{ FACT, ES64, MUL, RZ, UINT64_C(0x3fefffffffffffff), D_LEAST, 0, D_LEAST - 1,
  UFC | IXC },
{ FACT, ES32, MUL, RP, 0x3f7fffff, 0x00800000, 0, 0x00800000, UFC | IXC },
{ FACT, ES64, MUL, 0, UINT64_C(0x3fe0000000000000), D_LEAST, 0, D_LEAST / 2,
  0 },
{ FACT, ES64, MUL, 0, D_MAX, D_MAX, 0, D_INF, OFC | IXC },
{ FACT, ES64, MUL, RZ, D_MAX, D_MAX, 0, D_MAX, OFC | IXC },
{ FACT, ES64, MUL, RM, D_MAX, D_MAX | D_MINUS, 0, D_INF | D_MINUS,
  OFC | IXC },
/* Flushing: operands with IDC, results with UFC alone, before rounding. */
{ FACT, ES64, ADD, FPCR_FZ, 1, D_ONE, 0, D_ONE, IDC },
{ FACT, ES64, ADD, FPCR_FZ, D_MINUS | 1, D_MINUS, 0, D_MINUS, IDC },
{ FACT, ES64, MUL, FPCR_FZ, UINT64_C(0x3fefffffffffffff), D_LEAST, 0, 0, UFC },
{ FACT, ES64, SUB, FPCR_FZ, D_LEAST + 1, D_LEAST, 0, 0, UFC },
{ FACT, ES64, MAX, FPCR_FZ, 1, D_MINUS, 0, 0, IDC },
{ FACT, ES64, DIV, FPCR_FZ, D_ONE, 1, 0, D_INF, IDC | DZC },
/* Half precision: its own flush, without IDC. */
{ FACT, ES16, ADD, 0, 0x7bff, 0x4c00, 0, 0x7c00, OFC | IXC },
{ FACT, ES16, ADD, 0, 0x7bff, 0x4800, 0, 0x7bff, IXC },
{ FACT, ES16, ADD, FPCR_FZ, 1, 1, 0, 2, 0 },
{ FACT, ES16, ADD, FPCR_FZ16, 1, 1, 0, 0, 0 },
{ FACT, ES16, MUL, FPCR_FZ16, 0x0400, 0x3800, 0, 0, UFC },
{ FACT, ES16, ADD, FPCR_AHP, 0x7c00, 0x3c00, 0, 0x7c00, 0 },
{ FACT, ES16, MADD, 0, 0x3c01, 0x3c01, 0xbc02, 0x0010, 0 },
/* Estimates. */
{ FACT, ES32, RECPE, 0, 0x3f800000, 0, 0, 0x3f7f8000, 0 },
{ FACT, ES32, RECPE, 0, 0, 0, 0, 0x7f800000, DZC },
{ FACT, ES32, RECPE, 0, 0x00000001, 0, 0, 0x7f800000, OFC | IXC },
{ FACT, ES32, RECPE, RZ, 0x80000001, 0, 0, 0xff7fffff, OFC | IXC },
{ FACT, ES32, RECPE, FPCR_FZ, 0x7f000000, 0, 0, 0, UFC },
{ FACT, ES32, RSQRTE, 0, 0x3f800000, 0, 0, 0x3f7f8000, 0 },
{ FACT, ES32, RSQRTE, 0, 0x80000000, 0, 0, 0xff800000, DZC },
{ FACT, ES32, RSQRTE, 0, 0xbf800000, 0, 0, 0x7fc00000, IOC },
{ FACT, ES32, RECPX, 0, 0x3f812345, 0, 0, 0x40000000, 0 },
{ FACT, ES32, RECPX, 0, 0, 0, 0, 0x7f000000, 0 },
{ FACT, ES32, RECPS, 0, 0x7f800000, 0x80000000, 0, 0x40000000, 0 },
{ FACT, ES32, RSQRTS, 0, 0x7f800000, 0, 0, 0x3fc00000, 0 },
{ FACT, ES32, RECPS, 0, 0x7fc00001, 0x3f800000, 0, 0xffc00001, 0 },
#undef FACT
};

START_TEST(manual)
{
	uint64_t got;
	uint32_t fpsr;

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		begin(facts[i].fpcr);
		got = apply(facts[i].es, facts[i].op, facts[i].a, facts[i].b,
			    facts[i].c);
		fpsr = end();
		ck_assert_msg(got == facts[i].want && fpsr == facts[i].fpsr,
			      "line %u: %#lx, %#x", facts[i].line, got, fpsr);
	}
}
END_TEST

static const uint64_t borders64[] = {
	0, 1, D_LEAST / 2, D_LEAST - 1, D_LEAST, D_LEAST + 1,
	UINT64_C(0x1ff0000000000000), UINT64_C(0x1fffffffffffffff),
	UINT64_C(0x2000000000000001), UINT64_C(0x3c9fffffffffffff),
	UINT64_C(0x3ca0000000000000), UINT64_C(0x3fdfffffffffffff),
	UINT64_C(0x3fe0000000000000), UINT64_C(0x3fefffffffffffff), D_ONE,
	UINT64_C(0x3ff0000000000001), UINT64_C(0x3ff8000000000000),
	UINT64_C(0x4000000000000000), UINT64_C(0x4008000000000000),
	UINT64_C(0x41dfffffffc00000), UINT64_C(0x41e0000000000000),
	UINT64_C(0x43e0000000000000), UINT64_C(0x5fe0000000000000), D_MAX,
	D_INF, D_S1, D_Q2, D_NAN,
};
static const uint64_t borders32[] = {
	0, 1, 0x400000, 0x7fffff, 0x800000, 0x800001, 0x1fffffff, 0x20000000,
	0x20000001, 0x337fffff, 0x33800000, 0x3effffff, 0x3f000000, 0x3f7fffff,
	0x3f800000, 0x3f800001, 0x3fc00000, 0x40000000, 0x40400000, 0x4effffff,
	0x4f000000, 0x5f000000, 0x5f7fffff, 0x7f7fffff, 0x7f800000, 0x7f800001,
	0x7fc00002, 0x7fc00000,
};
static const uint64_t borders16[] = {
	0, 1, 0x200, 0x3ff, 0x400, 0x401, 0x1400, 0x17ff, 0x1c00, 0x37ff,
	0x3800, 0x3bff, 0x3c00, 0x3c01, 0x3e00, 0x4000, 0x4200, 0x5bff, 0x5c00,
	0x7bff, 0x7c00, 0x7c01, 0x7e02, 0x7e00,
};

static const struct {
	const uint64_t *v;
	unsigned n;
} borders[] = {
	[ES16] = { borders16, ARRAY_SIZE(borders16) },
	[ES32] = { borders32, ARRAY_SIZE(borders32) },
	[ES64] = { borders64, ARRAY_SIZE(borders64) },
};

static uint64_t
border(unsigned es, unsigned i)
{
	return borders[es].v[i >> 1] | (uint64_t)(i & 1) << ((8 << es) - 1);
}

static uint64_t
apply_soft(struct fp_env *e, unsigned es, enum op op, uint64_t a, uint64_t b,
	   uint64_t c)
{
	static const enum softfp_op2 two[] = {
		[ADD] = SOFTFP_ADD, [SUB] = SOFTFP_SUB, [MUL] = SOFTFP_MUL,
		[DIV] = SOFTFP_DIV, [MULX] = SOFTFP_MULX, [ABD] = SOFTFP_ABD,
		[MIN] = SOFTFP_MIN, [MAX] = SOFTFP_MAX,
		[MINNM] = SOFTFP_MINNM, [MAXNM] = SOFTFP_MAXNM,
		[RECPS] = SOFTFP_RECPS, [RSQRTS] = SOFTFP_RSQRTS,
	};

	if (op == MADD)
		return softfp_madd(e, es, a, b, c);
	if (op == SQRT)
		return softfp_op1(e, es, SOFTFP_SQRT, a);
	return softfp_op2(e, es, two[op], a, b);
}

static void
compare(unsigned es, enum op op, uint32_t fpcr, uint64_t a, uint64_t b,
	uint64_t c)
{
	struct fp_env e = { .fpcr = fpcr };
	uint64_t want = apply_soft(&e, es, op, a, b, c), got;
	uint32_t fpsr;

	begin(fpcr);
	got = apply(es, op, a, b, c);
	fpsr = end();
	ck_assert_msg(got == want && fpsr == e.fpsr,
		      "op %d es %u fpcr %#x: %#lx %#lx %#lx: %#lx, %#x; "
		      "soft %#lx, %#x", op, es, fpcr, a, b, c, got, fpsr,
		      want, e.fpsr);
}

START_TEST(host_agrees)
{
	static const uint32_t modes[] = {
		0, RP, RM, RZ, FPCR_DN, FPCR_FZ, FPCR_FZ | RP
	};
	unsigned es = ES32 + _i % 2, n = borders[es].n * 2;
	uint32_t fpcr = modes[_i / 2];

	for (unsigned i = 0; i < n; i++) {
		compare(es, SQRT, fpcr, border(es, i), 0, 0);
		for (unsigned j = 0; j < n; j++) {
			for (enum op op = ADD; op <= RSQRTS; op++)
				compare(es, op, fpcr, border(es, i),
					border(es, j), 0);
			for (unsigned k = 0; k < n; k += 3)
				compare(es, MADD, fpcr, border(es, i),
					border(es, j), border(es, k));
		}
	}
}
END_TEST

/* The same without FMA on the host. */
START_TEST(without_fma)
{
	unsigned es = ES64, n = borders[es].n * 2;

	fp_host_caps = FP_HOST_PROBED;
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < n; j++)
			compare(es, MADD, 0, border(es, i), border(es, j),
				border(es, (i + j) % n));
	fp_host_caps = 0;
}
END_TEST

START_TEST(comparisons)
{
	for (unsigned es = ES16; es <= ES64; es++) {
		unsigned n = borders[es].n * 2, s = vscalar(es);

		for (unsigned i = 0; i < n * n; i++) {
			uint64_t a = border(es, i % n), b = border(es, i / n);
			union v128 x = operand(es, a), y = operand(es, b);

			for (unsigned k = 0; k < 10; k++) {
				struct fp_env e = { .fpcr = k & 1 ?
						    FPCR_FZ : 0 };
				enum fp_compare rel = (enum fp_compare)(k / 2);
				bool want = softfp_compare(&e, es, rel, a, b);
				union v128 r;

				begin(e.fpcr);
				r = ref_fp_cmp(&cpu.fp, s, x, y, rel);
				ck_assert_uint_eq(end(), e.fpsr);
				ck_assert(r.d[1] == 0 && r.d[0] == (want ?
					  UINT64_MAX >> (64 - (8 << es)) : 0));
			}
			for (unsigned k = 0; k < 2; k++) {
				struct fp_env e = { 0 };
				uint32_t want = softfp_compare_flags(&e, es, a,
								     b, k);
				struct ir_flags f;

				begin(0);
				f = ref_fp_cmp_flags(&cpu.fp, s, x, y, k);
				ck_assert_uint_eq(end(), e.fpsr);
				ck_assert_uint_eq(ref_fl_bits(f), want);
			}
		}
	}
}
END_TEST

/* FCMP and FCMPE against what the manual's table says. */
START_TEST(compare_flags)
{
	static const struct {
		uint64_t a, b;
		uint32_t nzcv;
		bool quiet;
	} c[] = {
		{ D_ONE, D_ONE, 6, false }, { 0, D_MINUS, 6, false },
		{ D_ONE, D_INF, 8, false }, { D_INF, D_ONE, 2, false },
		{ D_ONE | D_MINUS, 0, 8, false }, { D_Q1, D_ONE, 3, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(c); i++) {
		for (unsigned signal = 0; signal < 2; signal++) {
			struct ir_flags f;

			begin(0);
			f = ref_fp_cmp_flags(&cpu.fp, vscalar(ES64),
					     lane0(c[i].a), lane0(c[i].b),
					     signal);
			ck_assert_uint_eq(ref_fl_bits(f), c[i].nzcv << 28);
			ck_assert_uint_eq(end(), c[i].quiet && signal ? IOC :
						 0);
		}
	}
}
END_TEST

static const struct {
	unsigned line, to, from, n;
	uint32_t fpcr;
	uint64_t a, want;
	uint32_t fpsr;
} conversions[] = {
#define FACT	__LINE__
{ FACT, ES32, ES64, 0, 0, D_ONE, 0x3f800000, 0 },
{ FACT, ES32, ES64, 0, 0, UINT64_C(0x7ff4000012345678), 0x7fe00000, IOC },
{ FACT, ES32, ES64, 0, FPCR_DN, UINT64_C(0xfff8000012345678), 0x7fc00000, 0 },
{ FACT, ES64, ES32, 0, 0, 0xffc12345, UINT64_C(0xfff82468a0000000), 0 },
{ FACT, ES32, ES64, 0, 0, D_LEAST, 0, UFC | IXC },
{ FACT, ES32, ES64, 0, RP, D_LEAST, 1, UFC | IXC },
{ FACT, ES32, ES64, 0, FPCR_FZ, D_LEAST - 1, 0, IDC },
{ FACT, ES32, ES64, 0, FPCR_FZ, D_LEAST, 0, UFC },
{ FACT, ES32, ES64, 0, 0, UINT64_C(0x380fffffffffffff), 0x00800000,
  UFC | IXC },
{ FACT, ES64, ES32, 0, 0, 1, UINT64_C(0x36a0000000000000), 0 },
{ FACT, ES32, ES64, FP_TO_ODD, 0, D_LEAST, 1, UFC | IXC },
{ FACT, ES32, ES64, FP_TO_ODD, 0, D_MAX, 0x7f7fffff, OFC | IXC },
{ FACT, ES32, ES64, FP_TO_ODD, 0, D_ONE + 1, 0x3f800001, IXC },
/* Half: never flushed, by FZ for the wider side only. */
{ FACT, ES16, ES32, 0, 0, 0x477ff000, 0x7c00, OFC | IXC },
{ FACT, ES16, ES32, 0, 0, 0x477fefff, 0x7bff, IXC },
{ FACT, ES16, ES32, 0, FPCR_FZ | FPCR_FZ16, 0x33800000, 1, 0 },
{ FACT, ES32, ES16, 0, FPCR_FZ | FPCR_FZ16, 1, 0x33800000, 0 },
{ FACT, ES16, ES64, 0, 0, UINT64_C(0x3ff0020000000001), 0x3c01, IXC },
{ FACT, ES16, ES64, 0, 0, UINT64_C(0x3ff0020000000000), 0x3c00, IXC },
/* The alternative format has neither infinities nor NaNs. */
{ FACT, ES16, ES32, 0, FPCR_AHP, 0x7f800000, 0x7fff, IOC },
{ FACT, ES16, ES32, 0, FPCR_AHP, 0xffc00000, 0x8000, IOC },
{ FACT, ES16, ES32, 0, FPCR_AHP, 0x47800000, 0x7c00, 0 },
{ FACT, ES32, ES16, 0, FPCR_AHP, 0x7c00, 0x47800000, 0 },
#undef FACT
};

START_TEST(formats)
{
	for (size_t i = 0; i < ARRAY_SIZE(conversions); i++) {
		uint32_t fpsr;
		union v128 r;

		begin(conversions[i].fpcr);
		r = ref_fp_cvt(&cpu.fp, vscalar(conversions[i].to),
			       operand(conversions[i].from, conversions[i].a),
			       conversions[i].from | conversions[i].n);
		fpsr = end();
		ck_assert_msg(r.d[0] == conversions[i].want && !r.d[1] &&
			      fpsr == conversions[i].fpsr,
			      "line %u: %#lx, %#x", conversions[i].line,
			      r.d[0], fpsr);
	}
}
END_TEST

static const struct {
	unsigned line, t, n, fbits;
	uint64_t a, want;
	uint32_t fpsr;
} integers[] = {
#define FACT	__LINE__
{ FACT, IT32, FP_RZ, 0, UINT64_C(0x41e0000000000000), 0x7fffffff, IOC },
{ FACT, IT32, FP_RZ, 0, UINT64_C(0xc1e0000000000000), 0x80000000, 0 },
{ FACT, IT32, FP_RZ, 0, UINT64_C(0xc1e0000000100000), 0x80000000, IXC },
{ FACT, IT32, FP_RZ, 0, UINT64_C(0xc1e0000000200000), 0x80000000, IOC },
{ FACT, IT32, FP_RZ, 0, D_Q1, 0, IOC },
{ FACT, IT64, FP_RZ, 0, UINT64_C(0xc3e0000000000000), D_MINUS, 0 },
{ FACT, IT64, FP_RZ, 0, D_INF, INT64_MAX, IOC },
{ FACT, IT64, FP_RZ | FP_UNSIGNED, 0, UINT64_C(0x43efffffffffffff),
  UINT64_C(0xfffffffffffff800), 0 },
{ FACT, IT64, FP_RZ | FP_UNSIGNED, 0, UINT64_C(0x43f0000000000000),
  UINT64_MAX, IOC },
{ FACT, IT32, FP_RZ | FP_UNSIGNED, 0, UINT64_C(0xbfe0000000000000), 0, IXC },
{ FACT, IT32, FP_RZ | FP_UNSIGNED, 0, D_ONE | D_MINUS, 0, IOC },
{ FACT, IT32, FP_RN, 0, UINT64_C(0x4004000000000000), 2, IXC },
{ FACT, IT32, FP_RA, 0, UINT64_C(0x4004000000000000), 3, IXC },
{ FACT, IT32, FP_RA, 0, UINT64_C(0xc004000000000000), 0xfffffffd, IXC },
{ FACT, IT32, FP_RP, 0, 1, 1, IXC },
{ FACT, IT32, FP_RM, 0, D_MINUS | 1, 0xffffffff, IXC },
{ FACT, IT32, FP_RZ, 8, UINT64_C(0x3ff8000000000000), 0x180, 0 },
#undef FACT
};

START_TEST(to_integers)
{
	for (size_t i = 0; i < ARRAY_SIZE(integers); i++) {
		uint64_t got;
		uint32_t fpsr;

		begin(0);
		got = ref_fp_to_int(&cpu.fp, vscalar(ES64), integers[i].t,
				    lane0(integers[i].a), integers[i].n,
				    integers[i].fbits);
		fpsr = end();
		ck_assert_msg(got == integers[i].want &&
			      fpsr == integers[i].fpsr,
			      "line %u: %#lx, %#x", integers[i].line, got,
			      fpsr);
	}
}
END_TEST

START_TEST(from_integers)
{
	static const uint64_t v[] = {
		0, 1, 0x7fffffff, 0x80000000, 0xffffffff, INT64_MAX, D_MINUS,
		UINT64_MAX, UINT64_C(0x8000008000000001), 0x1000001,
	};
	static const uint32_t modes[] = { 0, RP, RM, RZ };

	for (unsigned i = 0; i < ARRAY_SIZE(v) * 4 * 2 * 2 * 2; i++) {
		unsigned es = i & 1 ? ES64 : ES32, t = i & 2 ? IT64 : IT32;
		unsigned n = i & 4 ? FP_UNSIGNED : 0;
		struct fp_env e = { .fpcr = modes[i >> 3 & 3] };
		uint64_t a = ref_zext(t, v[(i >> 5) % ARRAY_SIZE(v)]), want;
		union v128 r;

		want = softfp_from_fixed(&e, es, n ? a : ref_sext(t, a), 0, n);
		begin(e.fpcr);
		r = ref_fp_from_int(&cpu.fp, vscalar(es), t, a, n, 0);
		ck_assert_uint_eq(end(), e.fpsr);
		ck_assert(r.d[0] == want && !r.d[1]);
	}
}
END_TEST

START_TEST(javascript)
{
	static const struct {
		uint64_t a, want;
		uint32_t fpsr;
	} c[] = {
		{ 0, 1ul << 62, 0 }, { D_MINUS, 0, 0 },
		{ UINT64_C(0xc000000000000000), 1ul << 62 | 0xfffffffe, 0 },
		{ UINT64_C(0x3ff8000000000000), 1, IXC },
		{ UINT64_C(0x41f0000000500000), 5, IOC },
		{ UINT64_C(0xc1f0000000500000), 0xfffffffb, IOC },
		{ D_INF, 0, IOC }, { D_Q1, 0, IOC },
		{ UINT64_C(0x4340000000000001), 2, IOC },
	};

	for (size_t i = 0; i < ARRAY_SIZE(c); i++) {
		begin(0);
		ck_assert_uint_eq(ref_fp_to_js(&cpu.fp, vscalar(ES64),
					       lane0(c[i].a)), c[i].want);
		ck_assert_uint_eq(end(), c[i].fpsr);
	}
}
END_TEST

START_TEST(integral)
{
	static const struct {
		unsigned n;
		uint64_t a, want;
		uint32_t fpsr;
	} c[] = {
		{ FP_RN, UINT64_C(0x3fe0000000000000), 0, 0 },
		{ FP_RA, UINT64_C(0xbfe0000000000000), D_ONE | D_MINUS, 0 },
		{ FP_RM, UINT64_C(0xbfd0000000000000), D_ONE | D_MINUS, 0 },
		{ FP_RP, UINT64_C(0xbfd0000000000000), D_MINUS, 0 },
		{ FP_CUR | FP_EXACT, UINT64_C(0x3ff8000000000000),
		  UINT64_C(0x4000000000000000), IXC },
		{ FP_RZ, D_S1, D_S1 | 1ul << 51, IOC },
		{ FP_RZ, D_INF, D_INF, 0 },
		{ FP_RZ, UINT64_C(0x432fffffffffffff),
		  UINT64_C(0x432ffffffffffffe), 0 },
	};
	union v128 r;

	for (size_t i = 0; i < ARRAY_SIZE(c); i++) {
		begin(0);
		r = ref_fp_rint(&cpu.fp, vscalar(ES64), lane0(c[i].a), c[i].n);
		ck_assert_uint_eq(end(), c[i].fpsr);
		ck_assert(r.d[0] == c[i].want && !r.d[1]);
	}
	begin(0);
	r = ref_fp_rint_n(&cpu.fp, vscalar(ES64),
			  lane0(UINT64_C(0x41e0000000000000)),
			  FP_RZ | FP_INT32);
	ck_assert_uint_eq(end(), IOC);
	ck_assert_uint_eq(r.d[0], UINT64_C(0xc1e0000000000000));
}
END_TEST

/* 64-bit forms raise nothing for, and clear, the upper half. */
START_TEST(upper_half)
{
	unsigned s = vfull(0, ES32);
	union v128 a = { .s = { 0x3f800000, 0x40000000, 0, 0x7f800001 } };
	union v128 b = { .s = { 0x3f800000, 0x3f800000, 0, 0xff800001 } };
	union v128 r[7];

	begin(0);
	r[0] = ref_fp_add(&cpu.fp, s, a, b);
	r[1] = ref_fp_div(&cpu.fp, s, a, b);
	r[2] = ref_fp_madd(&cpu.fp, s, a, b, b);
	r[3] = ref_fp_max(&cpu.fp, s, a, b);
	r[4] = ref_fp_sqrt(&cpu.fp, s, b);
	r[5] = ref_fp_cmp(&cpu.fp, s, a, b, FP_GE);
	r[6] = ref_fp_cvt(&cpu.fp, vfull(1, ES64), a, ES32);
	ck_assert_uint_eq(end(), 0);
	for (unsigned i = 0; i < 6; i++)
		ck_assert_uint_eq(r[i].d[1], 0);
	ck_assert_uint_eq(r[0].d[0], UINT64_C(0x4040000040000000));
	ck_assert_uint_eq(r[1].d[0], UINT64_C(0x400000003f800000));
	ck_assert_uint_eq(r[2].d[0], UINT64_C(0x4040000040000000));
	ck_assert_uint_eq(r[3].d[0], UINT64_C(0x400000003f800000));
	ck_assert_uint_eq(r[4].d[0], UINT64_C(0x3f8000003f800000));
	ck_assert_uint_eq(r[5].d[0], UINT64_MAX);
	ck_assert_uint_eq(r[6].d[1], UINT64_C(0x4000000000000000));
}
END_TEST

START_TEST(bfloat16)
{
	union v128 r;

	begin(0);
	r = ref_fp_cvt_bf16(&cpu.fp, vscalar(ES16), single(0x3f808000));
	ck_assert_uint_eq(r.d[0], 0x3f80);
	r = ref_fp_cvt_bf16(&cpu.fp, vscalar(ES16), single(0x3f818000));
	ck_assert_uint_eq(r.d[0], 0x3f82);
	ck_assert_uint_eq(end(), IXC);
	begin(0);
	r = ref_fp_cvt_bf16(&cpu.fp, vscalar(ES16), single(0x7f7fffff));
	ck_assert_uint_eq(r.d[0], 0x7f80);
	ck_assert_uint_eq(end(), OFC | IXC);
	/* 1 + 2 * 3 + 4 * 5; NaNs are the default one, and silent. */
	ck_assert_uint_eq(softfp_bfdot(0x3f800000, 0x40804000, 0x40a04040),
			  0x41d80000);
	ck_assert_uint_eq(softfp_bfdot(0xff800001, 0x40804000, 0x40a04040),
			  0x7fc00000);
}
END_TEST

START_TEST(registers)
{
	static const uint32_t bits[] = { IOC, DZC, OFC, UFC, IXC };

	/* Traps and reserved bits read as zero. */
	a64_fpcr_set(&cpu, UINT32_MAX);
	ck_assert_uint_eq(a64_fpcr_get(&cpu), 0x07c80000);
	a64_fpsr_set(&cpu, UINT32_MAX);
	ck_assert_uint_eq(a64_fpsr_get(&cpu), 0x0800009f);
	begin(0);
	ck_assert_uint_eq(a64_fpsr_get(&cpu), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		a64_fpsr_set(&cpu, bits[i] | FPSR_QC);
		ck_assert_uint_eq(a64_fpsr_get(&cpu), bits[i] | FPSR_QC);
		/* Changing FPCR keeps FPSR. */
		apply(ES64, DIV, D_ONE, 0, 0);
		a64_fpcr_set(&cpu, RZ);
		ck_assert_uint_eq(a64_fpsr_get(&cpu),
				  bits[i] | FPSR_QC | DZC);
		a64_fpcr_set(&cpu, 0);
	}
	begin(0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fp");
	TCase *tc = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, manual);
	tcase_add_loop_test(tc, host_agrees, 0, 14);
	tcase_add_test(tc, without_fma);
	tcase_add_test(tc, comparisons);
	tcase_add_test(tc, compare_flags);
	tcase_add_test(tc, formats);
	tcase_add_test(tc, to_integers);
	tcase_add_test(tc, from_integers);
	tcase_add_test(tc, javascript);
	tcase_add_test(tc, integral);
	tcase_add_test(tc, upper_half);
	tcase_add_test(tc, bfloat16);
	tcase_add_test(tc, registers);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
