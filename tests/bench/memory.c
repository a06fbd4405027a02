/*
 * memory.c - the C library's memory and string functions, pointer chasing,
 * and atomics.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "kernel.h"

#define N 8192

static char a[N + 64], b[N + 64];

/* Blocks of all sizes and alignments. */
static uint64_t
copy(long rounds)
{
	uint64_t sum = 0;
	unsigned i, size;

	for (i = 0; i < N; i++)
		a[i] = (char)(i * 7);
	while (rounds--)
		for (size = 1, i = 0; size < N; size += size / 2 + 3, i++) {
			memcpy(b + (i & 15), a + (i * 5 & 31), size);
			memmove(a + 3, a, size & 1023);
			memset(a + (size & 63), (int)i, size & 255);
			sum += (unsigned char)b[size / 2];
		}
	return sum;
}

static uint64_t
strings(long rounds)
{
	uint64_t sum = 0;
	unsigned i;

	while (rounds--)
		for (i = 1; i < 300; i += 7) {
			memset(a, 'x', i);
			a[i] = 0;
			strcpy(b, a);
			sum += strlen(a) + (strcmp(a, b) == 0);
			b[i / 2] = 'y';
			sum += (uint64_t)(strchr(b, 'y') - b);
			sum += memcmp(a, b, i) < 0;
			sum += memchr(b, 'q', i) == NULL;
		}
	return sum;
}

struct node {
	struct node *next;
	uint64_t value;
};

static uint64_t
chase(long rounds)
{
	static struct node nodes[1 << 12];
	struct node *n = nodes;
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < 1 << 12; i++)
		nodes[i] = (struct node){
			&nodes[(i * 1665 + 1013) & 4095], i };
	while (rounds--)
		for (i = 0; i < 1 << 12; i++) {
			sum += n->value;
			n = n->next;
		}
	return sum;
}

static _Atomic uint64_t counter;
static _Atomic uint32_t word32;

/* Of every program for ARMv8.1 and up. */
static inline __attribute__((always_inline)) uint64_t
work_atomically(long rounds)
{
	while (rounds--) {
		uint32_t old = atomic_load(&word32);

		atomic_fetch_add(&counter, 3);
		atomic_fetch_or(&word32, 0x10);
		while (!atomic_compare_exchange_weak(&word32, &old, old * 5 + 1))
			;
		atomic_store(&word32, atomic_exchange(&word32, old + 7) & 0xffff);
	}
	return counter ^ word32;
}

static uint64_t
atomics(long rounds)
{
	return work_atomically(rounds);
}

/* The same for ARMv8.0, with load- and store-exclusive. */
#ifdef __aarch64__
__attribute__((target("no-outline-atomics")))
#endif
static uint64_t
exclusives(long rounds)
{
	return work_atomically(rounds);
}

static void *
nothing(void *arg)
{
	return arg;
}

/* The same in a process that has had two threads. */
static uint64_t
exclusives2(long rounds)
{
	pthread_t t;

	if (pthread_create(&t, NULL, nothing, NULL))
		return 0;
	pthread_join(t, NULL);
	return exclusives(rounds);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t total;

static void *
add_locked(void *arg)
{
	long n = *(long *)arg;

	while (n--) {
		pthread_mutex_lock(&mutex);
		total++;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

/* One thread in a process of two, so that nothing is elided. */
static uint64_t
locks(long rounds)
{
	pthread_t t;

	if (pthread_create(&t, NULL, add_locked, &rounds))
		return 0;
	pthread_join(t, NULL);
	return total;
}

static uint64_t
allocate(long rounds)
{
	void *p[64] = { NULL };
	uint64_t x = 3, sum = 0;

	while (rounds--) {
		uint64_t r = next_random(&x);
		unsigned i = r & 63;

		free(p[i]);
		p[i] = malloc((r >> 8 & 1023) + 1);
		*(char *)p[i] = (char)r;
		sum += r;
	}
	return sum;
}

const struct kernel kernels[] = {
	{ "copy", copy, 160000 },
	{ "strings", strings, 80000 },
	{ "chase", chase, 12000 },
	{ "atomics", atomics, 4000000 },
	{ "exclusives", exclusives, 4000000 },
	{ "exclusives2", exclusives2, 4000000 },
	{ "locks", locks, 8000000 },
	{ "allocate", allocate, 15000000 },
	{ NULL, NULL, 0 },
};
