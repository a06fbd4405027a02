/*
 * log.h - what ferry itself says on standard error.
 *
 * Every line starts with "ferry: ". The text is formatted into a buffer on
 * the stack (at most 1 KiB, longer text is cut) and written with one write(2),
 * so lines of several threads do not mix. No malloc, no stdio: safe in any
 * thread; not for signal handlers unless marked.
 */
#ifndef FERRY_LOG_H
#define FERRY_LOG_H

#include <stdarg.h>
#include <stddef.h>

/* One line "ferry: ...\n" on standard error. Safe in signal handlers as long
 * as the format uses only %s %c %d %u %x %lx %ld %lu %p and %%. */
void log_msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* log_msg and exit_group(status). For bad usage and programs that cannot be
 * started: 2 usage, 126 found but not executable, 127 not found. */
_Noreturn void log_die(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Gives bug() the guest pc of the calling thread; NULL until there is one. */
extern unsigned long (*log_guest_pc)(void);

/* A bug in ferry, never the guest's fault: says so with the guest pc of the
 * current thread, then kills the process with SIGABRT. */
_Noreturn void bug(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* snprintf without locale, malloc and floating point: %s %c %d %u %x %o %p %%
 * with l, ll, z, '-', '0', '#', '*', width and precision. Returns the length
 * that the whole text would have; always terminates when size > 0.
 * Async-signal-safe. */
size_t fmt_print(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
size_t fmt_vprint(char *buf, size_t size, const char *fmt, va_list ap);

#endif
