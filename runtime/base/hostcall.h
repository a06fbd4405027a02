/*
 * hostcall.h - raw host system calls.
 *
 * They return what the kernel returned: a value, or -errno. errno is never
 * touched, so they are safe in any thread and in signal handlers. Once the
 * first guest instruction has run, ferry makes all its system calls this way:
 * libc's wrappers, malloc and stdio are for start-up and shut-down only,
 * because guest threads are not libc threads.
 */
#ifndef FERRY_HOSTCALL_H
#define FERRY_HOSTCALL_H

#include <sys/syscall.h>

static inline long
host_call6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline long
host_call5(long nr, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline long
host_call4(long nr, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline long
host_call3(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline long
host_call2(long nr, long a, long b)
{
	return host_call3(nr, a, b, 0);
}

static inline long
host_call1(long nr, long a)
{
	return host_call3(nr, a, 0, 0);
}

static inline long
host_call0(long nr)
{
	return host_call3(nr, 0, 0, 0);
}

/* A pointer as a system call argument. */
#define P(p)	((long)(p))

#endif
