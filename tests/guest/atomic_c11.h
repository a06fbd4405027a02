/*
 * atomic_c11.h - what threads do with the compiler's atomics: counters of
 * each size, bits, swaps, 128 bits at once, locks made of them. Included by
 * programs that differ in how the compiler makes them: by run-time choice, by
 * exclusive loads and stores, by LSE instructions.
 */
#include "atomic.h"

#define TEAM	4
#define ROUNDS	3000

typedef unsigned __int128 u128;

static _Alignas(64) _Atomic uint8_t n8;
static _Alignas(64) _Atomic uint16_t n16;
static _Alignas(64) _Atomic uint32_t n32;
static _Alignas(64) _Atomic uint64_t n64;
static _Alignas(64) _Atomic uint64_t bits, least, most, tokens;
static _Alignas(64) u128 pair;
static _Alignas(64) atomic_uint ticket, serving;
static long guarded;
static _Alignas(64) atomic_uint sequence;
static volatile uint64_t data[8];
static atomic_int started, running;

/* Each operation as often by each thread; the sum is known. */
static void
count(int me)
{
	uint16_t old16;
	uint64_t old;
	int i;

	meet(&started, TEAM, 1);
	for (i = 0; i < ROUNDS; i++) {
		atomic_fetch_add(&n8, 3);
		old16 = n16;
		while (!atomic_compare_exchange_weak(&n16, &old16,
						     (uint16_t)(old16 + 5)))
			;
		atomic_fetch_sub_explicit(&n32, 7, memory_order_relaxed);
		atomic_fetch_add_explicit(&n64, 1ull << 33,
					  memory_order_acq_rel);
		/* A token that goes from hand to hand is never lost. */
		old = atomic_exchange(&tokens, (uint64_t)me + 1);
		if (old)
			CHECK(old <= TEAM);
		atomic_fetch_xor(&bits, 1ull << (me * 8 + (i & 7)));
		atomic_fetch_or(&least, 1ull << (i & 63));
		atomic_fetch_and(&most, ~(1ull << (i & 63)));
	}
}

static void
test_count(int mix)
{
	n8 = n16 = 0;
	n32 = 0;
	n64 = bits = least = tokens = 0;
	most = ~0ull;
	started = 0;
	run_team(TEAM, mix, count);
	CHECK(n8 == (uint8_t)(TEAM * ROUNDS * 3));
	CHECK(n16 == (uint16_t)(TEAM * ROUNDS * 5));
	CHECK(n32 == (uint32_t)(TEAM * ROUNDS * -7));
	CHECK(n64 == (uint64_t)TEAM * ROUNDS << 33);
	/* Each bit as often as the others. */
	CHECK(bits == ((ROUNDS / 8) & 1 ? 0xffffffffull : 0));
	CHECK(least == ~0ull && most == 0);
}

/* 128 bits as one: halves that do not belong together are never seen. */

static int
cas_pair(u128 *expect, u128 new)
{
#ifdef __aarch64__
	uint64_t lo = (uint64_t)*expect, hi = (uint64_t)(*expect >> 64);
	uint64_t was_lo, was_hi;
	uint32_t failed;
#ifdef __ARM_FEATURE_ATOMICS
	register uint64_t x0 __asm__("x0") = lo;
	register uint64_t x1 __asm__("x1") = hi;
	register uint64_t x2 __asm__("x2") = (uint64_t)new;
	register uint64_t x3 __asm__("x3") = (uint64_t)(new >> 64);

	(void)failed;
	__asm__ volatile("caspal x0, x1, x2, x3, [%4]"
			 : "+r"(x0), "+r"(x1)
			 : "r"(x2), "r"(x3), "r"(&pair) : "memory");
	was_lo = x0;
	was_hi = x1;
#else
	__asm__ volatile("1:	ldaxp	%0, %1, [%5]\n"
			 "	cmp	%0, %3\n"
			 "	ccmp	%1, %4, #0, eq\n"
			 "	b.ne	2f\n"
			 "	stlxp	%w2, %6, %7, [%5]\n"
			 "	cbnz	%w2, 1b\n"
			 "	b	3f\n"
			 "2:	stlxp	%w2, %0, %1, [%5]\n"
			 "	cbnz	%w2, 1b\n"
			 "3:"
			 : "=&r"(was_lo), "=&r"(was_hi), "=&r"(failed)
			 : "r"(lo), "r"(hi), "r"(&pair), "r"((uint64_t)new),
			   "r"((uint64_t)(new >> 64))
			 : "memory", "cc");
#endif
	*expect = (u128)was_hi << 64 | was_lo;
	return was_lo == lo && was_hi == hi;
#else
	char done;
	uint64_t lo = (uint64_t)*expect, hi = (uint64_t)(*expect >> 64);

	__asm__ volatile("lock cmpxchg16b %1"
			 : "=@ccz"(done), "+m"(pair), "+a"(lo), "+d"(hi)
			 : "b"((uint64_t)new), "c"((uint64_t)(new >> 64))
			 : "memory");
	*expect = (u128)hi << 64 | lo;
	return done;
#endif
}

