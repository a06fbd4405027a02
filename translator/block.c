/*
 * block.c - the cache of decoded blocks.
 *
 * Two hash tables over the same blocks: by address for look-ups, by page for
 * invalidation. Chains are intrusive and only ever changed under the lock, by
 * single pointer stores, so that readers need none; a block that is unlinked
 * keeps its links and its memory until no thread can be looking. The table by
 * address begins small and grows. Who reads the old one meanwhile, or follows
 * a chain that is being taken apart, may miss a block; it finds it when it
 * tries to publish another.
 *
 * Memory comes from chunks that are filled front to back; the first is only
 * touched as it is filled, later ones are huge pages where the kernel has
 * them. When the limit is reached everything is dropped at once: the tables are
 * emptied, the chunks retired with the current epoch, and given back when every
 * thread has been outside guest code since. A block's successor hints never
 * lead into freed memory, because blocks go all at once and stale ones match no
 * pc. Threads that are inside are asked out by their poll flag, and no dropped
 * translation leads to another: no one would find it when its guest code
 * changes. (Those in the store do, as long as a thread is in them.)
 */
#include <string.h>
#include <sys/mman.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/lock.h"
#include "../runtime/base/log.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/process.h"
#include "codecache.h"
#include "block.h"
#include "report.h"
#include "shared.h"

#define FIRST_BUCKETS	(1u << 11)
#define GROWTH		4
#define PAGE_BUCKETS	(1u << 11)
#define FIRST_CHUNK	(1ul << 20)
#define CHUNK_SIZE	(1ul << 21)
#define POPULATE	(32ul << 10)	/* at a time */
#define OUTSIDE		(~0ull)		/* t->epoch: in no block */

/* A translation that is right only while other code is as it was. */
struct watch {
	struct watch *next;
	struct block *b;
	gaddr lo, hi;		/* in one page */
};

struct chunk {
	struct chunk *next;
	uint64_t epoch;		/* when it was retired */
	size_t size, used;
	size_t populated;	/* so far there are pages */
};

/* Blocks by address. All zero it is an empty table. */
struct pc_table {
	size_t mask;
	struct block *bucket[];
};

/* Blocks, and what depends on them, by page. */
struct page_bucket {
	struct block *blocks;
	struct watch *watches;
};

static struct {
	struct lock lock;
	uint64_t generation;	/* of the guest's code */
	size_t size;
	struct chunk *chunks;	/* the first is being filled */
	struct chunk *retired;
	struct pc_table *by_pc;
	size_t nr;		/* blocks in it */
	struct page_bucket by_page[PAGE_BUCKETS];
} cache;

/* Not in there, for that is all zero at start and not in the file. */
static uint64_t epoch = 1;

static struct block **
pc_bucket(struct pc_table *table, gaddr pc)
{
	/* Neighbours share a cache line of the table. */
	uint64_t line = (pc >> 5) * 0x9e3779b97f4a7c15 >> 32;

	return &table->bucket[(line << 3 | (pc >> 2 & 7)) & table->mask];
}

static struct page_bucket *
page_bucket(gaddr pc)
{
	return &cache.by_page[((pc >> 12) ^ (pc >> 26)) % PAGE_BUCKETS];
}

struct block *
block_find(gaddr pc)
{
	struct pc_table *table = __atomic_load_n(&cache.by_pc,
						 __ATOMIC_ACQUIRE);
	struct block *b;

	if (unlikely(!table))
		return NULL;
	b = __atomic_load_n(pc_bucket(table, pc), __ATOMIC_ACQUIRE);
	while (b && b->pc != pc)
		b = __atomic_load_n(&b->next_by_pc, __ATOMIC_ACQUIRE);
	return b;
}

static void
add_by_pc(struct pc_table *table, struct block *b)
{
	struct block **bucket = pc_bucket(table, b->pc);

	b->next_by_pc = *bucket;
	__atomic_store_n(bucket, b, __ATOMIC_RELEASE);
}

static size_t
table_size(size_t buckets)
{
	return sizeof(struct pc_table) + buckets * sizeof(struct block *);
}

