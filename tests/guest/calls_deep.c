/*
 * calls_deep.c - calls nested deeper than any predictor of returns, so that a
 * translator that keeps return addresses on the side runs out of room, at
 * every place where it may.
 */
#include <setjmp.h>
#include <stdio.h>

#include "check.h"

static volatile int sink;
static jmp_buf far_back;

/* Flags that are set before a branch target and read behind it. */
static __attribute__((noinline)) int
flags_across_blocks(int a, int b)
{
	if (a > b)
		sink++;
	if (a < b)
		sink--;
	return a == b;
}

static __attribute__((noinline)) int
nest(int n, double x)
{
	int r;

	if (n == 0)
		return 1;
	r = nest(n - 1, x < n ? x + 1 : x - 1);
	return r + 1 + flags_across_blocks(n, sink & 3) * 0;
}

static __attribute__((noinline)) int
odd_nest(int n)
{
	int r = n & 1 ? nest(n & 7, 0.5) : 0;

	if (n)
		r = odd_nest(n - 1) + 1;
	return r + (sink & 0);
}

static __attribute__((noinline)) void
jump_out(int n)
{
	if (n == 0)
		longjmp(far_back, 1);
	jump_out(n - 1);
	sink++;
}

int
main(void)
{
	int i;

	for (i = 0; i < 60; i++)
		CHECK(nest(i * 500, i) == i * 500 + 1);
	for (i = 0; i < 40; i++)
		CHECK(odd_nest(i * 301) == i * 301);
	/* Calls that never return. */
	for (i = 0; i < 3000; i++)
		if (setjmp(far_back) == 0)
			jump_out(i % 50);
	CHECK(nest(9000, 1) == 9001);
	puts("calls_deep: ok");
	return 0;
}
