/*
 * base.h - what every file of ferry may rely on.
 *
 * Address types, branch hints and alignment arithmetic. No state, no code
 * that can fail; safe anywhere, signal handlers included.
 */
#ifndef FERRY_BASE_H
#define FERRY_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An address in the guest's address space. Guest and host addresses are the
 * same number (the guest is identity mapped), but a gaddr must never be
 * dereferenced: only gmem_* and the interpreter's load and store operations
 * turn it into a host access.
 */
typedef uint64_t gaddr;

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

/* Guest and host page size, bytes. AArch64 guests are told 4 KiB pages. */
#define PAGE_SIZE	4096ul
#define PAGE_MASK	(~(PAGE_SIZE - 1))

/* `a' must be a power of two. */
#define ALIGN_DOWN(x, a)	((x) & ~((uint64_t)(a) - 1))
#define ALIGN_UP(x, a)		ALIGN_DOWN((x) + (uint64_t)(a) - 1, a)

/* Kernel error numbers as system calls return them: -4095..-1. */
#define IS_ERR(r)	((unsigned long)(r) > -4096ul)

#endif
