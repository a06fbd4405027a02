/*
 * uring.c - io_uring.
 *
 * The rings are the kernel's and the guest's: nothing of ferry is between
 * them. But entries of the submission queue are system calls in memory, and
 * some say what differs: open flags, struct epoll_event, paths that the
 * sysroot changes. So io_uring_enter looks at what is about to be submitted,
 * changes such entries where they are, lets the kernel read them, and puts
 * them back. The kernel has copied all that an entry leads to when the call
 * that submits it returns (IORING_FEAT_SUBMIT_STABLE), which is why the wait
 * for completions, if there is to be one, is a call of its own then: meanwhile
 * the entries belong to the guest's other threads.
 *
 * A kernel thread that takes entries by itself (IORING_SETUP_SQPOLL) would be
 * too early for this. The guest gets a ring whose thread always sleeps: its
 * flags say so, the guest asks for it to be woken, and that submits.
 *
 * A ring is known by its descriptor's number, from io_uring_setup on until
 * another one has it; where it is mapped is learnt from the guest's mmap. A
 * ring that has got a second number by dup is not known by that.
 */
#include "uring.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/un.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "abi.h"
#include "net.h"
#include "path.h"
#include "table.h"
#include "xlat.h"

/* Of later kernels than Debian 12's headers. */
#define SETUP_NO_MMAP		(1u << 14)
#define SETUP_NO_SQARRAY	(1u << 16)
#define OP_BIND			56
#define OP_EPOLL_WAIT		59
#define OP_PIPE			62
#define OP_NONE			255
#define ENTER_EXT_ARG_REG	(1u << 6)
#define REGISTER_USE_REGISTERED	(1u << 31)

#define MAX_RINGS	64
#define SMALL_BATCH	4	/* changed entries that need no allocation */

struct ring {
	uint64_t key;		/* ring_key(); 0: none */
	uint32_t flags;		/* IORING_SETUP_* that the guest asked for */
	uint32_t head, tail, mask, sq_flags, array;	/* offsets in sq_ring */
	gaddr sq_ring, sqes;	/* 0: not mapped yet */
};

/*
 * Without a lock, which a fork would have to know of: a ring is being changed
 * while its key is 0, and a copy is good if the key was the same before and
 * after. When there are too many, the oldest goes.
 */
static struct {
	uint32_t next;		/* atomic */
	struct ring ring[MAX_RINGS];
} rings;

bool uring_used;

/* An entry that was changed, and what it leads to instead. */
struct change {
	gaddr at;
	struct io_uring_sqe was;
	struct abi_open_how how;
	struct host_epoll_event event;
	struct sockaddr_un un;
};

/* What the guest is about to submit. */
struct batch {
	struct thread *t;
	struct ring ring;
	uint32_t head, nr, mask;
	struct change *change;
	struct path_buf *path;	/* two for each change; NULL: no sysroot */
	uint32_t nr_changes, max_changes;
};

/* A descriptor, or an index that thread `tid' registered for one. */
static uint64_t
ring_key(int fd, int tid)
{
	return (uint64_t)(uint32_t)tid << 32 | ((uint32_t)fd + 1);
}

static struct ring *
find(uint64_t key)
{
	for (unsigned i = 0; i < MAX_RINGS; i++)
		if (__atomic_load_n(&rings.ring[i].key, __ATOMIC_ACQUIRE) ==
		    key)
			return &rings.ring[i];
	return NULL;
}

static void
remember(const struct ring *new)
{
	struct ring *r = find(new->key);
	uint32_t i;

	if (!r) {
		i = __atomic_fetch_add(&rings.next, 1, __ATOMIC_RELAXED);
		r = &rings.ring[i % MAX_RINGS];
	}
	__atomic_store_n(&r->key, 0, __ATOMIC_SEQ_CST);
	memcpy(&r->flags, &new->flags,
	       sizeof(*r) - offsetof(struct ring, flags));
	__atomic_store_n(&r->key, new->key, __ATOMIC_RELEASE);
}

static bool
look_up(struct ring *to, uint64_t key)
{
	struct ring *r = rings.next ? find(key) : NULL;

	if (!r)
		return false;
	*to = *r;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&r->key, __ATOMIC_RELAXED) == key;
}

static void
forget(uint64_t key)
{
	struct ring *r = find(key);

	if (r)
		__atomic_store_n(&r->key, 0, __ATOMIC_RELEASE);
}

void
uring_duped_slow(int fd, int copy)
{
	struct ring r;

	if (fd == copy)
		return;
	if (look_up(&r, ring_key(fd, 0))) {
		r.key = ring_key(copy, 0);
		remember(&r);
	} else {
		forget(ring_key(copy, 0));
	}
}

