/*
 * codecache.c - chunks of executable memory, filled front to back.
 *
 * A chunk's first half is for what mostly runs, its second half for the rest.
 * At the end is a table, growing downward, of where its translations are, so
 * that a faulting address finds its translation by bisection.
 *
 * The store's chunks are smaller and called slabs. A process takes one for each
 * translation, so that no other writes there meanwhile; nobody waits for one
 * that is taken, as its owner may have been killed. Such a one is lost, but for
 * the translations in it. So that not each translation looks at all that are
 * lost or full, the search begins a few before the last that was found full.
 *
 * The first chunk's pages are made as they are filled, as most programs need
 * few; it becomes a huge page when it is full, and later ones begin as such:
 * large programs would spend much of their time missing in the TLB.
 */
#include <errno.h>
#include <sys/mman.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/process.h"
#include "codecache.h"

#define CHUNK_SIZE	HUGE_PAGE
#define NR_CHUNKS	((CODECACHE_END - CODECACHE_BASE) / CHUNK_SIZE)

/* Slabs so far behind the last full one are lost or full. */
#define MAX_TAKEN	16

struct chunk {
	union {
		uint64_t retired;	/* the epoch; 0: in use */
		uint32_t taken;		/* a slab; by some process */
	};
	uint32_t used;		/* bytes from the front */
	uint32_t seldom;	/* the same, of the second half */
	uint32_t nr;		/* translations */
};

static struct {
	unsigned current;	/* index of the chunk being filled, plus 1 */
	unsigned cursor;	/* where to look for a free one */
	unsigned live;		/* chunks not retired */
	bool mapped[NR_CHUNKS];
} cc;

static uint64_t
limit(void)
{
	return process.opt.cache_size ? process.opt.cache_size :
					DEFAULT_CACHE_SIZE;
}

/* What may be used of a chunk: small limits are exact. */
static uint64_t
chunk_room(void)
{
	return limit() < CHUNK_SIZE ? limit() : CHUNK_SIZE;
}

static struct chunk *
chunk_at(unsigned i)
{
	return (struct chunk *)(CODECACHE_BASE + i * CHUNK_SIZE);
}

static struct chunk *
slab_at(uint32_t i)
{
	return (struct chunk *)(CODESTORE_CODE + i * CODESTORE_SLAB);
}

static uint64_t
size_of(const struct chunk *c)
{
	return codestore_has_code((uintptr_t)c) ? CODESTORE_SLAB : CHUNK_SIZE;
}

/* The chunk that addr is in. */
static struct chunk *
chunk_of(uintptr_t addr)
{
	return (struct chunk *)ALIGN_DOWN(addr, codestore_has_code(addr) ?
						CODESTORE_SLAB : CHUNK_SIZE);
}

/* Entry i of the table; entries grow down from the chunk's end. */
static uint32_t *
entry_at(struct chunk *c, uint32_t i)
{
	return (uint32_t *)((char *)c + size_of(c)) - 1 - i;
}

static struct code *
code_in(struct chunk *c, uint32_t i)
{
	return (struct code *)((char *)c + *entry_at(c, i));
}

/* Linux 6.1 and later. */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/* Another chunk is needed besides the one that was filled last. */
static void
make_huge(unsigned first, unsigned second)
{
	host_call3(SYS_madvise, P(chunk_at(second)), CHUNK_SIZE,
		   MADV_HUGEPAGE);
	if (cc.live == 1)
		host_call3(SYS_madvise, P(chunk_at(first)), CHUNK_SIZE,
			   MADV_COLLAPSE);
}

static bool
new_chunk(void)
{
	unsigned i, n;
	long r;

	if (cc.live * CHUNK_SIZE >= limit())
		return false;
	/* The host's heap may begin anywhere in the GiB after ferry's image:
	 * what it took is passed over. */
	for (n = 0; n < NR_CHUNKS; n++) {
		i = (cc.cursor + n) % NR_CHUNKS;
		if (cc.mapped[i])
			continue;
		r = host_call6(SYS_mmap, P(chunk_at(i)), CHUNK_SIZE,
			       PROT_READ | PROT_WRITE | PROT_EXEC,
			       MAP_PRIVATE | MAP_ANONYMOUS |
				       MAP_FIXED_NOREPLACE, -1, 0);
		if (r == P(chunk_at(i)))
			break;
		if (r != -EEXIST)
			return false;
	}
	if (n == NR_CHUNKS)
		return false;
	if (cc.live)
		make_huge(cc.cursor - 1, i);
	chunk_at(i)->used = ALIGN_UP(sizeof(struct chunk), 64);
	chunk_at(i)->seldom = (uint32_t)ALIGN_UP(chunk_room() / 2, 64);
	__atomic_store_n(&cc.mapped[i], true, __ATOMIC_RELEASE);
	cc.cursor = i + 1;
	cc.current = i + 1;
	cc.live++;
	return true;
}

