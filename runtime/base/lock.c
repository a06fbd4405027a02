/*
 * lock.c - a futex mutex that knows its owner, so that it can be released
 * when the owner is dead.
 */
#include <errno.h>
#include <linux/futex.h>
#include <time.h>

#include "base.h"
#include "hostcall.h"
#include "lock.h"
#include "mortal.h"
#include "rtmem.h"

#define WAITED	1u

/* How long a lock is waited for before its owner's health is asked after. */
#define PATIENCE	50000000	/* ns */

static __thread struct lock_held held;

struct lock_held *
lock_held(void)
{
	return &held;
}

/* The owner as a lock's state: all threads' TLS is in the runtime's window of
 * 2^40 bytes, and more than 1 KiB apart. */
static uint32_t
owner(const struct lock_held *h)
{
	return (uint32_t)((uintptr_t)h >> 10) << 1;
}

/* Replaces `from' by `to' among what this thread holds. */
static void
note(struct lock *from, struct lock *to)
{
	int i;

	for (i = 0; i < MAX_HELD - 1 && held.lock[i] != from; i++)
		;
	held.lock[i] = to;
	__asm__ volatile("" ::: "memory");
}

static bool
exchange(struct lock *l, uint32_t *seen, uint32_t state)
{
	return __atomic_compare_exchange_n(&l->state, seen, state, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Inside the owner's thread block. */
static uintptr_t
owner_at(uint32_t state)
{
	return RT_BASE | (uintptr_t)(state >> 1) << 10;
}

/* Sleeps until the state may be another. True: never again, the owner is
 * dead. */
static bool
sleep_on(struct lock *l, uint32_t state)
{
	static const struct timespec patience = { 0, PATIENCE };
	bool doubt = mortal_any();

	return host_call4(SYS_futex, P(&l->state), FUTEX_WAIT_PRIVATE, state,
			  doubt ? P(&patience) : 0) == -ETIMEDOUT &&
	       mortal_is_dead(owner_at(state));
}

static __attribute__((noinline)) void
wait(struct lock *l, uint32_t seen)
{
	for (;;) {
		if (!seen) {
			/* Others may wait as well. */
			if (exchange(l, &seen, owner(&held) | WAITED))
				return;
			continue;
		}
		if (seen & WAITED || exchange(l, &seen, seen | WAITED)) {
			seen |= WAITED;
			if (sleep_on(l, seen) &&
			    exchange(l, &seen, owner(&held) | WAITED))
				return;
		}
		seen = __atomic_load_n(&l->state, __ATOMIC_RELAXED);
	}
}

void
lock_acquire(struct lock *l)
{
	uint32_t seen = 0;

	note(NULL, l);
	if (!exchange(l, &seen, owner(&held)))
		wait(l, seen);
}

static void
release(struct lock *l)
{
	if (__atomic_exchange_n(&l->state, 0, __ATOMIC_RELEASE) & WAITED)
		host_call3(SYS_futex, P(&l->state), FUTEX_WAKE_PRIVATE, 1);
}

void
lock_release(struct lock *l)
{
	release(l);
	note(l, NULL);
}

void
lock_release_dead(struct lock_held *h)
{
	for (int i = 0; i < MAX_HELD; i++)
		if (h->lock[i] && (h->lock[i]->state & ~WAITED) == owner(h))
			release(h->lock[i]);
}
