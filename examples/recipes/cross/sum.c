/* sum.c - prints the machine that it runs on, and the sum of its arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

int
main(int argc, char **argv)
{
	struct utsname u;
	long sum = 0;
	int i;

	for (i = 1; i < argc; i++)
		sum += atol(argv[i]);
	uname(&u);
	printf("%s %ld\n", u.machine, sum);
	return 0;
}
