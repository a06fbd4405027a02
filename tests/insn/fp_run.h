/*
 * fp_run.h - runs floating-point instructions on chosen operands, in the
 * guest, under many settings of FPCR.
 *
 * The including file defines FP_LIST, the name of a .def file of rows
 *
 *	INSN(kind, "instruction")
 *
 * all of which read v1, v2 (or its copy v18), v3, x1 and NZCV and write v0 or
 * x0; kind is the source's format (16, 32, 64), 0 for integers, 1 for
 * bfloat16, 1632 for halves that are accumulated to singles.
 *
 * Each instruction runs on pseudo-random operands that favour the borders of
 * its format; what it leaves in v0, x0, NZCV and FPSR is hashed and printed
 * per instruction. With an argument the program writes every case as
 * a struct fp_case to standard output instead, for comparison elsewhere.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifndef CASES
#define CASES	48	/* per instruction and FPCR */
#endif

struct fp_case {
	uint64_t v[4][2];	/* v0..v3 before */
	uint64_t x1;
	uint32_t insn, fpcr, nzcv, row;
	uint64_t v0[2], x0;	/* after */
	uint32_t fpsr, nzcv_out;
};

void fp_run_case(struct fp_case *c, const void *code);

__asm__(
"	.arch	armv8.6-a+fp16+fp16fml+bf16\n"
"	.text\n"
"	.balign 8\n"
"	.global	fp_run_case, fp_code\n"
"	.type	fp_run_case, %function\n"
"fp_run_case:\n"
"	stp	x29, x30, [sp, #-32]!\n"
"	str	x19, [sp, #16]\n"
"	mov	x19, x0\n"
"	mov	x2, x1\n"
"	mrs	x3, fpcr\n"
"	ldr	w4, [x19, #76]\n"
"	ldp	q0, q1, [x19]\n"
"	ldp	q2, q3, [x19, #32]\n"
"	ldr	x1, [x19, #64]\n"
"	ldr	w5, [x19, #80]\n"
"	mov	x0, #0\n"
"	mov	v18.16b, v2.16b\n"
"	msr	fpcr, x4\n"
"	msr	fpsr, xzr\n"
"	msr	nzcv, x5\n"
"	blr	x2\n"
"	mrs	x5, nzcv\n"
"	mrs	x4, fpsr\n"
"	msr	fpcr, x3\n"
"	msr	fpsr, xzr\n"
"	stur	q0, [x19, #88]\n"
"	str	x0, [x19, #104]\n"
"	stp	w4, w5, [x19, #112]\n"
"	ldr	x19, [sp, #16]\n"
"	ldp	x29, x30, [sp], #32\n"
"	ret\n"
"	.balign 8\n"
"	.type	fp_code, %object\n"
"fp_code:\n"
#define INSN(kind, text) "\t" text "\n\tret\n"
#include FP_LIST
#undef INSN
);

extern const uint32_t fp_code[][2];

static const struct {
	unsigned kind;
	const char *text;
} fp_list[] = {
#define INSN(kind, text) { kind, text },
#include FP_LIST
#undef INSN
};

/* RN; RP; RM; RZ; DN; FZ; FZ RP; FZ RM DN; AHP; FZ16; AHP FZ16 RZ; all RP. */
static const uint32_t fp_fpcr[] = {
	0, 1 << 22, 2 << 22, 3 << 22, 1 << 25, 1 << 24, 1 << 24 | 1 << 22,
	1 << 25 | 1 << 24 | 2 << 22, 1 << 26, 1 << 19,
	1 << 26 | 1 << 19 | 3 << 22,
	1 << 26 | 1 << 25 | 1 << 24 | 1 << 19 | 1 << 22,
};

/* FP_PLAIN leaves out those with DN or FZ. */
static int
fp_leaves_out(uint32_t fpcr)
{
#ifdef FP_PLAIN
	return fpcr & (1 << 25 | 1 << 24);
#else
	(void)fpcr;
	return 0;
#endif
}

static uint64_t fp_seed;

static uint64_t
fp_random(void)
{
	fp_seed ^= fp_seed << 13;
	fp_seed ^= fp_seed >> 7;
	fp_seed ^= fp_seed << 17;
	return fp_seed * UINT64_C(0x9e3779b97f4a7c15) >> 7;
}

/* A number with `e' bits of exponent and `f' of fraction. */
static uint64_t
fp_number(unsigned e, unsigned f)
{
	uint64_t emax = (UINT64_C(1) << e) - 1, bias = emax >> 1;
	uint64_t fmask = (UINT64_C(1) << f) - 1;
	uint64_t r = fp_random(), sign = (r & 1) << (e + f);
	uint64_t exp, frac = fp_random() >> 3 & fmask;
	/* Fractions of few bits make exact results and ties. */
	static const uint64_t plain[8] = { 0, 0, 1, 2, 4, 5, 6, 7 };

	if (r >> 1 & 1)
		frac = plain[r >> 2 & 7] << (f - 3);
	if (!(r >> 5 & 7))
		frac = r >> 8 & 1 ? fmask : r >> 9 & 1;
	switch (r >> 10 & 15) {
	case 0:		/* zero or the least numbers */
		exp = 0;
		frac &= fp_random() >> (r >> 16 & 31);
		break;
	case 1:		/* infinities and NaNs */
		exp = emax;
		if (r >> 14 & 1)
			frac = 0;
		break;
	case 2:		/* NaNs */
		exp = emax;
		break;
	case 3:
		exp = r >> 14 & 3;
		break;
	case 4:
		exp = emax - 1 - (r >> 14 & 3);
		break;
	case 5:
		exp = fp_random() & emax;
		break;
	case 6:		/* the borders of integers */
		exp = bias + (r >> 14 & 63);
		exp = exp > emax ? emax : exp;
		break;
	case 7:
		exp = bias + 31 - (r >> 14 & 1);
		exp = exp > emax ? emax : exp;
		break;
	case 8:
		exp = bias / 2 + (r >> 14 & 7);
		break;
	case 9:
		return sign;
	default:
		exp = bias + (r >> 14 & 7) - 4;
	}
	return sign | exp << f | frac;
}

