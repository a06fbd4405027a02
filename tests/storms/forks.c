/*
 * forks.c - thousands of children, by fork, vfork and posix_spawn in turn,
 * each of which starts this program again.
 *
 * STORM: 20000
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storm.h"

int
main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 20000, i;
	char text[16], *const child[] = { argv[0], (char *)"child", text,
					  NULL };
	char *const env[] = { NULL };
	int status;
	pid_t pid;

	if (argc > 2)
		return atoi(argv[2]) % 251;
	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%ld", i);
		switch (i % 3) {
		case 0:
			pid = fork();
			break;
		case 1:
			pid = vfork();
			break;
		default:
			CHECK(!posix_spawn(&pid, argv[0], NULL, NULL, child,
					   env));
		}
		if (!pid) {
			execve(argv[0], child, env);
			_exit(255);
		}
		CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == i % 251);
		stays_flat(i, n);
	}
	return 0;
}
