/*
 * cpu_model.c - reads -cpu's argument against the tables of cpu_model.def.
 *
 * A set of features is a mask of 1 << A64_FEAT_name. The result never has a
 * feature without those that it needs, so that the identification registers,
 * which add features up, stay in the manual's encoding.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "../../../runtime/base/base.h"
#include "../../../runtime/base/log.h"
#include "a64_gen.h"
#include "cpu_model.h"
#include "sysreg.h"

_Static_assert(A64_NR_FEATURES <= 64, "sets of features are 64 bits");

#define F(name)	(1ull << A64_FEAT_##name)

const char *const a64_hwcap_name[A64_NR_HWCAP_NAMES] = {
	"fp", "asimd", "evtstrm", "aes", "pmull", "sha1", "sha2", "crc32",
	"atomics", "fphp", "asimdhp", "cpuid", "asimdrdm", "jscvt", "fcma",
	"lrcpc", "dcpop", "sha3", "sm3", "sm4", "asimddp", "sha512", "sve",
	"asimdfhm", "dit", "uscat", "ilrcpc", "flagm", "ssbs", "sb", "paca",
	"pacg",
};

const char *const a64_hwcap2_name[A64_NR_HWCAP2_NAMES] = {
	"dcpodp", "sve2", "sveaes", "svepmull", "svebitperm", "svesha3",
	"svesm4", "flagm2", "frint", "svei8mm", "svef32mm", "svef64mm",
	"svebf16", "i8mm", "bf16", "dgh", "rng", "bti", "mte", "ecv", "afp",
	"rpres", "mte3", "sme", "smei16i64", "smef64f64", "smei8i32",
	"smef16f32", "smeb16f32", "smef32f32", "smefa64", "wfxt", "ebf16",
	"sveebf16", "cssc", "rprfm", "sve2p1", "sme2", "sme2p1", "smei16i32",
	"smebi32i32", "smeb16b16", "smef16f16", "mops",
};

/* Names that compilers use and /proc/cpuinfo does not. */
static const struct {
	const char *name;
	uint64_t features;
} aliases[] = {
	{ "crypto", F(aes) | F(pmull) | F(sha1) | F(sha256) },
	{ "simd", F(advsimd) },
	{ "neon", F(advsimd) },
	{ "crc", F(crc32) },
	{ "rdma", F(rdm) },
	{ "rcpc", F(lrcpc) },
	{ "fp16fml", F(fhm) },
	{ "lse2", F(uscat) },
};

enum {
#define CPU_MODEL(id, name, midr, description) id##_INDEX,
#include "cpu_model.def"
#undef CPU_MODEL
};

enum model_bit {
#define CPU_MODEL(id, name, midr, description) id = 1 << id##_INDEX,
#include "cpu_model.def"
#undef CPU_MODEL
};

static const struct {
	const char *name;
	uint32_t midr;
	unsigned bit;		/* 0: all that is implemented */
	const char *description;
} models[] = {
	{ "max", A64_MIDR, 0, "all that is implemented; the default" },
#define CPU_MODEL(id, name, midr, description) { name, midr, id, description },
#include "cpu_model.def"
#undef CPU_MODEL
};

