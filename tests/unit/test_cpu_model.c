/*
 * test_cpu_model.c - -cpu's argument: models, items, dependencies, and that
 * every result is a processor which the manual allows.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "a64_gen.h"
#include "../../translator/guest/a64/cpu_model.h"
#include "../../translator/guest/a64/sysreg.h"

static void
choose(const char *spec)
{
	char err[200];

	ck_assert_msg(a64_cpu_select(spec, err, sizeof(err)) == 0,
		      "%s: %s", spec, err);
}

static bool
on(unsigned feature)
{
	return a64_feature_on(feature);
}

/* Whether f cannot be without g: turning g off takes it along. */
static bool
needs(unsigned f, unsigned g)
{
	char spec[40];

	snprintf(spec, sizeof(spec), "max,-%s", a64_feature_name[g]);
	choose(spec);
	return !on(f);
}

static uint64_t
id_register(unsigned name)
{
	const struct a64_sysreg *r = a64_sysreg_find(name);
	struct a64_cpu cpu = { 0 };

	return r->read(&cpu, r);
}

START_TEST(models)
{
	choose("max");
	for (unsigned f = 0; f < A64_NR_FEATURES; f++)
		ck_assert_int_eq(on(f), a64_feature_available(f));
	ck_assert_uint_eq(a64_midr(), A64_MIDR);

	choose("cortex-a53");
	ck_assert_uint_eq(a64_midr(), 0x410fd034);
	/* fp asimd aes pmull sha1 sha2 crc32 cpuid */
	ck_assert_uint_eq(a64_hwcap(), 0x8fb);
	ck_assert_uint_eq(a64_hwcap2(), 0);
	ck_assert(!on(A64_FEAT_lor));
	ck_assert_uint_eq(id_register(A64_SYSREG(3, 0, 0, 4, 0)), 0x11);
	ck_assert_uint_eq(id_register(A64_SYSREG(3, 0, 0, 6, 0)), 0x11120);
	ck_assert_uint_eq(id_register(A64_SYSREG(3, 0, 0, 6, 1)), 0);

	choose("cortex-a72");
	ck_assert_uint_eq(a64_midr(), 0x410fd083);
	ck_assert_uint_eq(a64_hwcap(), 0x8fb);

	choose("neoverse-n1");
	ck_assert_uint_eq(a64_midr(), 0x413fd0c1);
	/* All but evtstrm and, as long as it is not there, ssbs. */
	ck_assert_uint_eq(a64_hwcap() | 1u << 28, 0x10119ffb);
	ck_assert_uint_eq(a64_hwcap2(), 0);

	choose("neoverse-v1");
	ck_assert_uint_eq(a64_midr(), 0x411fd402);
	ck_assert(on(A64_FEAT_sm4) && on(A64_FEAT_bf16));
	ck_assert(!on(A64_FEAT_sb) && !on(A64_FEAT_frintts) &&
		  !on(A64_FEAT_flagm2) && !on(A64_FEAT_ecv));
	ck_assert_uint_eq(a64_hwcap() >> 22 & 1, 0);	/* SVE */
}
END_TEST

