/*
 * hello.c - the smallest whole program: arguments, environment, uname.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

int
main(int argc, char **argv)
{
	struct utsname u;

	if (uname(&u) != 0)
		return 1;
	printf("hello from %s, %s\n", u.sysname, u.machine);
	for (int i = 1; i < argc; i++)
		printf("argument %d: %s\n", i, argv[i]);
	printf("GREETING is %s\n", getenv("GREETING"));
	printf("SECRET is %s\n", getenv("SECRET") ? "seen" : "not set");
	return 0;
}
