/*
 * memory.c - branches on memory that nobody has written, or with an argument,
 * that somebody has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) static void
decide(const char *p)
{
	if (p[3])
		puts("set");
	else
		fputs("clear\n", stdout);
}

int
main(int argc, char **argv)
{
	char *p = malloc(40);

	(void)argv;
	if (argc > 1)
		memset(p, 1, 40);
	decide(p);
	free(p);
	return 0;
}
