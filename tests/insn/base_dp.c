/*
 * base_dp.c - data processing instructions on random registers.
 *
 * TEST-CFLAGS: -O1
 */
#include "base_run.h"

static const struct pattern {
	const char *name, *bits;
} patterns[] = {
	{ "adr", "0xx10000xxxxxxxxxxxxxxxxxxxxxxxx" },
	{ "adrp", "1xx10000xxxxxxxxxxxxxxxxxxxxxxxx" },
	{ "add_imm", "x00100010xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "adds_imm", "x01100010xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "sub_imm", "x10100010xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "subs_imm", "x11100010xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "and_imm", "x00100100xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "orr_imm", "x01100100xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "eor_imm", "x10100100xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "ands_imm", "x11100100xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "movn", "x00100101xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "movz", "x10100101xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "movk", "x11100101xxxxxxxxxxxxxxxxxxxxxxx" },
	{ "sbfm_w", "0001001100xxxxxxxxxxxxxxxxxxxxxx" },
	{ "sbfm_x", "1001001101xxxxxxxxxxxxxxxxxxxxxx" },
	{ "bfm_w", "0011001100xxxxxxxxxxxxxxxxxxxxxx" },
	{ "bfm_x", "1011001101xxxxxxxxxxxxxxxxxxxxxx" },
	{ "ubfm_w", "0101001100xxxxxxxxxxxxxxxxxxxxxx" },
	{ "ubfm_x", "1101001101xxxxxxxxxxxxxxxxxxxxxx" },
	{ "extr_w", "00010011100xxxxx0xxxxxxxxxxxxxxx" },
	{ "extr_x", "10010011110xxxxxxxxxxxxxxxxxxxxx" },
	{ "udiv", "x0011010110xxxxx000010xxxxxxxxxx" },
	{ "sdiv", "x0011010110xxxxx000011xxxxxxxxxx" },
	{ "lslv", "x0011010110xxxxx001000xxxxxxxxxx" },
	{ "lsrv", "x0011010110xxxxx001001xxxxxxxxxx" },
	{ "asrv", "x0011010110xxxxx001010xxxxxxxxxx" },
	{ "rorv", "x0011010110xxxxx001011xxxxxxxxxx" },
	{ "crc32", "x0011010110xxxxx0100xxxxxxxxxxxx" },
	{ "crc32c", "x0011010110xxxxx0101xxxxxxxxxxxx" },
	{ "rbit", "x101101011000000000000xxxxxxxxxx" },
	{ "rev16", "x101101011000000000001xxxxxxxxxx" },
	{ "rev32", "x101101011000000000010xxxxxxxxxx" },
	{ "rev64", "x101101011000000000011xxxxxxxxxx" },
	{ "clz", "x101101011000000000100xxxxxxxxxx" },
	{ "cls", "x101101011000000000101xxxxxxxxxx" },
	{ "and_reg", "x0001010xx0xxxxxxxxxxxxxxxxxxxxx" },
	{ "bic_reg", "x0001010xx1xxxxxxxxxxxxxxxxxxxxx" },
	{ "orr_reg", "x0101010xx0xxxxxxxxxxxxxxxxxxxxx" },
	{ "orn_reg", "x0101010xx1xxxxxxxxxxxxxxxxxxxxx" },
	{ "eor_reg", "x1001010xx0xxxxxxxxxxxxxxxxxxxxx" },
	{ "eon_reg", "x1001010xx1xxxxxxxxxxxxxxxxxxxxx" },
	{ "ands_reg", "x1101010xx0xxxxxxxxxxxxxxxxxxxxx" },
	{ "bics_reg", "x1101010xx1xxxxxxxxxxxxxxxxxxxxx" },
	{ "add_reg", "x0001011xx0xxxxxxxxxxxxxxxxxxxxx" },
	{ "adds_reg", "x0101011xx0xxxxxxxxxxxxxxxxxxxxx" },
	{ "sub_reg", "x1001011xx0xxxxxxxxxxxxxxxxxxxxx" },
	{ "subs_reg", "x1101011xx0xxxxxxxxxxxxxxxxxxxxx" },
	{ "add_ext", "x0001011001xxxxxxxxxxxxxxxxxxxxx" },
	{ "adds_ext", "x0101011001xxxxxxxxxxxxxxxxxxxxx" },
	{ "sub_ext", "x1001011001xxxxxxxxxxxxxxxxxxxxx" },
	{ "subs_ext", "x1101011001xxxxxxxxxxxxxxxxxxxxx" },
	{ "adc", "x0011010000xxxxx000000xxxxxxxxxx" },
	{ "adcs", "x0111010000xxxxx000000xxxxxxxxxx" },
	{ "sbc", "x1011010000xxxxx000000xxxxxxxxxx" },
	{ "sbcs", "x1111010000xxxxx000000xxxxxxxxxx" },
	{ "rmif", "10111010000xxxxxx00001xxxxx0xxxx" },
	{ "setf8", "0011101000000000000010xxxxx01101" },
	{ "setf16", "0011101000000000010010xxxxx01101" },
	{ "ccmn_reg", "x0111010010xxxxxxxxx00xxxxx0xxxx" },
	{ "ccmp_reg", "x1111010010xxxxxxxxx00xxxxx0xxxx" },
	{ "ccmn_imm", "x0111010010xxxxxxxxx10xxxxx0xxxx" },
	{ "ccmp_imm", "x1111010010xxxxxxxxx10xxxxx0xxxx" },
	{ "csel", "x0011010100xxxxxxxxx00xxxxxxxxxx" },
	{ "csinc", "x0011010100xxxxxxxxx01xxxxxxxxxx" },
	{ "csinv", "x1011010100xxxxxxxxx00xxxxxxxxxx" },
	{ "csneg", "x1011010100xxxxxxxxx01xxxxxxxxxx" },
	{ "madd", "x0011011000xxxxx0xxxxxxxxxxxxxxx" },
	{ "msub", "x0011011000xxxxx1xxxxxxxxxxxxxxx" },
	{ "smaddl", "10011011001xxxxx0xxxxxxxxxxxxxxx" },
	{ "smsubl", "10011011001xxxxx1xxxxxxxxxxxxxxx" },
	{ "smulh", "10011011010xxxxx011111xxxxxxxxxx" },
	{ "umaddl", "10011011101xxxxx0xxxxxxxxxxxxxxx" },
	{ "umsubl", "10011011101xxxxx1xxxxxxxxxxxxxxx" },
	{ "umulh", "10011011110xxxxx011111xxxxxxxxxx" },
	{ "cfinv", "11010101000000000100000000011111" },
	{ "xaflag", "11010101000000000100000000111111" },
	{ "axflag", "11010101000000000100000001011111" },
};

