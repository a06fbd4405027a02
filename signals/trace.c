/*
 * trace.c - signals in the output of -strace, as strace(1) writes them.
 */
#include "../runtime/base/log.h"
#include "../runtime/vm/process.h"
#include "internal.h"

#define LINE_SIZE	256

static const char *const sig_name[] = {
	[SIGHUP] = "HUP",	[SIGINT] = "INT",	[SIGQUIT] = "QUIT",
	[SIGILL] = "ILL",	[SIGTRAP] = "TRAP",	[SIGABRT] = "ABRT",
	[SIGBUS] = "BUS",	[SIGFPE] = "FPE",	[SIGKILL] = "KILL",
	[SIGUSR1] = "USR1",	[SIGSEGV] = "SEGV",	[SIGUSR2] = "USR2",
	[SIGPIPE] = "PIPE",	[SIGALRM] = "ALRM",	[SIGTERM] = "TERM",
	[SIGSTKFLT] = "STKFLT",	[SIGCHLD] = "CHLD",	[SIGCONT] = "CONT",
	[SIGSTOP] = "STOP",	[SIGTSTP] = "TSTP",	[SIGTTIN] = "TTIN",
	[SIGTTOU] = "TTOU",	[SIGURG] = "URG",	[SIGXCPU] = "XCPU",
	[SIGXFSZ] = "XFSZ",	[SIGVTALRM] = "VTALRM",	[SIGPROF] = "PROF",
	[SIGWINCH] = "WINCH",	[SIGIO] = "IO",		[SIGPWR] = "PWR",
	[SIGSYS] = "SYS",
};

/* si_codes: of all signals, then of one. */
static const struct {
	int sig, code;
	const char *name;
} code_name[] = {
	{ 0, SI_USER, "SI_USER" },
	{ 0, SI_KERNEL, "SI_KERNEL" },
	{ 0, SI_QUEUE, "SI_QUEUE" },
	{ 0, SI_TIMER, "SI_TIMER" },
	{ 0, SI_MESGQ, "SI_MESGQ" },
	{ 0, SI_ASYNCIO, "SI_ASYNCIO" },
	{ 0, SI_SIGIO, "SI_SIGIO" },
	{ 0, SI_TKILL, "SI_TKILL" },
	{ SIGILL, ILL_ILLOPC, "ILL_ILLOPC" },
	{ SIGSEGV, SEGV_MAPERR, "SEGV_MAPERR" },
	{ SIGSEGV, SEGV_ACCERR, "SEGV_ACCERR" },
	{ SIGBUS, BUS_ADRALN, "BUS_ADRALN" },
	{ SIGBUS, BUS_ADRERR, "BUS_ADRERR" },
	{ SIGTRAP, TRAP_BRKPT, "TRAP_BRKPT" },
	{ SIGCHLD, CLD_EXITED, "CLD_EXITED" },
	{ SIGCHLD, CLD_KILLED, "CLD_KILLED" },
	{ SIGCHLD, CLD_DUMPED, "CLD_DUMPED" },
	{ SIGCHLD, CLD_TRAPPED, "CLD_TRAPPED" },
	{ SIGCHLD, CLD_STOPPED, "CLD_STOPPED" },
	{ SIGCHLD, CLD_CONTINUED, "CLD_CONTINUED" },
};

static void
put_signal(char *buf, size_t size, int sig)
{
	if (sig > 0 && sig < (int)ARRAY_SIZE(sig_name) && sig_name[sig])
		fmt_print(buf, size, "SIG%s", sig_name[sig]);
	else
		fmt_print(buf, size, "SIGRT_%d", sig - 32);
}

static void
put_code(char *buf, size_t size, int sig, int code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(code_name); i++) {
		if (code_name[i].code == code &&
		    (!code_name[i].sig || code_name[i].sig == sig)) {
			fmt_print(buf, size, "%s", code_name[i].name);
			return;
		}
	}
	fmt_print(buf, size, "%d", code);
}

void
trace_signal(const siginfo_t *info)
{
	char sig[16], code[16], rest[128] = "", line[LINE_SIZE];
	int n = info->si_signo;

	put_signal(sig, sizeof(sig), n);
	put_code(code, sizeof(code), n, info->si_code);
	if (n == SIGCHLD && info->si_code > 0)
		fmt_print(rest, sizeof(rest),
			  ", si_pid=%d, si_uid=%d, si_status=%d",
			  info->si_pid, info->si_uid, info->si_status);
	else if (info->si_code > 0 && SIG_BIT(n) & SIG_SYNC_SET)
		fmt_print(rest, sizeof(rest), ", si_addr=0x%lx",
			  (unsigned long)info->si_addr);
	else if (info->si_code == SI_USER || info->si_code == SI_TKILL ||
		 info->si_code == SI_QUEUE)
		fmt_print(rest, sizeof(rest), ", si_pid=%d, si_uid=%d",
			  info->si_pid, info->si_uid);
	process_trace(line, fmt_print(line, sizeof(line),
				   "[pid %d] --- %s {si_signo=%s, "
				   "si_code=%s%s} ---\n", thread_self()->tid,
				   sig, sig, code, rest));
}

void
trace_killed(int sig)
{
	char name[16], line[LINE_SIZE];

	put_signal(name, sizeof(name), sig);
	process_trace(line, fmt_print(line, sizeof(line),
				   "[pid %d] +++ killed by %s +++\n",
				   thread_self()->tid, name));
}
