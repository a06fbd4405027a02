/*
 * mem.c - memory mappings.
 *
 * Whatever changes mappings goes through gmem, which knows what is the
 * guest's. What only works on existing mappings goes to the host, unless the
 * range reaches into the runtime's window: to the guest nothing is mapped
 * there.
 */
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/gmem.h"
#include "table.h"
#include "uring.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Meaningful to x86-64 only; arm64 ignores the bits. */
#define HOST_ONLY_MAP_FLAGS 0xc0	/* MAP_32BIT, MAP_ABOVE4G */

long
sys_mmap(struct thread *t, const uint64_t a[6])
{
	long r = gmem_mmap(a[0], a[1], (int)a[2],
			   (int)a[3] & ~HOST_ONLY_MAP_FLAGS, (int)a[4], a[5]);

	(void)t;
	if (!IS_ERR(r) && !((int)a[3] & MAP_ANONYMOUS))
		uring_mapped((int)a[4], a[5], (gaddr)r);
	return r;
}

long
sys_munmap(struct thread *t, const uint64_t a[6])
{
	(void)t;
	return gmem_munmap(a[0], a[1]);
}

long
sys_mprotect(struct thread *t, const uint64_t a[6])
{
	(void)t;
	return gmem_mprotect(a[0], a[1], (int)a[2]);
}

/* Memory protection keys as on a processor that has none: there is only the
 * key -1, which is mprotect's (mm/mprotect.c). */
#define GUEST_PKEY_ACCESS_MASK	0xf

long
sys_pkey_mprotect(struct thread *t, const uint64_t a[6])
{
	return (int)a[3] == -1 ? sys_mprotect(t, a) : -EINVAL;
}

long
sys_pkey_alloc(struct thread *t, const uint64_t a[6])
{
	(void)t;
	if (a[0] || a[1] & ~(uint64_t)GUEST_PKEY_ACCESS_MASK)
		return -EINVAL;
	return -ENOSPC;
}

long
sys_pkey_free(struct thread *t, const uint64_t a[6])
{
	(void)t;
	(void)a;
	return -EINVAL;
}

long
sys_mremap(struct thread *t, const uint64_t a[6])
{
	(void)t;
	return gmem_mremap(a[0], a[1], a[2], (int)a[3], a[4]);
}

long
sys_remap_file_pages(struct thread *t, const uint64_t a[6])
{
	(void)t;
	return gmem_remap_pages(a[0], a[1], (int)a[2], a[3], (int)a[4]);
}

long
sys_brk(struct thread *t, const uint64_t a[6])
{
	(void)t;
	return (long)gmem_brk(a[0]);
}

long
sys_shmat(struct thread *t, const uint64_t a[6])
{
	(void)t;
	return gmem_shmat((int)a[0], a[1], (int)a[2]);
}

long
sys_shmdt(struct thread *t, const uint64_t a[6])
{
	(void)t;
	return gmem_shmdt(a[0]);
}

/* Whether [addr, addr+len) touches the runtime. What wraps around is left
 * for the kernel to refuse. */
static bool
hidden(gaddr addr, uint64_t len)
{
	return addr + len > addr && rtmem_overlaps(addr, addr + len);
}

static long
on_range(struct thread *t, long nr, const uint64_t a[6], long error)
{
	if (hidden(a[0], a[1]))
		return error;
	return syscall_window(t, nr, (long)a[0], (long)a[1], (long)a[2],
			      (long)a[3], (long)a[4], (long)a[5]);
}

long
sys_msync(struct thread *t, const uint64_t a[6])
{
	return on_range(t, SYS_msync, a, -ENOMEM);
}

long
sys_mlock(struct thread *t, const uint64_t a[6])
{
	return on_range(t, SYS_mlock, a, -ENOMEM);
}

long
sys_mlock2(struct thread *t, const uint64_t a[6])
{
	return on_range(t, SYS_mlock2, a, -ENOMEM);
}

long
sys_munlock(struct thread *t, const uint64_t a[6])
{
	return on_range(t, SYS_munlock, a, -ENOMEM);
}

long
sys_mincore(struct thread *t, const uint64_t a[6])
{
	return on_range(t, SYS_mincore, a, -ENOMEM);
}

long
sys_mbind(struct thread *t, const uint64_t a[6])
{
	return on_range(t, SYS_mbind, a, -EFAULT);
}

long
sys_mseal(struct thread *t, const uint64_t a[6])
{
	return on_range(t, 462, a, -ENOMEM);
}

/* Advice that throws away what pages hold. */
static bool
advice_discards(int advice)
{
	return advice == MADV_DONTNEED || advice == MADV_FREE ||
	       advice == MADV_REMOVE || advice == 24 /* DONTNEED_LOCKED */;
}

static bool
any_executable(gaddr addr, gaddr end)
{
	while (addr < end) {
		gaddr lo, hi;
		int prot = gmem_query(addr, &lo, &hi);

		if (prot >= 0 && (prot & PROT_EXEC))
			return true;
		if (prot < 0 || hi <= addr)
			return false;
		addr = hi;
	}
	return false;
}

long
sys_madvise(struct thread *t, const uint64_t a[6])
{
	long ret = on_range(t, SYS_madvise, a, -ENOMEM);

	if (ret == 0 && advice_discards((int)a[2]) && gmem_code_changed &&
	    any_executable(a[0], a[0] + a[1]))
		gmem_code_changed(a[0], a[0] + a[1]);
	return ret;
}
