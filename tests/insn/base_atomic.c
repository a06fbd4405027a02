/*
 * base_atomic.c - exclusives in loops, the monitor, and atomics between
 * threads.
 *
 * TEST-CFLAGS: -O1 -march=armv8.2-a -pthread
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(c) \
	((c) ? (void)0 : (printf("line %d: %s\n", __LINE__, #c), exit(1)))

typedef struct { uint64_t lo, hi; } pair __attribute__((aligned(16)));

/* --- The monitor. --- */

static void
test_monitor(void)
{
	uint64_t mem[4] __attribute__((aligned(16))) = { 1, 2, 3, 4 };
	uint32_t failed;
	uint64_t v, w;

	/* Load and store pair up. */
	__asm__ volatile("ldxr %0, [%3]\n\tadd %1, %0, #10\n\t"
			 "stxr %w2, %1, [%3]"
			 : "=&r"(v), "=&r"(w), "=&r"(failed)
			 : "r"(mem) : "memory");
	CHECK(v == 1 && !failed && mem[0] == 11);

	/* A second store-exclusive fails. */
	__asm__ volatile("stxr %w0, %1, [%2]"
			 : "=&r"(failed) : "r"(77ul), "r"(mem) : "memory");
	CHECK(failed == 1 && mem[0] == 11);

	/* CLREX opens the monitor. */
	__asm__ volatile("ldxr %0, [%3]\n\tclrex\n\tstxr %w1, %2, [%3]"
			 : "=&r"(v), "=&r"(failed)
			 : "r"(77ul), "r"(mem) : "memory");
	CHECK(failed == 1 && mem[0] == 11);

	/* Another address fails. */
	__asm__ volatile("ldxr %0, [%3]\n\tstxr %w1, %2, [%4]"
			 : "=&r"(v), "=&r"(failed)
			 : "r"(77ul), "r"(mem), "r"(mem + 2) : "memory");
	CHECK(failed == 1 && mem[0] == 11 && mem[2] == 3);

	/* A changed value fails. */
	__asm__ volatile("ldaxr %0, [%3]\n\tstr %2, [%3]\n\t"
			 "stlxr %w1, %0, [%3]"
			 : "=&r"(v), "=&r"(failed)
			 : "r"(55ul), "r"(mem) : "memory");
	CHECK(failed == 1 && mem[0] == 55);

	/* Tags do not matter. */
	__asm__ volatile("ldxr %w0, [%3]\n\tstxr %w1, %w2, [%4]"
			 : "=&r"(v), "=&r"(failed)
			 : "r"(99), "r"(mem),
			   "r"((uint64_t)mem | 0x12ull << 56) : "memory");
	CHECK(v == 55 && failed == 0 && mem[0] == 99);

	/* Bytes and halfwords. */
	mem[0] = 0x1122334455667788;
	__asm__ volatile("ldxrb %w0, [%3]\n\tstxrb %w1, %w2, [%3]"
			 : "=&r"(v), "=&r"(failed)
			 : "r"(0xfff), "r"((char *)mem + 3) : "memory");
	CHECK(v == 0x55 && !failed && mem[0] == 0x11223344ff667788);
	__asm__ volatile("ldaxrh %w0, [%3]\n\tstlxrh %w1, %w2, [%3]"
			 : "=&r"(v), "=&r"(failed)
			 : "r"(0xabcde), "r"((char *)mem + 4) : "memory");
	CHECK(v == 0x3344 && !failed && mem[0] == 0x1122bcdeff667788);
}

static void
test_pairs(void)
{
	pair m = { 1, 2 };
	uint64_t lo, hi, a = 1, b = 2, c = 7, d = 8;
	uint32_t failed;

	__asm__ volatile("ldxp %0, %1, [%3]\n\tstxp %w2, %1, %0, [%3]"
			 : "=&r"(lo), "=&r"(hi), "=&r"(failed)
			 : "r"(&m) : "memory");
	CHECK(lo == 1 && hi == 2 && !failed && m.lo == 2 && m.hi == 1);
	__asm__ volatile("ldaxp %0, %1, [%3]\n\tstr xzr, [%3, #8]\n\t"
			 "stlxp %w2, %1, %0, [%3]"
			 : "=&r"(lo), "=&r"(hi), "=&r"(failed)
			 : "r"(&m) : "memory");
	CHECK(failed == 1 && m.lo == 2 && m.hi == 0);
	m.lo = 0x1111111122222222;
	__asm__ volatile("ldxp %w0, %w1, [%3]\n\tstxp %w2, %w1, %w0, [%3]"
			 : "=&r"(lo), "=&r"(hi), "=&r"(failed)
			 : "r"(&m) : "memory");
	CHECK(lo == 0x22222222 && hi == 0x11111111 && !failed);
	CHECK(m.lo == 0x2222222211111111);

	/* CASP, both ways; the pair registers are even. */
	{
		register uint64_t x0 __asm__("x0") = a;
		register uint64_t x1 __asm__("x1") = b;
		register uint64_t x2 __asm__("x2") = c;
		register uint64_t x3 __asm__("x3") = d;

		m.lo = 1;
		m.hi = 2;
		__asm__ volatile("caspal x0, x1, x2, x3, [%4]"
				 : "+r"(x0), "+r"(x1) : "r"(x2), "r"(x3),
				   "r"(&m) : "memory");
		CHECK(x0 == 1 && x1 == 2 && m.lo == 7 && m.hi == 8);
		__asm__ volatile("casp x0, x1, x2, x3, [%4]"
				 : "+r"(x0), "+r"(x1) : "r"(x2), "r"(x3),
				   "r"(&m) : "memory");
		CHECK(x0 == 7 && x1 == 8 && m.lo == 7 && m.hi == 8);
		x0 = 7;
		x1 = 0;
		x2 = 0xaaaaaaaabbbbbbbb;
		x3 = 0xccccccccdddddddd;
		__asm__ volatile("casp w0, w1, w2, w3, [%4]"
				 : "+r"(x0), "+r"(x1) : "r"(x2), "r"(x3),
				   "r"(&m) : "memory");
		CHECK(x0 == 7 && x1 == 0 && m.lo == 0xddddddddbbbbbbbb);
	}
}

