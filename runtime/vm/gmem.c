/*
 * gmem.c - the table of guest mappings.
 *
 * A sorted array of disjoint ranges, neighbours with the same protection
 * merged, so it has at most as many entries as the kernel has mappings and a
 * look-up is a binary search. A change moves the tail of the array: 2 KiB for
 * an ordinary process, and still microseconds for one that has exhausted
 * vm.max_map_count.
 *
 * The array is moved to twice the space when it is full.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/uio.h>

#include "../base/hostcall.h"
#include "../base/lock.h"
#include "../base/log.h"
#include "../base/rtmem.h"
#include "codestore.h"
#include "gmem.h"
#include "gmem_alias.h"

#define FIRST_REGIONS	4096u
#define MAX_ALIASES	32	/* of one address */
#define MAX_TABLE	(1ul << 30)	/* of another process; bytes */

/* mmap flags that only x86-64 knows. */
#define HOST_MAP_32BIT		0x40
#define HOST_MAP_ABOVE4G	0x80

static struct {
	struct lock lock;
	struct gmem_range *r;
	unsigned n, room;
	gaddr brk_start, brk;
	gaddr host_lo[GMEM_HOST_RANGES], host_hi[GMEM_HOST_RANGES];
	/* The end of the guest's addresses. If gmem_limit() has said so,
	 * where its stack ends, and what its mappings are put below; else 0:
	 * the host's kernel finds a place. */
	gaddr end, stack, top;
} gm = { .end = GMEM_TASK_SIZE };

#define LOWEST_PLACE	0x10000ul	/* as vm.mmap_min_addr */

void (*gmem_code_changed)(gaddr lo, gaddr hi);