/* Makes the table by address, or a larger one; false: there is no memory. */
static bool
grow_table(void)
{
	struct pc_table *old = cache.by_pc, *new;
	size_t buckets = old ? (old->mask + 1) * GROWTH : FIRST_BUCKETS, i;

	/* Far apart, most look-ups of a large table would miss in the TLB. */
	if (table_size(buckets) > HUGE_PAGE / 2)
		new = rtmem_alloc_huge(ALIGN_UP(table_size(buckets),
						HUGE_PAGE));
	else
		new = rtmem_alloc(table_size(buckets));
	if (!new)
		return false;
	if (!old) {
		rtmem_populate(new, table_size(buckets));
		rtmem_populate(cache.by_page, sizeof(cache.by_page));
	}
	new->mask = buckets - 1;
	for (i = 0; old && i <= old->mask; i++) {
		struct block *b, *next;

		for (b = old->bucket[i]; b; b = next) {
			next = b->next_by_pc;
			add_by_pc(new, b);
		}
	}
	__atomic_store_n(&cache.by_pc, new, __ATOMIC_RELEASE);
	/* Its address stays taken, for others may be reading: zeros. */
	if (old)
		host_call3(SYS_madvise, P(old), table_size(old->mask + 1),
			   MADV_DONTNEED);
	return true;
}

/* Gives back the retired chunks that no thread can be using. */
static void
reclaim(void)
{
	struct chunk **link = &cache.retired;
	uint64_t oldest = OUTSIDE;
	struct thread *t;

	lock_acquire(&process.thread_lock);
	for (t = process.threads; t; t = t->next) {
		uint64_t e = __atomic_load_n(&t->epoch, __ATOMIC_SEQ_CST);

		if (e < oldest)
			oldest = e;
	}
	lock_release(&process.thread_lock);
	codecache_reclaim(oldest);
	while (*link) {
		struct chunk *c = *link;

		if (c->epoch >= oldest) {
			link = &c->next;
			continue;
		}
		*link = c->next;
		rtmem_free(c, c->size);
	}
}

/* The displacement lies in a doubleword, so other threads see the old or the
 * new. */
static void
patch(uint8_t *site, const uint8_t *to)
{
	__asm__ volatile("movl %1, %0" : "=m"(*(uint8_t (*)[4])(site - 4))
			 : "r"((int32_t)(to - site)) : "memory");
}

static void
unlink_jumps(struct block *b)
{
	struct block_link *l;

	for (l = b->links; l; l = l->next) {
		patch(l->site, l->stub);
		report.unlinks++;
	}
	b->links = NULL;
}

/* All threads that run blocks look at their poll flag soon, and at the epoch
 * after that; the others, before they do. */
void
block_drop_all(void)
{
	struct pc_table *table = cache.by_pc;
	struct chunk *c;
	struct thread *t;
	size_t i;

	report.drops++;
	for (i = 0; table && i <= table->mask; i++) {
		struct block *b;

		for (b = table->bucket[i]; b; b = b->next_by_pc) {
			unlink_jumps(b);
			b->pc = BLOCK_STALE;
		}
		__atomic_store_n(&table->bucket[i], NULL, __ATOMIC_RELEASE);
	}
	memset(cache.by_page, 0, sizeof(cache.by_page));
	cache.nr = 0;
	while ((c = cache.chunks)) {
		cache.chunks = c->next;
		c->epoch = epoch;
		c->next = cache.retired;
		cache.retired = c;
	}
	cache.size = 0;
	codecache_retire(epoch);
	__atomic_add_fetch(&epoch, 1, __ATOMIC_SEQ_CST);
	lock_acquire(&process.thread_lock);
	for (t = process.threads; t; t = t->next)
		if (__atomic_load_n(&t->epoch, __ATOMIC_SEQ_CST) != OUTSIDE)
			t->poll = 1;
	lock_release(&process.thread_lock);
}

void
block_drop_shared(void)
{
	lock_acquire(&cache.lock);
	if (codestore_forget_lost()) {
		__atomic_add_fetch(&cache.generation, 1, __ATOMIC_SEQ_CST);
		block_drop_all();
	}
	lock_release(&cache.lock);
}

