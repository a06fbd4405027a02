/*
 * trace.h - --strace: prints system calls in strace's style.
 *
 * A line is composed from the row's argument kinds, what goes in before the
 * call, what comes out after it, and written with one write(2) on standard
 * error. Structures are read with gmem_read; what cannot be read is shown as
 * an address.
 *
 * Kinds (the table in trace.c): scalars (int uint long ulong size off hex
 * ptr mode omode fd dirfd sig), flag words f:TABLE and enumerations e:TABLE
 * (trace_tables.def), strings (str path lpath fpath rpath), buffers (buf:
 * what the call reads, its length is the next argument; obuf: what it wrote,
 * its length is the result) and structures, with a leading o if the call
 * writes them.
 *
 * Any thread; no malloc. Not for signal handlers.
 */
#ifndef FERRY_SYSCALL_TRACE_H
#define FERRY_SYSCALL_TRACE_H

#include "table.h"

#define TRACE_LINE_MAX 2048

struct trace_line {
	size_t len;
	int tid;
	int next_arg;		/* the first that is not printed yet */
	const char *next_kind;
	char text[TRACE_LINE_MAX];
};

/* Before and after the call. Calls that do not return are printed before. */
void trace_enter(struct thread *t, struct trace_line *l,
		 const struct sys_row *row, const uint64_t a[6]);
void trace_exit(struct thread *t, struct trace_line *l,
		const struct sys_row *row, const uint64_t a[6], long ret);

void trace_unknown(struct thread *t, long nr);

/* Whether all kinds of a signature exist; for the tests. */
bool trace_args_valid(const char *args);

/* Whether the kind that starts at `kind' is an address. */
bool trace_kind_is_address(const char *kind);

#endif
