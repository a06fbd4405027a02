/*
 * base_ldst.c - loads, stores and atomics on random registers.
 *
 * Even registers and sp point into a buffer at a fixed address, odd ones hold
 * small offsets and values. Words whose result the manual leaves open are
 * made definite (see choose_word). Each pattern's line has a hash of all
 * registers and, second, one of the buffer.
 */
#include "base_run.h"

enum {
	PLAIN,
	WRITE_BACK,	/* Rt is not Rn */
	PAIR_LOAD = 2,	/* Rt is not Rt2 */
	REG_OFFSET = 4,	/* Rm is odd, Rn even or sp */
	STATUS = 8,	/* Rs is neither Rt nor Rn */
	LITERAL = 16,
	ALIGNED = 32,	/* addresses are multiples of 16 */
};

static const struct pattern {
	const char *name, *bits;
	int kind;
} patterns[] = {
	{ "str_imm", "xx11100100xxxxxxxxxxxxxxxxxxxxxx", PLAIN },
	{ "ldr_imm", "xx11100101xxxxxxxxxxxxxxxxxxxxxx", PLAIN },
	{ "ldrs_imm", "xx1110011xxxxxxxxxxxxxxxxxxxxxxx", PLAIN },
	{ "str_unsc", "xx111000000xxxxxxxxx00xxxxxxxxxx", PLAIN },
	{ "ldr_unsc", "xx111000010xxxxxxxxx00xxxxxxxxxx", PLAIN },
	{ "ldrs_unsc", "xx1110001x0xxxxxxxxx00xxxxxxxxxx", PLAIN },
	{ "str_post", "xx111000000xxxxxxxxx01xxxxxxxxxx", WRITE_BACK },
	{ "ldr_post", "xx111000010xxxxxxxxx01xxxxxxxxxx", WRITE_BACK },
	{ "ldrs_post", "xx1110001x0xxxxxxxxx01xxxxxxxxxx", WRITE_BACK },
	{ "sttr", "xx111000000xxxxxxxxx10xxxxxxxxxx", PLAIN },
	{ "ldtr", "xx111000010xxxxxxxxx10xxxxxxxxxx", PLAIN },
	{ "ldtrs", "xx1110001x0xxxxxxxxx10xxxxxxxxxx", PLAIN },
	{ "str_pre", "xx111000000xxxxxxxxx11xxxxxxxxxx", WRITE_BACK },
	{ "ldr_pre", "xx111000010xxxxxxxxx11xxxxxxxxxx", WRITE_BACK },
	{ "ldrs_pre", "xx1110001x0xxxxxxxxx11xxxxxxxxxx", WRITE_BACK },
	{ "str_reg", "xx111000001xxxxxx1xx10xxxxxxxxxx", REG_OFFSET },
	{ "ldr_reg", "xx111000011xxxxxx1xx10xxxxxxxxxx", REG_OFFSET },
	{ "ldrs_reg", "xx1110001x1xxxxxx1xx10xxxxxxxxxx", REG_OFFSET },
	{ "option", "xx1110000x1xxxxxx0xx10xxxxxxxxxx", REG_OFFSET },
	{ "ldr_lit", "xx011000xxxxxxxxxxxxxxxxxxxxxxxx", LITERAL },
	{ "stp_post", "x010100010xxxxxxxxxxxxxxxxxxxxxx", WRITE_BACK },
	{ "ldp_post", "xx10100011xxxxxxxxxxxxxxxxxxxxxx",
	  WRITE_BACK | PAIR_LOAD },
	{ "stp", "x010100100xxxxxxxxxxxxxxxxxxxxxx", PLAIN },
	{ "ldp", "xx10100101xxxxxxxxxxxxxxxxxxxxxx", PAIR_LOAD },
	{ "stp_pre", "x010100110xxxxxxxxxxxxxxxxxxxxxx", WRITE_BACK },
	{ "ldp_pre", "xx10100111xxxxxxxxxxxxxxxxxxxxxx",
	  WRITE_BACK | PAIR_LOAD },
	{ "stnp", "x010100000xxxxxxxxxxxxxxxxxxxxxx", PLAIN },
	{ "ldnp", "x010100001xxxxxxxxxxxxxxxxxxxxxx", PAIR_LOAD },
	{ "ldar", "xx00100011011111x11111xxxxxxxxxx", ALIGNED },
	{ "stlr", "xx00100010011111x11111xxxxxxxxxx", ALIGNED },
	{ "ldapr", "xx11100010111111110000xxxxxxxxxx", ALIGNED },
	{ "stlur", "xx011001000xxxxx000000xxxxxxxxxx", ALIGNED },
	{ "ldapur", "xx011001010xxxxx000000xxxxxxxxxx", ALIGNED },
	{ "ldapurs", "xx0110011x0xxxxx000000xxxxxxxxxx", ALIGNED },
	{ "ldxr", "xx00100001011111x11111xxxxxxxxxx", ALIGNED },
	{ "ldxp", "1x00100001111111xxxxxxxxxxxxxxxx", ALIGNED | PAIR_LOAD },
	{ "stxr", "xx001000000xxxxxx11111xxxxxxxxxx", ALIGNED | STATUS },
	{ "stxp", "1x001000001xxxxxxxxxxxxxxxxxxxxx", ALIGNED | STATUS },
	{ "cas", "xx0010001x1xxxxxx11111xxxxxxxxxx", ALIGNED },
	{ "casp", "0x0010000x1xxxxxx11111xxxxxxxxxx", ALIGNED },
	{ "ldadd", "xx111000xx1xxxxx000000xxxxxxxxxx", ALIGNED },
	{ "ldclr", "xx111000xx1xxxxx000100xxxxxxxxxx", ALIGNED },
	{ "ldeor", "xx111000xx1xxxxx001000xxxxxxxxxx", ALIGNED },
	{ "ldset", "xx111000xx1xxxxx001100xxxxxxxxxx", ALIGNED },
	{ "ldsmax", "xx111000xx1xxxxx010000xxxxxxxxxx", ALIGNED },
	{ "ldsmin", "xx111000xx1xxxxx010100xxxxxxxxxx", ALIGNED },
	{ "ldumax", "xx111000xx1xxxxx011000xxxxxxxxxx", ALIGNED },
	{ "ldumin", "xx111000xx1xxxxx011100xxxxxxxxxx", ALIGNED },
	{ "swp", "xx111000xx1xxxxx100000xxxxxxxxxx", ALIGNED },
};

