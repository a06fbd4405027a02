/*
 * trace.c - --strace: from the row's argument kinds to a line.
 */
#include "trace_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"

/* Scalars and strings. */

static void
k_int(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put(l, "%d", (int)c->a[i]);
}

static void
k_uint(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put(l, "%u", (unsigned int)c->a[i]);
}

static void
k_long(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put(l, "%ld", (long)c->a[i]);
}

static void
k_ulong(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put(l, "%lu", c->a[i]);
}

static void
k_hex(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put(l, c->a[i] ? "0x%lx" : "%lu", c->a[i]);
}

static void
k_ptr(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put_addr(l, c->a[i]);
}

static void
k_dirfd(struct trace_line *l, const struct trace_call *c, int i)
{
	if ((int)c->a[i] == AT_FDCWD)
		trace_put(l, "AT_FDCWD");
	else
		k_int(l, c, i);
}

static void
k_mode(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put(l, "0%03o", (unsigned int)c->a[i]);
}

static void
k_sig(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put_signal(l, (uint32_t)c->a[i]);
}

static void
k_str(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put_string(l, c->a[i], TRACE_STRING_MAX);
}

static void
k_path(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put_string(l, c->a[i], 512);
}

/* What the call reads: the next argument is its length. */
static void
k_buf(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put_bytes(l, c->a[i], i < 5 ? c->a[i + 1] : 0);
}

/* What the call wrote: the result is its length. */
static void
k_obuf(struct trace_line *l, const struct trace_call *c, int i)
{
	if (c->ret < 0)
		trace_put_addr(l, c->a[i]);
	else
		trace_put_bytes(l, c->a[i], (uint64_t)c->ret);
}

static void
k_ostr(struct trace_line *l, const struct trace_call *c, int i)
{
	if (c->ret < 0)
		trace_put_addr(l, c->a[i]);
	else
		trace_put_string(l, c->a[i], 512);
}

enum {
	KIND_AFTER = 1,	/* printed after the call */
	KIND_ADDR = 2,	/* an address */
	KIND_OUT = KIND_AFTER | KIND_ADDR,
};

