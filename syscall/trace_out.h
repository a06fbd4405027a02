/*
 * trace_out.h - inside the tracer: composing a line.
 *
 * trace.c drives, trace_out.c prints scalars, strings and flag words,
 * trace_struct.c structures, trace_net.c those of sockets, trace_process.c of
 * processes, trace_ioctl.c of ioctl. A printer gets the call and the argument's
 * index; text that does not fit is dropped.
 */
#ifndef FERRY_SYSCALL_TRACE_OUT_H
#define FERRY_SYSCALL_TRACE_OUT_H

#include "trace.h"

struct trace_name {
	const char *name;
	uint64_t value, mask;
};

struct trace_table {
	const char *name;
	const struct trace_name *rows;
	size_t nr;
};

struct trace_call {
	const struct sys_row *row;
	const uint64_t *a;
	long ret;	/* meaningful for printers of KIND_AFTER kinds */
};

typedef void trace_fn(struct trace_line *l, const struct trace_call *c,
		      int arg);

/* The table called by the `n' bytes at `name', or NULL. */
const struct trace_table *trace_table_find(const char *name, size_t n);

void trace_put(struct trace_line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void trace_put_flags(struct trace_line *l, const char *table, uint64_t v);
void trace_put_enum(struct trace_line *l, const char *table, uint64_t v);
void trace_put_signal(struct trace_line *l, uint64_t sig);
void trace_put_sigset(struct trace_line *l, uint64_t set);
void trace_put_addr(struct trace_line *l, gaddr a);
/* Where the guest's pointer leads, which may be a tagged one. */
gaddr trace_untag(gaddr a);
/* "..." of `len' bytes at `src', cut at TRACE_STRING_MAX; or the address. */
void trace_put_bytes(struct trace_line *l, gaddr src, uint64_t len);
/* A NUL-terminated string, cut at `max'. */
void trace_put_string(struct trace_line *l, gaddr src, size_t max);

#define TRACE_STRING_MAX 32
#define TRACE_LIST_MAX	8	/* elements of a list that are shown */

/* Reads a structure, or prints its address and returns false; the second what
 * the call was to write. */
bool trace_get(struct trace_line *l, gaddr src, void *dst, size_t n);
bool trace_get_out(struct trace_line *l, const struct trace_call *c, int i,
		   void *dst, size_t n);

struct timespec;
struct timeval;
void trace_put_timespec(struct trace_line *l, const struct timespec *ts);
void trace_put_timeval(struct trace_line *l, const struct timeval *tv);
/* `nr' of struct iovec, of which the first `left' bytes are data. */
void trace_put_iov(struct trace_line *l, gaddr at, uint64_t nr,
		   uint64_t left);

/* The structure kinds. */
#define TRACE_STRUCTS(X) \
	X(epoll_event) X(oepoll_events) X(fcntlarg) X(ostat) X(ostatx) \
	X(timespec) X(otimespec) X(timespec2) X(itimerspec) X(oitimerspec) \
	X(itimerval) X(oitimerval) X(otimeval) X(sigset) X(osigset) \
	X(sigaction) X(osigaction) X(outsname) X(orlimit) X(rlimit) \
	X(sockaddr) X(osockaddr) X(ofds) X(oiov) X(iov) X(pollfds) \
	X(open_how) X(owstatus) X(argv) X(envp) X(ftimeout) \
	X(msghdr) X(omsghdr) X(mmsghdrs) X(ommsghdrs) X(sockopt) X(optval) \
	X(ooptval) X(siginfo) X(osiginfo) X(orusage) X(clone_args) X(oint) \
	X(fdset) X(sigarg) X(prctlarg) X(ouring_params) X(bpf_attr) \
	X(ioctlarg)

/* What ppoll's first argument says after it: " ([{fd=3, revents=...}])". */
void trace_put_revents(struct trace_line *l, const struct trace_call *c);
/* The same of pselect6: " (in [3], out [])". */
void trace_put_selected(struct trace_line *l, const struct trace_call *c);

#define X(name) trace_fn trace_s_##name;
TRACE_STRUCTS(X)
#undef X

#endif