void
uring_closed_slow(uint32_t lo, uint32_t hi)
{
	for (unsigned i = 0; i < MAX_RINGS; i++) {
		uint64_t key = __atomic_load_n(&rings.ring[i].key,
					       __ATOMIC_ACQUIRE);

		if (key && !(key >> 32) && key > lo && key - 1 <= hi)
			forget(key);
	}
}

/* The thread that is not there sleeps for ever. */
static void
sleep_for_ever(const struct ring *r)
{
	gaddr flags = r->sq_ring + r->sq_flags;
	uint32_t v;

	if (r->flags & IORING_SETUP_SQPOLL && r->sq_ring &&
	    !gmem_read(&v, flags, sizeof(v))) {
		v |= IORING_SQ_NEED_WAKEUP;
		gmem_write(flags, &v, sizeof(v));
	}
}

void
uring_mapped(int fd, uint64_t off, gaddr at)
{
	struct ring *r;

	if (likely(!rings.next) || fd < 0)
		return;
	r = find(ring_key(fd, 0));
	if (!r)
		return;
	if (off == IORING_OFF_SQ_RING) {
		r->sq_ring = at;
		sleep_for_ever(r);
	} else if (off == IORING_OFF_SQES) {
		r->sqes = at;
	}
}

/* Whether the kernel has it: what it says of all the flags is the answer,
 * but the ring that it makes is without the thread. */
static long
setup_polled(struct thread *t, uint32_t entries, struct io_uring_params *p)
{
	struct io_uring_params probe = *p;
	long fd = syscall_window(t, SYS_io_uring_setup, entries, P(&probe), 0,
				 0, 0, 0);

	if (fd < 0)
		return fd;
	host_call1(SYS_close, fd);
	p->flags &= ~(IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF);
	p->sq_thread_cpu = p->sq_thread_idle = 0;
	fd = syscall_window(t, SYS_io_uring_setup, entries, P(p), 0, 0, 0, 0);
	p->flags = probe.flags;
	p->sq_thread_cpu = probe.sq_thread_cpu;
	p->sq_thread_idle = probe.sq_thread_idle;
	return fd;
}

long
sys_io_uring_setup(struct thread *t, const uint64_t a[6])
{
	struct io_uring_params p;
	struct ring r;
	long fd;

	if (gmem_read(&p, a[1], sizeof(p)))
		return -EFAULT;
	if (p.flags & IORING_SETUP_SQPOLL)
		fd = setup_polled(t, (uint32_t)a[0], &p);
	else
		fd = syscall_window(t, SYS_io_uring_setup, (uint32_t)a[0],
				    P(&p), 0, 0, 0, 0);
	if (fd < 0)
		return fd;
	r = (struct ring){
		.key = ring_key((int)fd, 0),
		.flags = p.flags,
		.head = p.sq_off.head,
		.tail = p.sq_off.tail,
		.mask = p.sq_off.ring_mask,
		.sq_flags = p.sq_off.flags,
		.array = p.sq_off.array,
	};
	if (p.flags & SETUP_NO_MMAP) {
		r.sqes = p.sq_off.resv2;	/* user_addr */
		r.sq_ring = p.cq_off.resv2;
		sleep_for_ever(&r);
	}
	uring_used = true;
	remember(&r);
	if (gmem_write(a[1], &p, sizeof(p))) {
		host_call1(SYS_close, fd);
		return -EFAULT;
	}
	return fd;
}

/* Paths: which fields of an entry hold one, and whether it is followed. */
enum follow { NO_PATH, FOLLOW, NO_FOLLOW, BY_OPEN, BY_AT, BY_AT_FOLLOW };

struct op_row {
	uint8_t addr, addr2, addr3;	/* enum follow */
	bool (*fix)(struct batch *b, struct change *c,
		    struct io_uring_sqe *e);
};

static bool
fix_open(struct batch *b, struct change *c, struct io_uring_sqe *e)
{
	(void)b;
	(void)c;
	e->open_flags = (uint32_t)xlat_open_to_host(e->open_flags);
	return e->open_flags != c->was.open_flags;
}

static bool
fix_open2(struct batch *b, struct change *c, struct io_uring_sqe *e)
{
	(void)b;
	if (e->len != sizeof(c->how) ||
	    gmem_read(&c->how, e->addr2, sizeof(c->how)))
		return false;
	c->how.flags = xlat_open_to_host(c->how.flags);
	e->addr2 = (uintptr_t)&c->how;
	return true;
}

