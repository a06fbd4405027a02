/*
 * address.c - one memory error for each argument; `fine' has none.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static volatile int seven = 7;
static char *volatile keep;
int table[10];

NOINLINE static int
heap_overflow(void)
{
	char *p = malloc(10);

	keep = p;
	memset(p, 1, 10);
	return p[seven + 3];
}

NOINLINE static int
use_after_free(void)
{
	char *p = malloc(10);

	keep = p;
	free(p);
	return keep[seven];
}

NOINLINE static int
stack_overrun(void)
{
	char b[10];

	memset(b, 1, sizeof(b));
	keep = b;
	return keep[seven + 4];
}

NOINLINE static int
global_overflow(void)
{
	return table[seven + 3];
}

NOINLINE static int
double_free(void)
{
	keep = malloc(10);
	free(keep);
	free(keep);
	return 0;
}

NOINLINE static int
deep(volatile char *up)
{
	volatile char b[1000];

	b[0] = *up;
	return deep(b) + b[0];
}

NOINLINE static int
endless(void)
{
	return deep("x");
}

NOINLINE static int
null(void)
{
	return *(volatile char *)(keep + 16);
}

NOINLINE static int
leak(void)
{
	keep = malloc(77);
	memset(keep, 1, 77);
	keep = NULL;
	return 0;
}

/* Holds its memory by a register, or waits in a system call. */
static void *
spin(void *p)
{
	for (;;)
		__asm__ volatile("" : "+r"(p));
	return NULL;
}

static void *
wait(void *unused)
{
	char *mine = malloc(66);

	(void)unused;
	for (;;)
		if (pause() == 0)
			free(mine);
	return NULL;
}

/* At the end, other threads are busy, and nothing has leaked. */
NOINLINE static int
fine(void)
{
	struct timespec ms = { 0, 50000000 };
	pthread_t t;

	for (int i = 0; i < 4; i++)
		if (pthread_create(&t, NULL, i & 1 ? spin : wait,
				   i & 1 ? malloc(55) : NULL))
			return 1;
	nanosleep(&ms, NULL);
	puts("fine");
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(void);
	} all[] = {
		{ "heap", heap_overflow }, { "freed", use_after_free },
		{ "stack", stack_overrun }, { "global", global_overflow },
		{ "twice", double_free }, { "endless", endless },
		{ "null", null }, { "leak", leak }, { "fine", fine },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(all) / sizeof(*all); i++)
		if (!strcmp(argv[1], all[i].name))
			return all[i].fn();
	return 2;
}
