/*
 * trace_net.c - the tracer's socket addresses, messages and options.
 */
#include "trace_out.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "../runtime/base/log.h"
#include "../runtime/vm/gmem.h"

#define CONTROL_MAX	1024	/* bytes of control messages that are shown */

static void
put_inet(struct trace_line *l, const struct sockaddr_in *in)
{
	const uint8_t *b = (const uint8_t *)&in->sin_addr;

	trace_put(l, "{sa_family=AF_INET, sin_port=htons(%u), "
		  "sin_addr=inet_addr(\"%u.%u.%u.%u\")}",
		  ntohs(in->sin_port), b[0], b[1], b[2], b[3]);
}

/* RFC 5952: the longest run of two or more zero groups is left out. */
static void
put_groups(struct trace_line *l, const struct in6_addr *a)
{
	int best = 8, best_len = 1, run = 0;

	for (int i = 0; i < 8; i++) {
		run = a->s6_addr16[i] ? 0 : run + 1;
		if (run > best_len) {
			best_len = run;
			best = i + 1 - run;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			trace_put(l, "::");
			i += best_len - 1;
			continue;
		}
		trace_put(l, i && i != best + best_len ? ":%x" : "%x",
			  ntohs(a->s6_addr16[i]));
	}
}

static void
put_inet6(struct trace_line *l, const struct sockaddr_in6 *in)
{
	trace_put(l, "{sa_family=AF_INET6, sin6_port=htons(%u), "
		  "sin6_flowinfo=htonl(%u), inet_pton(AF_INET6, \"",
		  ntohs(in->sin6_port), ntohl(in->sin6_flowinfo));
	put_groups(l, &in->sin6_addr);
	trace_put(l, "\", &sin6_addr), sin6_scope_id=%u}", in->sin6_scope_id);
}

static void
put_unix(struct trace_line *l, const struct sockaddr_un *un, gaddr path,
	 uint64_t len)
{
	trace_put(l, "{sa_family=AF_UNIX");
	if (len && un->sun_path[0]) {
		trace_put(l, ", sun_path=");
		trace_put_string(l, path, len);
	} else if (len) {
		trace_put(l, ", sun_path=@");
		trace_put_bytes(l, path + 1, len - 1);
	}
	trace_put(l, "}");
}

static void
put_sockaddr(struct trace_line *l, gaddr addr, uint64_t len)
{
	union {
		uint16_t family;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_nl nl;
		struct sockaddr_un un;
	} u;
	uint64_t head = offsetof(struct sockaddr_un, sun_path);

	memset(&u, 0, sizeof(u));
	if (len > sizeof(u))
		len = sizeof(u);
	if (len < 2) {
		trace_put_addr(l, addr);
		return;
	}
	if (!trace_get(l, addr, &u, len))
		return;
	switch (u.family) {
	case AF_INET:
		put_inet(l, &u.in);
		break;
	case AF_INET6:
		put_inet6(l, &u.in6);
		break;
	case AF_UNIX:
		put_unix(l, &u.un, addr + head, len > head ? len - head : 0);
		break;
	case AF_NETLINK:
		trace_put(l, "{sa_family=AF_NETLINK, nl_pid=%u, "
			  "nl_groups=0x%x}", u.nl.nl_pid, u.nl.nl_groups);
		break;
	default:
		trace_put(l, "{sa_family=");
		trace_put_enum(l, "af", u.family);
		trace_put(l, ", ...}");
	}
}

void
trace_s_sockaddr(struct trace_line *l, const struct trace_call *c, int i)
{
	put_sockaddr(l, c->a[i], (uint32_t)c->a[i + 1]);
}

/* The next argument points to the length. */
void
trace_s_osockaddr(struct trace_line *l, const struct trace_call *c, int i)
{
	uint32_t len;

	if (c->ret < 0 || !c->a[i] ||
	    gmem_read(&len, c->a[i + 1], sizeof(len)))
		trace_put_addr(l, c->a[i]);
	else
		put_sockaddr(l, c->a[i], len);
}

