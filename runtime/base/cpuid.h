/*
 * cpuid.h - what CPUID says of the host's features.
 *
 * CPUID leaves a virtual machine, which takes microseconds (measured: 4), and
 * every program that is started would pay for it again. libc has asked
 * already, for itself; glibc 2.33 and later tell what the answers were.
 * Both variants may be called by any thread and in signal handlers.
 */
#ifndef FERRY_CPUID_H
#define FERRY_CPUID_H

#include <cpuid.h>
#include <stdbool.h>

/* Leaf 1, subleaf 0 of 7, or 0x80000001; false: the host has no such leaf,
 * or the registers are zero. */
#if __has_include(<sys/platform/x86.h>)

#include <sys/platform/x86.h>

static inline bool
host_cpuid(unsigned leaf, unsigned *a, unsigned *b, unsigned *c, unsigned *d)
{
	unsigned index = leaf == 1 ? CPUID_INDEX_1 :
			 leaf == 7 ? CPUID_INDEX_7 : CPUID_INDEX_80000001;
	const unsigned *r = __x86_get_cpuid_feature_leaf(index)->cpuid_array;

	*a = r[0];
	*b = r[1];
	*c = r[2];
	*d = r[3];
	return *a | *b | *c | *d;
}

#else

static inline bool
host_cpuid(unsigned leaf, unsigned *a, unsigned *b, unsigned *c, unsigned *d)
{
	return __get_cpuid_count(leaf, 0, a, b, c, d);
}

#endif

#endif
