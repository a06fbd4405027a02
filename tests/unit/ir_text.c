/*
 * ir_text.c - the reader of printed IR.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../translator/ir/ops.h"
#include "../../translator/ir/print.h"
#include "../../translator/ir/vshape.h"
#include "ir_guest.h"
#include "ir_text.h"

#define MAX_NAMES 1000

struct reader {
	struct ir_block *b;
	struct ir_guest *g;
	ir_ref name[MAX_NAMES];	/* by the text's number */
	char *p;		/* what is left of the line */
	const char *wrong;
};

static ir_ref
append(struct reader *r, struct ir_insn i)
{
	struct ir_block *b = r->b;

	b->insn[i.a].uses++;
	b->insn[i.b].uses++;
	b->insn[i.c].uses++;
	b->insn[b->nr] = i;
	r->g->last = (uint16_t)(b->nr + 1);
	return (ir_ref)b->nr++;
}

static bool
eat(struct reader *r, const char *s)
{
	size_t len = strlen(s);

	if (strncmp(r->p, s, len) != 0)
		return false;
	r->p += len;
	return true;
}

static uint64_t
number(struct reader *r)
{
	char *end;
	uint64_t v = strtoull(r->p, &end, 0);

	if (end == r->p)
		r->wrong = "a number is missing";
	r->p = end;
	return v;
}

static ir_ref
value(struct reader *r)
{
	uint64_t v;

	if (eat(r, "#"))
		return append(r, (struct ir_insn){ .op = IR_const,
						   .imm = number(r) });
	if (!eat(r, "v"))
		r->wrong = "a value is missing";
	v = number(r);
	if (v >= MAX_NAMES || !r->name[v])
		r->wrong = "no such value";
	return v < MAX_NAMES ? r->name[v] : 0;
}

static unsigned
general(struct reader *r)
{
	if (eat(r, "sp"))
		return 31;
	if (!eat(r, "x") && !eat(r, "q"))
		r->wrong = "a register is missing";
	return (unsigned)number(r);
}

static void
suffix(struct reader *r, struct ir_insn *i, char letter)
{
	static const char es[] = "bhsdq";
	uint64_t n;

	if (!eat(r, "."))
		r->wrong = "a type is missing";
	n = letter == 's' && strchr(es, *r->p) ? 1 : number(r);
	if (letter == 's' && strchr(es, *r->p))
		i->shape = (uint16_t)VSHAPE(strchr(es, *r->p++) - es, n);
	else
		for (i->t = 0; i->t < 5 && 8u << i->t != n; i->t++)
			;
}

static void
wide(struct reader *r, struct ir_insn *i)
{
	char digits[33] = "";

	if (sscanf(r->p, "#0x%32[0-9a-f]", digits) != 1)
		r->wrong = "a vector is missing";
	r->p += 3 + strlen(digits);
	i->imm = strtoull(digits + 16, NULL, 16);
	digits[16] = '\0';
	i->imm2 = strtoull(digits, NULL, 16);
}

static void
operand(struct reader *r, struct ir_insn *i, char letter, unsigned *nr,
	unsigned *small)
{
	ir_ref *to[4] = { &i->a, &i->b, &i->c, &i->c };

	switch (letter) {
	case 'I': case 'B': case 'F': case 'V':
		*to[(*nr)++] = value(r);
		break;
	case 'n':
		if ((*small)++)
			i->n2 = (uint8_t)number(r);
		else
			i->n = (uint16_t)number(r);
		break;
	case 'x': case 'q':
		i->n = (uint16_t)general(r);
		break;
	case 'p':
		i->imm = number(r);
		break;
	case 'C':
		wide(r, i);
		break;
	default:
		r->wrong = "an operand that cannot be read";
	}
}

/* The row whose name, and nothing longer, is at p. */
static unsigned
operation(struct reader *r)
{
	size_t len = strcspn(r->p, ". \n");
	unsigned op;

	for (op = 1; op < IR_NR_OPS; op++)
		if (strlen(ir_ops[op].name) == len && eat(r, ir_ops[op].name))
			return op;
	r->wrong = "no such operation";
	return IR_NONE;
}

