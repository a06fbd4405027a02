/*
 * atomic_litmus.c - the order in which two processors see each other's
 * accesses: outcomes that the memory model forbids must not happen, with
 * acquire and release, with barriers, interpreted and translated.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include "atomic.h"

#define PLACES	1000	/* in one go, without meeting */
#define ROUNDS	20

/* The two variables of a test, and what its threads saw. */
struct place {
	_Alignas(64) atomic_int x;
	_Alignas(64) atomic_int y;
	_Alignas(64) int r[4];
};

static struct place places[PLACES];
static atomic_int arrived, left;

/* rx is relaxed, so that only barriers or marked accesses order. */
#define rx	memory_order_relaxed
#define st(a, n, order)	atomic_store_explicit(&p->a, n, order)
#define ld(a, order)	atomic_load_explicit(&p->a, order)

/* Message passing. */

static void
mp_0(struct place *p)
{
	st(x, 1, rx);
	st(y, 1, memory_order_release);
}

static void
mp_1(struct place *p)
{
	p->r[0] = ld(y, memory_order_acquire);
	p->r[1] = ld(x, rx);
}

static int
mp_bad(const struct place *p)
{
	return p->r[0] == 1 && p->r[1] == 0;
}

static void
mpf_0(struct place *p)
{
	st(x, 1, rx);
	atomic_thread_fence(memory_order_release);
	st(y, 1, rx);
}

static void
mpf_1(struct place *p)
{
	p->r[0] = ld(y, rx);
	atomic_thread_fence(memory_order_acquire);
	p->r[1] = ld(x, rx);
}

/* Store buffering: with sequentially consistent accesses, and with full
 * barriers, one of the two must see the other's store. */

static void
sb_0(struct place *p)
{
	st(x, 1, memory_order_seq_cst);
	p->r[0] = ld(y, memory_order_seq_cst);
}

static void
sb_1(struct place *p)
{
	st(y, 1, memory_order_seq_cst);
	p->r[1] = ld(x, memory_order_seq_cst);
}

static int
sb_bad(const struct place *p)
{
	return p->r[0] == 0 && p->r[1] == 0;
}

static void
sbf_0(struct place *p)
{
	st(x, 1, rx);
	atomic_thread_fence(memory_order_seq_cst);
	p->r[0] = ld(y, rx);
}

static void
sbf_1(struct place *p)
{
	st(y, 1, rx);
	atomic_thread_fence(memory_order_seq_cst);
	p->r[1] = ld(x, rx);
}

/* A read-modify-write orders like a barrier. */

static void
sbx_0(struct place *p)
{
	atomic_exchange(&p->x, 1);
	p->r[0] = ld(y, memory_order_seq_cst);
}

static void
sbx_1(struct place *p)
{
	atomic_exchange(&p->y, 1);
	p->r[1] = ld(x, memory_order_seq_cst);
}

/* Load buffering. */

static void
lb_0(struct place *p)
{
	p->r[0] = ld(x, memory_order_acquire);
	st(y, 1, memory_order_release);
}

static void
lb_1(struct place *p)
{
	p->r[1] = ld(y, memory_order_acquire);
	st(x, 1, memory_order_release);
}

static int
lb_bad(const struct place *p)
{
	return p->r[0] == 1 && p->r[1] == 1;
}

/* Two stores each, in opposite order. */

static void
ww_0(struct place *p)
{
	st(x, 1, memory_order_seq_cst);
	st(y, 2, memory_order_seq_cst);
}

static void
ww_1(struct place *p)
{
	st(y, 1, memory_order_seq_cst);
	st(x, 2, memory_order_seq_cst);
}

static int
ww_bad(const struct place *p)
{
	return p->x == 1 && p->y == 1;
}

/* One location does not go back. */

static void
co_0(struct place *p)
{
	st(x, 1, rx);
	st(x, 2, rx);
}

static void
co_1(struct place *p)
{
	p->r[0] = ld(x, rx);
	p->r[1] = ld(x, rx);
}

static int
co_bad(const struct place *p)
{
	return p->r[0] > p->r[1];
}

/* Independent reads of independent writes: both readers agree. */

static void
iriw_0(struct place *p)
{
	st(x, 1, memory_order_seq_cst);
}

static void
iriw_1(struct place *p)
{
	st(y, 1, memory_order_seq_cst);
}

static void
iriw_2(struct place *p)
{
	p->r[0] = ld(x, memory_order_seq_cst);
	p->r[1] = ld(y, memory_order_seq_cst);
}

static void
iriw_3(struct place *p)
{
	p->r[2] = ld(y, memory_order_seq_cst);
	p->r[3] = ld(x, memory_order_seq_cst);
}

static int
iriw_bad(const struct place *p)
{
	return p->r[0] == 1 && p->r[1] == 0 && p->r[2] == 1 &&
	       p->r[3] == 0;
}

static const struct litmus {
	const char *name;
	void (*thread[4])(struct place *p);
	int (*bad)(const struct place *p);
} tests[] = {
	{ "MP", { mp_0, mp_1 }, mp_bad },
	{ "MP+fences", { mpf_0, mpf_1 }, mp_bad },
	{ "SB", { sb_0, sb_1 }, sb_bad },
	{ "SB+fences", { sbf_0, sbf_1 }, sb_bad },
	{ "SB+xchg", { sbx_0, sbx_1 }, sb_bad },
	{ "LB", { lb_0, lb_1 }, lb_bad },
	{ "2+2W", { ww_0, ww_1 }, ww_bad },
	{ "CoRR", { co_0, co_1 }, co_bad },
	{ "IRIW", { iriw_0, iriw_1, iriw_2, iriw_3 }, iriw_bad },
};

static const struct litmus *now;
static int size, rounds, forbidden, seen[4];

static void
look(void)
{
	int i;

	for (i = 0; i < PLACES; i++) {
		struct place *p = &places[i];

		forbidden += now->bad(p);
		seen[(p->r[0] * 2 + p->r[1]) & 3]++;
		memset(p, 0, sizeof(*p));
	}
}

static void
thread(int me)
{
	int round, i;

	for (round = 1; round <= rounds; round++) {
		meet(&arrived, size, round);
		for (i = 0; i < PLACES; i++)
			now->thread[me](&places[i]);
		meet(&left, size, round);
		if (me == 0)
			look();
	}
}

int
main(int argc, char **argv)
{
	size_t i;
	int mix, bad = 0;

	rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		now = &tests[i];
		size = now->thread[2] ? 4 : 2;
		for (mix = 0; mix < NR_MIXES; mix++) {
			arrived = left = forbidden = 0;
			memset(seen, 0, sizeof(seen));
			run_team(size, mix, thread);
			bad += forbidden;
			if (forbidden || argc > 1)
				printf("%s, mix %d: %d forbidden; seen %d %d "
				       "%d %d\n", now->name, mix, forbidden,
				       seen[0], seen[1], seen[2], seen[3]);
		}
	}
	return bad != 0;
}
