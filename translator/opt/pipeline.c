/*
 * pipeline.c - the passes, in order.
 */
#include "../../runtime/base/log.h"
#include "../ir/verify.h"
#include "opt.h"

const struct opt_pass opt_passes[] = {
	{ "constants", opt_constants },
	{ "copies", opt_copies },
	{ "flags", opt_flags },
	{ "dead", opt_dead },
	{ NULL, NULL },
};

static void
verify(const struct ir_block *b, const char *pass)
{
#ifdef FERRY_DEBUG
	const char *wrong = ir_verify(b);

	if (wrong)
		bug("%s: %s, at 0x%lx", pass, wrong, b->pc);
#else
	(void)b;
	(void)pass;
#endif
}

void
opt_run(struct opt *o, void (*after)(const struct ir_block *b,
				     const char *pass))
{
	const struct opt_pass *p;

	verify(o->b, "lift");
	for (p = opt_passes; p->name; p++) {
		p->run(o);
		verify(o->b, p->name);
		if (after)
			after(o->b, p->name);
	}
}