static bool
fix_epoll(struct batch *b, struct change *c, struct io_uring_sqe *e)
{
	struct guest_epoll_event g;

	(void)b;
	if (!e->addr || gmem_read(&g, e->addr, sizeof(g)))
		return false;
	c->event = (struct host_epoll_event){ g.events, g.data };
	e->addr = (uintptr_t)&c->event;
	return true;
}

static bool
fix_name(struct batch *b, struct change *c, struct io_uring_sqe *e)
{
	uint64_t len = e->addr2;
	long addr = net_unix_name(b->t, e->addr, &len, &c->un);

	if (addr == (long)e->addr)
		return false;
	e->addr = (uint64_t)addr;
	e->addr2 = len;
	return true;
}

/* The kernel would write the host's layout when nobody is looking. */
static bool
fix_refused(struct batch *b, struct change *c, struct io_uring_sqe *e)
{
	(void)b;
	(void)c;
	e->opcode = OP_NONE;
	return true;
}

static const struct op_row *
op_row(uint8_t op)
{
	static const struct op_row rows[] = {
		[IORING_OP_CONNECT] = { .fix = fix_name },
		[IORING_OP_OPENAT] = { BY_OPEN, .fix = fix_open },
		[IORING_OP_STATX] = { BY_AT },
		[IORING_OP_OPENAT2] = { FOLLOW, .fix = fix_open2 },
		[IORING_OP_EPOLL_CTL] = { .fix = fix_epoll },
		[IORING_OP_RENAMEAT] = { NO_FOLLOW, NO_FOLLOW },
		[IORING_OP_UNLINKAT] = { NO_FOLLOW },
		[IORING_OP_MKDIRAT] = { NO_FOLLOW },
		[IORING_OP_SYMLINKAT] = { NO_PATH, NO_FOLLOW },
		[IORING_OP_LINKAT] = { BY_AT_FOLLOW, NO_FOLLOW },
		[IORING_OP_SETXATTR] = { .addr3 = FOLLOW },
		[IORING_OP_GETXATTR] = { .addr3 = FOLLOW },
		[OP_BIND] = { .fix = fix_name },
		[OP_EPOLL_WAIT] = { .fix = fix_refused },
		[OP_PIPE] = { .fix = fix_open },
	};

	return op < ARRAY_SIZE(rows) ? &rows[op] : NULL;
}

static int
path_flags(const struct io_uring_sqe *e, uint8_t how)
{
	switch (how) {
	case NO_FOLLOW:
		return SYSROOT_NOFOLLOW;
	case BY_OPEN:
		return e->open_flags & O_NOFOLLOW ? SYSROOT_NOFOLLOW : 0;
	case BY_AT:
		return e->statx_flags & AT_SYMLINK_NOFOLLOW ?
			       SYSROOT_NOFOLLOW : 0;
	case BY_AT_FOLLOW:
		return e->hardlink_flags & AT_SYMLINK_FOLLOW ?
			       0 : SYSROOT_NOFOLLOW;
	default:
		return 0;
	}
}

/* Looks one path up; what cannot be read the kernel will say. */
static bool
fix_path(struct thread *t, const struct io_uring_sqe *e, uint8_t how,
	 struct path_buf *pb, uint64_t *field)
{
	const char *p;
	long err;

	if (how == NO_PATH || !*field)
		return false;
	p = path_get(t, pb, e->fd, *field, path_flags(e, how), &err);
	if (!p || p == pb->guest)
		return false;
	*field = (uintptr_t)p;
	return true;
}

static bool
fix_paths(struct batch *b, const struct op_row *row, struct io_uring_sqe *e)
{
	struct path_buf *pb = b->path ? &b->path[2 * b->nr_changes] : NULL;
	bool changed;
	uint64_t addr = e->addr, addr2 = e->addr2, addr3 = e->addr3;

	if (!pb)
		return false;
	changed = fix_path(b->t, e, row->addr, &pb[0], &addr);
	changed |= fix_path(b->t, e, row->addr2, &pb[1], &addr2);
	changed |= fix_path(b->t, e, row->addr3, &pb[0], &addr3);
	e->addr = addr;
	e->addr2 = addr2;
	e->addr3 = addr3;
	return changed;
}

