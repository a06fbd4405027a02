/*
 * clock.c - signals: a timer that ticks, a child that is killed, and a bad
 * pointer that a handler survives.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;
static sigjmp_buf after_fault;

static void
on_alarm(int sig)
{
	(void)sig;
	ticks++;
}

static void
on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	printf("signal %d at address %p\n", sig, info->si_addr);
	siglongjmp(after_fault, 1);
}

int
main(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval tick = { { 0, 2000 }, { 0, 2000 } }, none = { 0 };
	unsigned long work = 0;
	int status;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	while (ticks < 10)
		work++;
	setitimer(ITIMER_REAL, &none, NULL);
	printf("10 ticks while %s\n", work > 0 ? "working" : "idle");

	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	printf("child ended by signal %d\n", WTERMSIG(status));

	sa.sa_sigaction = on_fault;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &sa, NULL);
	if (sigsetjmp(after_fault, 1) == 0)
		*(volatile int *)0x1230 = 1;
	puts("and goes on");
	return 0;
}