static const struct trace_kind {
	const char *name;
	trace_fn *fn;
	uint8_t flags;
} kinds[] = {
	{ "int", k_int, 0 },
	{ "uint", k_uint, 0 },
	{ "long", k_long, 0 },
	{ "ulong", k_ulong, 0 },
	{ "size", k_ulong, 0 },
	{ "off", k_long, 0 },
	{ "hex", k_hex, 0 },
	{ "ptr", k_ptr, KIND_ADDR },
	{ "mode", k_mode, 0 },
	{ "omode", k_mode, 0 },
	{ "fd", k_int, 0 },
	{ "dirfd", k_dirfd, 0 },
	{ "sig", k_sig, 0 },
	{ "str", k_str, KIND_ADDR },
	{ "path", k_path, KIND_ADDR },
	{ "lpath", k_path, KIND_ADDR },
	{ "fpath", k_path, KIND_ADDR },
	{ "rpath", k_path, KIND_ADDR },
	{ "ostr", k_ostr, KIND_OUT },
	{ "buf", k_buf, KIND_ADDR },
	{ "obuf", k_obuf, KIND_OUT },
	{ "epoll_event", trace_s_epoll_event, KIND_ADDR },
	{ "oepoll_events", trace_s_oepoll_events, KIND_OUT },
	{ "fcntlarg", trace_s_fcntlarg, 0 },
	{ "ostat", trace_s_ostat, KIND_OUT },
	{ "ostatx", trace_s_ostatx, KIND_OUT },
	{ "timespec", trace_s_timespec, KIND_ADDR },
	{ "otimespec", trace_s_otimespec, KIND_OUT },
	{ "timespec2", trace_s_timespec2, KIND_ADDR },
	{ "itimerspec", trace_s_itimerspec, KIND_ADDR },
	{ "oitimerspec", trace_s_oitimerspec, KIND_OUT },
	{ "itimerval", trace_s_itimerval, KIND_ADDR },
	{ "oitimerval", trace_s_oitimerval, KIND_OUT },
	{ "otimeval", trace_s_otimeval, KIND_OUT },
	{ "sigset", trace_s_sigset, KIND_ADDR },
	{ "osigset", trace_s_osigset, KIND_OUT },
	{ "sigaction", trace_s_sigaction, KIND_ADDR },
	{ "osigaction", trace_s_osigaction, KIND_OUT },
	{ "outsname", trace_s_outsname, KIND_OUT },
	{ "orlimit", trace_s_orlimit, KIND_OUT },
	{ "rlimit", trace_s_rlimit, KIND_ADDR },
	{ "sockaddr", trace_s_sockaddr, KIND_ADDR },
	{ "osockaddr", trace_s_osockaddr, KIND_OUT },
	{ "ofds", trace_s_ofds, KIND_OUT },
	{ "oiov", trace_s_oiov, KIND_OUT },
	{ "iov", trace_s_iov, KIND_ADDR },
	{ "pollfds", trace_s_pollfds, KIND_ADDR },
	{ "open_how", trace_s_open_how, KIND_ADDR },
	{ "owstatus", trace_s_owstatus, KIND_OUT },
	{ "argv", trace_s_argv, KIND_ADDR },
	{ "envp", trace_s_envp, KIND_ADDR },
	{ "ftimeout", trace_s_ftimeout, 0 },
	{ "msghdr", trace_s_msghdr, KIND_ADDR },
	{ "omsghdr", trace_s_omsghdr, KIND_OUT },
	{ "mmsghdrs", trace_s_mmsghdrs, KIND_ADDR },
	{ "ommsghdrs", trace_s_ommsghdrs, KIND_OUT },
	{ "sockopt", trace_s_sockopt, 0 },
	{ "optval", trace_s_optval, KIND_ADDR },
	{ "ooptval", trace_s_ooptval, KIND_OUT },
	{ "siginfo", trace_s_siginfo, KIND_ADDR },
	{ "osiginfo", trace_s_osiginfo, KIND_OUT },
	{ "orusage", trace_s_orusage, KIND_OUT },
	{ "clone_args", trace_s_clone_args, KIND_ADDR },
	{ "oint", trace_s_oint, KIND_OUT },
	{ "fdset", trace_s_fdset, KIND_ADDR },
	{ "sigarg", trace_s_sigarg, KIND_ADDR },
	{ "prctlarg", trace_s_prctlarg, KIND_AFTER },
	{ "ouring_params", trace_s_ouring_params, KIND_OUT },
	{ "bpf_attr", trace_s_bpf_attr, KIND_ADDR },
	{ "ioctlarg", trace_s_ioctlarg, KIND_OUT },
};

static const struct trace_kind *
kind_find(const char *k, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(kinds[i].name, k, n) && !kinds[i].name[n])
			return &kinds[i];
	return NULL;
}

static bool
is_table(const char *k)
{
	return (k[0] == 'f' || k[0] == 'e') && k[1] == ':';
}

bool
trace_args_valid(const char *args)
{
	int nr = 0;

	while (*args) {
		size_t n = strcspn(args, ",");

		if (++nr > 6)
			return false;
		if (is_table(args) ? !trace_table_find(args + 2, n - 2)
				   : !kind_find(args, n))
			return false;
		args += n;
		if (*args == ',' && !*++args)
			return false;
	}
	return true;
}

bool
trace_kind_is_address(const char *kind)
{
	const struct trace_kind *k = kind_find(kind, strcspn(kind, ","));

	return k && (k->flags & KIND_ADDR);
}

/* Whether openat and mq_open are given a mode: O_CREAT or O_TMPFILE. */
static bool
has_mode(const struct trace_call *c, int arg)
{
	return c->a[arg - 1] & (0x40 | 0x400000);
}

/* Prints arguments from where the line stands; with `before', up to the
 * first that the call writes. Returns whether all are printed. */
