/*
 * codestore.c - see codestore.h.
 *
 * The memfd begins with a header and its entries; behind that are the entries'
 * indices, and then the code. All is sparse: what nobody touches takes no
 * memory. Processes change it without waiting for each other, for one can be
 * killed at any moment: it claims what it fills, and publishes it by a single
 * atomic store. What it had claimed is lost then.
 *
 * An entry is found by its file, in one of a few places; two processes that
 * make the same at once may make two, of which later ones find the first.
 */
#include "codestore.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

#include "../base/hostcall.h"
#include "../base/log.h"
#include "../base/rtmem.h"
#include "gmem.h"
#include "process.h"
#include "thread.h"

#define DATA		0x700080000000ul	/* header, entries, indices */
#define DATA_SIZE	(128ul << 20)
#define SIZE		(DATA_SIZE + CODESTORE_CODE_SIZE)

#define MAGIC		0x65726f7473797266ul
#define NR_ENTRIES	1024u
#define MAX_PROBES	16
#define MAX_CODE	(128ul << 20)	/* of a mapping */
#define MAX_RANGES	128	/* of a process */
#define HEAD		1024	/* bytes of a file that are looked at */

/* A file that is written again at once may have the same times as before: of a
 * kernel's clock tick, or of a file system that counts seconds. */
#define TICKS		20000000ul	/* ns, two of the longest */
#define SECOND		1000000000ul

/* Files are put from here on, in the order in which they are first seen:
 * above the runtime's window, far below where the kernel puts mappings. */
#define PLACES		(RT_END + (1ul << 40))
#define PLACES_RANDOM	28		/* bits, of pages */
#define PLACES_END	0x7a0000000000ul
#define PLACE_ALIGN	(64ul << 10)	/* the largest page of arm64 */

/* Descriptors up to here are left to the guest; higher ones make fork copy a
 * larger table. */
#define STORE_FD_FROM	200

/* A file, as far as can be told. */
struct file {
	uint64_t dev, ino, size, mtime, ctime;
};

struct entry {
	uint32_t state;		/* ENTRY_* */
	uint32_t index;		/* offset in pages; 0: it has none yet */
	struct file file;
	uint64_t head;		/* of the file's first bytes */
	gaddr lo;
	uint64_t len, off;
	gaddr res_lo;		/* what was reserved for all of the file */
	uint64_t res_len;
};

enum { ENTRY_FREE, ENTRY_CLAIMED, ENTRY_READY };

struct header {
	uint64_t magic, key;
	uint32_t uid, gid;
	uint64_t next_place;
	uint32_t index_used;	/* pages, from DATA on; more, if it is full */
	struct codestore_own own;
	struct entry entry[NR_ENTRIES];
};

static struct {
	bool wanted;		/* a store may be made */
	bool on;		/* there is one, and it may be added to */
	bool mapped, was_mapped;
	uint64_t data_size, code_size;	/* of what is mapped */
	bool lost;		/* see codestore_lost() */
	int fd;
	uint64_t key;
	bool at_random;
	uint32_t uid, gid;	/* effective */
	struct file seen;
	/* What could be in a store, and what of that is: all or nothing. */
	unsigned nr_known, nr;
	struct codestore_range range[MAX_RANGES];
	/* What the entry has to be, of the mapping as it was made. */
	struct entry like[MAX_RANGES];
} store = { .fd = -1 };

