/*
 * thread.c - a data race, or with an argument, none.
 */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
int shared;

static void *
racer(void *locked)
{
	if (locked)
		pthread_mutex_lock(&lock);
	shared++;
	if (locked)
		pthread_mutex_unlock(&lock);
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t a, b;
	void *locked = argc > 1 ? argv : NULL;

	if (pthread_create(&a, NULL, racer, locked) ||
	    pthread_create(&b, NULL, racer, locked))
		return 2;
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	printf("shared %d\n", shared);
	return 0;
}
