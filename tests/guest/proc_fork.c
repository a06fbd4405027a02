/*
 * proc_fork.c - fork, vfork, posix_spawn and what their parents are told.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "check.h"

static volatile int chld, chld_pid, chld_status, chld_code;

static void
on_child(int sig, siginfo_t *info, void *ctx)
{
	(void)sig;
	(void)ctx;
	chld++;
	chld_pid = info->si_pid;
	chld_status = info->si_status;
	chld_code = info->si_code;
}

static void
test_status(void)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(42);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	pid = fork();
	if (!pid) {
		raise(SIGTERM);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	pid = fork();
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	CHECK(waitpid(-1, &status, 0) == -1 && errno == ECHILD);
}

static void
test_memory(void)
{
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int private = 1, status;
	pid_t pid = fork();

	if (!pid) {
		private = 2;
		*shared = 3;
		_exit(private);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 2);
	CHECK(private == 1 && *shared == 3);
}

static void
test_sigchld(void)
{
	struct sigaction sa;
	sigset_t set, old;
	int status;
	pid_t pid;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_child;
	sa.sa_flags = SA_SIGINFO | SA_NOCLDSTOP;
	CHECK(!sigaction(SIGCHLD, &sa, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	pid = fork();
	if (!pid) {
		raise(SIGSTOP);		/* not told: SA_NOCLDSTOP */
		_exit(9);
	}
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	CHECK(!kill(pid, SIGCONT));
	while (!chld)
		sigsuspend(&old);
	CHECK(chld == 1 && chld_pid == pid && chld_status == 9);
	CHECK(chld_code == CLD_EXITED);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 9);
	sigprocmask(SIG_SETMASK, &old, NULL);

	sa.sa_flags |= SA_NOCLDWAIT;
	CHECK(!sigaction(SIGCHLD, &sa, NULL));
	pid = fork();
	if (!pid)
		_exit(0);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	CHECK(errno == ECHILD);
	signal(SIGCHLD, SIG_DFL);
}

static volatile int vfork_word;

static int
vfork_once(int n)
{
	pid_t pid = vfork();

	if (!pid) {
		vfork_word = n;
		_exit(n & 127);
	}
	return pid;
}

static void
test_vfork(void)
{
	int i, status;

	for (i = 0; i < 200; i++) {
		pid_t pid = vfork_once(i);

		CHECK(pid > 0);
		CHECK(vfork_word == i);		/* memory is shared */
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WEXITSTATUS(status) == (i & 127));
	}
}

static void
test_spawn(const char *self)
{
	char *const argv[] = { (char *)self, (char *)"child", NULL };
	char *const envp[] = { (char *)"MARK=yes", NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t set;
	int status, p[2], i;
	char c;
	pid_t pid;

	CHECK(posix_spawn(&pid, "/no/such/program", NULL, NULL, argv, envp) ==
	      ENOENT);
	CHECK(posix_spawn(&pid, "/etc/passwd", NULL, NULL, argv, envp) ==
	      EACCES);
	CHECK(posix_spawn(&pid, "/tmp", NULL, NULL, argv, envp) == EACCES);
	CHECK(posix_spawnp(&pid, "no-such-program", NULL, NULL, argv, envp) ==
	      ENOENT);
	CHECK(waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD);

	CHECK(!pipe(p));
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, p[1], 1);
	posix_spawn_file_actions_addclose(&fa, p[0]);
	posix_spawnattr_init(&attr);
	sigfillset(&set);
	posix_spawnattr_setsigdefault(&attr, &set);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	posix_spawnattr_setsigmask(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF |
				 POSIX_SPAWN_SETSIGMASK);
	for (i = 0; i < 10; i++) {
		CHECK(!posix_spawn(&pid, self, &fa, &attr, argv, envp));
		CHECK(read(p[0], &c, 1) == 1 && c == 'm');
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 21);
	}
}

static int
child(void)
{
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	CHECK(getenv("MARK") && !strcmp(getenv("MARK"), "yes"));
	CHECK(write(1, sigismember(&set, SIGUSR1) ? "m" : "-", 1) == 1);
	return 21;
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return child();
	test_status();
	test_memory();
	test_sigchld();
	test_vfork();
	test_spawn("/proc/self/exe");
	test_spawn(argv[0]);
	return 0;
}
