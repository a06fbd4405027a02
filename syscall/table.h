/*
 * table.h - the system call table.
 *
 * Rows come from generic64.def (the kernel's generic 64-bit numbers, which
 * every guest of ferry uses) and the guest's own delta (a64.def). A row is
 * one of
 *
 *	PASS(nr, host, name, args)	 the host's call, arguments unchanged
 *	LEAVE(nr, host, name, args)	 the same, and the process shares no
 *					 translations any more: it is to be
 *					 trusted less, or memory that it has
 *					 not used would count; codestore.h.
 *					 Not so if leave.h says otherwise
 *	PATH(nr, host, name, args)	 the same, but path arguments are looked
 *					 up under the sysroot
 *	XLATE(nr, host, name, args, why) sys_<name>() converts and calls
 *	EMUL(nr, host, name, args, why)	 sys_<name>() does it
 *	FAIL(nr, host, name, args, error, why) always fails
 *
 * `host' is x86-64's number, -1 if it has none. `args' is a comma-separated
 * list of kinds, see trace.h. Each XLATE and EMUL row declares its handler
 * below, so a row without one does not link.
 *
 * Immutable; safe anywhere.
 */
#ifndef FERRY_SYSCALL_TABLE_H
#define FERRY_SYSCALL_TABLE_H

#include "syscall.h"

enum sys_how {
	SYS_NONE,	/* no such number */
	SYS_PASS,
	SYS_LEAVE,
	SYS_PATH,
	SYS_XLATE,
	SYS_EMUL,
	SYS_FAIL,
};

struct sys_row {
	const char *name;	/* NULL: SYS_NONE */
	const char *args;
	const char *why;
	sys_fn *fn;		/* SYS_XLATE, SYS_EMUL */
	int16_t host;		/* host number, -1: none */
	int16_t error;		/* SYS_FAIL: what it returns, negative */
	uint8_t how;		/* enum sys_how */
};

#define SYS_NR_MAX 472		/* exclusive */

extern const struct sys_row syscall_rows[SYS_NR_MAX];

/* process.c: ends the calling thread. */
_Noreturn void sys_end_thread(struct thread *t, int status);

/* The row for guest call `nr', or NULL. */
const struct sys_row *syscall_row(long nr);

#define PASS(nr, host, name, args)
#define LEAVE(nr, host, name, args)
#define PATH(nr, host, name, args)
#define XLATE(nr, host, name, args, why) sys_fn sys_##name;
#define EMUL(nr, host, name, args, why) sys_fn sys_##name;
#define FAIL(nr, host, name, args, error, why)
#include "generic64.def"
#include "a64.def"
#undef PASS
#undef LEAVE
#undef PATH
#undef XLATE
#undef EMUL
#undef FAIL

#endif