/* Messages */

static void
put_ints(struct trace_line *l, gaddr at, uint64_t bytes)
{
	int v;

	trace_put(l, "[");
	for (uint64_t i = 0; i + sizeof(v) <= bytes; i += sizeof(v)) {
		if (i == TRACE_LIST_MAX * sizeof(v)) {
			trace_put(l, ", ...");
			break;
		}
		if (gmem_read(&v, at + i, sizeof(v)))
			break;
		trace_put(l, i ? ", %d" : "%d", v);
	}
	trace_put(l, "]");
}

static void
put_cmsg_data(struct trace_line *l, const struct cmsghdr *h, gaddr data,
	      uint64_t len)
{
	struct ucred cred;

	if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS) {
		put_ints(l, data, len);
	} else if (h->cmsg_level == SOL_SOCKET &&
		   h->cmsg_type == SCM_CREDENTIALS && len >= sizeof(cred)) {
		if (trace_get(l, data, &cred, sizeof(cred)))
			trace_put(l, "{pid=%d, uid=%u, gid=%u}", cred.pid,
				  cred.uid, cred.gid);
	} else {
		trace_put_bytes(l, data, len);
	}
}

static void
put_control(struct trace_line *l, gaddr at, uint64_t len)
{
	struct cmsghdr h;

	if (!at || !len) {
		trace_put_addr(l, at);
		return;
	}
	trace_put(l, "[");
	for (uint64_t o = 0; o + sizeof(h) <= len && o < CONTROL_MAX;
	     o += ALIGN_UP(h.cmsg_len, 8)) {
		if (!trace_get(l, at + o, &h, sizeof(h)) ||
		    h.cmsg_len < sizeof(h) || h.cmsg_len > len - o)
			break;
		trace_put(l, o ? ", {cmsg_len=%lu, cmsg_level="
			       : "{cmsg_len=%lu, cmsg_level=", h.cmsg_len);
		trace_put_enum(l, "sol", (uint32_t)h.cmsg_level);
		trace_put(l, ", cmsg_type=");
		trace_put_enum(l, h.cmsg_level == SOL_SOCKET ? "scm" : "none",
			       (uint32_t)h.cmsg_type);
		trace_put(l, ", cmsg_data=");
		put_cmsg_data(l, &h, at + o + sizeof(h),
			      h.cmsg_len - sizeof(h));
		trace_put(l, "}");
	}
	trace_put(l, "]");
}

/* `data': how many bytes of the vectors were or will be transferred. */
static void
put_msghdr(struct trace_line *l, const struct msghdr *m, uint64_t data)
{
	trace_put(l, "{msg_name=");
	put_sockaddr(l, (gaddr)m->msg_name, m->msg_name ? m->msg_namelen : 0);
	trace_put(l, ", msg_namelen=%u, msg_iov=", m->msg_namelen);
	trace_put_iov(l, (gaddr)m->msg_iov, m->msg_iovlen, data);
	trace_put(l, ", msg_iovlen=%lu, msg_control=", m->msg_iovlen);
	put_control(l, (gaddr)m->msg_control, m->msg_controllen);
	trace_put(l, ", msg_controllen=%lu, msg_flags=", m->msg_controllen);
	trace_put_flags(l, "msg", (uint32_t)m->msg_flags);
	trace_put(l, "}");
}

void
trace_s_msghdr(struct trace_line *l, const struct trace_call *c, int i)
{
	struct msghdr m;

	if (trace_get(l, c->a[i], &m, sizeof(m)))
		put_msghdr(l, &m, ~0ull);
}

void
trace_s_omsghdr(struct trace_line *l, const struct trace_call *c, int i)
{
	struct msghdr m;

	if (trace_get_out(l, c, i, &m, sizeof(m)))
		put_msghdr(l, &m, (uint64_t)c->ret);
}

