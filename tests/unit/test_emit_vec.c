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
 * processors with less than this one has; and floating point for code that
 * leaves NaNs to traps, where only what does not trap counts.
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
#include "../../translator/opt/opt.h"
#include "emit_ops.h"
#include "ir_guest.h"

/* --- Blocks. */

static struct thread thread;
#define cpu	(&thread.cpu.a64)

static struct ir_block block;
static struct emit em;
static uint8_t *code;
#define CODE_SIZE	65536

#define PC	0x10000
#define TARGET	0x20000

static const struct emit_op *current;
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

/*
 * Ways for an operand to come: 0 each its own register; 1 all the same one; 2
 * the same value; 3 in an XMM register already, with rubbish above; 4 the
 * result is the first operand's register too, 5 the last one's; 6 as 0, but
 * of registers that live in memory, or in xmm16 and up; 7 of some that live
 * in memory in any case; 8 and 9 only the operands, or the result, in such as
 * 6 has.
 */
enum { WAYS = 10 };

/* The guest register of operand j. */
static unsigned
source(unsigned way, unsigned j)
{
	static const uint8_t first[WAYS] = {
		1, 1, 1, 1, 1, 1, 25, 12, 25, 1,
	};

	return way == 1 || way == 2 ? 1 : first[way] + j;
}

static unsigned
target(unsigned way)
{
	static const uint8_t reg[WAYS] = {
		RES, RES, RES, RES, 1, 3, 30, 15, RES, 30,
	};

	return reg[way];
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
build(const struct emit_op *o, struct ir_insn insn, unsigned way)
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
	};
	ir_guest_note_all(&block, &block.guest[0]);
}

/* The operation on guest state. */
static void
by_reference(const struct emit_op *o, struct a64_cpu *c, unsigned way)
{
	const struct ir_insn *i = &block.insn[the_op];
	unsigned res = target(way);
	struct emit_args a = { .i = i, .env = &c->fp, .x = c->x[1] };

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

static bool trapping;

/* False if there is no emitter. */
static bool
emit_case(const struct emit_op *o, struct ir_insn insn, unsigned way)
{
	build(o, insn, way);
	block.guest[0].word = 0x12345678;
	current = o;
	current_way = way;
	em.as = (struct x64_asm){ .p = code, .end = code + CODE_SIZE };
	em.b = &block;
	em.ahead = flags_read;
	opt_flags(&(struct opt){ .b = &block, .flags_dead = never_dead });
	em.fp_tests = !trapping;
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
report(const struct emit_op *o, const struct ir_insn *i, unsigned way,
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
run_case(const struct emit_op *o, const struct ir_insn *i, unsigned way)
{
	static struct a64_cpu want, before;
	uint32_t fpcr = (uint32_t)(o->fp ? emit_rnd() & 3 : 0) <<
			FPCR_RMODE_SHIFT;
	uint32_t wf, gf, f = 0;
	unsigned t = i->t;

	memset(cpu, 0, sizeof(*cpu));
	memset(&cpu->v[target(way)], 0xde, 16);
	for (unsigned j = 0; j < 3; j++)
		cpu->v[source(way, j)] = emit_value(o, i);
	cpu->x[1] = emit_rnd() % 2 ? emit_int_value(64) : emit_int_value(32);
	if (i->op == IR_fp_from_int && t == IT32)
		cpu->x[1] &= UINT32_MAX;
	before = *cpu;

	/* Flushing, when nothing of it traps any more. */
	if (o->fp && !trapping && emit_rnd() % 4 == 0) {
		fpcr |= FPCR_FZ;
		f = FPSR_IDC | FPSR_IXC;
	}
	a64_fpcr_set(cpu, fpcr);
	a64_fpsr_set(cpu, f);
	want = *cpu;
	by_reference(o, &want, way);
	wf = a64_fpsr_get(&want);

	a64_fpsr_set(cpu, f);
	x64_enter(cpu, code);
	gf = a64_fpsr_get(cpu);
	a64_fpcr_set(cpu, 0);
	a64_fpsr_set(cpu, 0);
	if (trapping && gf & FPSR_IOC)
		return true;
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
test_shape(const struct emit_op *o, unsigned s, unsigned trials, unsigned *done,
	   unsigned *missing)
{
	struct ir_insn i = { .op = o->op, .shape = (uint16_t)s };
	bool typed = strchr(o->sig, 't');
	unsigned n, n2;

	for (unsigned t = typed ? IT32 : IT64; t <= IT64; t++)
	for (unsigned k = 0; emit_op_constants(&i, k, &n, &n2); k++)
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
	for (unsigned j = 0; j < nr_emit_ops; j++) {
		for (unsigned k = 0; k < ARRAY_SIZE(shapes); k++) {
			unsigned done = 0, missing = 0;

			if (!emit_op_has_shape(emit_ops[j].op, shapes[k]) ||
			    (trapping && !emit_ops[j].fp))
				continue;
			test_shape(&emit_ops[j], shapes[k], trials, &done,
				   &missing);
			if (verbose && missing)
				printf("%-16s %2u x %-3u %u of %u\n",
				       emit_ops[j].name, vshape_lanes(shapes[k]),
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
	ir_guest_note_all(&block, g);
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
	end_guest((struct ir_guest){ .again = AGAIN });
	if (between == 1) {	/* the condition as a value, too */
		c = append((struct ir_insn){ .op = IR_getfl });
		c = append((struct ir_insn){ .op = IR_cond, .a = c,
					     .n = (uint16_t)n });
		c = append((struct ir_insn){ .op = IR_btoi, .a = c });
		append((struct ir_insn){ .op = IR_setx, .a = c, .n = RES });
		end_guest((struct ir_guest){ .first = 0 });
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
	end_guest((struct ir_guest){ .first = 0 });
}

static void
check_condition(unsigned es, unsigned signal, bool zero, unsigned between,
		unsigned n)
{
	static const struct emit_op any = { .fp = true, .op = IR_fp_cmp_flags };
	const struct ir_insn shape = { .shape = (uint16_t)vscalar(es) };
	struct ir_flags f;
	uint32_t want, got;
	uint64_t to;
	bool holds;

	memset(cpu, 0, sizeof(*cpu));
	for (unsigned j = 1; j < 4; j++)
		cpu->v[j] = emit_value(&any, &shape);
	if (emit_rnd() % 4 == 0)
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

START_TEST(traps)
{
	trapping = true;
	test_all(X64_CPU_ALL, 40);
}
END_TEST

START_TEST(traps_no_avx)
{
	trapping = true;
	test_all(SSE41 | X64_CPU_SSE42, 20);
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
	tcase_add_test(t, traps);
	tcase_add_test(t, traps_no_avx);
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