/* In chunk c, of which `room' bytes may be used; NULL: it is full. */
static struct code *
begin_in(struct chunk *c, uint64_t room, uint32_t nr, uint32_t size)
{
	uint32_t head = (uint32_t)(sizeof(struct code) +
				   (nr + 1) * sizeof(struct code_insn));
	struct code *code;

	if (c->used + size > room / 2 ||
	    c->seldom + head + size + (c->nr + 1) * 4 > room)
		return NULL;
	code = (struct code *)((char *)c + c->seldom);
	code->nr = nr;
	code->entry = (uint8_t *)c + c->used;
	code->seldom = (uint8_t *)code + head;
	return code;
}

struct code *
codecache_begin(uint32_t nr, uint32_t size)
{
	struct code *code;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		if (!cc.current && !new_chunk())
			return NULL;
		code = begin_in(chunk_at(cc.current - 1), chunk_room(), nr,
				size);
		if (code)
			return code;
		cc.current = 0;
	}
	return NULL;
}

static bool
take(struct chunk *slab)
{
	uint32_t is = 0;

	if (!__atomic_compare_exchange_n(&slab->taken, &is, 1, false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	if (!slab->used) {
		slab->seldom = CODESTORE_SLAB / 2;
		slab->used = ALIGN_UP(sizeof(*slab), 64);
	}
	return true;
}

static void
give_back(struct chunk *slab)
{
	__atomic_store_n(&slab->taken, 0, __ATOMIC_RELEASE);
}

/* It is full: stays taken, and is not looked at again. */
static void
fill_up(struct codestore_own *own, uint32_t i)
{
	uint32_t first = __atomic_load_n(&own->first_slab, __ATOMIC_RELAXED);
	uint32_t next = i == first ? i + 1 : i < MAX_TAKEN ? 0 : i - MAX_TAKEN;

	if ((i + 1) % (HUGE_PAGE / CODESTORE_SLAB) == 0)
		host_call3(SYS_madvise, ALIGN_DOWN(P(slab_at(i)), HUGE_PAGE),
			   HUGE_PAGE, MADV_COLLAPSE);
	while (first < next &&
	       !__atomic_compare_exchange_n(&own->first_slab, &first, next,
					    false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

struct code *
codecache_begin_shared(uint32_t nr, uint32_t size)
{
	struct codestore_own *own = codestore_own();
	uint32_t i, slabs;
	struct code *code;

	if (!own)
		return NULL;
	for (i = own->first_slab; i < own->max_slabs; i++) {
		slabs = __atomic_load_n(&own->nr_slabs, __ATOMIC_RELAXED);
		if (i >= slabs)
			__atomic_compare_exchange_n(&own->nr_slabs, &slabs,
						    i + 1, false,
						    __ATOMIC_RELAXED,
						    __ATOMIC_RELAXED);
		if (!take(slab_at(i)))
			continue;
		code = begin_in(slab_at(i), CODESTORE_SLAB, nr, size);
		if (code)
			return code;
		fill_up(own, i);
	}
	return NULL;
}

void
codecache_commit(struct code *code)
{
	struct chunk *c = chunk_of((uintptr_t)code);
	uint8_t *end = code->entry + code->size;
	uint8_t *seldom_end = code->seldom + code->seldom_size;

	*entry_at(c, c->nr) = (uint32_t)((char *)code - (char *)c);
	c->used = (uint32_t)((uintptr_t)end - (uintptr_t)c);
	c->seldom = (uint32_t)(ALIGN_UP((uintptr_t)seldom_end, 16) -
			       (uintptr_t)c);
	__atomic_store_n(&c->nr, c->nr + 1, __ATOMIC_RELEASE);
	codecache_cancel(code);
}

void
codecache_cancel(struct code *code)
{
	if (codestore_has_code((uintptr_t)code))
		give_back(chunk_of((uintptr_t)code));
}

bool
codecache_is_used(void)
{
	return cc.live > 0;
}

struct code *
codecache_find(uintptr_t rip)
{
	uint32_t lo = 0, hi;
	struct chunk *c;
	struct code *code;

	if (!codestore_has_code(rip) &&
	    (rip < CODECACHE_BASE || rip >= CODECACHE_END ||
	     !cc.mapped[(rip - CODECACHE_BASE) / CHUNK_SIZE]))
		return NULL;
	c = chunk_of(rip);
	hi = __atomic_load_n(&c->nr, __ATOMIC_ACQUIRE);
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if ((uintptr_t)code_in(c, mid)->entry <= rip)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	code = code_in(c, lo - 1);
	return rip - (uintptr_t)code->entry < code->size ? code : NULL;
}

void
codecache_retire(uint64_t epoch)
{
	unsigned i;

	for (i = 0; i < NR_CHUNKS; i++)
		if (cc.mapped[i] && !chunk_at(i)->retired)
			chunk_at(i)->retired = epoch;
	cc.current = 0;
	cc.live = 0;
}

void
codecache_reclaim(uint64_t oldest)
{
	unsigned i;

	for (i = 0; i < NR_CHUNKS; i++) {
		struct chunk *c = chunk_at(i);

		if (!cc.mapped[i] || !c->retired || c->retired >= oldest)
			continue;
		__atomic_store_n(&cc.mapped[i], false, __ATOMIC_RELEASE);
		host_call2(SYS_munmap, P(c), CHUNK_SIZE);
	}
}