/* Words per pattern; each runs with registers of its own. */
#define WORDS	300

/* A value near one of the places where things change. */
static uint64_t
random_value(void)
{
	static const uint64_t near[] = {
		0, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff,
		0x80000000, 0xffffffff, 0x7fffffffffffffff,
		0x8000000000000000, 0xffffffffffffffff, 0xffffffff80000000,
		0xffffffff00000000,
	};
	uint64_t r = random64();

	switch (r & 3) {
	case 0:
		return near[(r >> 8) % (sizeof(near) / sizeof(near[0]))];
	case 1:
		return near[(r >> 8) % (sizeof(near) / sizeof(near[0]))] +
		       (r >> 16) % 5 - 2;
	case 2:
		return random64() >> (r >> 8 & 63);
	default:
		return random64();
	}
}

int
main(int argc, char **argv)
{
	(void)argv;
	run_init(argc);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		uint64_t h = 0xcbf29ce484222325;
		int undefined = 0;

		seed = 0x9e3779b97f4a7c15 + i;
		for (int n = 0; n < WORDS; n++) {
			struct regs in, out;
			uint32_t word = random_word(patterns[i].bits);
			int sig;

			for (int r = 0; r < 31; r++)
				in.x[r] = random_value();
			in.sp = random_value();
			in.nzcv = random64() & 0xf0000000;
			sig = run_word(word, &in, &out);
			if (verbose)
				show_change(word, sig, &in, &out);
			undefined += sig == SIGILL;
			h = hash(h, &sig, sizeof(sig));
			h = hash(h, &out, sizeof(out));
		}
		printf("%-10s %016lx undefined %d\n", patterns[i].name, h,
		       undefined);
	}
	return 0;
}
