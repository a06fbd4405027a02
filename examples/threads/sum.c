/*
 * sum.c - threads: four workers take numbers from a queue under a mutex and
 * a condition variable, and count atomically what they did.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define WORKERS 4
#define ITEMS 20000
#define SLOTS 16

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int queue[SLOTS], head, tail, done;
static atomic_long sum, items;

static void *
worker(void *arg)
{
	for (;;) {
		int item;

		pthread_mutex_lock(&lock);
		while (head == tail && !done)
			pthread_cond_wait(&changed, &lock);
		if (head == tail) {
			pthread_mutex_unlock(&lock);
			return arg;
		}
		item = queue[head++ % SLOTS];
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&lock);
		atomic_fetch_add(&sum, item);
		atomic_fetch_add(&items, 1);
	}
}

int
main(void)
{
	pthread_t threads[WORKERS];

	for (long i = 0; i < WORKERS; i++)
		if (pthread_create(&threads[i], NULL, worker, NULL) != 0)
			return 1;
	for (int i = 1; i <= ITEMS; i++) {
		pthread_mutex_lock(&lock);
		while (tail - head == SLOTS)
			pthread_cond_wait(&changed, &lock);
		queue[tail++ % SLOTS] = i;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&lock);
	}
	pthread_mutex_lock(&lock);
	done = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	printf("%ld items by %d threads, sum %ld\n", (long)items, WORKERS,
	       (long)sum);
	return 0;
}