#define WORDS		300
#define BUFFER		0x5100000000ul
#define BUFFER_SIZE	0x20000ul
#define CODE		0x5000000000ul
#define LITERALS	0x100000ul	/* how far a literal may be */

static void
map(uint64_t at, size_t size)
{
	uint64_t *p = mmap((void *)at, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		exit(99);
	for (size_t i = 0; i < size / 8; i++)
		p[i] = random64();
}

static unsigned
field(uint32_t word, unsigned lo)
{
	return word >> lo & 31;
}

static uint32_t
choose_word(const struct pattern *p)
{
	for (;;) {
		uint32_t w = random_word(p->bits);
		unsigned t = field(w, 0), n = field(w, 5), s = field(w, 16);
		int64_t literal = ((int32_t)(w << 8) >> 13) * 4;

		if (p->kind & LITERAL) {
			if (literal < -8192 || literal > 8192)
				return w;
			continue;
		}
		if ((n & 1) && n != 31)
			continue;
		if ((p->kind & WRITE_BACK) && n != 31 &&
		    (t == n || (!strchr(p->name, 'r') && field(w, 10) == n)))
			continue;
		if ((p->kind & PAIR_LOAD) && t == field(w, 10))
			continue;
		if ((p->kind & REG_OFFSET) && !(s & 1))
			continue;
		if ((p->kind & STATUS) &&
		    (s == t || s == n || s == field(w, 10)))
			continue;
		return w;
	}
}

static void
choose_regs(const struct pattern *p, uint32_t word, struct regs *in)
{
	uint64_t align = p->kind & ALIGNED ? 15 : 0;

	for (int r = 0; r < 31; r++)
		in->x[r] = r & 1 ? random64() % 4096 - 2048 :
			BUFFER + BUFFER_SIZE / 2 +
			(random64() % 1024 & ~align);
	in->sp = BUFFER + BUFFER_SIZE / 2 + (random64() % 1024 & ~15ul);
	in->nzcv = random64() & 0xf0000000;
	/* Tags are ignored. */
	if (random64() & 1)
		in->sp |= 0xa5ul << 56;
	/* UXTW makes 4 GiB of a negative offset. */
	if (!(random64() & 3) || (p->kind & REG_OFFSET && !(word >> 15 & 1)))
		for (int r = 1; r < 31; r += 2)
			in->x[r] &= 0xfff;
}

int
main(int argc, char **argv)
{
	(void)argv;
	run_init(argc);
	seed = 1;
	map(BUFFER, BUFFER_SIZE);
	map(CODE - LITERALS, LITERALS);
	map(CODE + 4096, LITERALS);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct pattern *p = &patterns[i];
		uint64_t h = 0xcbf29ce484222325, b = h;
		int undefined = 0;

		seed = 0x9e3779b97f4a7c15 + i;
		for (int n = 0; n < WORDS; n++) {
			struct regs in, out;
			uint32_t word = choose_word(p);
			int sig;

			choose_regs(p, word, &in);
			sig = run_word(word, &in, &out);
			if (verbose)
				show_change(word, sig, &in, &out);
			undefined += sig == SIGILL;
			h = hash(h, &sig, sizeof(sig));
			h = hash(h, &out, sizeof(out));
		}
		b = hash(b, (void *)BUFFER, BUFFER_SIZE);
		printf("%-10s %016lx %016lx undefined %d\n", p->name, h, b,
		       undefined);
	}
	return 0;
}
