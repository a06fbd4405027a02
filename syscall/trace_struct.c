/*
 * trace_struct.c - the tracer's structures, in strace's notation.
 *
 * Guest layouts; nearly all are the host's too. A structure that cannot be
 * read, or that a failed call did not write, is shown as its address.
 */
#include "trace_out.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>

#include "../runtime/vm/gmem.h"
#include "abi.h"

bool
trace_get(struct trace_line *l, gaddr src, void *dst, size_t n)
{
	if (src && !gmem_read(dst, trace_untag(src), n))
		return true;
	trace_put_addr(l, src);
	return false;
}

bool
trace_get_out(struct trace_line *l, const struct trace_call *c, int i,
	      void *dst, size_t n)
{
	if (c->ret >= 0)
		return trace_get(l, c->a[i], dst, n);
	trace_put_addr(l, c->a[i]);
	return false;
}

/* Times */

void
trace_put_timespec(struct trace_line *l, const struct timespec *ts)
{
	trace_put(l, "{tv_sec=%ld, tv_nsec=%ld}", (long)ts->tv_sec,
		  ts->tv_nsec);
}

void
trace_put_timeval(struct trace_line *l, const struct timeval *tv)
{
	trace_put(l, "{tv_sec=%ld, tv_usec=%ld}", (long)tv->tv_sec,
		  (long)tv->tv_usec);
}

void
trace_s_timespec(struct trace_line *l, const struct trace_call *c, int i)
{
	struct timespec ts;

	if (trace_get(l, c->a[i], &ts, sizeof(ts)))
		trace_put_timespec(l, &ts);
}

void
trace_s_otimespec(struct trace_line *l, const struct trace_call *c, int i)
{
	struct timespec ts;

	if (trace_get_out(l, c, i, &ts, sizeof(ts)))
		trace_put_timespec(l, &ts);
}

void
trace_s_timespec2(struct trace_line *l, const struct trace_call *c, int i)
{
	struct timespec ts[2];

	if (!trace_get(l, c->a[i], ts, sizeof(ts)))
		return;
	trace_put(l, "[");
	for (int j = 0; j < 2; j++) {
		trace_put(l, j ? ", " : "");
		if (ts[j].tv_nsec == UTIME_NOW)
			trace_put(l, "UTIME_NOW");
		else if (ts[j].tv_nsec == UTIME_OMIT)
			trace_put(l, "UTIME_OMIT");
		else
			trace_put_timespec(l, &ts[j]);
	}
	trace_put(l, "]");
}

static void
put_itimerspec(struct trace_line *l, const struct itimerspec *it)
{
	trace_put(l, "{it_interval=");
	trace_put_timespec(l, &it->it_interval);
	trace_put(l, ", it_value=");
	trace_put_timespec(l, &it->it_value);
	trace_put(l, "}");
}

void
trace_s_itimerspec(struct trace_line *l, const struct trace_call *c, int i)
{
	struct itimerspec it;

	if (trace_get(l, c->a[i], &it, sizeof(it)))
		put_itimerspec(l, &it);
}

void
trace_s_oitimerspec(struct trace_line *l, const struct trace_call *c, int i)
{
	struct itimerspec it;

	if (trace_get_out(l, c, i, &it, sizeof(it)))
		put_itimerspec(l, &it);
}

static void
put_itimerval(struct trace_line *l, const struct itimerval *it)
{
	trace_put(l, "{it_interval=");
	trace_put_timeval(l, &it->it_interval);
	trace_put(l, ", it_value=");
	trace_put_timeval(l, &it->it_value);
	trace_put(l, "}");
}

void
trace_s_itimerval(struct trace_line *l, const struct trace_call *c, int i)
{
	struct itimerval it;

	if (trace_get(l, c->a[i], &it, sizeof(it)))
		put_itimerval(l, &it);
}

void
trace_s_oitimerval(struct trace_line *l, const struct trace_call *c, int i)
{
	struct itimerval it;

	if (trace_get_out(l, c, i, &it, sizeof(it)))
		put_itimerval(l, &it);
}

void
trace_s_otimeval(struct trace_line *l, const struct trace_call *c, int i)
{
	struct timeval tv;

	if (trace_get_out(l, c, i, &tv, sizeof(tv)))
		trace_put_timeval(l, &tv);
}

