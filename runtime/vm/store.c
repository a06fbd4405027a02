/*
 * store.c - see store.h.
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
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#include "../base/hostcall.h"
#include "../base/log.h"
#include "../base/rtmem.h"

#define DATA		0x700080000000ul	/* header, entries, indices */
#define DATA_SIZE	(STORE_SIZE - CODESTORE_CODE_SIZE)

#define MIN_SLABS	4
#define MAGIC		0x65726f7473797266ul
#define NR_ENTRIES	4096u
#define MAX_PROBES	16
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
#define FD_FROM	200

enum { ENTRY_FREE, ENTRY_CLAIMED, ENTRY_READY };

struct header {
	uint64_t magic, key;
	uint32_t uid, gid;
	uint64_t next_place;
	uint32_t index_used;	/* pages, from DATA on; more, if it is full */
	uint32_t nr_entries;	/* that are claimed */
	struct codestore_own own;
	struct store_entry entry[NR_ENTRIES];
};

static struct {
	int fd;
	uint64_t data_size, code_size;	/* of what is mapped */
} memfd = { .fd = -1 };

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

struct store_file
store_file_of(const struct stat *st)
{
	return (struct store_file){
		.dev = st->st_dev, .ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime = time_of(&st->st_mtim), .ctime = time_of(&st->st_ctim),
	};
}

bool
store_file_is_fresh(const struct store_file *f)
{
	struct timespec now;

	host_call2(SYS_clock_gettime, CLOCK_REALTIME, P(&now));
	return time_of(&now) < f->ctime + (f->ctime % SECOND ? TICKS :
							       2 * SECOND);
}

static bool
same_file(const struct store_file *a, const struct store_file *b)
{
	return a->ino == b->ino && a->dev == b->dev && a->size == b->size &&
	       a->mtime == b->mtime && a->ctime == b->ctime;
}

static unsigned
first_probe(const struct store_file *f)
{
	return (unsigned)mix(mix(f->ino, f->dev), f->mtime) % NR_ENTRIES;
}

/* Entry i of those that may be f's. */
static struct store_entry *
probe(const struct store_file *f, unsigned i)
{
	return &header()->entry[(first_probe(f) + i) % NR_ENTRIES];
}

static bool
is_ready(const struct store_entry *e)
{
	return __atomic_load_n(&e->state, __ATOMIC_ACQUIRE) == ENTRY_READY;
}

/* --- The memfd. */

static bool
map_at(gaddr at, uint64_t size, int prot, int flags, uint64_t off)
{
	return host_call6(SYS_mmap, (long)at, (long)size, prot,
			  flags | MAP_NORESERVE, memfd.fd, (long)off) ==
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
		memfd.data_size = DATA_SIZE;
		memfd.code_size = CODESTORE_CODE_SIZE;
		/* A core file that the kernel writes is about the guest. */
		host_call3(SYS_madvise, DATA, DATA_SIZE, MADV_DONTDUMP);
		host_call3(SYS_madvise, CODESTORE_CODE, CODESTORE_CODE_SIZE,
			   MADV_DONTDUMP);
		return true;
	}
	host_call2(SYS_munmap, DATA, DATA_SIZE);
	return false;
}

uint64_t
store_size(void)
{
	return memfd.data_size + memfd.code_size;
}

void
store_unmap(void)
{
	uint64_t data = memfd.data_size, code = memfd.code_size;

	/* First: codestore_has_code() is asked by signal handlers. */
	memfd.data_size = memfd.code_size = 0;
	host_call2(SYS_munmap, DATA, (long)data);
	host_call2(SYS_munmap, CODESTORE_CODE, (long)code);
}

/* Nearly: so that there is room for what this process may do. */
static bool
is_full(void)
{
	const struct header *h = header();

	return h->own.nr_slabs >= h->own.max_slabs - h->own.max_slabs / 8 ||
	       h->index_used >= DATA_SIZE / PAGE_SIZE / 8 * 7 ||
	       h->nr_entries >= NR_ENTRIES / 8 * 7 ||
	       h->next_place >= PLACES_END;
}

bool
codestore_is(int fd)
{
	struct stat st;

	return fd >= 0 && !host_call2(SYS_fstat, fd, P(&st)) &&
	       S_ISREG(st.st_mode) && !st.st_nlink && st.st_size == STORE_SIZE;
}