/* Where entry number i of the batch is; 0: nowhere. */
static gaddr
entry_at(const struct batch *b, uint32_t i)
{
	uint32_t index = (b->head + i) & b->mask;
	gaddr array = b->ring.sq_ring + b->ring.array;

	if (!(b->ring.flags & SETUP_NO_SQARRAY) &&
	    (gmem_read(&index, array + 4 * (uint64_t)index, sizeof(index)) ||
	     index > b->mask))
		return 0;
	return b->ring.sqes + ((uint64_t)index <<
			       (b->ring.flags & IORING_SETUP_SQE128 ? 7 : 6));
}

/* The row of entry number i, if it may have to be changed. */
static const struct op_row *
entry_row(const struct batch *b, uint32_t i, gaddr *at)
{
	const struct op_row *row;
	uint8_t op;

	*at = entry_at(b, i);
	if (!*at || gmem_read(&op, *at, sizeof(op)))
		return NULL;
	row = op_row(op);
	if (!row || (!row->fix && !row->addr && !row->addr2 && !row->addr3))
		return NULL;
	return row->fix || process.opt.sysroot ? row : NULL;
}

static void
change_entry(struct batch *b, gaddr at, const struct op_row *row)
{
	struct change *c = &b->change[b->nr_changes];
	struct io_uring_sqe e;
	bool changed;

	if (b->nr_changes == b->max_changes || gmem_read(&e, at, sizeof(e)))
		return;
	c->at = at;
	c->was = e;
	changed = row->fix && row->fix(b, c, &e);
	changed |= fix_paths(b, row, &e);
	if (changed && !gmem_write(at, &e, sizeof(e)))
		b->nr_changes++;
}

static uint32_t
count_changes(const struct batch *b)
{
	uint32_t n = 0;
	gaddr at;

	for (uint32_t i = 0; i < b->nr; i++)
		n += entry_row(b, i, &at) != NULL;
	return n;
}

/* What waits between the kernel's head and the guest's tail, at most `max'.
 * False: nothing, or nothing that is known of. */
static bool
batch_find(struct batch *b, uint32_t max)
{
	gaddr sq = b->ring.sq_ring;
	uint32_t tail;

	if (!sq || !b->ring.sqes ||
	    gmem_read(&b->head, sq + b->ring.head, 4) ||
	    gmem_read(&tail, sq + b->ring.tail, 4) ||
	    gmem_read(&b->mask, sq + b->ring.mask, 4))
		return false;
	b->nr = tail - b->head;
	if (b->nr > b->mask + 1)
		b->nr = b->mask + 1;
	if (b->nr > max)
		b->nr = max;
	return b->nr > 0;
}

static long
enter(struct thread *t, const uint64_t a[6], uint32_t submit, uint32_t wait,
      uint32_t flags, gaddr arg, uint64_t size)
{
	return syscall_window(t, SYS_io_uring_enter, (long)a[0], submit, wait,
			      flags, (long)arg, (long)size);
}

#define WAIT_FLAGS (IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | \
		    ENTER_EXT_ARG_REG)

/* Submits what needs to be changed, without a wait. */
static long
submit_changed(struct batch *b, const uint64_t a[6], uint32_t flags,
	       uint32_t nr)
{
	size_t each = sizeof(*b->change) +
		      (process.opt.sysroot ? 2 * sizeof(*b->path) : 0);
	struct change small[SMALL_BATCH];
	void *mem = NULL;
	gaddr at;
	long ret;

	b->max_changes = nr;
	b->change = small;
	if (nr > SMALL_BATCH || process.opt.sysroot) {
		mem = rtmem_alloc(nr * each);
		if (!mem)
			return -ENOMEM;
		b->change = mem;
		if (process.opt.sysroot)
			b->path = (void *)(b->change + nr);
	}
	for (uint32_t i = 0; i < b->nr; i++) {
		const struct op_row *row = entry_row(b, i, &at);

		if (row)
			change_entry(b, at, row);
	}
	ret = enter(b->t, a, b->nr, 0, flags & ~(uint32_t)WAIT_FLAGS, 0, 0);
	while (b->nr_changes--)
		gmem_write(b->change[b->nr_changes].at,
			   &b->change[b->nr_changes].was,
			   sizeof(b->change->was));
	if (mem)
		rtmem_free(mem, nr * each);
	return ret;
}

/* The wait's signal mask, if it has one. */
struct wait_arg {
	struct io_uring_getevents_arg ext;
	uint64_t mask;
	gaddr arg;		/* to hand to the kernel */
	bool set;
};

