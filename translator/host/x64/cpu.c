/*
 * cpu.c - CPUID, once; and what of it may be used.
 */
#include <string.h>

#include "../../../runtime/base/cpuid.h"
#include "../../../runtime/vm/codestore.h"
#include "cpu.h"

#define ASKED	0x80000000u

static unsigned features;
static unsigned allowed = X64_CPU_ALL;

/* Bits of leaf 1's ECX, of leaf 7's EBX and ECX, of leaf 80000001h's ECX. */
static const struct {
	unsigned bit, feature;
} leaf1[] = {
	{ bit_SSE3, X64_CPU_SSE3 },
	{ bit_SSSE3, X64_CPU_SSSE3 },
	{ bit_SSE4_1, X64_CPU_SSE41 },
	{ bit_SSE4_2, X64_CPU_SSE42 },
	{ bit_AES, X64_CPU_AES },
	{ bit_PCLMUL, X64_CPU_PCLMUL },
	{ bit_AVX, X64_CPU_AVX },
	{ bit_FMA, X64_CPU_FMA },
	{ bit_F16C, X64_CPU_F16C },
}, leaf7[] = {
	{ bit_AVX2, X64_CPU_AVX2 },
	{ bit_SHA, X64_CPU_SHA },
	{ bit_BMI, X64_CPU_BMI1 },
	{ bit_BMI2, X64_CPU_BMI2 },
}, leaf7_ecx[] = {
	{ 1u << 12, X64_CPU_BITALG },
}, extended[] = {
	{ bit_LZCNT, X64_CPU_LZCNT },
};

#define NEED_YMM	(X64_CPU_AVX | X64_CPU_FMA | X64_CPU_F16C | \
			 X64_CPU_AVX2)

/* XCR0: SSE, AVX; opmasks, the upper halves of ZMM, ZMM16 to 31. */
#define XCR0_YMM	0x06u
#define XCR0_ZMM	0xe6u

static unsigned
xcr0(void)
{
	unsigned lo, hi;

	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return lo;
}

#define AVX512_BITS	(bit_AVX512F | bit_AVX512VL | bit_AVX512BW | \
			 bit_AVX512DQ)

/* All but what is of no use without others that are missing. */
static unsigned
can_be_used(unsigned f)
{
	unsigned mask = ~0u;

	if (!(f & X64_CPU_AVX))
		mask &= ~(NEED_YMM | X64_CPU_AVX512 | X64_CPU_BITALG);
	if (!(f & X64_CPU_AVX512))
		mask &= ~(unsigned)X64_CPU_BITALG;
	return mask;
}

static unsigned
ask_processor(void)
{
	unsigned a, b, c, d, r = ASKED, saved = 0;

	if (host_cpuid(1, &a, &b, &c, &d)) {
		for (unsigned i = 0; i < ARRAY_SIZE(leaf1); i++)
			if (c & leaf1[i].bit)
				r |= leaf1[i].feature;
		if (c & bit_OSXSAVE)
			saved = xcr0();
		if ((saved & XCR0_YMM) != XCR0_YMM)
			r &= ~NEED_YMM;
	}
	if (host_cpuid(7, &a, &b, &c, &d)) {
		for (unsigned i = 0; i < ARRAY_SIZE(leaf7); i++)
			if (b & leaf7[i].bit)
				r |= leaf7[i].feature;
		for (unsigned i = 0; i < ARRAY_SIZE(leaf7_ecx); i++)
			if (c & leaf7_ecx[i].bit)
				r |= leaf7_ecx[i].feature;
		if ((b & AVX512_BITS) == AVX512_BITS &&
		    (saved & XCR0_ZMM) == XCR0_ZMM)
			r |= X64_CPU_AVX512;
	}
	if (host_cpuid(0x80000001, &a, &b, &c, &d))
		for (unsigned i = 0; i < ARRAY_SIZE(extended); i++)
			if (c & extended[i].bit)
				r |= extended[i].feature;
	return r & can_be_used(r);
}

