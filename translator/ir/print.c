/*
 * print.c - IR for people to read: one line per operation, `v5 = add.64 v3,
 * #16', with the operands that its row in ir.def names.
 */
#include "../../runtime/base/log.h"
#include "print.h"
#include "vshape.h"

struct op_row {
	const char *name, *sig;
};

/* What lies below ir.def; their signatures have more letters:
 *	c	the constant imm		C	imm and imm2
 *	x	general register n		q	vector register n
 *	p	a guest address: imm		m	1 << t bytes
 *	_	nothing */
static const struct op_row ops[IR_NR_OPS] = {
	[IR_NONE] = { "none", "__" },
#define IR(name, sig, flags) [IR_##name] = { #name, #sig },
#include "ir.def"
#undef IR
	[IR_const] = { "const", "I_c" },
	[IR_vconst] = { "vconst", "V_C" },
	[IR_getx] = { "getx", "I_x" },
	[IR_setx] = { "setx", "__xI" },
	[IR_getv] = { "getv", "V_q" },
	[IR_setv] = { "setv", "__qV" },
	[IR_getfl] = { "getfl", "F_" },
	[IR_setfl] = { "setfl", "__F" },
	[IR_gettp] = { "gettp", "I_" },
	[IR_settp] = { "settp", "__I" },
	[IR_load] = { "load", "I_tI" },
	[IR_store] = { "store", "__tII" },
	[IR_vload] = { "vload", "V_mI" },
	[IR_vstore] = { "vstore", "__mIV" },
	[IR_align] = { "align", "__mI" },
	[IR_rmw] = { "rmw", "I_tIIn" },
	[IR_cas] = { "cas", "I_tIII" },
	[IR_barrier] = { "barrier", "__" },
	[IR_jump] = { "jump", "__p" },
	[IR_jump_if] = { "jump_if", "__Bp" },
	[IR_call] = { "call", "__p" },
	[IR_ijump] = { "ijump", "__I" },
	[IR_icall] = { "icall", "__I" },
	[IR_ret] = { "ret", "__I" },
};

struct out {
	char *buf;
	size_t size, len;
};

#define PUT(o, ...) ((o)->len += fmt_print( \
	(o)->len < (o)->size ? (o)->buf + (o)->len : NULL, \
	(o)->len < (o)->size ? (o)->size - (o)->len : 0, __VA_ARGS__))

static void
put_shape(struct out *o, unsigned shape)
{
	static const char letter[] = "bhsdq";
	unsigned es = vshape_es(shape), lanes = vshape_lanes(shape);

	if (lanes == 1)
		PUT(o, ".%c", es < 5 ? letter[es] : '?');
	else
		PUT(o, ".%u%c", lanes, es < 5 ? letter[es] : '?');
}

/* Operand `r'; constants as what they are. */
static void
put_value(struct out *o, const struct ir_block *b, ir_ref r)
{
	const struct ir_insn *i = &b->insn[r];

	if (i->op == IR_const && i->imm < 4096)
		PUT(o, "#%lu", i->imm);
	else if (i->op == IR_const)
		PUT(o, "#0x%lx", i->imm);
	else
		PUT(o, "v%u", r);
}

static void
put_operands(struct out *o, const struct ir_block *b, const struct ir_insn *i,
	     const char *sig)
{
	const ir_ref operand[3] = { i->a, i->b, i->c };
	const unsigned small[2] = { i->n, i->n2 };
	unsigned nr = 0, ns = 0, all = 0;

	for (; *sig; sig++) {
		if (*sig == 'e' || *sig == 't' || *sig == 's' || *sig == 'm' ||
		    *sig == '_')
			continue;
		PUT(o, all++ ? ", " : " ");
		switch (*sig) {
		case 'I': case 'B': case 'F': case 'V':
			put_value(o, b, nr < 3 ? operand[nr] : 0);
			nr++;
			break;
		case 'n':
			PUT(o, "%u", ns < 2 ? small[ns] : 0);
			ns++;
			break;
		case 'c':
			PUT(o, "#0x%lx", i->imm);
			break;
		case 'C':
			PUT(o, "#0x%016lx%016lx", i->imm2, i->imm);
			break;
		case 'x':
			PUT(o, i->n == 31 ? "sp" : "x%u", i->n);
			break;
		case 'q':
			PUT(o, "q%u", i->n);
			break;
		case 'p':
			PUT(o, "0x%lx", i->imm);
			break;
		}
	}
}

static void
put_insn(struct out *o, const struct ir_block *b, unsigned k)
{
	const struct ir_insn *i = &b->insn[k];
	const struct op_row *row = &ops[i->op];
	const char *s;

	if (row->sig[0] == '_')
		PUT(o, "\t%s", row->name);
	else
		PUT(o, "\tv%u = %s", k, row->name);
	for (s = row->sig + 2; *s; s++) {
		if (*s == 's')
			put_shape(o, i->shape);
		else if (*s == 't')
			PUT(o, ".%u", 8u << i->t);
		else if (*s == 'm')
			PUT(o, ".%u", 8u << i->t);
	}
	put_operands(o, b, i, row->sig + 2);
	PUT(o, "\n");
}

size_t
ir_print(char *buf, size_t size, const struct ir_block *b, unsigned guest)
{
	const struct ir_guest *g = &b->guest[guest];
	struct out o = { buf, size, 0 };
	unsigned k;

	if (size)
		buf[0] = '\0';
	if (g->fallback)
		PUT(&o, "\tinterpreted\n");
	for (k = g->first; k < g->last; k++)
		/* Constants are shown where they are used. */
		if (b->insn[k].op != IR_const)
			put_insn(&o, b, k);
	return o.len;
}
