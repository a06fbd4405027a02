/*
 * cpu_model.h - which processor the guest sees: -cpu's argument.
 *
 *	MODEL[,+FEATURE|,-FEATURE|,FEATURE=on|,FEATURE=off]...
 *
 * Items count from left to right. A feature that is turned on brings what it
 * needs, one that is turned off takes along what needs it. Features go by
 * their names in features.def and by those of /proc/cpuinfo; turning off one
 * that ferry does not have at all is no error.
 *
 * The choice ends up in sysreg.c, as the features that are off and MIDR_EL1.
 * Without -cpu nothing here runs.
 */
#ifndef FERRY_A64_CPU_MODEL_H
#define FERRY_A64_CPU_MODEL_H

#include <stddef.h>

/* Chooses the processor. To be called once, at start-up, before the guest's
 * first instruction. 0, or -EINVAL with the reason in err (one line). */
int a64_cpu_select(const char *spec, char *err, size_t size);

/* What -cpu takes, as text of several lines; returns its length, which is
 * more than size when it did not fit. */
size_t a64_cpu_help(char *buf, size_t size);

/* The names of /proc/cpuinfo, by bit of AT_HWCAP and AT_HWCAP2. */
#define A64_NR_HWCAP_NAMES	32
#define A64_NR_HWCAP2_NAMES	44
extern const char *const a64_hwcap_name[A64_NR_HWCAP_NAMES];
extern const char *const a64_hwcap2_name[A64_NR_HWCAP2_NAMES];

#endif
