/*
 * lock.c - the three-state futex mutex (Drepper, "Futexes Are Tricky").
 */
#include <linux/futex.h>

#include "base.h"
#include "hostcall.h"
#include "lock.h"

void
lock_acquire(struct lock *l)
{
	int seen = 0;

	if (__atomic_compare_exchange_n(&l->state, &seen, 1, false,
					__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	if (seen != 2)
		seen = __atomic_exchange_n(&l->state, 2, __ATOMIC_ACQUIRE);
	while (seen) {
		host_call4(SYS_futex, P(&l->state), FUTEX_WAIT_PRIVATE, 2, 0);
		seen = __atomic_exchange_n(&l->state, 2, __ATOMIC_ACQUIRE);
	}
}

void
lock_release(struct lock *l)
{
	if (__atomic_exchange_n(&l->state, 0, __ATOMIC_RELEASE) == 2)
		host_call3(SYS_futex, P(&l->state), FUTEX_WAKE_PRIVATE, 1);
}