/* --- Between threads: nothing may get lost. --- */

#define THREADS	4
#define ROUNDS	20000

static uint64_t add_lse, add_excl, max_lse, swaps;
static uint8_t add_byte;
static pair pairs;
static uint32_t lock_word;
static uint64_t under_lock;

static void
add_exclusive(uint64_t *p, uint64_t v)
{
	uint64_t t;
	uint32_t failed;

	__asm__ volatile("1: ldaxr %0, [%2]\n\tadd %0, %0, %3\n\t"
			 "stlxr %w1, %0, [%2]\n\tcbnz %w1, 1b"
			 : "=&r"(t), "=&r"(failed) : "r"(p), "r"(v)
			 : "memory");
}

/* Both halves go up together. */
static void
add_pair(pair *p)
{
	uint64_t lo, hi;
	uint32_t failed;

	__asm__ volatile("1: ldaxp %0, %1, [%3]\n\tadd %0, %0, #1\n\t"
			 "add %1, %1, #2\n\tstlxp %w2, %0, %1, [%3]\n\t"
			 "cbnz %w2, 1b"
			 : "=&r"(lo), "=&r"(hi), "=&r"(failed) : "r"(p)
			 : "memory");
}

static void
lock_swp(void)
{
	uint32_t old;

	do {
		__asm__ volatile("swpa %w2, %w0, [%1]"
				 : "=&r"(old) : "r"(&lock_word), "r"(1)
				 : "memory");
		if (old)
			__asm__ volatile("yield");
	} while (old);
}

static void
unlock_stlr(void)
{
	__asm__ volatile("stlr wzr, [%0]" : : "r"(&lock_word) : "memory");
}

static void *
worker(void *arg)
{
	uint64_t me = (uintptr_t)arg, old;

	for (uint64_t n = 1; n <= ROUNDS; n++) {
		__asm__ volatile("stadd %1, [%0]"
				 : : "r"(&add_lse), "r"(n) : "memory");
		__asm__ volatile("ldaddb %w2, %w0, [%1]"
				 : "=&r"(old) : "r"(&add_byte), "r"(1)
				 : "memory");
		__asm__ volatile("ldumaxal %1, xzr, [%0]"
				 : : "r"(&max_lse), "r"(n * THREADS + me)
				 : "memory");
		/* What goes in comes out once. */
		__asm__ volatile("swpal %2, %0, [%1]"
				 : "=&r"(old) : "r"(&swaps), "r"(n)
				 : "memory");
		add_exclusive(&add_excl, n - old);
		add_pair(&pairs);
		if (n % 64 == 0) {
			lock_swp();
			under_lock++;
			unlock_stlr();
		}
	}
	return NULL;
}

static void
test_threads(void)
{
	pthread_t t[THREADS];
	uint64_t sum = (uint64_t)ROUNDS * (ROUNDS + 1) / 2;

	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&t[i], NULL, worker, (void *)i));
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	CHECK(add_lse == THREADS * sum);
	CHECK(add_byte == (uint8_t)(THREADS * ROUNDS));
	CHECK(max_lse == ROUNDS * THREADS + THREADS - 1);
	/* All put in, less all taken out, is what is left. */
	CHECK(add_excl == swaps);
	CHECK(pairs.lo == THREADS * ROUNDS && pairs.hi == 2 * pairs.lo);
	CHECK(under_lock == THREADS * (ROUNDS / 64));
}

int
main(void)
{
	test_monitor();
	test_pairs();
	test_threads();
	puts("ok");
	return 0;
}
