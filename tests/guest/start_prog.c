/*
 * start_prog.c - says how it was started; binfmt.sh and rootfs.sh look at it.
 *
 *	start_prog ids		effective user and group, AT_SECURE
 *	start_prog root		working directory, and whether /proc, /dev and
 *				/sys are there
 *	start_prog run P ARG...	runs P with argv[0] "first", and says its status
 *	start_prog unmount P	the same without /proc
 *	start_prog ...		its arguments and AT_EXECFN
 */
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
