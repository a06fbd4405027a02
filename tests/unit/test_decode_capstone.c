/*
 * test_decode_capstone.c - the generated A64 decoder against capstone, on
 * random words, encodings of every kind and real code.
 *
 * Capstone is a second opinion that knows fewer features and has bugs; the
 * known ones are in a table.
 */
#include <capstone/capstone.h>
#include <check.h>
#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode_common.h"

enum {
	FILLS = 200,		/* per encoding */
	RANDOM_WORDS = 3000000,
};

static size_t nr_encodings;
static csh capstone;

/* Features that capstone 4 knows; rows of others are not compared. */
static const char *const capstone_features =
	"base fp advsimd crc32 aes pmull sha1 sha256";

static unsigned
reg(uint32_t insn, unsigned lo)
{
	return insn >> lo & 31;
}

static bool
always(uint32_t insn)
{
	(void)insn;
	return true;
}

static bool
undefined_to_us(uint32_t insn)
{
	return row_of(insn) == A64_NR_ROWS;
}

static bool
rt_is_rt2(uint32_t insn)
{
	return reg(insn, 0) == reg(insn, 10);
}

static bool
rt_is_rn(uint32_t insn)
{
	return reg(insn, 0) == reg(insn, 5);
}

static bool
rt_or_rt2_is_rn(uint32_t insn)
{
	return rt_is_rn(insn) || reg(insn, 10) == reg(insn, 5);
}

/* imm5 has more than the one bit that gives the element size. */
static bool
imm5_is_not_plain(uint32_t insn)
{
	return __builtin_popcount(reg(insn, 16)) != 1;
}

/* INS (element): bits of imm4 below the element size. */
static bool
imm4_is_not_plain(uint32_t insn)
{
	uint32_t below = (reg(insn, 16) & -reg(insn, 16)) - 1;

	return insn >> 11 & 15 & below;
}

/* Words on which capstone errs, or chooses otherwise than we do where the
 * manual leaves it open. */
static const struct {
	uint32_t mask, value;
	bool (*when)(uint32_t insn);
	const char *reason;
} capstone_wrong[] = {
	{ 0xffff0000, 0x00000000, always,
	  "does not know UDF" },
	{ 0xff000000, 0xd4000000, undefined_to_us,
	  "HVC, SMC, HLT, DCPS: undefined at EL0" },
	{ 0xffdfffff, 0xd69f03e0, undefined_to_us,
	  "ERET, DRPS: undefined at EL0" },
	{ 0xffd80000, 0xd5080000, undefined_to_us,
	  "SYS, SYSL: most are undefined at EL0" },
	{ 0xffd80000, 0xd5000000, undefined_to_us,
	  "no system register has op0 = 0" },
	{ 0x3a400000, 0x28400000, rt_is_rt2,
	  "LDP of one register twice is CONSTRAINED UNPREDICTABLE: we do it" },
	{ 0xbfe00000, 0x88600000, rt_is_rt2,
	  "likewise LDXP" },
	{ 0x3e800000, 0x28800000, rt_or_rt2_is_rn,
	  "write-back to a transferred register likewise" },
	{ 0x3f200400, 0x38000400, rt_is_rn,
	  "likewise" },
	{ 0x3f200c00, 0x38000800, rt_is_rn,
	  "takes LDTR for a form with write-back" },
	{ 0xbfe0fc00, 0x0e000c00, imm5_is_not_plain,
	  "DUP (general): upper bits of imm5 are ignored" },
	{ 0xffe08400, 0x6e000400, imm4_is_not_plain,
	  "INS (element): lower bits of imm4 are ignored" },
};

static bool
known_wrong(uint32_t insn)
{
	size_t nr = sizeof(capstone_wrong) / sizeof(capstone_wrong[0]);
	const struct encoding *e = encoding_find(insn);

	if (e && should_differ(e, insn))
		return true;
	for (size_t i = 0; i < nr; i++)
		if ((insn & capstone_wrong[i].mask) == capstone_wrong[i].value
		    && capstone_wrong[i].when(insn))
			return true;
	return false;
}

/* What capstone calls insn, in capitals and without a condition; false if
 * nothing. */