/* The first region that ends above addr. */
static unsigned
find(gaddr addr)
{
	unsigned lo = 0, hi = gm.n;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (gm.r[mid].hi <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The mapping that needs it has been made: there is no error to return. */
static void
make_room(void)
{
	unsigned room = gm.room ? 2 * gm.room : FIRST_REGIONS;
	struct gmem_range *r = rtmem_alloc(room * sizeof(*r));

	if (!r)
		log_die(1, "out of memory for the table of mappings");
	if (gm.r)
		memcpy(r, gm.r, gm.n * sizeof(*r));
	rtmem_free(gm.r, gm.room * sizeof(*r));
	gm.r = r;
	gm.room = room;
}

static void
insert_at(unsigned i, gaddr lo, gaddr hi, int prot)
{
	if (gm.n == gm.room)
		make_room();
	memmove(&gm.r[i + 1], &gm.r[i], (gm.n - i) * sizeof(*gm.r));
	gm.r[i] = (struct gmem_range){ lo, hi, prot };
	gm.n++;
}

static void
remove_at(unsigned i, unsigned count)
{
	memmove(&gm.r[i], &gm.r[i + count],
		(gm.n - i - count) * sizeof(*gm.r));
	gm.n -= count;
}

/* Makes [lo, hi) nobody's. Returns whether any of it was executable. */
static bool
forget(gaddr lo, gaddr hi)
{
	bool exec = false;
	unsigned i, k;

	i = find(lo);
	if (i < gm.n && gm.r[i].lo < lo) {
		struct gmem_range old = gm.r[i];

		exec |= old.prot & PROT_EXEC;
		gm.r[i].hi = lo;
		i++;
		if (old.hi > hi) {
			insert_at(i, hi, old.hi, old.prot);
			return exec;
		}
	}
	for (k = i; k < gm.n && gm.r[k].hi <= hi; k++)
		exec |= gm.r[k].prot & PROT_EXEC;
	if (k > i)
		remove_at(i, k - i);
	if (i < gm.n && gm.r[i].lo < hi) {
		exec |= gm.r[i].prot & PROT_EXEC;
		gm.r[i].lo = hi;
	}
	return exec;
}

/* Makes [lo, hi) the guest's with `prot'. Returns what forget returns. */
static bool
record(gaddr lo, gaddr hi, int prot)
{
	bool exec = forget(lo, hi);
	unsigned i = find(lo);

	prot &= PROT_READ | PROT_WRITE | PROT_EXEC;
	if (i > 0 && gm.r[i - 1].hi == lo && gm.r[i - 1].prot == prot) {
		gm.r[i - 1].hi = hi;
		if (i < gm.n && gm.r[i].lo == hi && gm.r[i].prot == prot) {
			gm.r[i - 1].hi = gm.r[i].hi;
			remove_at(i, 1);
		}
	} else if (i < gm.n && gm.r[i].lo == hi && gm.r[i].prot == prot) {
		gm.r[i].lo = lo;
	} else {
		insert_at(i, lo, hi, prot);
	}
	return exec;
}

static void
code_changed(bool exec, gaddr lo, gaddr hi)
{
	if (exec && gmem_code_changed)
		gmem_code_changed(lo, hi);
}

static int
host_prot(int prot)
{
	int p = prot & (PROT_READ | PROT_WRITE);

	return prot & PROT_EXEC ? p | PROT_READ : p;
}

static bool
is_runtimes(gaddr lo, gaddr hi)
{
	int i;

	if (rtmem_overlaps(lo, hi) || (gm.top && hi > gm.end))
		return true;
	for (i = 0; i < GMEM_HOST_RANGES; i++)
		if (lo < gm.host_hi[i] && hi > gm.host_lo[i])
			return true;
	return false;
}

bool
gmem_is_runtimes(gaddr lo, uint64_t len)
{
	return is_runtimes(lo, lo + len < lo ? ~0ul : lo + len);
}

void
gmem_host_range(int slot, gaddr lo, gaddr hi)
{
	gm.host_lo[slot] = lo;
	gm.host_hi[slot] = hi;
}

void
gmem_limit(gaddr end, gaddr stack, gaddr top)
{
	gm.end = end;
	gm.stack = stack;
	gm.top = top;
}

gaddr
gmem_stack_top(void)
{
	return gm.stack ? gm.stack : gm.host_lo[0];
}

void
gmem_grows_down(gaddr lo, gaddr hi, int prot)
{
	lock_acquire(&gm.lock);
	record(lo, hi, prot);
	lock_release(&gm.lock);
}

/* Whether [addr, addr+len) is a range of user addresses at all. */
static bool
is_user_range(gaddr addr, uint64_t len)
{
	return len <= gm.end && addr <= gm.end - len;
}

/* The highest gap of `size' bytes below `top'; 0: none. */
static gaddr
gap_below(gaddr top, uint64_t size)
{
	unsigned i = find(top);

	if (i < gm.n && gm.r[i].lo < top)
		top = gm.r[i].lo;
	for (; i > 0; i--) {
		if (top - gm.r[i - 1].hi >= size)
			return top - size;
		top = gm.r[i - 1].lo;
	}
	return top >= LOWEST_PLACE + size ? top - size : 0;
}

static bool
is_free(gaddr lo, gaddr hi)
{
	unsigned i = find(lo);

	return i == gm.n || gm.r[i].lo >= hi;
}

/* An address space that is smaller than the host's: as mm/mmap.c would place
 * a mapping. What is not in the table (a ring of aio) is in the way. */
static long
map_placed(gaddr addr, uint64_t len, int prot, int flags, int fd,
	   uint64_t off)
{
	uint64_t size = ALIGN_UP(len, PAGE_SIZE);
	gaddr at = ALIGN_UP(addr, PAGE_SIZE);
	long r = -EEXIST;

	if (size > gm.end)
		return -ENOMEM;
	if (at && is_user_range(at, size) && is_free(at, at + size))
		r = host_call6(SYS_mmap, (long)at, (long)len, prot,
			       flags | MAP_FIXED_NOREPLACE, fd, (long)off);
	for (at = gap_below(gm.top, size); at && r == -EEXIST;
	     at = gap_below(at, size))
		r = host_call6(SYS_mmap, (long)at, (long)len, prot,
			       flags | MAP_FIXED_NOREPLACE, fd, (long)off);
	return r == -EEXIST ? -ENOMEM : r;
}

/* The kernel's choice of an address, outside the runtime's window: a mapping
 * that fits nowhere above it may come to lie inside. */
static long
map_outside(gaddr addr, uint64_t len, int prot, int flags, int fd,
	    uint64_t off)
{
	uint64_t size = ALIGN_UP(len, PAGE_SIZE);
	long r;

	if (unlikely(gm.top) && size && !(flags & (MAP_FIXED |
						   MAP_FIXED_NOREPLACE)))
		return map_placed(addr, len, prot, flags, fd, off);
	r = host_call6(SYS_mmap, (long)addr, (long)len, prot, flags, fd,
		       (long)off);
	if (IS_ERR(r) || !rtmem_overlaps((gaddr)r, (gaddr)r + size))
		return r;
	host_call2(SYS_munmap, r, (long)size);
	if (size > RT_BASE)
		return -ENOMEM;
	r = host_call6(SYS_mmap, (long)(RT_BASE - size), (long)len, prot,
		       flags, fd, (long)off);
	if (IS_ERR(r) || !rtmem_overlaps((gaddr)r, (gaddr)r + size))
		return r;
	host_call2(SYS_munmap, r, (long)size);
	return -ENOMEM;
}

long
gmem_mmap(gaddr addr, uint64_t len, int prot, int flags, int fd, uint64_t off)
{
	uint64_t size = ALIGN_UP(len, PAGE_SIZE);
	bool fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
	bool exec;
	gaddr at;
	long r = 0;

	flags &= ~(HOST_MAP_32BIT | HOST_MAP_ABOVE4G);
	if (is_runtimes(addr, addr + size < addr ? ~0ul : addr + size)) {
		if (fixed)
			return flags & MAP_FIXED ? -ENOMEM : -EEXIST;
		addr = 0;
	}
	lock_acquire(&gm.lock);
	if (fixed)
		codestore_changing(addr, addr + size);
	at = codestore_place_mapping(addr, len, prot, flags);
	/* Nor where the stack will grow: files have come to be there in a
	 * process whose limit was lower. */
	if (at && !is_free(at, at + size))
		at = 0;
	if (at)
		r = host_call6(SYS_mmap, (long)at, (long)len, host_prot(prot),
			       flags | MAP_FIXED_NOREPLACE, fd, (long)off);
	if (!at || IS_ERR(r))
		r = map_outside(addr, len, host_prot(prot), flags, fd, off);
	if (IS_ERR(r)) {
		lock_release(&gm.lock);
		return r;
	}
	exec = record((gaddr)r, (gaddr)r + size, prot);
	codestore_mapped((gaddr)r, (gaddr)r + size, prot, flags, fd, off);
	gmem_alias_map((gaddr)r, (gaddr)r + size, flags & MAP_SHARED,
		       flags & MAP_ANONYMOUS ? -1 : fd, off);
	lock_release(&gm.lock);
	code_changed(exec, (gaddr)r, (gaddr)r + size);
	return r;
}

long
gmem_munmap(gaddr addr, uint64_t len)
{
	uint64_t size = ALIGN_UP(len, PAGE_SIZE);
	bool exec;
	long r;

	if (addr & ~PAGE_MASK || len == 0 || !is_user_range(addr, size))
		return -EINVAL;
	if (is_runtimes(addr, addr + size))
		return -ENOMEM;
	lock_acquire(&gm.lock);
	codestore_changing(addr, addr + size);
	r = host_call2(SYS_munmap, (long)addr, (long)size);
	if (IS_ERR(r)) {
		lock_release(&gm.lock);
		return r;
	}
	exec = forget(addr, addr + size);
	gmem_alias_unmap(addr, addr + size);
	lock_release(&gm.lock);
	code_changed(exec, addr, addr + size);
	return r;
}

/* The part of [lo, hi) from lo to the first hole. */
static gaddr
mapped_until(gaddr lo, gaddr hi)
{
	unsigned i = find(lo);

	for (; i < gm.n && gm.r[i].lo <= lo && lo < hi; i++)
		lo = gm.r[i].hi;
	return lo < hi ? lo : hi;
}

static long
protect(gaddr lo, gaddr hi, int prot)
{
	return host_call3(SYS_mprotect, (long)lo, (long)(hi - lo),
			  host_prot(prot) |
				  (prot & ~(PROT_READ | PROT_WRITE |
					    PROT_EXEC | GUEST_PROT_BTI)));
}

/* A stack from hi down: as far as it has grown, which the kernel knows, or
 * one of a fixed size, which is one mapping. *lo becomes its end. */
static long
protect_down(gaddr *lo, gaddr hi, int prot)
{
	gaddr addr = *lo;
	unsigned i = find(addr);
	long r;

	if (i < gm.n && gm.r[i].lo <= addr)
		*lo = gm.r[i].lo;
	r = protect(addr, hi, prot | PROT_GROWSDOWN);
	return r == -EINVAL ? protect(*lo, hi, prot) : r;
}

long
gmem_mprotect(gaddr addr, uint64_t len, int prot)
{
	gaddr lo = addr, hi = addr + ALIGN_UP(len, PAGE_SIZE);
	bool exec = false;
	long r;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (len == 0)
		return 0;
	if (hi <= lo || is_runtimes(lo, hi))
		return -ENOMEM;
	lock_acquire(&gm.lock);
	codestore_changing(lo, hi);
	if (prot & PROT_GROWSDOWN)
		r = protect_down(&lo, hi, prot & ~PROT_GROWSDOWN);
	else
		r = protect(lo, hi, prot);
	if (r == -ENOMEM)	/* applied up to the hole */
		hi = mapped_until(lo, hi);
	if ((r == 0 || r == -ENOMEM) && hi > lo)
		exec = record(lo, hi, prot);
	lock_release(&gm.lock);
	code_changed(exec, lo, hi);
	return r;
}

/* mremap(2), to a place of map_placed()'s if it is to be another. */
static long
remap(gaddr old, uint64_t old_len, uint64_t new_len, int flags, gaddr new)
{
	long r;

	if (likely(!gm.top) || flags & MREMAP_FIXED ||
	    !(flags & MREMAP_MAYMOVE))
		return host_call5(SYS_mremap, (long)old, (long)old_len,
				  (long)new_len, flags, (long)new);
	if (!(flags & MREMAP_DONTUNMAP) && old_len) {
		r = host_call5(SYS_mremap, (long)old, (long)old_len,
			       (long)new_len, 0, 0);
		if (r != -ENOMEM)
			return r;
	}
	new = (gaddr)map_placed(0, new_len, PROT_NONE, MAP_PRIVATE |
				MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (IS_ERR((long)new))
		return (long)new;
	r = host_call5(SYS_mremap, (long)old, (long)old_len, (long)new_len,
		       flags | MREMAP_FIXED, (long)new);
	if (IS_ERR(r))
		host_call2(SYS_munmap, (long)new,
			   (long)ALIGN_UP(new_len, PAGE_SIZE));
	return r;
}

long
gmem_mremap(gaddr old, uint64_t old_len, uint64_t new_len, int flags,
	    gaddr new)
{
	uint64_t old_size = ALIGN_UP(old_len, PAGE_SIZE);
	uint64_t new_size = ALIGN_UP(new_len, PAGE_SIZE);
	bool exec = false;
	int prot = 0;
	unsigned i;
	long r;

	if (!is_user_range(old, old_size))	/* which error it is */
		return host_call5(SYS_mremap, (long)old, (long)old_len,
				  (long)new_len, flags, (long)new);
	if (new_size > gm.end)
		return -EINVAL;
	if (is_runtimes(old, old + old_size))
		return -EFAULT;
	if (flags & MREMAP_FIXED &&
	    (!is_user_range(new, new_size) || is_runtimes(new, new + new_size)))
		return -EINVAL;
	lock_acquire(&gm.lock);
	i = find(old);
	if (i < gm.n && gm.r[i].lo <= old)
		prot = gm.r[i].prot;
	codestore_changing(old, old + old_size);
	if (flags & MREMAP_FIXED)
		codestore_changing(new, new + new_size);
	r = remap(old, old_len, new_len, flags, new);
	if (!IS_ERR(r)) {
		if ((gaddr)r != old || new_size > old_size)
			gmem_alias_move(old, (gaddr)r, new_size);
		if ((gaddr)r == old && new_size < old_size)
			gmem_alias_unmap(old + new_size, old + old_size);
		else if ((gaddr)r != old && old_len != 0 &&
			 !(flags & MREMAP_DONTUNMAP))
			gmem_alias_unmap(old, old + old_size);
		if (old_len != 0 && !(flags & MREMAP_DONTUNMAP))
			exec = forget(old, old + old_size);
		exec |= record((gaddr)r, (gaddr)r + new_size, prot);
	}
	lock_release(&gm.lock);
	if (exec) {
		code_changed(true, old, old + old_size);
		code_changed(true, (gaddr)r, (gaddr)r + new_size);
	}
	return r;
}

/* The host's kernel makes a new mapping of it, as that of arm64 does. What it
 * checks of the old one, that it is one with one protection, it cannot for the
 * guest's. */
long
gmem_remap_pages(gaddr addr, uint64_t len, int prot, uint64_t pgoff, int flags)
{
	gaddr lo = ALIGN_DOWN(addr, PAGE_SIZE);
	gaddr hi = lo + ALIGN_DOWN(len, PAGE_SIZE);
	bool exec = false;
	unsigned i;
	long r;

	if (hi > lo && is_runtimes(lo, hi))
		return -EINVAL;
	lock_acquire(&gm.lock);
	codestore_changing(lo, hi);
	i = find(lo);
	if (i == gm.n || gm.r[i].lo > lo || gm.r[i].hi < hi)
		r = -EINVAL;
	else
		r = host_call5(SYS_remap_file_pages, (long)addr, (long)len,
			       prot, (long)pgoff, flags);
	if (!r) {
		exec = record(lo, hi, gm.r[i].prot);
		gmem_alias_move(lo, lo, hi - lo);
		gmem_alias_offset(lo, pgoff * PAGE_SIZE);
	}
	lock_release(&gm.lock);
	code_changed(exec, lo, hi);
	return r;
}

long
gmem_shmat(int shmid, gaddr addr, int flags)
{
	struct shmid_ds ds;
	bool exec;
	gaddr hi;
	long r;

	r = host_call3(SYS_shmctl, shmid, IPC_STAT, P(&ds));
	if (IS_ERR(r))
		return r == -EACCES ? r : -EINVAL;
	if (addr && is_runtimes(addr, addr + ds.shm_segsz))
		return -EINVAL;
	lock_acquire(&gm.lock);
	if (unlikely(gm.top) && !addr) {
		addr = gap_below(gm.top, ALIGN_UP(ds.shm_segsz, PAGE_SIZE));
		if (!addr) {
			lock_release(&gm.lock);
			return -ENOMEM;
		}
	}
	if (addr)	/* SHM_RND, SHM_REMAP */
		codestore_changing(addr & PAGE_MASK,
				   ALIGN_UP(addr + ds.shm_segsz, PAGE_SIZE));
	r = host_call3(SYS_shmat, shmid, (long)addr, flags & ~SHM_EXEC);
	if (IS_ERR(r)) {
		lock_release(&gm.lock);
		return r;
	}
	hi = (gaddr)r + ALIGN_UP(ds.shm_segsz, PAGE_SIZE);
	exec = record((gaddr)r, hi,
		      PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) |
			      (flags & SHM_EXEC ? PROT_EXEC : 0));
	gmem_alias_shm((gaddr)r, hi, shmid);
	lock_release(&gm.lock);
	code_changed(exec, (gaddr)r, hi);
	return r;
}

/* The kernel unmaps what belongs to the segment; what is gone afterwards is
 * found by asking mincore, page by page, from the start of the segment. */
static gaddr
unmapped_until(gaddr lo, gaddr hi)
{
	unsigned char vec;

	while (lo < hi && host_call3(SYS_mincore, (long)lo, PAGE_SIZE,
				     P(&vec)) == -ENOMEM)
		lo += PAGE_SIZE;
	return lo;
}

long
gmem_shmdt(gaddr addr)
{
	bool exec = false;
	gaddr hi = addr;
	unsigned i;
	long r;

	lock_acquire(&gm.lock);
	r = host_call1(SYS_shmdt, (long)addr);
	if (!IS_ERR(r)) {
		i = find(addr);
		if (i < gm.n && gm.r[i].lo <= addr) {
			hi = unmapped_until(addr, gm.r[i].hi);
			exec = forget(addr, hi);
			gmem_alias_unmap(addr, hi);
		}
	}
	lock_release(&gm.lock);
	code_changed(exec, addr, hi);
	return r;
}

void
gmem_brk_init(gaddr start)
{
	gm.brk_start = gm.brk = ALIGN_UP(start, PAGE_SIZE);
}

gaddr
gmem_brk_start(void)
{
	return gm.brk_start;
}

/* mm/mmap.c brk(): an impossible request leaves the break and returns it. */
gaddr
gmem_brk(gaddr new_brk)
{
	gaddr old_end, new_end, ret;
	bool exec = false;
	long r = 0;

	lock_acquire(&gm.lock);
	old_end = ALIGN_UP(gm.brk, PAGE_SIZE);
	new_end = ALIGN_UP(new_brk, PAGE_SIZE);
	if (new_brk < gm.brk_start || new_end > gm.end ||
	    is_runtimes(gm.brk_start, new_end)) {
		ret = gm.brk;
		lock_release(&gm.lock);
		return ret;
	}
	if (new_end > old_end) {
		r = host_call6(SYS_mmap, (long)old_end,
			       (long)(new_end - old_end),
			       PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS |
				       MAP_FIXED_NOREPLACE,
			       -1, 0);
		if (!IS_ERR(r) && (gaddr)r == old_end)
			record(old_end, new_end, PROT_READ | PROT_WRITE);
	} else if (new_end < old_end) {
		codestore_changing(new_end, old_end);
		r = host_call2(SYS_munmap, (long)new_end,
			       (long)(old_end - new_end));
		if (!IS_ERR(r))
			exec = forget(new_end, old_end);
	}
	if (!IS_ERR(r))
		gm.brk = new_brk;
	ret = gm.brk;
	lock_release(&gm.lock);
	code_changed(exec, new_end, old_end);
	return ret;
}

void
gmem_code_written(gaddr lo, gaddr hi)
{
	struct gmem_alias at[MAX_ALIASES];
	unsigned n = 0;

	if (!gmem_code_changed)
		return;
	codestore_written(lo);
	if (gmem_alias_any()) {
		lock_acquire(&gm.lock);
		n = gmem_alias_find(lo, hi, at, MAX_ALIASES);
		lock_release(&gm.lock);
	}
	/* Not under the lock: the translator asks gmem under its own. */
	gmem_code_changed(lo, hi);
	while (n--)
		gmem_code_changed(at[n].lo, at[n].hi);
}

int
gmem_exec_range(gaddr pc, gaddr *end)
{
	int code = SEGV_MAPERR;
	unsigned i;

	lock_acquire(&gm.lock);
	i = find(pc);
	if (i < gm.n && gm.r[i].lo <= pc) {
		*end = gm.r[i].hi;
		code = gm.r[i].prot & PROT_EXEC ? 0 : SEGV_ACCERR;
	}
	lock_release(&gm.lock);
	return code;
}

int
gmem_query(gaddr addr, gaddr *lo, gaddr *hi)
{
	int prot = -1;
	unsigned i;

	lock_acquire(&gm.lock);
	i = find(addr);
	if (i < gm.n && gm.r[i].lo <= addr) {
		*lo = gm.r[i].lo;
		*hi = gm.r[i].hi;
		prot = gm.r[i].prot;
	}
	lock_release(&gm.lock);
	return prot;
}

long
gmem_peek(long pid, void *dst, const void *src, size_t n)
{
	struct iovec to = { dst, n }, from = { (void *)(uintptr_t)src, n };
	long r = host_call6(SYS_process_vm_readv, pid, P(&to), 1, P(&from), 1,
			    0);

	return r == (long)n ? 0 : IS_ERR(r) ? r : -EFAULT;
}

/* The other may change it meanwhile: what comes is as good as what it was a
 * moment before, or has entries that nobody finds. */
static long
table_of_other(long pid, struct gmem_table *t)
{
	__typeof__(gm) other;
	long r = gmem_peek(pid, &other, &gm, sizeof(gm));

	if (r)
		return r;
	t->n = other.n;
	t->brk_start = other.brk_start;
	t->brk = other.brk;
	t->bytes = t->n * sizeof(*t->r);
	if (t->bytes > MAX_TABLE)
		return -EFAULT;
	t->r = rtmem_alloc(t->bytes);
	if (!t->r)
		return -ENOMEM;
	r = gmem_peek(pid, t->r, other.r, t->bytes);
	if (r)
		rtmem_free(t->r, t->bytes);
	return r;
}

long
gmem_table_of(long pid, struct gmem_table *t)
{
	if (pid)
		return table_of_other(pid, t);
	for (;;) {
		t->bytes = (gm.n + 16ul) * sizeof(*t->r);
		t->r = rtmem_alloc(t->bytes);
		if (!t->r)
			return -ENOMEM;
		lock_acquire(&gm.lock);
		t->n = gm.n;
		t->brk_start = gm.brk_start;
		t->brk = gm.brk;
		if (t->n * sizeof(*t->r) <= t->bytes)
			memcpy(t->r, gm.r, t->n * sizeof(*t->r));
		lock_release(&gm.lock);
		if (t->n * sizeof(*t->r) <= t->bytes)
			return 0;
		rtmem_free(t->r, t->bytes);
	}
}

void
gmem_hold(void)
{
	lock_acquire(&gm.lock);
}

void
gmem_release(void)
{
	lock_release(&gm.lock);
}

void
gmem_fork_unlock(bool in_child)
{
	if (in_child)
		gm.lock = (struct lock)LOCK_INIT;
	else
		gmem_release();
}
