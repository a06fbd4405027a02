/*
 * fallbacks.c - for tests/insn/fallbacks.sh: what translations leave to the
 * interpreter, on a host that has everything the back end asks for.
 *
 * Random words of every encoding of the list are translated, a block each.
 * Prints `MNEMONIC all' or `MNEMONIC N%' for those of which some become a call
 * of the interpreter, N being rounded up. The same words every time.
 * Exit status: 77 if this host lacks something.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "decode_common.h"
#include "../../translator/guest/a64/a64_front.h"
#include "../../translator/guest/a64/sysreg.h"
#include "../../translator/host/x64/cpu.h"
#include "../../translator/host/x64/emit.h"
#include "../../translator/opt/opt.h"

enum { FILLS = 400, CODE_SIZE = 65536, PC = 0x400000 };

/* Not every such processor has these, and without them nothing is left out. */
#define EXTRA	X64_CPU_BITALG

static struct ir_block block;
static struct emit em;
static uint8_t *code;

static struct ir_ahead
flags_seen(gaddr pc)
{
	(void)pc;
	return (struct ir_ahead){ AHEAD_SEEN, { 0, 0 } };
}

static bool
never_dead(gaddr pc)
{
	(void)pc;
	return false;
}

static const void *
handler(uint32_t word)
{
	(void)word;
	return code;
}

static bool
is_left(uint32_t word)
{
	struct emit_glue glue = { .exit = code, .fallback = code,
				  .flags = code };

	a64_lift_start(&block, PC);
	a64_lift_insn(&block, word, a64_front_row(word));
	if (block.guest[0].fallback)
		return true;
	opt_flags(&(struct opt){ .b = &block, .flags_dead = never_dead });
	em.as = (struct x64_asm){ .p = code, .end = code + CODE_SIZE };
	em.b = &block;
	em.ahead = flags_seen;
	em.handler = handler;
	em.glue = &glue;
	return !x64_emit_block(&em) || em.as_fallback[0];
}

static bool
available(const char *feature)
{
	for (unsigned i = 0; i < A64_NR_FEATURES; i++)
		if (!strcmp(feature, a64_feature_name[i]))
			return a64_feature_available(i);
	return true;
}

/* What is counted, by mnemonic. */
static struct {
	const char *mnemonic;
	unsigned words, left;
} count[2000];

static void
note(const char *mnemonic, bool left)
{
	unsigned i = 0;

	while (count[i].mnemonic && strcmp(count[i].mnemonic, mnemonic))
		i++;
	count[i].mnemonic = mnemonic;
	count[i].words++;
	count[i].left += left;
}

int
main(void)
{
	size_t nr = encodings_read();

	x64_cpu_mask(X64_CPU_ALL & ~EXTRA);
	if (!x64_cpu_has(X64_CPU_ALL & ~EXTRA)) {
		printf("skipped: this processor has no AVX-512, or so\n");
		return 77;
	}
	code = mmap((void *)(((uintptr_t)&block + (1ul << 30)) & -4096ul),
		    CODE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (code == MAP_FAILED)
		return EXIT_FAILURE;
	for (size_t i = 0; i < nr; i++) {
		const struct encoding *e = &encodings[i];

		for (int n = 0; n < FILLS; n++) {
			uint32_t word = fill(e);
			enum a64_row row = row_of(word);

			if (available(e->feature) &&
			    encoding_find(word) == e && row != A64_NR_ROWS &&
			    a64_row_implemented[row])
				note(e->mnemonic, is_left(word));
		}
	}
	for (unsigned i = 0; count[i].mnemonic; i++) {
		unsigned left = count[i].left, words = count[i].words;

		if (left == words)
			printf("%s all\n", count[i].mnemonic);
		else if (left)
			printf("%s %u%%\n", count[i].mnemonic,
			       (left * 100 + words - 1) / words);
	}
	return 0;
}
