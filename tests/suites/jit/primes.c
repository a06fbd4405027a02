/* primes.c - for translators that run as guests: a loop, floating point,
 * signals and a thread. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sigjmp_buf back;

static void
on_fault(int sig)
{
	siglongjmp(back, sig);
}

static void *
sieve(void *arg)
{
	static char composite[200000];
	long n, k, count = 0;

	(void)arg;
	for (n = 2; n < (long)sizeof(composite); n++) {
		if (composite[n])
			continue;
		count++;
		for (k = n * 2; k < (long)sizeof(composite); k += n)
			composite[k] = 1;
	}
	return (void *)count;
}

int
main(void)
{
	int *volatile nowhere = (int *)16;
	double x = 0;
	pthread_t t;
	void *count;
	int i;

	pthread_create(&t, NULL, sieve, NULL);
	pthread_join(t, &count);
	for (i = 1; i < 20000; i++)
		x += sqrt(i) / (i + 1);
	signal(SIGSEGV, on_fault);
	i = sigsetjmp(back, 1);
	if (!i)
		*nowhere = 1;
	printf("%ld primes, %.9f, signal %d\n", (long)count, x, i);
	return 0;
}
