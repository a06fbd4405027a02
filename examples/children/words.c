/*
 * words.c - one program that is every stage of a pipeline of itself: it
 * splits, sorts or counts words, or starts the three connected by pipes.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int
split(void)
{
	int c, in_word = 0;

	while ((c = getchar()) != EOF) {
		if (isalpha(c)) {
			putchar(tolower(c));
			in_word = 1;
		} else if (in_word) {
			putchar('\n');
			in_word = 0;
		}
	}
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
sort(void)
{
	static char *words[4096];
	char line[256];
	size_t n = 0;

	while (n < 4096 && fgets(line, sizeof(line), stdin))
		words[n++] = strdup(line);
	qsort(words, n, sizeof(*words), by_name);
	for (size_t i = 0; i < n; i++)
		fputs(words[i], stdout);
	return 0;
}

static int
count(void)
{
	char line[256], last[256] = "";
	int n = 0;

	for (;;) {
		char *more = fgets(line, sizeof(line), stdin);

		if (n > 0 && (!more || strcmp(line, last) != 0)) {
			printf("%d %s", n, last);
			n = 0;
		}
		if (!more)
			return 0;
		strcpy(last, line);
		n++;
	}
}

/* Starts this program again as `stage', reading `in', writing `out'. */
static pid_t
start(char *self, char *stage, int in, int out)
{
	posix_spawn_file_actions_t fa;
	char *argv[] = { self, stage, NULL };
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	if (posix_spawn(&pid, self, &fa, NULL, argv, environ) != 0)
		exit(1);
	posix_spawn_file_actions_destroy(&fa);
	return pid;
}

int
main(int argc, char **argv)
{
	int a[2], b[2], status;

	if (argc > 1 && strcmp(argv[1], "split") == 0)
		return split();
	if (argc > 1 && strcmp(argv[1], "sort") == 0)
		return sort();
	if (argc > 1 && strcmp(argv[1], "count") == 0)
		return count();

	if (pipe2(a, O_CLOEXEC) != 0 || pipe2(b, O_CLOEXEC) != 0)
		return 1;
	start(argv[0], "split", 0, a[1]);
	start(argv[0], "sort", a[0], b[1]);
	start(argv[0], "count", b[0], 1);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
	while (wait(&status) > 0)
		if (status != 0)
			return 1;
	return 0;
}
