/*
 * exclusive.c - the rare cases of exclusive.h: somebody else is storing, or
 * was and is no more.
 */
#include <sched.h>
#include <time.h>

#include "../../../runtime/base/hostcall.h"
#include "../../../runtime/base/mortal.h"
#include "../../../runtime/base/rtmem.h"
#include "exclusive.h"

struct exclusive_place a64_exclusive[EXCLUSIVE_PLACES];

/* The owner needs some nanoseconds, if it runs. If not it may be on this
 * processor, or of a lower priority, or stopped. */
#define SPINS	50
#define YIELDS	20
#define SLEEP	100000	/* ns */

/* Frees the place if its owner, whom v tells, is dead. Whether that had stored
 * is not known. */
static void
bury_owner(uint64_t *place, uint64_t v)
{
	if (v >> 32 && mortal_any() && mortal_is_dead(RT_BASE | v >> 33 << 10))
		__atomic_compare_exchange_n(place, &v, (uint32_t)v + 1, false,
					    __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED);
}

uint64_t
a64_exclusive_wait(uint64_t *place)
{
	struct timespec sleep = { 0, SLEEP };
	uint64_t v;
	int i;

	for (i = 0; i < SPINS + YIELDS; i++) {
		if (i < SPINS)
			__builtin_ia32_pause();
		else
			host_call0(SYS_sched_yield);
		v = __atomic_load_n(place, __ATOMIC_ACQUIRE);
		if (!(v >> 32))
			return v;
	}
	host_call2(SYS_nanosleep, P(&sleep), 0);
	bury_owner(place, __atomic_load_n(place, __ATOMIC_ACQUIRE));
	return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

void
a64_exclusive_bury(struct a64_cpu *cpu)
{
	uint64_t *place = cpu->excl_place;

	if (place && *place >> 32 == exclusive_owner(cpu) >> 32)
		exclusive_give_back(cpu, true);
}

void
a64_exclusive_forked(void)
{
	uint64_t *v;
	int i;

	for (i = 0; i < EXCLUSIVE_PLACES; i++) {
		v = &a64_exclusive[i].v;
		if (*v >> 32)
			*v = (uint32_t)(*v + 1);
	}
}
