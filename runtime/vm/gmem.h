/*
 * gmem.h - the guest's address space.
 *
 * Guest addresses are host addresses. The kernel holds the mappings; gmem
 * keeps beside it what the kernel cannot know: which ranges are the guest's
 * and what protection the guest asked for. Guest pages never get PROT_EXEC
 * on the host: PROT_EXEC is replaced by PROT_READ, and gmem_exec_range()
 * tells the translator what may be executed.
 *
 * Guests are kept out of the runtime's window (rtmem.h): fixed mappings over
 * it fail with ENOMEM, hints into it are ignored.
 *
 * Every change of the mappings goes through here, in any thread; a lock
 * orders them. All calls return a value or -errno as the kernel would.
 * Changes of executable ranges call gmem_code_changed (set by the runtime)
 * so that no stale code runs. Not for signal handlers, but for gmem_read and
 * gmem_write, which are async-signal-safe.
 */
#ifndef FERRY_GMEM_H
#define FERRY_GMEM_H

#include <sys/types.h>

#include "../base/base.h"

/* Guest PROT_ bits that only arm64 has; accepted and ignored. */
#define GUEST_PROT_BTI	0x10
#define GUEST_PROT_MTE	0x20

/* The end of what user space can map (47 bits), exclusive. */
#define GMEM_TASK_SIZE	0x7ffffffff000ul

/* Called with the range whenever executable guest memory was unmapped,
 * replaced or lost or got a permission, and for IC IVAU. May be NULL. */
extern void (*gmem_code_changed)(gaddr lo, gaddr hi);

/* The guest says that it has written code to [lo, hi): calls gmem_code_changed
 * for it, and for all other addresses of the same memory. */
void gmem_code_written(gaddr lo, gaddr hi);

/* Ranges outside the window that are the runtime's all the same: the host's
 * stack and vDSO. Set once at start. */
#define GMEM_HOST_RANGES 2
void gmem_host_range(int slot, gaddr lo, gaddr hi);

/* For a guest that is to have less than the host: its addresses end at `end',
 * its stack at `stack', and mappings without an address are placed from `top'
 * down. Before it has any above. */
void gmem_limit(gaddr end, gaddr stack, gaddr top);

/* Where a stack can grow down from: the lowest address of slot 0, the host's
 * stack, or what gmem_limit() was told; 0 if neither was set. */
gaddr gmem_stack_top(void);

/* [lo, hi) belongs to a stack that the kernel makes grow down from hi: a part
 * of it is mapped, and the rest may become so without a call. */
void gmem_grows_down(gaddr lo, gaddr hi, int prot);

/* Whether any of [addr, addr+len) is the runtime's. */
bool gmem_is_runtimes(gaddr addr, uint64_t len);

/* mmap(2), munmap(2), mprotect(2), mremap(2), remap_file_pages(2), shmat(2),
 * shmdt(2) on guest terms. prot is the guest's. */
long gmem_mmap(gaddr addr, uint64_t len, int prot, int flags, int fd,
	       uint64_t off);
long gmem_munmap(gaddr addr, uint64_t len);
long gmem_mprotect(gaddr addr, uint64_t len, int prot);
long gmem_mremap(gaddr old, uint64_t old_len, uint64_t new_len, int flags,
		 gaddr new);
long gmem_remap_pages(gaddr addr, uint64_t len, int prot, uint64_t pgoff,
		      int flags);
long gmem_shmat(int shmid, gaddr addr, int flags);
long gmem_shmdt(gaddr addr);

/* brk: the loader sets the start (page aligned up) once, where there is room
 * to grow. gmem_brk returns the (new or unchanged) break, as the kernel's brk
 * does. */
void gmem_brk_init(gaddr start);
gaddr gmem_brk(gaddr new_brk);
gaddr gmem_brk_start(void);

/* May the guest execute at `pc'? Returns 0 and the end of the executable
 * range around it in *end, or the si_code of the SIGSEGV: SEGV_MAPERR or
 * SEGV_ACCERR. */
int gmem_exec_range(gaddr pc, gaddr *end);

/* Reads from process `pid', which runs the same ferry, what is at `src' in
 * this one. 0 or -errno. */
long gmem_peek(long pid, void *dst, const void *src, size_t n);

/* The guest's ranges with its protections, in order, and its heap: of this
 * process (0) or of another guest. 0 or -errno; r is given back by
 * rtmem_free(r, bytes). For /proc. */
struct gmem_range {
	gaddr lo, hi;
	int prot;
};

struct gmem_table {
	struct gmem_range *r;
	unsigned n;
	size_t bytes;
	gaddr brk_start, brk;
};

long gmem_table_of(long pid, struct gmem_table *t);

/* The guest's protection of the range around addr: PROT_ bits and in
 * *lo, *hi its bounds; -1 if it is not the guest's. */
int gmem_query(gaddr addr, gaddr *lo, gaddr *hi);

/* Copies between guest memory and ours. 0 or -EFAULT; a fault in the middle
 * leaves the bytes before it copied. */
int gmem_read(void *dst, gaddr src, size_t n);
int gmem_write(gaddr dst, const void *src, size_t n);
/* Copies a NUL-terminated string of at most size-1 bytes. Its length,
 * -EFAULT, or -ENAMETOOLONG if it does not fit. */
long gmem_strncpy(char *dst, gaddr src, size_t size);

/* For the host's fault handler: if rip lies in one of the copy routines
 * above, the address to continue at (they then return -EFAULT), else 0. */
uintptr_t gmem_fixup(uintptr_t rip);

/* Nobody changes a mapping between the first two; for codestore.c, and around
 * fork, after which the third stands for the second: a child re-initialises. */
void gmem_hold(void);
void gmem_release(void);
void gmem_fork_unlock(bool in_child);

#endif
