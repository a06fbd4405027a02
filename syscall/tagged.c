/*
 * tagged.c - the tagged address ABI (PR_SET_TAGGED_ADDR_CTRL): addresses that
 * a call is given may have a tag in their top byte, in its arguments and in
 * the structures that they lead to. Without it they give EFAULT, on arm64 as
 * here.
 *
 * The host's kernel knows of no tags. Arguments lose theirs; vectors and
 * messages are copied for that, and what the call writes to a message goes
 * back. Nothing else that holds addresses is looked at.
 */
#include "tagged.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "../runtime/base/rtmem.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "trace.h"

#define MAX_VECTOR	1024	/* UIO_MAXIOV */
#define MAX_STRINGS	(1ul << 20)	/* more than execve takes */

/* What is given to the call instead. */
struct copy {
	struct iovec *iov;
	size_t bytes;		/* of iov; 0: none */
	struct msghdr msg, was;
	gaddr msg_at;		/* 0: none */
};

static gaddr
strip(gaddr a)
{
	return (gaddr)((int64_t)(a << 8) >> 8);
}

static void *
strip_pointer(void *p)
{
	return (void *)(uintptr_t)strip((gaddr)p);
}

/* A vector without tags; the guest's own if it cannot be had: the kernel says
 * what is wrong with it. */
static gaddr
copy_vector(struct copy *c, gaddr at, uint64_t n)
{
	if (!n || n > MAX_VECTOR || c->bytes)
		return at;
	c->iov = rtmem_alloc(n * sizeof(*c->iov));
	if (!c->iov)
		return at;
	c->bytes = n * sizeof(*c->iov);
	if (gmem_read(c->iov, at, c->bytes))
		return at;
	for (uint64_t i = 0; i < n; i++)
		c->iov[i].iov_base = strip_pointer(c->iov[i].iov_base);
	return (gaddr)c->iov;
}

static gaddr
copy_message(struct copy *c, gaddr at)
{
	if (gmem_read(&c->msg, at, sizeof(c->msg)))
		return at;
	c->was = c->msg;
	c->msg_at = at;
	c->msg.msg_name = strip_pointer(c->msg.msg_name);
	c->msg.msg_control = strip_pointer(c->msg.msg_control);
	c->msg.msg_iov = (void *)(uintptr_t)copy_vector(
		c, strip((gaddr)c->msg.msg_iov), c->msg.msg_iovlen);
	return (gaddr)&c->msg;
}

gaddr
tagged_strings(gaddr at, size_t *bytes)
{
	uint64_t *copy, p = 1;
	size_t n = 0;

	*bytes = 0;
	if (!process.tagged_addr || !at)
		return at;
	while (p && n < MAX_STRINGS && !gmem_read(&p, at + 8 * n, sizeof(p)))
		n++;
	copy = p ? NULL : rtmem_alloc(n * sizeof(*copy));
	if (!copy)
		return at;
	*bytes = n * sizeof(*copy);
	if (gmem_read(copy, at, *bytes)) {
		rtmem_free(copy, *bytes);
		*bytes = 0;
		return at;
	}
	for (size_t i = 0; i < n; i++)
		copy[i] = strip(copy[i]);
	return (gaddr)copy;
}

static bool
is_kind(const char *k, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(k, name, n) && (k[n] == ',' || !k[n]);
}

static uint64_t
untagged(struct copy *c, const char *k, const uint64_t a[6], int i)
{
	uint64_t v;

	if (!trace_kind_is_address(k))
		return a[i];
	v = strip(a[i]);
	if (is_kind(k, "iov") || is_kind(k, "oiov"))
		return copy_vector(c, v, a[i + 1]);
	if (is_kind(k, "msghdr") || is_kind(k, "omsghdr"))
		return copy_message(c, v);
	return v;
}

/* Lengths and flags, which recvmsg sets; the pointers stay the guest's. */
static void
give_back(const struct copy *c)
{
	struct msghdr m = c->msg;

	m.msg_name = c->was.msg_name;
	m.msg_iov = c->was.msg_iov;
	m.msg_control = c->was.msg_control;
	if (memcmp(&m, &c->was, sizeof(m)))
		gmem_write(c->msg_at, &m, sizeof(m));
}

long
tagged_call(struct thread *t, const struct sys_row *row, const uint64_t a[6],
	    long (*call)(struct thread *t, const struct sys_row *row,
			 const uint64_t a[6]))
{
	const char *k = row->args;
	struct copy c = { .bytes = 0 };
	uint64_t arg[6];
	long ret;

	for (int i = 0; i < 6; i++) {
		arg[i] = *k ? untagged(&c, k, a, i) : a[i];
		while (*k && *k != ',')
			k++;
		if (*k)
			k++;
	}
	ret = call(t, row, arg);
	if (ret >= 0 && c.msg_at)
		give_back(&c);
	if (c.bytes)
		rtmem_free(c.iov, c.bytes);
	return ret;
}
