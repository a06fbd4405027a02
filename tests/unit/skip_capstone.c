/*
 * skip_capstone.c - stands for the tests against capstone where there is none.
 */
#include <stdio.h>

int
main(void)
{
	puts("skipped: built without capstone");
	return 77;
}