static uint64_t
fp_integer(void)
{
	uint64_t r = fp_random(), v = fp_random() << 7 >> (r & 63);

	if (r >> 6 & 1)
		v = UINT64_C(1) << (r & 63);
	if (r >> 7 & 1)
		v = -v;
	return r >> 8 & 1 ? v : v + (r >> 9 & 3) - 1;
}

static uint64_t
fp_operand(unsigned kind)
{
	switch (kind) {
	case 0:
		return fp_random() & 1 ? fp_integer() :
		       fp_integer() << 32 | (uint32_t)fp_integer();
	case 1:
		return fp_number(8, 7) | fp_number(8, 7) << 16 |
		       fp_number(8, 7) << 32 | fp_number(8, 7) << 48;
	case 16:
		return fp_number(5, 10) | fp_number(5, 10) << 16 |
		       fp_number(5, 10) << 32 | fp_number(5, 10) << 48;
	case 32:
		return fp_number(8, 23) | fp_number(8, 23) << 32;
	default:
		return fp_number(11, 52);
	}
}

/* Two numbers whose product, or quotient, is near the least normal number or
 * near overflow, with fractions that make rounding cross that border. */
static void
fp_border(unsigned e, unsigned f, uint64_t *a, uint64_t *b)
{
	uint64_t emax = (UINT64_C(1) << e) - 1, bias = emax >> 1;
	uint64_t fmask = (UINT64_C(1) << f) - 1;
	uint64_t r = fp_random(), ea, eb;
	uint64_t frac[8] = { 0, 0, fmask, fmask, fmask - 1, 1, fmask >> 1,
			     fp_random() & fmask };

	ea = 1 + fp_random() % (bias - 1);
	eb = r & 1 ? bias + 1 - ea : ea + bias - 1;
	if (r & 2) {
		ea = emax - ea;
		eb = emax - eb;
	}
	eb += (r >> 2 & 3) - 2;
	*a = (r >> 4 & 1) << (e + f) | ea << f | frac[r >> 5 & 7];
	*b = (r >> 8 & 1) << (e + f) | (eb & emax) << f | frac[r >> 9 & 7];
}

static void
fp_fill_border(struct fp_case *c, unsigned kind)
{
	uint64_t a, b;

	for (unsigned i = 0; i < 128; i += kind) {
		fp_border(kind == 16 ? 5 : kind == 32 ? 8 : 11,
			  kind == 16 ? 10 : kind == 32 ? 23 : 52, &a, &b);
		if (!(i & 63))
			c->v[1][i / 64] = c->v[2][i / 64] = 0;
		c->v[1][i / 64] |= a << (i & 63);
		c->v[2][i / 64] |= b << (i & 63);
		/* Often a product alone. */
		if (!(i & 63) && fp_random() & 1)
			c->v[0][i / 64] = c->v[3][i / 64] = 0;
	}
}

static void
fp_fill(struct fp_case *c, unsigned kind)
{
	for (unsigned i = 0; i < 8; i++) {
		unsigned k = kind;

		if (kind == 1632)
			k = i < 2 ? 32 : 16;
		if (kind == 1 && i < 2)
			k = 32;
		c->v[i / 2][i % 2] = fp_operand(k);
	}
	/* Often the same value twice: exact zeros, equality. */
	if (!(fp_random() & 15))
		memcpy(c->v[2], c->v[1], sizeof(c->v[2]));
	else if ((kind == 16 || kind == 32 || kind == 64) &&
		 !(fp_random() & 3))
		fp_fill_border(c, kind);
	c->x1 = fp_integer();
	c->nzcv = (uint32_t)fp_random() << 28;
}

static uint64_t
fp_hash(uint64_t h, const struct fp_case *c)
{
	uint64_t in[5] = { c->v0[0], c->v0[1], c->x0, c->fpsr, c->nzcv_out };

	for (unsigned i = 0; i < 5; i++) {
		h = (h ^ in[i]) * UINT64_C(0x100000001b3);
		h ^= h >> 29;
	}
	return h;
}

int
main(int argc, char **argv)
{
	struct fp_case c;

	(void)argv;
	for (unsigned i = 0; i < sizeof(fp_list) / sizeof(fp_list[0]); i++) {
		uint64_t h = 0;

		for (unsigned m = 0; m < sizeof(fp_fpcr) / sizeof(fp_fpcr[0]);
		     m++) {
			if (fp_leaves_out(fp_fpcr[m]))
				continue;
			fp_seed = (i * 64 + m + 1) *
				  UINT64_C(0x2545f4914f6cdd1d);
			for (unsigned n = 0; n < CASES; n++) {
				memset(&c, 0, sizeof(c));
				c.insn = fp_code[i][0];
				c.row = i;
				c.fpcr = fp_fpcr[m];
				fp_fill(&c, fp_list[i].kind);
				fp_run_case(&c, fp_code[i]);
				if (argc > 1)
					fwrite(&c, sizeof(c), 1, stdout);
				h = fp_hash(h, &c);
			}
		}
		if (argc < 2)
			printf("%-32s %016llx\n", fp_list[i].text,
			       (unsigned long long)h);
	}
	return 0;
}