/* A timeout only for the operations that wait; else a number. */
void
trace_s_ftimeout(struct trace_line *l, const struct trace_call *c, int i)
{
	switch (c->a[1] & 0x7f) {
	case 0: case 6: case 9: case 11: case 13:
		trace_s_timespec(l, c, i);
		break;
	default:
		trace_put_addr(l, c->a[i]);
	}
}

/* Signals */

void
trace_s_sigset(struct trace_line *l, const struct trace_call *c, int i)
{
	uint64_t set;

	if (trace_get(l, c->a[i], &set, sizeof(set)))
		trace_put_sigset(l, set);
}

void
trace_s_osigset(struct trace_line *l, const struct trace_call *c, int i)
{
	uint64_t set;

	if (trace_get_out(l, c, i, &set, sizeof(set)))
		trace_put_sigset(l, set);
}

struct guest_sigaction {
	uint64_t handler, flags, restorer, mask;
};

static void
put_sigaction(struct trace_line *l, const struct guest_sigaction *sa)
{
	trace_put(l, "{sa_handler=");
	if (sa->handler < 2)
		trace_put(l, sa->handler ? "SIG_IGN" : "SIG_DFL");
	else
		trace_put_addr(l, sa->handler);
	trace_put(l, ", sa_mask=");
	trace_put_sigset(l, sa->mask);
	trace_put(l, ", sa_flags=");
	trace_put_flags(l, "sa", (uint32_t)sa->flags);
	trace_put(l, "}");
}

void
trace_s_sigaction(struct trace_line *l, const struct trace_call *c, int i)
{
	struct guest_sigaction sa;

	if (trace_get(l, c->a[i], &sa, sizeof(sa)))
		put_sigaction(l, &sa);
}

void
trace_s_osigaction(struct trace_line *l, const struct trace_call *c, int i)
{
	struct guest_sigaction sa;

	if (trace_get_out(l, c, i, &sa, sizeof(sa)))
		put_sigaction(l, &sa);
}

/* Files */

static void
put_mode(struct trace_line *l, unsigned int mode)
{
	trace_put_enum(l, "ifmt", mode & S_IFMT);
	trace_put(l, "|0%03o", mode & 07777);
}

void
trace_s_ostat(struct trace_line *l, const struct trace_call *c, int i)
{
	struct guest_stat st;

	if (!trace_get_out(l, c, i, &st, sizeof(st)))
		return;
	trace_put(l, "{st_mode=");
	put_mode(l, st.st_mode);
	if ((st.st_mode & S_IFMT) == S_IFCHR ||
	    (st.st_mode & S_IFMT) == S_IFBLK)
		trace_put(l, ", st_rdev=0x%lx, ...}", st.st_rdev);
	else
		trace_put(l, ", st_size=%ld, ...}", st.st_size);
}

void
trace_s_ostatx(struct trace_line *l, const struct trace_call *c, int i)
{
	struct {
		uint32_t mask, blksize;
		uint64_t attributes;
		uint32_t nlink, uid, gid;
		uint16_t mode, pad;
		uint64_t ino, size;
	} stx;

	if (!trace_get_out(l, c, i, &stx, sizeof(stx)))
		return;
	trace_put(l, "{stx_mask=0x%x, stx_mode=", stx.mask);
	put_mode(l, stx.mode);
	trace_put(l, ", stx_size=%lu, ...}", stx.size);
}

void
trace_s_open_how(struct trace_line *l, const struct trace_call *c, int i)
{
	struct abi_open_how how;

	if (!trace_get(l, c->a[i], &how, sizeof(how)))
		return;
	trace_put(l, "{flags=");
	trace_put_flags(l, "open", how.flags);
	if (how.mode)
		trace_put(l, ", mode=0%03lo", how.mode);
	trace_put(l, ", resolve=");
	trace_put_flags(l, "resolve", how.resolve);
	trace_put(l, "}");
}

void
trace_s_ofds(struct trace_line *l, const struct trace_call *c, int i)
{
	int fds[2];

	if (trace_get_out(l, c, i, fds, sizeof(fds)))
		trace_put(l, "[%d, %d]", fds[0], fds[1]);
}

