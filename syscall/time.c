/*
 * time.c - the clocks that programs read often.
 *
 * The guest's vdso has no code of its own for them and makes a system call,
 * so they are answered through the host's vDSO.
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/gmem.h"
#include "table.h"

#include <errno.h>
#include <sys/time.h>
#include <time.h>

/* Clocks that the vDSO answers; it never fails for them, so libc does not
 * touch errno. */
#define VDSO_CLOCKS \
	(1u << CLOCK_REALTIME | 1u << CLOCK_MONOTONIC | \
	 1u << CLOCK_MONOTONIC_RAW | 1u << CLOCK_REALTIME_COARSE | \
	 1u << CLOCK_MONOTONIC_COARSE | 1u << CLOCK_BOOTTIME)

long
sys_clock_gettime(struct thread *t, const uint64_t a[6])
{
	uint32_t clock = (uint32_t)a[0];
	struct timespec ts;

	if (clock >= 32 || !(VDSO_CLOCKS >> clock & 1))
		return syscall_window(t, SYS_clock_gettime, (long)a[0],
				      (long)a[1], 0, 0, 0, 0);
	clock_gettime((clockid_t)clock, &ts);
	return gmem_write(a[1], &ts, sizeof(ts));
}

long
sys_gettimeofday(struct thread *t, const uint64_t a[6])
{
	struct timespec ts;
	struct timeval tv;

	/* The time zone is for nobody's eyes but old programs'. */
	if (a[1])
		return syscall_window(t, SYS_gettimeofday, (long)a[0],
				      (long)a[1], 0, 0, 0, 0);
	if (!a[0])
		return 0;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv.tv_sec = ts.tv_sec;
	tv.tv_usec = ts.tv_nsec / 1000;
	return gmem_write(a[0], &tv, sizeof(tv));
}