static void
count_pair(int me)
{
	u128 seen = 0, new;
	int i;

	(void)me;
	meet(&started, TEAM, 1);
	for (i = 0; i < ROUNDS; i++) {
		do {
			CHECK((uint64_t)(seen >> 64) == ~(uint64_t)seen * 3 ||
			      !seen);
			new = (uint64_t)seen + 1;
			new |= (u128)(~(uint64_t)new * 3) << 64;
		} while (!cas_pair(&seen, new));
	}
}

static void
test_pair(int mix)
{
	pair = 0;
	started = 0;
	run_team(TEAM, mix, count_pair);
	CHECK((uint64_t)pair == TEAM * ROUNDS);
}

/* A ticket lock around a plain variable. */
static void
take_turns(int me)
{
	int i;

	(void)me;
	meet(&started, TEAM, 1);
	for (i = 0; i < ROUNDS / 20; i++) {
		unsigned mine = atomic_fetch_add_explicit(&ticket, 1,
			memory_order_relaxed);
		int spins = 0;

		while (atomic_load_explicit(&serving, memory_order_acquire) !=
		       mine)
			if (++spins % 100 == 0)
				sched_yield();
		guarded++;
		atomic_store_explicit(&serving, mine + 1,
				      memory_order_release);
	}
}

static void
test_ticket(int mix)
{
	ticket = serving = started = 0;
	guarded = 0;
	run_team(TEAM, mix, take_turns);
	CHECK(guarded == TEAM * (ROUNDS / 20));
}

/* A sequence lock: one writes, the others never see half of it. */
static void
write_sequence(void)
{
	uint64_t i;
	int k;

	for (i = 1; i <= ROUNDS; i++) {
		atomic_store_explicit(&sequence, (unsigned)(2 * i - 1),
				      memory_order_relaxed);
		atomic_thread_fence(memory_order_release);
		for (k = 0; k < 8; k++)
			data[k] = i * (uint64_t)(k + 1);
		atomic_store_explicit(&sequence, (unsigned)(2 * i),
				      memory_order_release);
	}
}

static void
sequence_member(int me)
{
	uint64_t copy[8];
	unsigned before;
	int k;

	meet(&started, TEAM, 1);
	if (me == 0) {
		write_sequence();
		running = 0;
		return;
	}
	while (running) {
		before = atomic_load_explicit(&sequence, memory_order_acquire);
		for (k = 0; k < 8; k++)
			copy[k] = data[k];
		atomic_thread_fence(memory_order_acquire);
		if (before & 1 || before != atomic_load_explicit(&sequence,
							memory_order_relaxed))
			continue;
		for (k = 0; k < 8; k++)
			CHECK(copy[k] == (before / 2) * (uint64_t)(k + 1));
	}
}

static void
test_sequence(int mix)
{
	started = 0;
	running = 1;
	sequence = 0;
	memset((void *)data, 0, sizeof(data));
	run_team(TEAM, mix, sequence_member);
}

/* Aligned accesses are whole: no thread sees a mixture of two stores. */
static volatile uint64_t whole64;
static volatile uint32_t whole32;
static volatile uint16_t whole16;

static void
store_or_load(int me)
{
	int i;

	meet(&started, TEAM, 1);
	for (i = 0; i < 4 * ROUNDS; i++) {
		uint64_t v = i & 1 ? ~0ull : 0;

		if (me & 1) {
			whole64 = v;
			whole32 = (uint32_t)v;
			whole16 = (uint16_t)v;
			continue;
		}
		v = whole64;
		CHECK(v == 0 || v == ~0ull);
		v = whole32;
		CHECK(v == 0 || v == ~0u);
		v = whole16;
		CHECK(v == 0 || v == 0xffff);
	}
}

static void
test_whole(int mix)
{
	started = 0;
	run_team(TEAM, mix, store_or_load);
}

int
main(void)
{
	int mix;

	for (mix = 0; mix < NR_MIXES; mix++) {
		test_count(mix);
		test_pair(mix);
		test_ticket(mix);
		test_sequence(mix);
		test_whole(mix);
	}
	return 0;
}
