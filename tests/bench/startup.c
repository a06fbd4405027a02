/*
 * startup.c - how long commands take from start to end: the median of many
 * runs each, in microseconds. They take turns, so that what disturbs one
 * disturbs all.
 *
 *	startup COUNT COMMAND... [-- COMMAND...]...
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COMMANDS	16

extern char **environ;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
run(char **command, posix_spawn_file_actions_t *quiet)
{
	double start = now();
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, command[0], quiet, NULL, command, environ) ||
	    waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "startup: %s fails\n", command[0]);
		exit(1);
	}
	return now() - start;
}

int
main(int argc, char **argv)
{
	posix_spawn_file_actions_t quiet;
	char **command[MAX_COMMANDS];
	double *times;
	int count, nr = 0, i, k;

	if (argc < 3)
		return 2;
	count = atoi(argv[1]);
	command[nr++] = argv + 2;
	for (i = 2; i < argc; i++)
		if (strcmp(argv[i], "--") == 0 && nr < MAX_COMMANDS) {
			argv[i] = NULL;
			command[nr++] = argv + i + 1;
		}
	times = calloc((size_t)(count * nr), sizeof(*times));
	if (count < 1 || !times)
		return 2;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	for (i = 0; i < count; i++)
		for (k = 0; k < nr; k++)
			times[k * count + i] = run(command[k], &quiet);
	for (k = 0; k < nr; k++) {
		qsort(times + k * count, (size_t)count, sizeof(*times),
		      ascending);
		printf("%.0f\n", times[k * count + count / 2]);
	}
	return 0;
}