static struct header *
header(void)
{
	return (struct header *)DATA;
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static uint64_t
time_of(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * SECOND + (uint64_t)t->tv_nsec;
}

static struct file
file_of(const struct stat *st)
{
	return (struct file){ st->st_dev, st->st_ino, (uint64_t)st->st_size,
			      time_of(&st->st_mtim), time_of(&st->st_ctim) };
}

/* Whether what the file contains may have changed, or change, with its times as
 * they are. */
static bool
is_fresh(const struct file *f)
{
	struct timespec now;

	host_call2(SYS_clock_gettime, CLOCK_REALTIME, P(&now));
	return time_of(&now) < f->ctime + (f->ctime % SECOND ? TICKS :
							       2 * SECOND);
}

static bool
same_file(const struct file *a, const struct file *b)
{
	return a->ino == b->ino && a->dev == b->dev && a->size == b->size &&
	       a->mtime == b->mtime && a->ctime == b->ctime;
}

static unsigned
first_probe(const struct file *f)
{
	return (unsigned)mix(mix(f->ino, f->dev), f->mtime) % NR_ENTRIES;
}

/* Entry i of those that may be f's. */
static struct entry *
probe(const struct file *f, unsigned i)
{
	return &header()->entry[(first_probe(f) + i) % NR_ENTRIES];
}

static bool
is_ready(const struct entry *e)
{
	return __atomic_load_n(&e->state, __ATOMIC_ACQUIRE) == ENTRY_READY;
}

/* --- The store itself. */

static bool
map_at(gaddr at, uint64_t size, int prot, int flags, uint64_t off)
{
	return host_call6(SYS_mmap, (long)at, (long)size, prot,
			  flags | MAP_NORESERVE, store.fd, (long)off) ==
	       (long)at;
}

static bool
map(void)
{
	if (!map_at(DATA, DATA_SIZE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED_NOREPLACE, 0))
		return false;
	if (map_at(CODESTORE_CODE, CODESTORE_CODE_SIZE,
		   PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_SHARED | MAP_FIXED_NOREPLACE, DATA_SIZE)) {
		store.mapped = store.was_mapped = true;
		store.data_size = DATA_SIZE;
		store.code_size = CODESTORE_CODE_SIZE;
		return true;
	}
	host_call2(SYS_munmap, DATA, DATA_SIZE);
	return false;
}

static void
unmap(void)
{
	if (!store.mapped)
		return;
	store.mapped = false;
	host_call2(SYS_munmap, DATA, (long)store.data_size);
	host_call2(SYS_munmap, CODESTORE_CODE, (long)store.code_size);
}

uint64_t
codestore_size(void)
{
	return store.mapped ? store.data_size + store.code_size : 0;
}

uint64_t
codestore_peak(void)
{
	return store.was_mapped ? SIZE : 0;
}

/* Nearly: so that there is room for what this process may do. */
static bool
is_full(void)
{
	const struct header *h = header();

	return h->own.nr_slabs >= CODESTORE_SLABS / 8 * 7 ||
	       h->index_used >= DATA_SIZE / PAGE_SIZE / 8 * 7 ||
	       h->next_place >= PLACES_END;
}

bool
codestore_is(int fd)
{
	struct stat st;

	return fd >= 0 && !host_call2(SYS_fstat, fd, P(&st)) &&
	       S_ISREG(st.st_mode) && !st.st_nlink && st.st_size == SIZE;
}

static bool
inherit(int fd)
{
	const struct header *h = header();

	store.fd = fd;
	if (!map())
		return false;
	if (h->magic == MAGIC && h->key == store.key && h->uid == store.uid &&
	    h->gid == store.gid && !is_full()) {
		host_call3(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
		return true;
	}
	unmap();
	return false;
}

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL	8u	/* Linux 6.3 and later */
#endif

static long
new_memfd(void)
{
	static const char name[] = "ferry";
	long fd = host_call2(SYS_memfd_create, P(name),
			     MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	return fd == -EINVAL ?
		       host_call2(SYS_memfd_create, P(name), MFD_CLOEXEC) : fd;
}

static void
close_fd(void)
{
	if (store.fd >= 0)
		host_call1(SYS_close, store.fd);
	store.fd = -1;
}

static bool
create(void)
{
	store.fd = (int)new_memfd();
	if (store.fd < 0)
		return false;
	if (!host_call2(SYS_ftruncate, store.fd, SIZE))
		return true;
	close_fd();
	return false;
}

/* Out of the guest's way. */
static bool
move_fd(int from)
{
	long fd = host_call3(SYS_fcntl, store.fd, F_DUPFD_CLOEXEC, from);

	if (fd < 0)
		return false;
	host_call1(SYS_close, store.fd);
	store.fd = (int)fd;
	return true;
}

static bool
is_random(void)
{
	return !(host_call1(SYS_personality, 0xffffffff) & ADDR_NO_RANDOMIZE);
}

static void
fill_header(void)
{
	struct header *h = header();
	uint64_t random = 0;

	if (store.at_random)
		host_call3(SYS_getrandom, P(&random), sizeof(random),
			   GRND_NONBLOCK);
	h->key = store.key;
	h->uid = store.uid;
	h->gid = store.gid;
	h->index_used = (sizeof(*h) + PAGE_SIZE - 1) / PAGE_SIZE;
	h->next_place = ALIGN_UP(PLACES + random % (1ul << PLACES_RANDOM) *
						  PAGE_SIZE, PLACE_ALIGN);
	h->magic = MAGIC;
}

int
codestore_fd(void)
{
	return store.fd;
}

bool
codestore_yield_fd(int fd)
{
	if (fd < 0 || fd != store.fd)
		return false;
	/* In a table of its own. */
	if (!thread_self()->vfork_child && !move_fd(fd + 1))
		codestore_leave();
	return true;
}

/* --- Where files go. */

void
codestore_seen(const struct stat *st)
{
	if (store.on && S_ISREG(st->st_mode))
		store.seen = file_of(st);
}

/* A place that no other file has. */
static gaddr
new_place(uint64_t len)
{
	uint64_t room = ALIGN_UP(len, PLACE_ALIGN) + PLACE_ALIGN;
	gaddr at;

	if (len > MAX_CODE)
		return 0;
	at = __atomic_fetch_add(&header()->next_place, room, __ATOMIC_RELAXED);
	return at + room <= PLACES_END ? at : 0;
}

gaddr
codestore_place(const struct stat *st, uint64_t len, bool any)
{
	struct file f = st ? file_of(st) : store.seen;
	unsigned i;

	if (!store.on || !f.ino)
		return 0;
	store.seen.ino = 0;
	for (i = 0; i < MAX_PROBES; i++) {
		const struct entry *e = probe(&f, i);

		if (is_ready(e) && same_file(&e->file, &f) &&
		    e->res_len >= len)
			return e->res_lo;
	}
	return any ? new_place(len) : 0;
}

/* --- What this process has mapped. */

static uint64_t
head_of(int fd)
{
	uint64_t word[HEAD / 8] = { 0 }, h = 0;
	unsigned i;

	host_call4(SYS_pread64, fd, P(word), sizeof(word), 0);
	for (i = 0; i < ARRAY_SIZE(word); i++)
		h = mix(h, word[i]);
	return h;
}

static bool
same_entry(const struct entry *e, const struct entry *want)
{
	return same_file(&e->file, &want->file) && e->head == want->head &&
	       e->lo == want->lo && e->len == want->len &&
	       e->off == want->off;
}

static uint32_t
words_for(uint64_t len)
{
	return (uint32_t)(len / PAGE_SIZE) * CODESTORE_PAGE_WORDS;
}

/* An entry that only says where a file goes has none. */
static uint64_t *
index_of(struct entry *e)
{
	uint64_t size = words_for(e->len) * sizeof(uint64_t);
	uint32_t pages = (uint32_t)(ALIGN_UP(size, PAGE_SIZE) / PAGE_SIZE);
	uint32_t end = DATA_SIZE / PAGE_SIZE - pages, at, is = 0;
	uint32_t *used = &header()->index_used;

	if (!__atomic_load_n(&e->index, __ATOMIC_RELAXED)) {
		if (__atomic_load_n(used, __ATOMIC_RELAXED) >= end)
			return NULL;
		at = __atomic_fetch_add(used, pages, __ATOMIC_RELAXED);
		if (at >= end)
			return NULL;
		/* Or another has been faster. */
		__atomic_compare_exchange_n(&e->index, &is, at, false,
					    __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
	}
	return (uint64_t *)(DATA + e->index * PAGE_SIZE);
}

/* The entry like `want', which may be new; NULL: there is no room. */
static struct entry *
get_entry(struct entry *want)
{
	unsigned i;

	for (i = 0; i < MAX_PROBES; i++) {
		struct entry *e = probe(&want->file, i);
		uint32_t is = ENTRY_FREE;

		if (is_ready(e)) {
			if (same_entry(e, want))
				return e;
			continue;
		}
		if (!store.on)
			return NULL;
		if (!__atomic_compare_exchange_n(&e->state, &is, ENTRY_CLAIMED,
						 false, __ATOMIC_RELAXED,
						 __ATOMIC_RELAXED))
			continue;
		want->state = ENTRY_CLAIMED;
		*e = *want;
		__atomic_store_n(&e->state, ENTRY_READY, __ATOMIC_RELEASE);
		return e;
	}
	return NULL;
}

/* Known range i is in the store, if only for others to map it there, or is
 * none. */
static void
enter(unsigned i)
{
	struct codestore_range *r = &store.range[i];

	if (r->hi && !get_entry(&store.like[i]))
		r->hi = 0;
}

void
codestore_mapped(int fd, gaddr lo, gaddr hi, uint64_t off, gaddr res_lo,
		 uint64_t res_len)
{
	struct entry like = { .lo = lo, .len = hi - lo, .off = off,
			      .res_lo = lo, .res_len = hi - lo };
	unsigned i = store.nr_known;
	struct stat st;

	if (!(store.on || store.wanted) || hi - lo > MAX_CODE ||
	    i == MAX_RANGES || host_call2(SYS_fstat, fd, P(&st)) ||
	    !S_ISREG(st.st_mode))
		return;
	like.file = file_of(&st);
	if (is_fresh(&like.file))
		return;
	like.head = head_of(fd);
	if (lo >= res_lo && hi <= res_lo + res_len) {
		like.res_lo = res_lo;
		like.res_len = res_len;
	}
	store.like[i] = like;
	store.range[i].lo = lo;
	store.range[i].hi = hi;
	store.nr_known++;
	if (!store.on)
		return;
	enter(i);
	__atomic_store_n(&store.nr, store.nr_known, __ATOMIC_RELEASE);
}

/* --- Start. */

/* What the store needs counts against these. */
static bool
is_limited(int resource, uint64_t need)
{
	struct rlimit lim;

	return host_call2(SYS_getrlimit, resource, P(&lim)) ||
	       (lim.rlim_cur != RLIM_INFINITY && lim.rlim_cur < need);
}

void
codestore_start(int fd, uint64_t key)
{
	store.at_random = is_random();
	store.key = key ^ store.at_random;
	store.uid = (uint32_t)host_call0(SYS_geteuid);
	store.gid = (uint32_t)host_call0(SYS_getegid);
	store.on = fd >= 0 && !is_limited(RLIMIT_AS, RLIM_INFINITY) &&
		   inherit(fd);
	store.wanted = !store.on;
	if (fd >= 0 && !store.on) {
		host_call1(SYS_close, fd);
		store.fd = -1;
	}
}

bool
codestore_create(void)
{
	unsigned i;

	if (!store.wanted)
		return false;
	store.wanted = false;
	if (is_limited(RLIMIT_AS, RLIM_INFINITY) ||
	    is_limited(RLIMIT_FSIZE, SIZE) || !create())
		return false;
	if (!move_fd(STORE_FD_FROM) || !map()) {
		close_fd();
		return false;
	}
	fill_header();
	store.on = store.lost = true;
	for (i = 0; i < store.nr_known; i++)
		enter(i);
	__atomic_store_n(&store.nr, store.nr_known, __ATOMIC_RELEASE);
	return true;
}

/* --- Changes. */

static void
lose(struct codestore_range *r)
{
	bool used = __atomic_load_n(&r->used, __ATOMIC_SEQ_CST);

	__atomic_store_n(&r->hi, 0, __ATOMIC_SEQ_CST);
	if (used || __atomic_load_n(&r->used, __ATOMIC_SEQ_CST))
		__atomic_store_n(&store.lost, true, __ATOMIC_SEQ_CST);
}

/* A dynamic linker maps the whole file, then what follows its code over that:
 * before anything was looked up, the range just ends there. */
void
codestore_changing(gaddr lo, gaddr hi)
{
	unsigned i;

	for (i = 0; i < store.nr_known && lo < hi; i++) {
		struct codestore_range *r = &store.range[i];

		if (lo >= r->hi || hi <= r->lo)
			continue;
		if (!r->index && lo > r->lo)
			__atomic_store_n(&r->hi, lo, __ATOMIC_SEQ_CST);
		else
			lose(r);
	}
}

bool
codestore_lost(void)
{
	return __atomic_load_n(&store.lost, __ATOMIC_SEQ_CST);
}

bool
codestore_forget_lost(void)
{
	return __atomic_exchange_n(&store.lost, false, __ATOMIC_SEQ_CST);
}

/* The range that pc is in, which may have no index. */
static struct codestore_range *
range_at(gaddr pc)
{
	static unsigned last;	/* where the one before was */
	unsigned n = __atomic_load_n(&store.nr, __ATOMIC_ACQUIRE);
	unsigned i = __atomic_load_n(&last, __ATOMIC_RELAXED);

	if (i < n && codestore_holds(&store.range[i], pc))
		return &store.range[i];
	for (i = 0; i < n; i++) {
		if (!codestore_holds(&store.range[i], pc))
			continue;
		__atomic_store_n(&last, i, __ATOMIC_RELAXED);
		return &store.range[i];
	}
	return NULL;
}

/* r is all that will be used of the mapping. Translations of what has more of
 * the file may lead to code there, so that is another entry. */
static void
settle(struct codestore_range *r)
{
	struct entry want, *e = NULL;
	uint64_t *index = NULL;

	gmem_hold();
	if (!r->index && r->hi && store.on) {
		want = store.like[r - store.range];
		want.len = r->hi - r->lo;
		e = get_entry(&want);
		index = e ? index_of(e) : NULL;
		r->nr_words = words_for(want.len);
		if (!index)
			lose(r);
		__atomic_store_n(&r->index, index, __ATOMIC_RELEASE);
	}
	gmem_release();
}

struct codestore_range *
codestore_find(gaddr pc)
{
	struct codestore_range *r = range_at(pc);

	if (r && unlikely(!__atomic_load_n(&r->index, __ATOMIC_ACQUIRE))) {
		settle(r);
		if (!r->index || !codestore_holds(r, pc))
			return NULL;
	}
	return r;
}

void
codestore_written(gaddr addr)
{
	if (!range_at(addr))
		return;
	addr &= PAGE_MASK;
	gmem_hold();
	codestore_changing(addr, addr + PAGE_SIZE);
	gmem_release();
}

struct codestore_own *
codestore_own(void)
{
	return store.on ? &header()->own : NULL;
}

bool
codestore_has_code(uintptr_t addr)
{
	return store.mapped && addr - CODESTORE_CODE < CODESTORE_CODE_SIZE;
}

/* --- The end of it. */

static void
stop(void)
{
	unsigned i;

	store.on = store.wanted = false;
	for (i = 0; i < store.nr_known; i++)
		lose(&store.range[i]);
}

void
codestore_stop(void)
{
	gmem_hold();
	stop();
	gmem_release();
}

/* What other threads may just be taking, on from what is in use. */
#define MARGIN_SLABS	16

/* [at, at + *size) of the store, at `off' in it, becomes private, and only
 * what comes before `end' is kept. If there is no memory for what could be
 * written, nothing can be. */
static void
keep(gaddr at, uint64_t *size, uint64_t end, int prot, uint64_t off)
{
	const int flags = MAP_PRIVATE | MAP_FIXED;
	uint64_t all = *size;

	if (end < all)
		*size = end;
	if (!map_at(at, *size, prot | PROT_WRITE, flags, off) &&
	    !map_at(at, *size, prot, flags, off))
		log_die(1, "cannot leave the shared translations");
	if (end < all)
		host_call2(SYS_munmap, (long)(at + end), (long)(all - end));
}

/* Some of the mappings stays, for other threads may be running what is there,
 * but what is written to it is not seen by others. From now on it counts
 * against the limit on data. */
static void
keep_used(void)
{
	const struct header *h = header();
	uint64_t slabs = h->own.nr_slabs + MARGIN_SLABS;

	keep(DATA, &store.data_size, h->index_used * PAGE_SIZE, PROT_READ, 0);
	keep(CODESTORE_CODE, &store.code_size, slabs * CODESTORE_SLAB,
	     PROT_READ | PROT_EXEC, DATA_SIZE);
}

void
codestore_leave(void)
{
	/* The memory is the parent's, but neither the credentials nor the
	 * descriptors are. */
	if (thread_self()->vfork_child) {
		if (store.fd >= 0)
			host_call1(SYS_close, store.fd);
		return;
	}
	stop();
	if (store.fd < 0)
		return;
	if (process.nr_threads == 1)
		unmap();
	else
		keep_used();
	close_fd();
}
