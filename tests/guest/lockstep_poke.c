/*
 * lockstep_poke.c - for lockstep.sh: memory that is different each time.
 *
 * A child sums up a word of its memory, into which the parent writes without
 * end by process_vm_writev(2). In lockstep the two runs of some unit see
 * different values, and the child dies of SIGABRT: exit status 0. Otherwise
 * the child comes to its end, after a while: exit status 3.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

static volatile unsigned long word;

static void
child(void)
{
	time_t end = time(NULL) + 10;
	unsigned long sum = 0;

	while (time(NULL) < end)
		for (int i = 0; i < 10000; i++)
			sum += word;
	_exit(sum == 1);
}

int
main(void)
{
	unsigned long value = 0;
	struct iovec from = { &value, sizeof(value) };
	struct iovec to = { (void *)&word, sizeof(word) };
	int status;
	pid_t pid;

	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		child();
	while (waitpid(pid, &status, WNOHANG) == 0) {
		value++;
		if (process_vm_writev(pid, &from, 1, &to, 1, 0) < 0 &&
		    errno != ESRCH)
			return 77;
	}
	CHECK(WIFSIGNALED(status) || WIFEXITED(status));
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? 0 : 3;
}
