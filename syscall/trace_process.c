/*
 * trace_process.c - the tracer's structures of processes and the machine.
 */
#include "trace_out.h"

#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "../runtime/base/log.h"
#include "../runtime/vm/gmem.h"

/* Processes and the machine */

void
trace_s_owstatus(struct trace_line *l, const struct trace_call *c, int i)
{
	int st;

	if (c->ret <= 0) {
		trace_put_addr(l, c->a[i]);
		return;
	}
	if (!trace_get(l, c->a[i], &st, sizeof(st)))
		return;
	if (WIFEXITED(st)) {
		trace_put(l, "[{WIFEXITED(s) && WEXITSTATUS(s) == %d}]",
			  WEXITSTATUS(st));
	} else if (WIFSTOPPED(st)) {
		trace_put(l, "[{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		trace_put_signal(l, (uint64_t)WSTOPSIG(st));
		trace_put(l, "}]");
	} else if (WIFCONTINUED(st)) {
		trace_put(l, "[{WIFCONTINUED(s)}]");
	} else {
		trace_put(l, "[{WIFSIGNALED(s) && WTERMSIG(s) == ");
		trace_put_signal(l, (uint64_t)WTERMSIG(st));
		trace_put(l, WCOREDUMP(st) ? " && WCOREDUMP(s)}]" : "}]");
	}
}

void
trace_s_outsname(struct trace_line *l, const struct trace_call *c, int i)
{
	struct utsname u;

	if (trace_get_out(l, c, i, &u, sizeof(u)))
		trace_put(l, "{sysname=\"%s\", nodename=\"%s\", "
			  "release=\"%s\", machine=\"%s\", ...}",
			  u.sysname, u.nodename, u.release, u.machine);
}

static void
put_rlimit(struct trace_line *l, const struct rlimit *r)
{
	trace_put(l, "{rlim_cur=");
	trace_put(l, r->rlim_cur == RLIM_INFINITY ? "RLIM_INFINITY" : "%lu",
		  r->rlim_cur);
	trace_put(l, ", rlim_max=");
	trace_put(l, r->rlim_max == RLIM_INFINITY ? "RLIM_INFINITY" : "%lu",
		  r->rlim_max);
	trace_put(l, "}");
}

void
trace_s_rlimit(struct trace_line *l, const struct trace_call *c, int i)
{
	struct rlimit r;

	if (trace_get(l, c->a[i], &r, sizeof(r)))
		put_rlimit(l, &r);
}

void
trace_s_orlimit(struct trace_line *l, const struct trace_call *c, int i)
{
	struct rlimit r;

	if (trace_get_out(l, c, i, &r, sizeof(r)))
		put_rlimit(l, &r);
}

void
trace_s_argv(struct trace_line *l, const struct trace_call *c, int i)
{
	if (!c->a[i]) {
		trace_put_addr(l, 0);
		return;
	}
	trace_put(l, "[");
	for (gaddr j = 0;; j++) {
		uint64_t p;

		if (gmem_read(&p, c->a[i] + j * 8, 8) || !p)
			break;
		trace_put(l, j ? ", " : "");
		if (j == TRACE_LIST_MAX * 4) {
			trace_put(l, "...");
			break;
		}
		trace_put_string(l, p, TRACE_STRING_MAX);
	}
	trace_put(l, "]");
}

void
trace_s_envp(struct trace_line *l, const struct trace_call *c, int i)
{
	uint64_t p;
	int nr = 0;

	trace_put_addr(l, c->a[i]);
	if (!c->a[i])
		return;
	while (!gmem_read(&p, c->a[i] + (uint64_t)nr * 8, 8) && p)
		nr++;
	trace_put(l, " /* %d vars */", nr);
}

/* Children */

static void
put_siginfo(struct trace_line *l, const siginfo_t *s)
{
	trace_put(l, "{si_signo=");
	trace_put_signal(l, (uint32_t)s->si_signo);
	trace_put(l, ", si_code=");
	trace_put_enum(l, s->si_signo == SIGCHLD && s->si_code > 0 ? "cld"
								     : "si",
		       (uint32_t)s->si_code);
	if (s->si_signo == SIGCHLD && s->si_code > 0) {
		trace_put(l, ", si_pid=%d, si_uid=%u, si_status=", s->si_pid,
			  s->si_uid);
		if (s->si_code == CLD_EXITED)
			trace_put(l, "%d", s->si_status);
		else
			trace_put_signal(l, (uint32_t)s->si_status);
	} else if (s->si_code == SI_QUEUE) {
		trace_put(l, ", si_pid=%d, si_uid=%u, si_int=%d", s->si_pid,
			  s->si_uid, s->si_int);
	} else if (s->si_code == SI_TIMER) {
		trace_put(l, ", si_timerid=%d, si_overrun=%d, si_int=%d",
			  s->si_timerid, s->si_overrun, s->si_int);
	} else if (s->si_code <= 0) {
		trace_put(l, ", si_pid=%d, si_uid=%u", s->si_pid, s->si_uid);
	} else {
		trace_put(l, ", si_addr=");
		trace_put_addr(l, (gaddr)s->si_addr);
	}
	trace_put(l, "}");
}

void
trace_s_siginfo(struct trace_line *l, const struct trace_call *c, int i)
{
	siginfo_t s;

	if (trace_get(l, c->a[i], &s, sizeof(s)))
		put_siginfo(l, &s);
}

/* waitid with WNOHANG leaves zeroes if there was nothing. */
void
trace_s_osiginfo(struct trace_line *l, const struct trace_call *c, int i)
{
	siginfo_t s;

	if (!trace_get_out(l, c, i, &s, sizeof(s)))
		return;
	if (s.si_signo)
		put_siginfo(l, &s);
	else
		trace_put(l, "{}");
}

void
trace_s_orusage(struct trace_line *l, const struct trace_call *c, int i)
{
	struct rusage r;

	if (!trace_get_out(l, c, i, &r, sizeof(r)))
		return;
	trace_put(l, "{ru_utime=");
	trace_put_timeval(l, &r.ru_utime);
	trace_put(l, ", ru_stime=");
	trace_put_timeval(l, &r.ru_stime);
	trace_put(l, ", ru_maxrss=%ld, ...}", r.ru_maxrss);
}

/* flags and exit_signal, then what is not zero. */
void
trace_s_clone_args(struct trace_line *l, const struct trace_call *c, int i)
{
	static const char *const name[] = {
		"flags", "pidfd", "child_tid", "parent_tid", "exit_signal",
		"stack", "stack_size", "tls", "set_tid", "set_tid_size",
		"cgroup",
	};
	uint64_t v[ARRAY_SIZE(name)] = { 0 };
	size_t n = c->a[i + 1] < sizeof(v) ? c->a[i + 1] : sizeof(v);

	if (!trace_get(l, c->a[i], v, n))
		return;
	trace_put(l, "{flags=");
	trace_put_flags(l, "clone", v[0]);
	for (size_t j = 1; j < ARRAY_SIZE(name); j++) {
		if (j == 4 && v[j]) {
			trace_put(l, ", exit_signal=");
			trace_put_signal(l, v[j]);
		} else if (v[j]) {
			trace_put(l, ", %s=0x%lx", name[j], v[j]);
		}
	}
	trace_put(l, "}");
}

/* Numbers that a call returns by pointers. */
void
trace_s_oint(struct trace_line *l, const struct trace_call *c, int i)
{
	int v;

	if (trace_get_out(l, c, i, &v, sizeof(v)))
		trace_put(l, "[%d]", v);
}

/* Sets of descriptors; the first argument says how many there can be. */

static void
put_fds(struct trace_line *l, gaddr at, uint64_t nr)
{
	const char *sep = "[";
	uint64_t word;

	for (uint64_t fd = 0; fd < nr && fd < FD_SETSIZE; fd++) {
		if (fd % 64 == 0 && gmem_read(&word, at + fd / 8, 8))
			break;
		if (word >> fd % 64 & 1) {
			trace_put(l, "%s%lu", sep, fd);
			sep = " ";
		}
	}
	trace_put(l, *sep == '[' ? "[]" : "]");
}

void
trace_s_fdset(struct trace_line *l, const struct trace_call *c, int i)
{
	uint64_t word;

	if (trace_get(l, c->a[i], &word, sizeof(word)))
		put_fds(l, c->a[i], c->a[0]);
}

/* pselect6's sixth: { mask, its size }. */
void
trace_s_sigarg(struct trace_line *l, const struct trace_call *c, int i)
{
	uint64_t arg[2], set;

	if (!trace_get(l, c->a[i], arg, sizeof(arg)))
		return;
	trace_put(l, "{sigmask=");
	if (trace_get(l, arg[0], &set, sizeof(set)))
		trace_put_sigset(l, set);
	trace_put(l, ", sigsetsize=%lu}", arg[1]);
}

void
trace_put_selected(struct trace_line *l, const struct trace_call *c)
{
	static const char *const name[] = { "in", "out", "except" };
	const char *sep = " (";
	uint64_t word;

	for (int i = 0; i < 3; i++) {
		if (!c->a[i + 1] || gmem_read(&word, c->a[i + 1], 8))
			continue;
		trace_put(l, "%s%s ", sep, name[i]);
		put_fds(l, c->a[i + 1], c->a[0]);
		sep = ", ";
	}
	trace_put(l, *sep == ',' ? ")" : "");
}

/* prctl's second argument. */
void
trace_s_prctlarg(struct trace_line *l, const struct trace_call *c, int i)
{
	switch ((int)c->a[0]) {
	case PR_SET_NAME:
		trace_put_string(l, c->a[i], 16);
		break;
	case PR_GET_NAME:
		if (c->ret < 0)
			trace_put_addr(l, c->a[i]);
		else
			trace_put_string(l, c->a[i], 16);
		break;
	case PR_SET_PDEATHSIG:
		trace_put_signal(l, c->a[i]);
		break;
	default:
		trace_put(l, c->a[i] ? "0x%lx" : "%lu", c->a[i]);
	}
}

/* Calls with one large structure. */

void
trace_s_ouring_params(struct trace_line *l, const struct trace_call *c, int i)
{
	struct io_uring_params p;

	if (!trace_get(l, c->a[i], &p, sizeof(p)))
		return;
	trace_put(l, "{flags=");
	trace_put_flags(l, "uring_setup", p.flags);
	if (c->ret < 0) {
		trace_put(l, ", ...}");
		return;
	}
	trace_put(l, ", sq_thread_cpu=%u, sq_thread_idle=%u, sq_entries=%u, "
		  "cq_entries=%u, features=0x%x, ...}", p.sq_thread_cpu,
		  p.sq_thread_idle, p.sq_entries, p.cq_entries, p.features);
}

/* The size is the next argument, the command the one before. */
void
trace_s_bpf_attr(struct trace_line *l, const struct trace_call *c, int i)
{
	uint64_t len = c->a[i + 1];
	union bpf_attr u;

	memset(&u, 0, sizeof(u));
	if (!trace_get(l, c->a[i], &u, len < sizeof(u) ? len : sizeof(u)))
		return;
	switch (c->a[i - 1]) {
	case BPF_MAP_CREATE:
		trace_put(l, "{map_type=");
		trace_put_enum(l, "bpf_map", u.map_type);
		trace_put(l, ", key_size=%u, value_size=%u, max_entries=%u, "
			  "...}", u.key_size, u.value_size, u.max_entries);
		break;
	case BPF_MAP_LOOKUP_ELEM:
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_DELETE_ELEM:
		trace_put(l, "{map_fd=%u, key=0x%llx, value=0x%llx, "
			  "flags=%llu}", u.map_fd, u.key, u.value, u.flags);
		break;
	case BPF_PROG_LOAD:
		trace_put(l, "{prog_type=%u, insn_cnt=%u, insns=0x%llx, "
			  "license=", u.prog_type, u.insn_cnt, u.insns);
		trace_put_string(l, u.license, TRACE_STRING_MAX);
		trace_put(l, ", ...}");
		break;
	default:
		trace_put_addr(l, c->a[i]);
	}
}
