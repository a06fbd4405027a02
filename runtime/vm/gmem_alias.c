/*
 * gmem_alias.c - shared mappings by what they are of.
 *
 * A short unsorted array: few programs have more than a handful of shared
 * mappings. What does not fit is not remembered; then a program that changes
 * code through another mapping has to name the address where it runs.
 */
#include <sys/stat.h>

#include "../base/hostcall.h"
#include "gmem_alias.h"

#define MAX_SHARED	512

/* What is mapped: a file, or one of these, numbered. */
#define DEV_ANONYMOUS	(~0ul)
#define DEV_SHM		(~1ul)

struct shared {
	gaddr lo, hi;
	uint64_t dev, ino, off;
};

static struct shared shared[MAX_SHARED];
static unsigned nr_shared;
static uint64_t nr_anonymous;

static void
add(struct shared s)
{
	if (nr_shared < MAX_SHARED && s.lo < s.hi) {
		shared[nr_shared] = s;
		__atomic_store_n(&nr_shared, nr_shared + 1, __ATOMIC_RELEASE);
	}
}

void
gmem_alias_unmap(gaddr lo, gaddr hi)
{
	unsigned i;

	for (i = 0; i < nr_shared; i++) {
		struct shared *s = &shared[i], rest = *s;

		if (s->hi <= lo || s->lo >= hi)
			continue;
		if (s->hi > hi) {
			rest.off += hi - rest.lo;
			rest.lo = hi;
		} else {
			rest.lo = rest.hi;
		}
		if (s->lo < lo) {
			s->hi = lo;
			add(rest);
		} else if (rest.lo < rest.hi) {
			*s = rest;
		} else {
			*s = shared[nr_shared - 1];
			__atomic_store_n(&nr_shared, nr_shared - 1,
					 __ATOMIC_RELEASE);
			i--;
		}
	}
}

void
gmem_alias_map(gaddr lo, gaddr hi, bool is_shared, int fd, uint64_t off)
{
	struct shared s = { lo, hi, DEV_ANONYMOUS, nr_anonymous, off };
	struct stat st;

	gmem_alias_unmap(lo, hi);
	if (!is_shared)
		return;
	if (fd < 0) {
		nr_anonymous++;
		s.off = 0;
	} else if (host_call2(SYS_fstat, fd, P(&st)) == 0) {
		s.dev = st.st_dev;
		s.ino = st.st_ino;
	} else {
		return;
	}
	add(s);
}

void
gmem_alias_shm(gaddr lo, gaddr hi, int shmid)
{
	gmem_alias_unmap(lo, hi);
	add((struct shared){ lo, hi, DEV_SHM, (unsigned)shmid, 0 });
}

bool
gmem_alias_has_file(const struct stat *st)
{
	unsigned i;

	for (i = 0; i < nr_shared; i++)
		if (shared[i].ino == st->st_ino && shared[i].dev == st->st_dev)
			return true;
	return false;
}

static struct shared *
find(gaddr addr)
{
	unsigned i;

	for (i = 0; i < nr_shared; i++)
		if (addr >= shared[i].lo && addr < shared[i].hi)
			return &shared[i];
	return NULL;
}

void
gmem_alias_move(gaddr old, gaddr new, uint64_t size)
{
	struct shared *old_s = find(old), s;

	if (!old_s)
		return;
	s = *old_s;
	s.off += old - s.lo;
	s.lo = new;
	s.hi = new + size;
	gmem_alias_unmap(s.lo, s.hi);
	add(s);
}

void
gmem_alias_offset(gaddr lo, uint64_t off)
{
	struct shared *s = find(lo);

	if (s)
		s->off = off;
}

unsigned
gmem_alias_find(gaddr lo, gaddr hi, struct gmem_alias *at, unsigned max)
{
	const struct shared *s = find(lo);
	unsigned i, n = 0;
	uint64_t from, to;

	if (!s)
		return 0;
	from = s->off + (lo - s->lo);
	to = from + ((hi < s->hi ? hi : s->hi) - lo);
	for (i = 0; i < nr_shared && n < max; i++) {
		const struct shared *o = &shared[i];
		uint64_t a = from > o->off ? from : o->off, b;

		b = o->off + (o->hi - o->lo);
		b = to < b ? to : b;
		if (o == s || o->dev != s->dev || o->ino != s->ino || a >= b)
			continue;
		at[n++] = (struct gmem_alias){ o->lo + (a - o->off),
					       o->lo + (b - o->off) };
	}
	return n;
}

bool
gmem_alias_any(void)
{
	return __atomic_load_n(&nr_shared, __ATOMIC_ACQUIRE) > 1;
}

bool
gmem_alias_is_shared(gaddr lo, gaddr hi)
{
	unsigned i;

	for (i = 0; i < nr_shared; i++)
		if (lo < shared[i].hi && hi > shared[i].lo)
			return true;
	return false;
}