/* The first `nr' of sendmmsg's and recvmmsg's vector. */
static void
put_messages(struct trace_line *l, gaddr at, uint64_t nr, bool received)
{
	struct mmsghdr m;

	trace_put(l, "[");
	for (uint64_t i = 0; i < nr; i++, at += sizeof(m)) {
		trace_put(l, i ? ", " : "");
		if (i == TRACE_LIST_MAX) {
			trace_put(l, "...");
			break;
		}
		if (!trace_get(l, at, &m, sizeof(m)))
			break;
		trace_put(l, "{msg_hdr=");
		put_msghdr(l, &m.msg_hdr, received ? m.msg_len : ~0ull);
		if (received)
			trace_put(l, ", msg_len=%u", m.msg_len);
		trace_put(l, "}");
	}
	trace_put(l, "]");
}

void
trace_s_mmsghdrs(struct trace_line *l, const struct trace_call *c, int i)
{
	put_messages(l, c->a[i], (uint32_t)c->a[i + 1], false);
}

void
trace_s_ommsghdrs(struct trace_line *l, const struct trace_call *c, int i)
{
	if (c->ret < 0)
		trace_put_addr(l, c->a[i]);
	else
		put_messages(l, c->a[i], (uint64_t)c->ret, true);
}

/* Options: level, name, value, and its length or where that is. */

static const char *
option_table(uint64_t level)
{
	switch ((int)level) {
	case SOL_SOCKET: return "so";
	case IPPROTO_IP: return "ip";
	case IPPROTO_IPV6: return "ipv6";
	case IPPROTO_TCP: return "tcp";
	case SOL_NETLINK: return "netlink";
	}
	return "none";
}

void
trace_s_sockopt(struct trace_line *l, const struct trace_call *c, int i)
{
	trace_put_enum(l, option_table(c->a[i - 1]), (uint32_t)c->a[i]);
}

static void
put_option(struct trace_line *l, uint64_t level, uint64_t name, gaddr at,
	   uint32_t len)
{
	bool socket = (int)level == SOL_SOCKET;
	union {
		int n;
		struct linger linger;
		struct timeval tv;
		struct ucred cred;
	} u;

	if (socket && name == SO_LINGER && len == sizeof(u.linger)) {
		if (trace_get(l, at, &u, sizeof(u.linger)))
			trace_put(l, "{l_onoff=%d, l_linger=%d}",
				  u.linger.l_onoff, u.linger.l_linger);
	} else if (socket && (name == SO_RCVTIMEO || name == SO_SNDTIMEO) &&
		   len == sizeof(u.tv)) {
		if (trace_get(l, at, &u, sizeof(u.tv)))
			trace_put_timeval(l, &u.tv);
	} else if (socket && name == SO_PEERCRED && len == sizeof(u.cred)) {
		if (trace_get(l, at, &u, sizeof(u.cred)))
			trace_put(l, "{pid=%d, uid=%u, gid=%u}", u.cred.pid,
				  u.cred.uid, u.cred.gid);
	} else if (len == sizeof(u.n)) {
		if (trace_get(l, at, &u, sizeof(u.n)))
			trace_put(l, "[%d]", u.n);
	} else {
		trace_put_bytes(l, at, len);
	}
}

void
trace_s_optval(struct trace_line *l, const struct trace_call *c, int i)
{
	put_option(l, c->a[i - 2], c->a[i - 1], c->a[i],
		   (uint32_t)c->a[i + 1]);
}

void
trace_s_ooptval(struct trace_line *l, const struct trace_call *c, int i)
{
	uint32_t len;

	if (c->ret < 0 || gmem_read(&len, c->a[i + 1], sizeof(len)))
		trace_put_addr(l, c->a[i]);
	else
		put_option(l, c->a[i - 2], c->a[i - 1], c->a[i], len);
}