bool
store_take(int fd, uint64_t key)
{
	const struct header *h = header();

	memfd.fd = fd;
	if (map()) {
		if (h->magic == MAGIC && h->key == key && !is_full() &&
		    h->uid == (uint32_t)host_call0(SYS_geteuid) &&
		    h->gid == (uint32_t)host_call0(SYS_getegid)) {
			host_call3(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
			return true;
		}
		store_unmap();
	}
	memfd.fd = -1;
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

int
store_fd(void)
{
	return memfd.fd;
}

void
store_close(void)
{
	host_call1(SYS_close, memfd.fd);
	memfd.fd = -1;
}

bool
store_move_fd(int from)
{
	long fd = host_call3(SYS_fcntl, memfd.fd, F_DUPFD_CLOEXEC, from);

	if (fd < 0)
		return false;
	host_call1(SYS_close, memfd.fd);
	memfd.fd = (int)fd;
	return true;
}

static void
fill_header(uint64_t key, uint64_t size, bool at_random)
{
	struct header *h = header();
	uint64_t random = 0;

	if (at_random)
		host_call3(SYS_getrandom, P(&random), sizeof(random),
			   GRND_NONBLOCK);
	h->key = key;
	h->uid = (uint32_t)host_call0(SYS_geteuid);
	h->gid = (uint32_t)host_call0(SYS_getegid);
	h->index_used = (sizeof(*h) + PAGE_SIZE - 1) / PAGE_SIZE;
	h->next_place = ALIGN_UP(PLACES + random % (1ul << PLACES_RANDOM) *
						  PAGE_SIZE, PLACE_ALIGN);
	if (size > CODESTORE_CODE_SIZE)
		size = CODESTORE_CODE_SIZE;
	h->own.max_slabs = size < MIN_SLABS * CODESTORE_SLAB ? MIN_SLABS :
			   (uint32_t)(size / CODESTORE_SLAB);
	h->magic = MAGIC;
}

bool
store_make(uint64_t key, uint64_t size, bool at_random)
{
	memfd.fd = (int)new_memfd();
	if (memfd.fd < 0) {
		memfd.fd = -1;
		return false;
	}
	/* Out of the guest's way. */
	if (!host_call2(SYS_ftruncate, memfd.fd, STORE_SIZE) &&
	    store_move_fd(FD_FROM) && map()) {
		fill_header(key, size, at_random);
		return true;
	}
	store_close();
	return false;
}

struct codestore_own *
store_own(void)
{
	return &header()->own;
}

/* --- Files. */

gaddr
store_place_of(const struct store_file *f, uint64_t len)
{
	unsigned i;

	for (i = 0; i < MAX_PROBES; i++) {
		const struct store_entry *e = probe(f, i);

		if (is_ready(e) && same_file(&e->file, f) && e->res_len >= len)
			return e->res_lo;
	}
	return 0;
}

gaddr
store_new_place(uint64_t len)
{
	uint64_t room = ALIGN_UP(len, PLACE_ALIGN) + PLACE_ALIGN;
	gaddr at;

	if (len > STORE_MAX_CODE)
		return 0;
	at = __atomic_fetch_add(&header()->next_place, room, __ATOMIC_RELAXED);
	return at + room <= PLACES_END ? at : 0;
}

uint64_t
store_head_of(int fd)
{
	uint64_t word[HEAD / 8] = { 0 }, h = 0;
	unsigned i;

	host_call4(SYS_pread64, fd, P(word), sizeof(word), 0);
	for (i = 0; i < ARRAY_SIZE(word); i++)
		h = mix(h, word[i]);
	return h;
}

static bool
same_entry(const struct store_entry *e, const struct store_entry *want)
{
	return same_file(&e->file, &want->file) && e->head == want->head &&
	       e->lo == want->lo && e->len == want->len &&
	       e->off == want->off;
}

uint32_t
store_index_words(uint64_t len)
{
	return (uint32_t)(len / PAGE_SIZE) * CODESTORE_PAGE_WORDS;
}

/* An entry that only says where a file goes has none. */
uint64_t *
store_index(struct store_entry *e)
{
	uint64_t size = store_index_words(e->len) * sizeof(uint64_t);
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

struct store_entry *
store_entry(const struct store_entry *like)
{
	unsigned i;

	for (i = 0; i < MAX_PROBES; i++) {
		struct store_entry *e = probe(&like->file, i), new = *like;
		uint32_t is = ENTRY_FREE;

		if (is_ready(e)) {
			if (same_entry(e, like))
				return e;
			continue;
		}
		if (!__atomic_compare_exchange_n(&e->state, &is, ENTRY_CLAIMED,
						 false, __ATOMIC_RELAXED,
						 __ATOMIC_RELAXED))
			continue;
		__atomic_add_fetch(&header()->nr_entries, 1, __ATOMIC_RELAXED);
		new.state = ENTRY_CLAIMED;
		*e = new;
		__atomic_store_n(&e->state, ENTRY_READY, __ATOMIC_RELEASE);
		return e;
	}
	return NULL;
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
void
store_keep_used(void)
{
	const struct header *h = header();
	uint64_t slabs = h->own.nr_slabs + MARGIN_SLABS;

	keep(DATA, &memfd.data_size, h->index_used * PAGE_SIZE, PROT_READ, 0);
	keep(CODESTORE_CODE, &memfd.code_size, slabs * CODESTORE_SLAB,
	     PROT_READ | PROT_EXEC, DATA_SIZE);
}

