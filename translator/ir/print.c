/*
 * print.c - IR for people to read: one line per operation, `v5 = add.64 v3,
 * #16', with the operands that its row in ir.def names. A line `flags' tells
 * what opt/flags.c has found. tests/unit/ir_text.c reads it.
 */
#include "../../runtime/base/log.h"
#include "ops.h"
#include "print.h"
#include "vshape.h"

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
	const struct ir_op_row *row = &ir_ops[i->op];
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

static void
put_flags(struct out *o, const struct ir_guest *g)
{
	if (g->flags_live || g->target_live)
		PUT(o, "\tflags%s%s%s\n", g->flags_live ? " live" : "",
		    g->flags_seen ? " seen" : "",
		    g->target_live ? " target" : "");
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
		if (b->insn[k].op != IR_const && b->insn[k].op != IR_NONE)
			put_insn(&o, b, k);
	put_flags(&o, g);
	return o.len;
}
