/* hello.c - the program whose start everyone measures. */
#include <stdio.h>

int
main(void)
{
	puts("hello");
	return 0;
}