static bool
capstone_name(cs_insn *cs, uint32_t insn, char name[32])
{
	const uint8_t *code = (const uint8_t *)&insn;
	size_t size = 4, len = 0;
	uint64_t address = 0;

	if (!cs_disasm_iter(capstone, &code, &size, &address, cs))
		return false;
	for (const char *s = cs->mnemonic; *s && *s != '.' && len < 31; s++)
		name[len++] = toupper((unsigned char)*s);
	name[len] = '\0';
	return true;
}

/* SMLAL2 and the like are rows without the 2. */
static bool
covers_second(const char *row, const char *name)
{
	size_t len = strlen(row);

	return !strncmp(row, name, len) && !strcmp(name + len, "2");
}

static void
compare_word(cs_insn *cs, uint32_t insn)
{
	enum a64_row row = row_of(insn);
	const char *feature = a64_feature_name[a64_row_feature[row]];
	const char *mnemonic = a64_row_mnemonic[row];
	char name[32];

	if (known_wrong(insn) || !word_in(capstone_features, feature))
		return;
	if (!capstone_name(cs, insn, name)) {
		if (row != A64_NR_ROWS)
			differ(insn, "undefined to capstone");
	} else if (row == A64_NR_ROWS) {
		differ(insn, "%s %s to capstone", name, cs->op_str);
	} else if (!covers(mnemonic, name) && !covers_second(mnemonic, name)) {
		differ(insn, "%s %s to capstone", name, cs->op_str);
	}
}

static void
capstone_setup(void)
{
	ck_assert_int_eq(cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &capstone),
			 CS_ERR_OK);
}

static void
capstone_teardown(void)
{
	cs_close(&capstone);
}

START_TEST(test_capstone_random)
{
	cs_insn *cs = cs_malloc(capstone);

	for (int n = 0; n < RANDOM_WORDS; n++)
		compare_word(cs, rnd());
	for (size_t i = 0; i < nr_encodings; i++)
		for (int n = 0; n < FILLS; n++)
			compare_word(cs, fill(&encodings[i]));
	printf("%u words differ\n", differences);
	ck_assert_uint_eq(differences, 0);
	cs_free(cs, 1);
}
END_TEST

/* Compares the words of an ELF file's sections of code. */
static size_t
walk_code(FILE *in, cs_insn *cs)
{
	Elf64_Ehdr eh;
	size_t words = 0;

	ck_assert_uint_eq(fread(&eh, sizeof(eh), 1, in), 1);
	for (unsigned i = 0; i < eh.e_shnum; i++) {
		Elf64_Shdr sh;
		uint32_t insn;

		fseek(in, eh.e_shoff + i * sizeof(sh), SEEK_SET);
		ck_assert_uint_eq(fread(&sh, sizeof(sh), 1, in), 1);
		if (!(sh.sh_flags & SHF_EXECINSTR))
			continue;
		fseek(in, sh.sh_offset, SEEK_SET);
		for (uint64_t n = 0; n < sh.sh_size / 4; n++) {
			ck_assert_uint_eq(fread(&insn, 4, 1, in), 1);
			compare_word(cs, insn);
			words++;
		}
	}
	return words;
}

START_TEST(test_capstone_code)
{
	static const char *const files[] = {
		"/usr/aarch64-linux-gnu/lib/libc.so.6",
		"/usr/aarch64-linux-gnu/lib/libm.so.6",
		"/usr/aarch64-linux-gnu/lib/libstdc++.so.6",
	};
	cs_insn *cs = cs_malloc(capstone);

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *in = fopen(files[i], "rb");

		if (!in) {
			printf("%s: not here, not compared\n", files[i]);
			continue;
		}
		printf("%s: %zu words\n", files[i], walk_code(in, cs));
		fclose(in);
	}
	ck_assert_uint_eq(differences, 0);
	cs_free(cs, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("decode_capstone");
	TCase *cs = tcase_create("capstone");

	tcase_set_timeout(cs, 120);
	tcase_add_checked_fixture(cs, capstone_setup, capstone_teardown);
	tcase_add_test(cs, test_capstone_random);
	tcase_add_test(cs, test_capstone_code);
	suite_add_tcase(s, cs);
	return s;
}

int
main(void)
{
	SRunner *runner;
	int failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	nr_encodings = encodings_read();
	runner = srunner_create(suite());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