static long
read_mask(struct wait_arg *w, const uint64_t a[6], uint32_t flags)
{
	gaddr mask = a[4];
	uint64_t size = a[5];

	*w = (struct wait_arg){ .arg = a[4] };
	if (!(flags & IORING_ENTER_GETEVENTS) || flags & ENTER_EXT_ARG_REG)
		return 0;
	if (flags & IORING_ENTER_EXT_ARG) {
		if (size != sizeof(w->ext))
			return -EINVAL;
		if (gmem_read(&w->ext, a[4], sizeof(w->ext)))
			return -EFAULT;
		mask = w->ext.sigmask;
		size = w->ext.sigmask_sz;
	}
	if (!mask)
		return 0;
	if (size != sizeof(w->mask))
		return -EINVAL;
	if (gmem_read(&w->mask, mask, sizeof(w->mask)))
		return -EFAULT;
	w->set = true;
	return 0;
}

static long
enter_masked(struct thread *t, const uint64_t a[6], uint32_t submit,
	     uint32_t flags)
{
	struct wait_arg w;
	long ret = read_mask(&w, a, flags);

	if (ret || !w.set)
		/* What is wrong, the kernel says after it has submitted. */
		return enter(t, a, submit, (uint32_t)a[2], flags, a[4], a[5]);
	w.mask = signals_temp_mask(t, w.mask);
	if (flags & IORING_ENTER_EXT_ARG) {
		w.ext.sigmask = (uintptr_t)&w.mask;
		w.arg = (uintptr_t)&w.ext;
	} else {
		w.arg = (uintptr_t)&w.mask;
	}
	return signals_temp_done(t, enter(t, a, submit, (uint32_t)a[2], flags,
					  w.arg, a[5]));
}

long
sys_io_uring_enter(struct thread *t, const uint64_t a[6])
{
	uint32_t submit = (uint32_t)a[1], flags = (uint32_t)a[3], nr;
	struct batch b = { .t = t };
	bool registered = flags & IORING_ENTER_REGISTERED_RING;
	long ret;

	if (!look_up(&b.ring, ring_key((int)a[0],
				       registered ? t->tid : 0)))
		return enter_masked(t, a, submit, flags);
	if (b.ring.flags & IORING_SETUP_SQPOLL) {
		submit = ~0u;
		flags &= ~(uint32_t)(IORING_ENTER_SQ_WAKEUP |
				     IORING_ENTER_SQ_WAIT);
	}
	if (!submit || !batch_find(&b, submit))
		return enter_masked(t, a, submit == ~0u ? 0 : submit, flags);
	nr = count_changes(&b);
	if (!nr) {
		ret = enter_masked(t, a, b.nr, flags);
	} else {
		submit = b.nr;
		ret = submit_changed(&b, a, flags, nr);
		/* As in the kernel, that there was something to submit hides
		 * what became of the wait. */
		if (ret == (long)submit && flags & IORING_ENTER_GETEVENTS)
			enter_masked(t, a, 0, flags);
	}
	if (b.ring.flags & IORING_SETUP_SQPOLL && ret >= 0)
		return (long)(uint32_t)a[1];
	return ret;
}

/* An index that the thread may use for the ring instead of its descriptor. */
static void
register_rings(struct thread *t, gaddr list, uint32_t nr)
{
	struct io_uring_rsrc_update u;
	struct ring r;

	for (uint32_t i = 0; i < nr; i++) {
		if (gmem_read(&u, list + i * sizeof(u), sizeof(u)) ||
		    !look_up(&r, ring_key((int)u.data, 0)))
			continue;
		r.key = ring_key((int)u.offset, t->tid);
		remember(&r);
	}
}

/* What op_row() refuses is not there. */
static void
mask_probe(gaddr probe)
{
	gaddr op = probe + sizeof(struct io_uring_probe) +
		   OP_EPOLL_WAIT * sizeof(struct io_uring_probe_op);
	struct io_uring_probe_op v;

	if (gmem_read(&v, op, sizeof(v)) || v.op != OP_EPOLL_WAIT)
		return;
	v.flags = 0;
	gmem_write(op, &v, sizeof(v));
}

long
sys_io_uring_register(struct thread *t, const uint64_t a[6])
{
	uint32_t op = (uint32_t)a[1] & ~REGISTER_USE_REGISTERED;
	long ret = syscall_window(t, SYS_io_uring_register, (long)a[0],
				  (long)(uint32_t)a[1], (long)a[2], (long)a[3],
				  0, 0);

	if (ret >= 0 && op == IORING_REGISTER_PROBE &&
	    (uint32_t)a[3] > OP_EPOLL_WAIT)
		mask_probe(a[2]);
	if (ret > 0 && op == IORING_REGISTER_RING_FDS)
		register_rings(t, a[2], (uint32_t)ret);
	return ret;
}
