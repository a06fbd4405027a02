/*
 * undefined.c - each of these is undefined, and goes on.
 */
#include <limits.h>
#include <stdio.h>

int
main(void)
{
	volatile int i = INT_MAX, forty = 40, zero = 0, five = 5;
	int a[4] = { 0 };
	long two[2] = { 0 };
	_Bool b;

	i = i + 1;
	i = 1 << forty;
	i = five / (zero ? zero : five) + (five % 4 ? 0 : 1);
	i = a[five - 1 + zero];
	i = *(volatile int *)((char *)two + 1 + zero);
	*(volatile char *)&b = 2;
	i = b;
	puts("end");
	return 0;
}
