/* threads.c - threads, thread-local storage and atomics. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int shared;
static _Thread_local int own;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int onces;

static void
first(void)
{
	onces++;
}

static void *
work(void *arg)
{
	pthread_once(&once, first);
	for (int i = 0; i < 10000; i++) {
		own++;
		atomic_fetch_add(&shared, 1);
	}
	return own == 10000 ? arg : NULL;
}

int
main(void)
{
	pthread_t t[8];
	void *ret;
	int good = 0;

	for (long i = 0; i < 8; i++)
		pthread_create(&t[i], NULL, work, (void *)(i + 1));
	for (long i = 0; i < 8; i++) {
		pthread_join(t[i], &ret);
		good += ret == (void *)(i + 1);
	}
	printf("%d %d %d %d\n", shared, good, own, onces);
	return 0;
}
