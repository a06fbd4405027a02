/*
 * event.c - waiting for events: epoll, poll, select, asynchronous I/O.
 *
 * struct epoll_event is packed on x86-64 and nowhere else. The calls with a
 * signal mask hand it to the host, which installs it for as long as it waits
 * without a race (signals_temp_mask).
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "abi.h"
#include "table.h"

#include <errno.h>

/* A signal mask argument. */
struct wait_mask {
	uint64_t mask;	/* the guest's; begin_wait makes it the host's */
	bool set;
};

static long
mask_read(struct wait_mask *m, gaddr src, uint64_t size)
{
	*m = (struct wait_mask){ .set = src != 0 };
	if (!src)
		return 0;
	if (size != sizeof(m->mask))
		return -EINVAL;
	if (gmem_read(&m->mask, src, sizeof(m->mask)))
		return -EFAULT;
	return 0;
}

/* struct { const sigset_t *ptr; size_t len; }, as pselect6 takes it. */
static long
mask_read_pair(struct wait_mask *m, gaddr src)
{
	uint64_t pair[2] = { 0, 0 };

	if (src && gmem_read(pair, src, sizeof(pair)))
		return -EFAULT;
	return mask_read(m, pair[0], pair[1]);
}

/* Returns the mask argument for the host. Only the host's call may come
 * between this and end_wait. */
static long
begin_wait(struct thread *t, struct wait_mask *m)
{
	if (!m->set && unlikely(t->process->sync_fds)) {
		m->mask = t->sigmask;
		m->set = true;
	}
	if (!m->set)
		return 0;
	m->mask = signals_temp_mask(t, m->mask);
	return P(&m->mask);
}

static long
end_wait(struct thread *t, const struct wait_mask *m, long ret)
{
	return m->set ? signals_temp_done(t, ret) : ret;
}

long
sys_epoll_ctl(struct thread *t, const uint64_t a[6])
{
	struct guest_epoll_event g;
	struct host_epoll_event h;
	long event = (long)a[3];

	if ((int)a[1] != 2 /* EPOLL_CTL_DEL */) {
		if (gmem_read(&g, a[3], sizeof(g)))
			return -EFAULT;
		h.events = g.events;
		h.data = g.data;
		event = P(&h);
	}
	return syscall_window(t, SYS_epoll_ctl, (long)a[0], (long)a[1],
			      (long)a[2], event, 0, 0);
}

/*
 * Spreads n packed events at the start of `buf' in place, the last one first:
 * the guest's array is longer than what the host wrote into it.
 */
static long
spread_events(gaddr buf, long n)
{
	struct host_epoll_event h;
	struct guest_epoll_event g = { .pad = 0 };

	for (long i = n - 1; i >= 0; i--) {
		if (gmem_read(&h, buf + (uint64_t)i * sizeof(h), sizeof(h)))
			return -EFAULT;
		g.events = h.events;
		g.data = h.data;
		if (gmem_write(buf + (uint64_t)i * sizeof(g), &g, sizeof(g)))
			return -EFAULT;
	}
	return n;
}

static long
epoll_wait_common(struct thread *t, long nr, const uint64_t a[6])
{
	struct wait_mask m;
	long ret = mask_read(&m, a[4], a[5]), mask;

	if (ret)
		return ret;
	mask = begin_wait(t, &m);
	ret = syscall_window(t, nr, (long)a[0], (long)a[1], (long)a[2],
			     (long)a[3], mask, sizeof(m.mask));
	ret = end_wait(t, &m, ret);
	return ret > 0 ? spread_events(a[1], ret) : ret;
}

long
sys_epoll_pwait(struct thread *t, const uint64_t a[6])
{
	return epoll_wait_common(t, SYS_epoll_pwait, a);
}

long
sys_epoll_pwait2(struct thread *t, const uint64_t a[6])
{
	return epoll_wait_common(t, 441, a);
}

long
sys_ppoll(struct thread *t, const uint64_t a[6])
{
	struct wait_mask m;
	long ret = mask_read(&m, a[3], a[4]), mask;

	if (ret)
		return ret;
	mask = begin_wait(t, &m);
	ret = syscall_window(t, SYS_ppoll, (long)a[0], (long)a[1], (long)a[2],
			     mask, sizeof(m.mask), 0);
	return end_wait(t, &m, ret);
}

/* pselect6 and io_pgetevents: the sixth argument is a pair. */
static long
pair_wait(struct thread *t, long nr, const uint64_t a[6])
{
	struct wait_mask m;
	long ret = mask_read_pair(&m, a[5]), pair[2];

	if (ret)
		return ret;
	pair[0] = begin_wait(t, &m);
	pair[1] = sizeof(m.mask);
	ret = syscall_window(t, nr, (long)a[0], (long)a[1], (long)a[2],
			     (long)a[3], (long)a[4], P(pair));
	return end_wait(t, &m, ret);
}

long
sys_pselect6(struct thread *t, const uint64_t a[6])
{
	return pair_wait(t, SYS_pselect6, a);
}

long
sys_io_pgetevents(struct thread *t, const uint64_t a[6])
{
	return pair_wait(t, 333, a);
}
