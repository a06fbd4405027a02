/*
 * proc_jobs.c - job control as a shell does it, on a terminal of its own.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "check.h"

static int master;

static void
type(const char *s)
{
	CHECK(write(master, s, strlen(s)) == (ssize_t)strlen(s));
}

static volatile int winch;

static void
on_winch(int sig)
{
	(void)sig;
	winch++;
}

/* The session leader on the terminal. */
static int
shell(const char *tty)
{
	struct winsize ws = { 10, 20, 0, 0 };
	int fd, status;
	pid_t pid;

	CHECK(setsid() > 0);
	fd = open(tty, O_RDWR);
	CHECK(fd >= 0);
	CHECK(!ioctl(fd, TIOCSCTTY, 0) || errno == EPERM);
	signal(SIGTTOU, SIG_IGN);

	/* A job in the foreground, stopped by the terminal. */
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		tcsetpgrp(fd, getpid());
		signal(SIGTTOU, SIG_DFL);
		type("\x1a");			/* ^Z */
		for (;;)
			pause();
	}
	setpgid(pid, pid);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP);
	CHECK(!tcsetpgrp(fd, getpid()));
	CHECK(!kill(-pid, SIGCONT));
	CHECK(waitpid(pid, &status, WCONTINUED) == pid);
	CHECK(WIFCONTINUED(status));
	/* Interrupted by the terminal. */
	CHECK(!tcsetpgrp(fd, pid));
	type("\x03");				/* ^C */
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	CHECK(!tcsetpgrp(fd, getpid()));

	/* A background job that reads from the terminal stops. */
	pid = fork();
	if (!pid) {
		char c;

		setpgid(0, 0);
		CHECK(read(fd, &c, 1) == 1 && c == 'k');
		_exit(11);
	}
	setpgid(pid, pid);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
	CHECK(!tcsetpgrp(fd, pid));
	type("k\n");
	CHECK(!kill(-pid, SIGCONT));
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 11);
	CHECK(!tcsetpgrp(fd, getpid()));

	signal(SIGWINCH, on_winch);
	CHECK(!ioctl(master, TIOCSWINSZ, &ws));
	CHECK(winch == 1);
	return 0;
}

int
main(void)
{
	int status;
	pid_t pid;

	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0) {
		puts("skipped: no pseudo-terminals");
		return 77;
	}
	CHECK(!grantpt(master) && !unlockpt(master));
	pid = fork();
	if (!pid)
		_exit(shell(ptsname(master)));
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return 0;
}