static void
insn_line(struct reader *r)
{
	struct ir_insn i = { .op = IR_NONE };
	unsigned nr = 0, small = 0, all = 0;
	uint64_t name = 0;
	const char *sig;
	ir_ref k;

	if (*r->p == 'v' && strchr(r->p, '=')) {
		eat(r, "v");
		name = number(r);
		if (!eat(r, " = "))
			r->wrong = "no =";
	}
	i.op = (uint16_t)operation(r);
	for (sig = strchr(ir_ops[i.op].sig, '_') + 1; *sig && !r->wrong;
	     sig++) {
		if (*sig == 'e' || *sig == '_')
			continue;
		if (*sig == 't' || *sig == 's' || *sig == 'm') {
			suffix(r, &i, *sig);
			continue;
		}
		if (!eat(r, all++ ? ", " : " "))
			r->wrong = "an operand is missing";
		else
			operand(r, &i, *sig, &nr, &small);
	}
	k = append(r, i);
	if (name < MAX_NAMES)
		r->name[name] = k;
	ir_guest_note(r->g, &i);
	if (!r->wrong && *r->p)
		r->wrong = "something behind the operands";
}

static void
guest_line(struct reader *r)
{
	struct ir_block *b = r->b;
	gaddr pc = number(r);

	if (b->nr_guest == IR_MAX_GUEST) {
		r->wrong = "too many instructions";
		return;
	}
	if (!b->nr_guest)
		b->pc = pc;
	r->g = &b->guest[b->nr_guest++];
	*r->g = (struct ir_guest){
		.first = (uint16_t)b->nr, .last = (uint16_t)b->nr,
		.word = (uint32_t)strtoul(r->p, NULL, 16),
	};
}

static void
line(struct reader *r)
{
	if (eat(r, "  0x")) {
		r->p -= 2;
		guest_line(r);
	} else if (!eat(r, "\t") || !r->g) {
		r->wrong = "neither an instruction nor an operation";
	} else if (eat(r, "interpreted")) {
		r->g->fallback = true;
	} else if (eat(r, "flags")) {
		r->g->flags_live = eat(r, " live");
		r->g->flags_seen = eat(r, " seen");
		r->g->target_live = eat(r, " target");
	} else {
		insn_line(r);
	}
}

const char *
ir_parse(struct ir_block *b, const char *text)
{
	static char wrong[200];
	struct reader r = { .b = b };
	char *copy = strdup(text), *save = NULL, *p;
	unsigned n = 0;

	b->nr = 1;
	b->nr_guest = 0;
	b->trimmed = false;
	b->insn[0] = (struct ir_insn){ .op = IR_NONE };
	for (p = strtok_r(copy, "\n", &save); p && !r.wrong;
	     p = strtok_r(NULL, "\n", &save)) {
		r.p = p;
		line(&r);
		n++;
	}
	snprintf(wrong, sizeof(wrong), "line %u: %s", n,
		 r.wrong ? r.wrong : "");
	free(copy);
	return r.wrong ? wrong : NULL;
}

/* Numbers as printed to numbers in order. */
static void
renumber(char *out, const char *in)
{
	unsigned known[IR_MAX_INSNS] = { 0 }, nr = 0;
	char *end;

	while (*in) {
		bool is_value = *in == 'v' && in[1] >= '0' && in[1] <= '9' &&
				strchr("\t ", in[-1]);
		unsigned long n;

		*out++ = *in++;
		if (!is_value)
			continue;
		n = strtoul(in, &end, 10);
		if (n < IR_MAX_INSNS && !known[n])
			known[n] = ++nr;
		out += sprintf(out, "%u", known[n]);
		in = end;
	}
	*out = '\0';
}

const char *
ir_text(const struct ir_block *b)
{
	static char raw[65536], text[65536];
	size_t len = 0;
	unsigned j;

	for (j = 0; j < b->nr_guest; j++) {
		len += (size_t)sprintf(raw + len, "  0x%lx\n", b->pc + 4 * j);
		len += ir_print(raw + len, sizeof(raw) - len, b, j);
	}
	renumber(text, raw);
	return text;
}