START_TEST(dependencies)
{
	static const struct { unsigned f, g; } want[] = {
		{ A64_FEAT_advsimd, A64_FEAT_fp },
		{ A64_FEAT_fp, A64_FEAT_advsimd },
		{ A64_FEAT_aes, A64_FEAT_fp },
		{ A64_FEAT_pmull, A64_FEAT_aes },
		{ A64_FEAT_sha512, A64_FEAT_sha256 },
		{ A64_FEAT_sha512, A64_FEAT_sha1 },
		{ A64_FEAT_sha3, A64_FEAT_sha1 },
		{ A64_FEAT_fhm, A64_FEAT_fp16 },
		{ A64_FEAT_fcma, A64_FEAT_advsimd },
		{ A64_FEAT_jscvt, A64_FEAT_fp },
		{ A64_FEAT_sm4, A64_FEAT_advsimd },
		{ A64_FEAT_i8mm, A64_FEAT_advsimd },
		{ A64_FEAT_bf16, A64_FEAT_advsimd },
		{ A64_FEAT_dotprod, A64_FEAT_advsimd },
		{ A64_FEAT_rdm, A64_FEAT_advsimd },
		{ A64_FEAT_frintts, A64_FEAT_advsimd },
		{ A64_FEAT_flagm2, A64_FEAT_flagm },
		{ A64_FEAT_dpb2, A64_FEAT_dpb },
		{ A64_FEAT_lrcpc2, A64_FEAT_lrcpc },
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		ck_assert_msg(needs(want[i].f, want[i].g), "%s without %s",
			      a64_feature_name[want[i].f],
			      a64_feature_name[want[i].g]);
	ck_assert(!needs(A64_FEAT_aes, A64_FEAT_pmull));
	ck_assert(!needs(A64_FEAT_lse, A64_FEAT_advsimd));
	/* An absent floating point unit is 15, not 0. */
	choose("max,-fp");
	ck_assert_uint_eq(id_register(A64_SYSREG(3, 0, 0, 4, 0)) >> 16 & 255,
			  255);
	ck_assert_uint_eq(a64_hwcap() & 3, 0);
	ck_assert_ptr_null(a64_sysreg_find(A64_FPCR));
	choose("max");
	ck_assert_ptr_nonnull(a64_sysreg_find(A64_FPCR));
}
END_TEST

/* Each feature alone, turned off in max and on in the least. */
START_TEST(each)
{
	char spec[80];

	for (unsigned f = 0; f < A64_NR_FEATURES; f++) {
		if (f == A64_FEAT_base || !a64_feature_available(f))
			continue;
		snprintf(spec, sizeof(spec), "max,%s=off",
			 a64_feature_name[f]);
		choose(spec);
		ck_assert(!on(f) && on(A64_FEAT_base));
		ck_assert_uint_eq(a64_hwcap() & a64_feature_hwcap(f), 0);
		ck_assert_uint_eq(a64_hwcap2() & a64_feature_hwcap2(f), 0);
		snprintf(spec, sizeof(spec), "cortex-a53,-fp,+%s",
			 a64_feature_name[f]);
		choose(spec);
		ck_assert(on(f));
		for (unsigned g = 0; g < A64_NR_FEATURES; g++) {
			bool with_f = (choose(spec), on(g));

			if (!with_f && a64_feature_available(g))
				ck_assert_msg(!needs(f, g), "%s has no %s",
					      spec, a64_feature_name[g]);
		}
	}
}
END_TEST

START_TEST(names)
{
	choose("max,-atomics,-asimdrdm,-dcpop,-frint");
	ck_assert(!on(A64_FEAT_lse) && !on(A64_FEAT_rdm) &&
		  !on(A64_FEAT_dpb) && !on(A64_FEAT_frintts));
	choose("max,asimdhp=off");
	ck_assert(!on(A64_FEAT_fp16));
	choose("max,-neon");
	ck_assert(!on(A64_FEAT_advsimd) && !on(A64_FEAT_sha512));
	choose("cortex-a53,-crypto,+pmull");
	ck_assert(on(A64_FEAT_aes) && !on(A64_FEAT_sha1));
	choose("max,-lse,+lse");
	ck_assert(on(A64_FEAT_lse));
	choose("max,-sve,-sve2,mte=off,-mops");
	for (unsigned f = 0; f < A64_NR_FEATURES; f++)
		ck_assert_int_eq(on(f), a64_feature_available(f));
}
END_TEST

START_TEST(errors)
{
	static const char *const wrong[] = {
		"", ",", "Max", "max ", "cortex-a5", "cortex-a533", "max,",
		"max,,", "max,+", "max,-", "max,=on", "max,lse", "max,lse=",
		"max,lse=1", "max,+lse=on", "max,-base", "max,+base",
		"max,-cpuid", "max,+mops", "max,+sve", "max,+evtstrm",
		"max,-lse,+nothing",
	};
	char err[200];

	choose("cortex-a72,-crc32");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		*err = '\0';
		ck_assert_msg(a64_cpu_select(wrong[i], err, sizeof(err)) ==
			      -EINVAL, "'%s' is accepted", wrong[i]);
		ck_assert(*err && !strchr(err, '\n'));
	}
	/* Nothing changed. */
	ck_assert_uint_eq(a64_midr(), 0x410fd083);
	ck_assert(!on(A64_FEAT_crc32));
}
END_TEST

START_TEST(help)
{
	char text[8192], little[16];
	size_t n = a64_cpu_help(text, sizeof(text));

	ck_assert_uint_eq(n, strlen(text));
	ck_assert_ptr_nonnull(strstr(text, "neoverse-v1"));
	ck_assert_ptr_nonnull(strstr(text, "atomics"));
	ck_assert_ptr_null(strstr(text, "mops"));
	ck_assert_uint_eq(a64_cpu_help(little, sizeof(little)), n);
	ck_assert_uint_lt(strlen(little), sizeof(little));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("cpu_model");
	TCase *tc = tcase_create("cpu_model");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, models);
	tcase_add_test(tc, dependencies);
	tcase_add_test(tc, each);
	tcase_add_test(tc, names);
	tcase_add_test(tc, errors);
	tcase_add_test(tc, help);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
