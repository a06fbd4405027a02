/*
 * atomic.h - threads that meet at one point, on two processors, and on two
 * tiers: while FPCR.FZ is set ferry interprets a thread, so one thread of a
 * pair can be translated and the other not.
 */
#ifndef TESTS_GUEST_ATOMIC_H
#define TESTS_GUEST_ATOMIC_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#include "check.h"

/* Which threads run with FPCR.FZ: none; the odd ones; all. */
enum { MIX_NONE, MIX_ODD, MIX_ALL, NR_MIXES };

struct team {
	void (*fn)(int me);
	int size, mix;
};

struct member {
	const struct team *team;
	pthread_t thread;
	int me;
};

static void
set_flush_to_zero(int on)
{
#ifdef __aarch64__
	uint64_t fpcr = on ? 1ull << 24 : 0;

	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
#else
	(void)on;
#endif
}

/* One processor each, as far as there are any. */
static void
choose_processor(int me)
{
	cpu_set_t all, one;
	int cpu, n = 0;

	CHECK(!sched_getaffinity(0, sizeof(all), &all));
	CPU_ZERO(&one);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all) && n++ == me % CPU_COUNT(&all))
			CPU_SET(cpu, &one);
	CHECK(!sched_setaffinity(0, sizeof(one), &one));
}

static void *
member_main(void *arg)
{
	struct member *m = arg;

	choose_processor(m->me);
	set_flush_to_zero(m->team->mix == MIX_ALL ||
			  (m->team->mix == MIX_ODD && (m->me & 1)));
	m->team->fn(m->me);
	set_flush_to_zero(0);
	return NULL;
}

__attribute__((unused)) static void
run_team(int size, int mix, void (*fn)(int me))
{
	struct team team = { fn, size, mix };
	struct member m[8];
	int i;

	for (i = 0; i < size; i++) {
		m[i] = (struct member){ &team, 0, i };
		CHECK(!pthread_create(&m[i].thread, NULL, member_main, &m[i]));
	}
	for (i = 0; i < size; i++)
		CHECK(!pthread_join(m[i].thread, NULL));
}

/* Waits until `size' threads have come here `round' times. On a machine that
 * is busy one of them may have no processor for a while. */
__attribute__((unused)) static void
meet(atomic_int *count, int size, int round)
{
	int spins = 0;

	atomic_fetch_add(count, 1);
	while (atomic_load(count) < size * round)
		if (++spins % 200 == 0)
			sched_yield();
}

#endif