static struct chunk *
new_chunk(uint64_t limit)
{
	bool first = !cache.chunks || limit < 2 * CHUNK_SIZE;
	size_t size = first ? FIRST_CHUNK : CHUNK_SIZE;
	struct chunk *c;

	if (cache.size && cache.size + size > limit)
		block_drop_all();
	if (cache.retired)
		reclaim();
	c = first ? rtmem_alloc(size) : rtmem_alloc_huge(size);
	if (!c)
		return NULL;
	c->size = size;
	c->populated = first ? 0 : size;
	c->used = ALIGN_UP(sizeof(*c), 64);
	c->next = cache.chunks;
	cache.chunks = c;
	cache.size += size;
	return c;
}

static void *
allocate(size_t size)
{
	uint64_t limit = process.opt.cache_size ? process.opt.cache_size :
						  DEFAULT_CACHE_SIZE;
	struct chunk *c = cache.chunks;
	void *p;

	/* Small limits are exact. */
	if (!c || c->used + size > (limit < c->size ? limit : c->size)) {
		c = new_chunk(limit);
		if (!c)
			return NULL;
	}
	p = (char *)c + c->used;
	c->used += ALIGN_UP(size, 8);
	while (c->used > c->populated) {
		rtmem_populate((char *)c + c->populated, POPULATE);
		c->populated += POPULATE;
	}
	return p;
}

uint64_t
block_generation(void)
{
	return __atomic_load_n(&cache.generation, __ATOMIC_SEQ_CST);
}

struct block *
block_publish(const struct block *b, uint64_t generation)
{
	size_t size = sizeof(*b) + b->nr * sizeof(b->insn[0]);
	struct page_bucket *page = page_bucket(b->pc);
	struct block *new;

	lock_acquire(&cache.lock);
	new = block_find(b->pc);
	if (new)
		goto out;
	if (cache.generation != generation)
		goto out;
	if (!cache.by_pc || cache.nr > 2 * cache.by_pc->mask)
		if (!grow_table() && !cache.by_pc)
			log_die(1, "out of memory for decoded instructions");
	new = allocate(size);
	if (!new)
		log_die(1, "out of memory for decoded instructions");
	memcpy(new, b, size);
	if (b->nr)
		new->span = b->nr * 4;
	report.blocks += b->nr > 0;
	report.insns += b->nr;
	report.taken += !b->nr;
	new->next_by_page = page->blocks;
	page->blocks = new;
	add_by_pc(cache.by_pc, new);
	cache.nr++;
out:
	lock_release(&cache.lock);
	return new;
}

static void
unlink_by_pc(struct block *b)
{
	struct block **link = pc_bucket(cache.by_pc, b->pc);

	while (*link != b)
		link = &(*link)->next_by_pc;
	__atomic_store_n(link, b->next_by_pc, __ATOMIC_RELEASE);
	cache.nr--;
}

/* Nothing jumps to b's translation any more. */
static void
unlink_code(struct block *b)
{
	struct thread *t;

	if (!b->code)
		return;
	unlink_jumps(b);
	lock_acquire(&process.thread_lock);
	for (t = process.threads; t; t = t->next) {
		struct jump_entry *j = &t->jump_cache[jump_index(b->pc)];

		if (j->pc == b->pc)
			__atomic_store_n(&j->pc, BLOCK_STALE,
					 __ATOMIC_RELEASE);
	}
	lock_release(&process.thread_lock);
}

void
block_each(void (*fn)(const struct block *b))
{
	const struct pc_table *table = cache.by_pc;
	const struct block *b;
	size_t i;

	for (i = 0; table && i <= table->mask; i++)
		for (b = table->bucket[i]; b; b = b->next_by_pc)
			fn(b);
}

void
block_lock(void)
{
	lock_acquire(&cache.lock);
}

void
block_unlock(void)
{
	lock_release(&cache.lock);
}

bool
block_set_code(struct block *b, const uint8_t *code, uint32_t span)
{
	if (b->pc == BLOCK_STALE)
		return false;
	if (span > b->span)
		b->span = (uint16_t)span;
	__atomic_store_n(&b->code, code, __ATOMIC_RELEASE);
	return true;
}

