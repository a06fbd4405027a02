/*
 * guest_a64_cpuinfo.h - /proc/cpuinfo of an AArch64 machine.
 */
#ifndef FERRY_GUEST_A64_CPUINFO_H
#define FERRY_GUEST_A64_CPUINFO_H

#include <stddef.h>

/* The block of processor `cpu', as the arm64 kernel prints it. Returns its
 * length; size must be 1 KiB or more. Safe in any thread. */
size_t a64_cpuinfo(char *buf, size_t size, int cpu);

#endif