static bool
put_args(struct trace_line *l, const struct trace_call *c, bool before)
{
	while (*l->next_kind) {
		const char *k = l->next_kind;
		size_t n = strcspn(k, ",");
		int i = l->next_arg;

		if (is_table(k)) {
			trace_put(l, i ? ", " : "");
			(*k == 'f' ? trace_put_flags : trace_put_enum)
				(l, k + 2, (uint32_t)c->a[i]);
		} else {
			const struct trace_kind *kind = kind_find(k, n);

			if (before && (!kind || (kind->flags & KIND_AFTER)))
				return false;
			if (!strncmp(k, "omode", n) && !has_mode(c, i))
				kind = NULL;
			else
				trace_put(l, i ? ", " : "");
			if (kind)
				kind->fn(l, c, i);
		}
		l->next_arg++;
		l->next_kind = k[n] ? k + n + 1 : k + n;
	}
	return true;
}

static void
put_result(struct trace_line *l, const struct trace_call *c)
{
	static const char *const address[] = { "mmap", "brk", "mremap",
					       "shmat" };
	long ret = c->ret;

	if (ret == -ERESTART_GUEST || ret == -ERESTARTNOINTR_GUEST) {
		trace_put(l, "? ERESTARTSYS (To be restarted)");
		return;
	}
	if (ret == -ENORETURN_GUEST) {
		trace_put(l, "?");
		return;
	}
	if (IS_ERR(ret)) {
		const char *name = strerrorname_np((int)-ret);
		const char *text = strerrordesc_np((int)-ret);

		if (name)
			trace_put(l, "-1 %s (%s)", name, text);
		else
			trace_put(l, "-1 E%ld", -ret);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(address); i++)
		if (!strcmp(c->row->name, address[i])) {
			trace_put(l, "0x%lx", ret);
			return;
		}
	if (!strcmp(c->row->name, "fcntl") && (uint32_t)c->a[1] == F_GETFL) {
		trace_put(l, "0x%lx (flags ", ret);
		trace_put_flags(l, "open", (uint64_t)ret);
		trace_put(l, ")");
		return;
	}
	trace_put(l, "%ld", ret);
	if (!strcmp(c->row->name, "ppoll") && ret > 0)
		trace_put_revents(l, c);
	if (!strcmp(c->row->name, "pselect6") && ret > 0)
		trace_put_selected(l, c);
}

/* The line's end is kept even if the rest was cut. */
static void
flush(struct trace_line *l)
{
	if (l->len > sizeof(l->text) - 2)
		l->len = sizeof(l->text) - 2;
	l->text[l->len++] = '\n';
	process_trace(l->text, l->len);
	l->len = 0;
}

static void
start(struct trace_line *l, const struct thread *t)
{
	l->len = 0;
	l->tid = t->tid;
	trace_put(l, "[pid %d] ", l->tid);
}

/* strace aligns results. */
static void
pad(struct trace_line *l)
{
	trace_put(l, " = ");
}

static bool
never_returns(const char *name)
{
	return !strcmp(name, "exit") || !strcmp(name, "exit_group") ||
	       !strcmp(name, "rt_sigreturn");
}

void
trace_enter(struct thread *t, struct trace_line *l, const struct sys_row *row,
	    const uint64_t a[6])
{
	struct trace_call c = { .row = row, .a = a };

	start(l, t);
	l->next_arg = 0;
	l->next_kind = row->args;
	trace_put(l, "%s(", row->name);
	if (!put_args(l, &c, true))
		return;
	if (never_returns(row->name)) {
		trace_put(l, ") = ?");
		flush(l);
	} else if (!strncmp(row->name, "execve", 6)) {
		trace_put(l, " <unfinished ...>");
		flush(l);
	}
}

void
trace_exit(struct thread *t, struct trace_line *l, const struct sys_row *row,
	   const uint64_t a[6], long ret)
{
	struct trace_call c = { .row = row, .a = a, .ret = ret };

	if (never_returns(row->name))
		return;
	if (l->tid != t->tid)
		return;		/* a fork's child */
	if (!l->len) {
		start(l, t);
		trace_put(l, "<... %s resumed>", row->name);
	}
	put_args(l, &c, false);
	trace_put(l, ")");
	pad(l);
	put_result(l, &c);
	flush(l);
}

void
trace_unknown(struct thread *t, long nr)
{
	struct trace_line l;

	start(&l, t);
	trace_put(&l, "syscall_0x%lx() = -1 ENOSYS (%s)", nr,
		  strerrordesc_np(ENOSYS));
	flush(&l);
}
