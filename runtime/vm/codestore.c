/*
 * codestore.c - what of the store this process uses: see codestore.h.
 *
 * Ranges are added and lost under gmem's lock, and read without. A range that
 * is lost stays where it is, empty: there may be pointers to it.
 */
#include "codestore.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

#include "../base/hostcall.h"
#include "gmem.h"
#include "gmem_alias.h"
#include "process.h"
#include "store.h"
#include "thread.h"

#define MAX_RANGES	256	/* of a process */

static struct {
	bool wanted;		/* a store may be made */
	bool on;		/* there is one, and it may be added to */
	bool lost;		/* see codestore_lost() */
	bool at_random;
	uint64_t key, peak;
	struct store_file seen;
	/* What was mapped last for a file to be put into, perhaps. */
	gaddr res_lo;
	uint64_t res_len;
	/* What could be in a store, and what of that is: all or nothing. */
	unsigned nr_known, nr;
	struct codestore_range range[MAX_RANGES];
	/* What the entry has to be, of the mapping as it was made. */
	struct store_entry like[MAX_RANGES];
} store;

int
codestore_fd(void)
{
	return store_fd();
}

uint64_t
codestore_size(void)
{
	return store_size();
}

uint64_t
codestore_peak(void)
{
	return store.peak;
}

/* --- Where files go. */

void
codestore_seen(const struct stat *st)
{
	if (store.on && S_ISREG(st->st_mode))
		store.seen = store_file_of(st);
}

gaddr
codestore_place(const struct stat *st, uint64_t len, bool any)
{
	struct store_file f = st ? store_file_of(st) : store.seen;
	gaddr at;

	if (!store.on || !f.ino)
		return 0;
	store.seen.ino = 0;
	at = store_place_of(&f, len);
	return at || !any ? at : store_new_place(len);
}

gaddr
codestore_place_mapping(gaddr addr, uint64_t len, int prot, int flags)
{
	/* A file's, or memory that nobody can use yet: a dynamic linker's, if
	 * it is not said to be a stack, or to be kept for much. */
	if (addr || flags & (MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_SHARED) ||
	    (flags & MAP_ANONYMOUS &&
	     (prot != PROT_NONE || flags != (MAP_PRIVATE | MAP_ANONYMOUS))))
		return 0;
	return codestore_place(NULL, len, flags & MAP_ANONYMOUS ||
						  prot & PROT_EXEC);
}

/* --- What this process has mapped. */

/* Known range i is in the store, if only for others to map it there, or is
 * none. */
static void
enter(unsigned i)
{
	struct codestore_range *r = &store.range[i];

	if (r->hi && !store_entry(&store.like[i]))
		r->hi = 0;
}

/* Adds a range. */
static void
add(int fd, gaddr lo, gaddr hi, uint64_t off)
{
	struct store_entry like = { .lo = lo, .len = hi - lo, .off = off,
				    .res_lo = lo, .res_len = hi - lo };
	unsigned i = store.nr_known;
	struct stat st;

	if (!(store.on || store.wanted) || hi - lo > STORE_MAX_CODE ||
	    i == MAX_RANGES || host_call2(SYS_fstat, fd, P(&st)) ||
	    !S_ISREG(st.st_mode) || gmem_alias_has_file(&st))
		return;
	like.file = store_file_of(&st);
	if (store_file_is_fresh(&like.file))
		return;
	like.head = store_head_of(fd);
	if (lo >= store.res_lo && hi <= store.res_lo + store.res_len) {
		like.res_lo = store.res_lo;
		like.res_len = store.res_len;
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

void
codestore_mapped(gaddr lo, gaddr hi, int prot, int flags, int fd, uint64_t off)
{
	bool fixed = flags & MAP_FIXED;

	if (flags & MAP_SHARED)
		return;
	/* The whole of a file goes where the kernel likes, or into what has
	 * been reserved; then parts of it over that. */
	if (flags & MAP_ANONYMOUS ? prot == PROT_NONE : !fixed) {
		store.res_lo = lo;
		store.res_len = hi - lo;
	}
	if (!(flags & MAP_ANONYMOUS) &&
	    (prot & (PROT_EXEC | PROT_WRITE)) == PROT_EXEC)
		add(fd, lo, hi, off);
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
	store.at_random = !(host_call1(SYS_personality, 0xffffffff) &
			    ADDR_NO_RANDOMIZE);
	store.key = key ^ store.at_random;
	store.on = fd >= 0 && !is_limited(RLIMIT_AS, RLIM_INFINITY) &&
		   store_take(fd, store.key);
	store.peak = store_size();
	store.wanted = !store.on;
	if (fd >= 0 && !store.on)
		host_call1(SYS_close, fd);
}

/* Bytes of code. All that the tree runs takes less, mostly by far. */
static uint64_t
size_limit(void)
{
	struct sysinfo si;

	if (process.opt.cache_size)
		return process.opt.cache_size;
	return host_call1(SYS_sysinfo, P(&si)) ?
		       DEFAULT_CACHE_SIZE :
		       (uint64_t)si.totalram * si.mem_unit / 16;
}

static void
make(void)
{
	unsigned i;

	store.wanted = false;
	if (is_limited(RLIMIT_AS, RLIM_INFINITY) ||
	    is_limited(RLIMIT_FSIZE, STORE_SIZE) ||
	    !store_make(store.key, size_limit(), store.at_random))
		return;
	store.peak = store_size();
	store.on = store.lost = true;
	for (i = 0; i < store.nr_known; i++)
		enter(i);
	__atomic_store_n(&store.nr, store.nr_known, __ATOMIC_RELEASE);
}

bool
codestore_create(void)
{
	bool made;

	gmem_hold();
	made = store.wanted;
	if (made)
		make();
	made = made && store.on;
	gmem_release();
	return made;
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
	struct store_entry want, *e;
	uint64_t *index = NULL;

	gmem_hold();
	if (!r->index && r->hi && store.on) {
		want = store.like[r - store.range];
		want.len = r->hi - r->lo;
		e = store_entry(&want);
		index = e ? store_index(e) : NULL;
		r->nr_words = store_index_words(want.len);
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
	return store.on ? store_own() : NULL;
}

bool
codestore_has_code(uintptr_t addr)
{
	return store_size() && addr - CODESTORE_CODE < CODESTORE_CODE_SIZE;
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

static void
leave(void)
{
	/* The memory is the parent's, but neither the credentials nor the
	 * descriptors are. */
	if (thread_self()->vfork_child) {
		if (store_fd() >= 0)
			host_call1(SYS_close, store_fd());
		return;
	}
	stop();
	if (store_fd() < 0)
		return;
	if (process.nr_threads == 1)
		store_unmap();
	else
		store_keep_used();
	store_close();
}

void
codestore_leave(void)
{
	gmem_hold();
	leave();
	gmem_release();
}

bool
codestore_yield_fd(int fd)
{
	bool ours;

	gmem_hold();
	ours = fd >= 0 && fd == store_fd();
	/* A vfork child's is in a table of its own. */
	if (ours && !thread_self()->vfork_child && !store_move_fd(fd + 1))
		leave();
	gmem_release();
	return ours;
}