void
trace_s_fcntlarg(struct trace_line *l, const struct trace_call *c, int i)
{
	struct flock fl;

	switch ((int)c->a[1]) {
	case F_GETFD:
	case F_GETFL:
	case F_GETOWN:
		/* There is none; take back the separator. */
		l->len -= 2;
		l->text[l->len] = 0;
		break;
	case F_SETFD:
		trace_put(l, c->a[i] == 1 ? "FD_CLOEXEC" : "%lu", c->a[i]);
		break;
	case F_SETFL:
		trace_put_flags(l, "open", (uint32_t)c->a[i]);
		break;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case 36: case 37: case 38:	/* F_OFD_* */
		if (trace_get(l, c->a[i], &fl, sizeof(fl)))
			trace_put(l, "{l_type=%s, l_whence=%d, l_start=%ld, "
				  "l_len=%ld}",
				  fl.l_type == F_RDLCK ? "F_RDLCK"
				  : fl.l_type == F_WRLCK ? "F_WRLCK"
							 : "F_UNLCK",
				  fl.l_whence, (long)fl.l_start,
				  (long)fl.l_len);
		break;
	default:
		trace_put(l, "%ld", (long)c->a[i]);
	}
}

/* Vectors. */
void
trace_put_iov(struct trace_line *l, gaddr at, uint64_t nr, uint64_t left)
{
	trace_put(l, "[");
	for (uint64_t j = 0; j < nr; j++) {
		struct iovec v;
		uint64_t n;

		trace_put(l, j ? ", " : "");
		if (j == TRACE_LIST_MAX) {
			trace_put(l, "...");
			break;
		}
		if (!trace_get(l, at + j * sizeof(v), &v, sizeof(v)))
			break;
		n = v.iov_len < left ? v.iov_len : left;
		left -= n;
		trace_put(l, "{iov_base=");
		trace_put_bytes(l, (gaddr)v.iov_base, n);
		trace_put(l, ", iov_len=%lu}", v.iov_len);
	}
	trace_put(l, "]");
}

void
trace_s_iov(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put_iov(l, c->a[i], c->a[i + 1], ~0ull);
}

void
trace_s_oiov(struct trace_line *l, const struct trace_call *c, int i)
{
	if (c->ret < 0)
		trace_put_addr(l, c->a[i]);
	else
		trace_put_iov(l, c->a[i], c->a[i + 1], (uint64_t)c->ret);
}

/* Waiting */

void
trace_s_epoll_event(struct trace_line *l, const struct trace_call *c, int i)
{
	struct guest_epoll_event e;

	if (!trace_get(l, c->a[i], &e, sizeof(e)))
		return;
	trace_put(l, "{events=");
	trace_put_flags(l, "epoll_events", e.events);
	trace_put(l, ", data=0x%lx}", e.data);
}

void
trace_s_oepoll_events(struct trace_line *l, const struct trace_call *c, int i)
{
	struct trace_call each = *c;
	uint64_t a[1] = { c->a[i] };

	if (c->ret < 0) {
		trace_put_addr(l, c->a[i]);
		return;
	}
	each.a = a;
	trace_put(l, "[");
	for (long j = 0; j < c->ret; j++) {
		trace_put(l, j ? ", " : "");
		if (j == TRACE_LIST_MAX) {
			trace_put(l, "...");
			break;
		}
		trace_s_epoll_event(l, &each, 0);
		a[0] += sizeof(struct guest_epoll_event);
	}
	trace_put(l, "]");
}

/* With `after', only those that something happened to. */
static void
put_pollfds(struct trace_line *l, gaddr fds, uint64_t nr, bool after)
{
	int shown = 0;

	trace_put(l, "[");
	for (uint64_t j = 0; j < nr; j++) {
		struct pollfd p;

		if (gmem_read(&p, fds + j * sizeof(p), sizeof(p)))
			break;
		if (after && !p.revents)
			continue;
		trace_put(l, shown ? ", " : "");
		if (shown++ == TRACE_LIST_MAX) {
			trace_put(l, "...");
			break;
		}
		trace_put(l, after ? "{fd=%d, revents=" : "{fd=%d, events=",
			  p.fd);
		trace_put_flags(l, "poll",
				(uint16_t)(after ? p.revents : p.events));
		trace_put(l, "}");
	}
	trace_put(l, "]");
}

void
trace_s_pollfds(struct trace_line *l, const struct trace_call *c, int i)
{
	if (c->a[i])
		put_pollfds(l, c->a[i], (uint32_t)c->a[i + 1], false);
	else
		trace_put_addr(l, 0);
}

void
trace_put_revents(struct trace_line *l, const struct trace_call *c)
{
	trace_put(l, " (");
	put_pollfds(l, c->a[0], (uint32_t)c->a[1], true);
	trace_put(l, ")");
}