/* In a virtual machine that takes as long as a hundred system calls: processes
 * that share code ask once. */
static unsigned
ask(void)
{
	struct codestore_own *own = codestore_own();
	unsigned r = own ? __atomic_load_n(&own->host_cpu,
					   __ATOMIC_RELAXED) : 0;

	if (!r)
		r = ask_processor();
	if (own)
		__atomic_store_n(&own->host_cpu, r, __ATOMIC_RELAXED);
	__atomic_store_n(&features, r, __ATOMIC_RELAXED);
	return r;
}

bool
x64_cpu_has(unsigned want)
{
	unsigned r = __atomic_load_n(&features, __ATOMIC_RELAXED);

	if (unlikely(!r))
		r = ask();
	return !(want & ~(r & allowed));
}

void
x64_cpu_mask(unsigned mask)
{
	allowed = mask & can_be_used(mask);
}

unsigned
x64_cpu_allowed(void)
{
	return allowed;
}

/* Levels of processors: what each has and those below it. AES and the like
 * came apart from them. */
#define LEVEL_SSE42	(X64_CPU_SSE3 | X64_CPU_SSSE3 | X64_CPU_SSE41 | \
			 X64_CPU_SSE42)
#define LEVEL_AVX	(LEVEL_SSE42 | X64_CPU_AVX | X64_CPU_AES | \
			 X64_CPU_PCLMUL)
#define LEVEL_AVX2	(LEVEL_AVX | X64_CPU_AVX2 | X64_CPU_FMA | \
			 X64_CPU_F16C | X64_CPU_LZCNT | X64_CPU_BMI1 | \
			 X64_CPU_BMI2)

static const struct name {
	const char *text;
	unsigned mask;
} levels[] = {
	{ "sse2", 0 }, { "sse4.2", LEVEL_SSE42 }, { "avx", LEVEL_AVX },
	{ "avx2", LEVEL_AVX2 }, { "all", X64_CPU_ALL },
}, names[] = {
	{ "sse3", X64_CPU_SSE3 }, { "ssse3", X64_CPU_SSSE3 },
	{ "sse4.1", X64_CPU_SSE41 }, { "sse4.2", X64_CPU_SSE42 },
	{ "avx", X64_CPU_AVX }, { "avx2", X64_CPU_AVX2 },
	{ "fma", X64_CPU_FMA }, { "f16c", X64_CPU_F16C },
	{ "aes", X64_CPU_AES }, { "sha", X64_CPU_SHA },
	{ "pclmul", X64_CPU_PCLMUL }, { "lzcnt", X64_CPU_LZCNT },
	{ "bmi1", X64_CPU_BMI1 }, { "bmi2", X64_CPU_BMI2 },
	{ "avx512", X64_CPU_AVX512 }, { "bitalg", X64_CPU_BITALG },
};

/* The first of n names that is text[0..len); NULL: none. */
static const struct name *
find_name(const struct name *list, size_t n, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(list[i].text) == len &&
		    memcmp(list[i].text, text, len) == 0)
			return &list[i];
	return NULL;
}

bool
x64_cpu_limit(const char *text)
{
	unsigned mask = X64_CPU_ALL;
	const struct name *n;
	size_t len;
	char sign;

	for (;; text += len + 1) {
		sign = *text;
		if (sign == '-' || sign == '+')
			text++;
		len = strcspn(text, ",");
		if (sign == '-' || sign == '+')
			n = find_name(names, ARRAY_SIZE(names), text, len);
		else
			n = find_name(levels, ARRAY_SIZE(levels), text, len);
		if (!n)
			return false;
		if (sign == '-')
			mask &= ~n->mask;
		else if (sign == '+')
			mask |= n->mask;
		else
			mask = n->mask;
		if (!text[len])
			break;
	}
	x64_cpu_mask(mask);
	return true;
}
