/*
 * start_prog.c - says how it was started; binfmt.sh and rootfs.sh look at it.
 *
 *	start_prog ids		effective user and group, AT_SECURE
 *	start_prog root		working directory, and whether /proc, /dev and
 *				/sys are there
 *	start_prog run P ARG...	runs P with argv[0] "first", and says its status
 *	start_prog spawn P ARG...	the same by way of vfork, after calls
 *				that fail
 *	start_prog unmount P	runs P without /proc
 *	start_prog own		descriptors above 2, and variables that are for
 *				ferry alone
 *	start_prog ...		its arguments and AT_EXECFN
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static int
run(const char *path, char **argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execv(path, argv);
		perror(path);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	printf("status %d\n", WEXITSTATUS(status));
	return 0;
}

static int
spawn(const char *path, char **argv)
{
	static char large[256 << 10];
	static char **volatile bad = (char **)8;
	char *env[] = { large, NULL };
	int status;
	pid_t pid;

	memset(large, 'x', sizeof(large) - 1);
	if (execve(path, argv, env) != -1 || errno != E2BIG ||
	    execve(path, argv, bad) != -1 || errno != EFAULT)
		return 1;
	if (posix_spawn(&pid, path, NULL, NULL, argv, environ) ||
	    waitpid(pid, &status, 0) != pid)
		return 1;
	printf("status %d\n", WEXITSTATUS(status));
	return 0;
}

static int
show_own(void)
{
	char **e;
	int fd;

	for (fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d ", fd);
	for (e = environ; *e; e++)
		if (strncmp(*e, "FERRY_STORE", 11) == 0)
			printf("%s ", *e);
	printf("own\n");
	return 0;
}

static int
show_root(void)
{
	char cwd[4096];

	printf("in %s:%s%s%s\n", getcwd(cwd, sizeof(cwd)),
	       access("/proc/self/status", R_OK) ? "" : " proc",
	       access("/dev/null", W_OK) ? "" : " dev",
	       access("/sys/kernel", X_OK) ? "" : " sys");
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char *first[] = { (char *)"first", (char *)"last", NULL };
	int i;

	setbuf(stdout, NULL);
	if (strcmp(what, "ids") == 0)
		return printf("%d %d secure %lu\n", geteuid(), getegid(),
			      getauxval(AT_SECURE)) < 0;
	if (strcmp(what, "root") == 0)
		return show_root();
	if (strcmp(what, "run") == 0 && argc > 2) {
		char *path = argv[2];

		if (argc == 3)
			return run(path, first);
		return run(path, argv + 2);
	}
	if (strcmp(what, "own") == 0)
		return show_own();
	if (strcmp(what, "spawn") == 0 && argc > 2)
		return spawn(argv[2], argv + 2);
	if (strcmp(what, "unmount") == 0 && argc > 2) {
		if (umount2("/proc", MNT_DETACH) < 0)
			perror("umount");
		return run(argv[2], first);
	}
	for (i = 0; i < argc; i++)
		printf("<%s> ", argv[i]);
	printf("%s\n", (const char *)getauxval(AT_EXECFN));
	return 0;
}