static const struct {
	unsigned models;
	uint64_t needs;
} features[A64_NR_FEATURES] = {
#define CPU_FEATURE(name, models, needs) \
	[A64_FEAT_##name] = { models, needs },
#include "cpu_model.def"
#undef CPU_FEATURE
};

/* All that is implemented. */
static uint64_t
available(void)
{
	uint64_t set = 0;

	for (unsigned f = 0; f < A64_NR_FEATURES; f++)
		if (a64_feature_available(f))
			set |= 1ull << f;
	return set;
}

static uint64_t
model_features(unsigned bit)
{
	uint64_t set = F(base);

	if (!bit)
		return available();
	for (unsigned f = 0; f < A64_NR_FEATURES; f++)
		if (features[f].models & bit)
			set |= 1ull << f;
	return set & available();
}

/* The set with all that it needs. */
static uint64_t
with_needs(uint64_t set)
{
	uint64_t before;

	do {
		before = set;
		for (unsigned f = 0; f < A64_NR_FEATURES; f++)
			if (set >> f & 1)
				set |= features[f].needs;
	} while (set != before);
	return set;
}

/* The set with all that needs it. */
static uint64_t
with_dependants(uint64_t set)
{
	uint64_t before;

	do {
		before = set;
		for (unsigned f = 0; f < A64_NR_FEATURES; f++)
			if (features[f].needs & set)
				set |= 1ull << f;
	} while (set != before);
	return set;
}

static bool
same(const char *name, const char *s, size_t len)
{
	return strlen(name) == len && memcmp(name, s, len) == 0;
}

/* The features that come with a name of /proc/cpuinfo; false if there is no
 * such name. */
static bool
find_hwcap(const char *s, size_t len, uint64_t *set)
{
	uint64_t bits = 0, bits2 = 0;

	for (unsigned i = 0; i < A64_NR_HWCAP_NAMES; i++)
		if (same(a64_hwcap_name[i], s, len))
			bits |= 1ull << i;
	for (unsigned i = 0; i < A64_NR_HWCAP2_NAMES; i++)
		if (same(a64_hwcap2_name[i], s, len))
			bits2 |= 1ull << i;
	for (unsigned f = 0; f < A64_NR_FEATURES; f++)
		if ((a64_feature_hwcap(f) & bits) ||
		    (a64_feature_hwcap2(f) & bits2))
			*set |= 1ull << f;
	return bits | bits2;
}

/* The features that a name stands for, none if ferry lacks it; false if there
 * is no such name. */
static bool
find_feature(const char *s, size_t len, uint64_t *set)
{
	*set = 0;
	for (unsigned f = 0; f < A64_NR_FEATURES; f++) {
		if (f != A64_FEAT_base && same(a64_feature_name[f], s, len)) {
			*set = 1ull << f;
			return true;
		}
	}
	for (unsigned i = 0; i < ARRAY_SIZE(aliases); i++) {
		if (same(aliases[i].name, s, len)) {
			*set = aliases[i].features;
			return true;
		}
	}
	return find_hwcap(s, len, set);
}

struct item {
	const char *name;
	size_t len;
	bool on;
};

/* Reads +NAME, -NAME, NAME=on or NAME=off. */
static bool
parse_item(const char *s, size_t len, struct item *item)
{
	const char *eq = memchr(s, '=', len);
	size_t rest;

	if (len > 1 && (*s == '+' || *s == '-')) {
		*item = (struct item){ s + 1, len - 1, *s == '+' };
		return !eq;
	}
	if (!eq || eq == s)
		return false;
	rest = len - (size_t)(eq + 1 - s);
	*item = (struct item){ s, (size_t)(eq - s), same("on", eq + 1, rest) };
	return item->on || same("off", eq + 1, rest);
}

/* Applies one item to the set. */
static int
apply_item(uint64_t *set, const char *s, size_t len, char *err, size_t size)
{
	struct item item;
	uint64_t named;

	if (!parse_item(s, len, &item)) {
		fmt_print(err, size, "%.*s: not +FEATURE, -FEATURE, FEATURE=on "
			  "or FEATURE=off", (int)len, s);
		return -EINVAL;
	}
	if (!find_feature(item.name, item.len, &named)) {
		fmt_print(err, size, "%.*s: no such feature (try -cpu help)",
			  (int)item.len, item.name);
		return -EINVAL;
	}
	if (!item.on && (named & F(base))) {
		fmt_print(err, size, "%.*s: this feature cannot be turned off",
			  (int)item.len, item.name);
		return -EINVAL;
	}
	if (!item.on) {
		*set &= ~with_dependants(named);
		return 0;
	}
	named = with_needs(named);
	if (!named || (named & ~available())) {
		fmt_print(err, size, "%.*s: this feature is not implemented",
			  (int)item.len, item.name);
		return -EINVAL;
	}
	*set |= named;
	return 0;
}

int
a64_cpu_select(const char *spec, char *err, size_t size)
{
	size_t len = strcspn(spec, ",");
	uint64_t set;
	size_t m;

	for (m = 0; m < ARRAY_SIZE(models); m++)
		if (same(models[m].name, spec, len))
			break;
	if (m == ARRAY_SIZE(models)) {
		fmt_print(err, size, "%.*s: no such processor (try -cpu help)",
			  (int)len, spec);
		return -EINVAL;
	}
	set = model_features(models[m].bit);
	while (spec[len] == ',') {
		spec += len + 1;
		len = strcspn(spec, ",");
		if (apply_item(&set, spec, len, err, size) < 0)
			return -EINVAL;
	}
	a64_cpu_set(available() & ~set, models[m].midr);
	return 0;
}

struct text {
	char *buf;
	size_t size, len;	/* len counts what did not fit, too */
};

static void __attribute__((format(printf, 2, 3)))
put(struct text *t, const char *fmt, ...)
{
	size_t at = t->len < t->size ? t->len : t->size;
	va_list ap;

	va_start(ap, fmt);
	t->len += fmt_vprint(t->buf + at, t->size - at, fmt, ap);
	va_end(ap);
}

/* The names that /proc/cpuinfo has for a feature. */
static void
put_kernel_names(struct text *t, unsigned f)
{
	uint64_t h = a64_feature_hwcap(f), h2 = a64_feature_hwcap2(f);

	for (unsigned i = 0; i < A64_NR_HWCAP_NAMES; i++)
		if (h >> i & 1)
			put(t, "%s%s", t->len ? " " : "", a64_hwcap_name[i]);
	for (unsigned i = 0; i < A64_NR_HWCAP2_NAMES; i++)
		if (h2 >> i & 1)
			put(t, "%s%s", t->len ? " " : "", a64_hwcap2_name[i]);
}

static void
put_feature(struct text *t, unsigned f)
{
	char names[64] = "";

	put_kernel_names(&(struct text){ names, sizeof(names), 0 }, f);
	put(t, "  %-9s %-13s max", a64_feature_name[f], names);
	for (size_t m = 0; m < ARRAY_SIZE(models); m++)
		if (features[f].models & models[m].bit)
			put(t, " %s", models[m].name);
	put(t, "\n");
}

size_t
a64_cpu_help(char *buf, size_t size)
{
	struct text t = { buf, size, 0 };

	put(&t, "MODEL[,+FEATURE|,-FEATURE|,FEATURE=on|,FEATURE=off]...\n\n"
		"Models:\n");
	for (size_t m = 0; m < ARRAY_SIZE(models); m++)
		put(&t, "  %-12s %s\n", models[m].name, models[m].description);
	put(&t, "\nFeatures, their names in /proc/cpuinfo, and the models that "
		"have them:\n");
	for (unsigned f = 0; f < A64_NR_FEATURES; f++)
		if (f != A64_FEAT_base && a64_feature_available(f))
			put_feature(&t, f);
	return t.len;
}
