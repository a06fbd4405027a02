/*
 * log.c - ferry's own words, one write(2) each.
 */
#include <signal.h>

#include "base.h"
#include "hostcall.h"
#include "lock.h"
#include "log.h"

#define LINE_MAX_BYTES 1024

unsigned long (*log_guest_pc)(void);

static void
say(const char *prefix, const char *fmt, va_list ap)
{
	char line[LINE_MAX_BYTES];
	size_t n = fmt_print(line, sizeof(line) - 1, "%s", prefix);

	n += fmt_vprint(line + n, sizeof(line) - 1 - n, fmt, ap);
	if (n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	host_call3(SYS_write, 2, P(line), (long)n);
}

void
log_msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("ferry: ", fmt, ap);
	va_end(ap);
}

void
log_die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("ferry: ", fmt, ap);
	va_end(ap);
	/* Processes that share the memory may go on, and want them. */
	lock_release_dead(lock_held());
	for (;;)
		host_call1(SYS_exit_group, status);
}

void
bug(const char *fmt, ...)
{
	struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		unsigned long mask;
	} dfl = { SIG_DFL, 0, 0, 0 };
	unsigned long none = 0;
	va_list ap;

	va_start(ap, fmt);
	say("ferry: internal error: ", fmt, ap);
	va_end(ap);
	if (log_guest_pc)
		log_msg("internal error: guest pc 0x%lx", log_guest_pc());
	host_call4(SYS_rt_sigaction, SIGABRT, P(&dfl), 0, 8);
	host_call4(SYS_rt_sigprocmask, SIG_SETMASK, P(&none), 0, 8);
	host_call2(SYS_kill, host_call0(SYS_getpid), SIGABRT);
	for (;;)
		host_call1(SYS_exit_group, 134);
}
