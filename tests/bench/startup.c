/*
 * startup.c - how long a command takes from start to end: the best of many
 * rounds, in microseconds.
 *
 *	startup COUNT COMMAND...
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

int
main(int argc, char **argv)
{
	posix_spawn_file_actions_t quiet;
	double best = 1e12;
	int count, status;
	pid_t pid;

	if (argc < 3)
		return 2;
	count = atoi(argv[1]);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	for (int round = 0; round < 5; round++) {
		double start = now(), each;

		for (int i = 0; i < count; i++) {
			if (posix_spawnp(&pid, argv[2], &quiet, NULL, argv + 2,
					 environ) != 0)
				return 1;
			if (waitpid(pid, &status, 0) != pid || status != 0)
				return 1;
		}
		each = (now() - start) / count;
		if (each < best)
			best = each;
	}
	printf("%.0f\n", best);
	return 0;
}