void
block_link(struct thread *t, struct block *b, uint8_t *site)
{
	struct block_link *l = NULL;
	uint8_t *stub;

	lock_acquire(&cache.lock);
	stub = site + *(int32_t *)(site - 4);
	if (codestore_has_code((uintptr_t)site)) {
		/* For good: nobody unlinks it. */
		if (b->pc != BLOCK_STALE && stub != b->code &&
		    shared_may_link(site, b->pc, b->code))
			patch(site, b->code);
	} else if (b->pc != BLOCK_STALE && stub != b->code &&
		   t->cache_epoch == epoch) {
		l = allocate(sizeof(*l));
	}
	/* allocate() may have dropped all. And if everything was dropped
	 * before, b may be new and the jump old. */
	if (l && t->cache_epoch == epoch) {
		*l = (struct block_link){ b->links, site, stub };
		b->links = l;
		patch(site, b->code);
		report.links++;
	}
	lock_release(&cache.lock);
}

void
block_remember(struct thread *t, struct block *b)
{
	struct jump_entry *j;

	lock_acquire(&cache.lock);
	if (b->pc != BLOCK_STALE) {
		j = &t->jump_cache[jump_index(b->pc)];
		j->code = b->code;
		j->pc = b->pc;
	}
	lock_release(&cache.lock);
}

bool
block_watch(struct block *b, gaddr lo, gaddr hi)
{
	struct watch **list = &page_bucket(lo)->watches, *w;

	w = b->pc != BLOCK_STALE ? allocate(sizeof(*w)) : NULL;
	if (!w || b->pc == BLOCK_STALE)	/* allocate() drops */
		return false;
	*w = (struct watch){ *list, b, lo, hi };
	*list = w;
	return true;
}

/* b leaves all but the list of its page. */
static void
make_stale(struct block *b)
{
	unlink_by_pc(b);
	unlink_code(b);
	report.invalidated++;
	__atomic_store_n(&b->pc, BLOCK_STALE, __ATOMIC_RELEASE);
}

static void
invalidate_bucket(struct page_bucket *page, gaddr lo, gaddr hi)
{
	struct block **link = &page->blocks;
	struct watch **wlink = &page->watches, *w;
	struct block *b;

	while ((w = *wlink)) {
		bool hit = w->lo < hi && w->hi > lo;

		if (hit && w->b->pc != BLOCK_STALE)
			make_stale(w->b);
		if (w->b->pc == BLOCK_STALE)
			*wlink = w->next;
		else
			wlink = &w->next;
	}
	while ((b = *link)) {
		bool stale = b->pc == BLOCK_STALE;

		if (!stale && (b->pc >= hi || b->pc + b->span <= lo)) {
			link = &b->next_by_page;
			continue;
		}
		*link = b->next_by_page;
		if (!stale)
			make_stale(b);
	}
}

void
block_invalidate(gaddr lo, gaddr hi)
{
	gaddr page;
	unsigned i;

	lock_acquire(&cache.lock);
	__atomic_add_fetch(&cache.generation, 1, __ATOMIC_SEQ_CST);
	report.invalidations++;
	if ((hi - lo) >> 12 >= PAGE_BUCKETS) {
		for (i = 0; i < PAGE_BUCKETS; i++)
			invalidate_bucket(&cache.by_page[i], lo, hi);
	} else {
		for (page = lo & PAGE_MASK; page < hi; page += PAGE_SIZE)
			invalidate_bucket(page_bucket(page), lo, hi);
	}
	lock_release(&cache.lock);
}

bool
block_enter(struct thread *t)
{
	uint64_t now = __atomic_load_n(&epoch, __ATOMIC_SEQ_CST);
	bool stale;

	/* Announce the epoch, then make sure that it is still the current
	 * one: reclaim() must see it or we must see block_drop_all(). */
	for (;;) {
		uint64_t again;

		__atomic_store_n(&t->epoch, now, __ATOMIC_SEQ_CST);
		again = __atomic_load_n(&epoch, __ATOMIC_SEQ_CST);
		if (again == now)
			break;
		now = again;
	}
	stale = t->cache_epoch != now;
	t->cache_epoch = now;
	return stale;
}

void
block_leave(struct thread *t)
{
	__atomic_store_n(&t->epoch, OUTSIDE, __ATOMIC_RELEASE);
}

void
block_fork_lock(void)
{
	lock_acquire(&cache.lock);
}

void
block_fork_unlock(bool in_child)
{
	if (in_child)
		cache.lock = (struct lock)LOCK_INIT;
	else
		lock_release(&cache.lock);
}
