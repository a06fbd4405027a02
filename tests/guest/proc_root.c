/*
 * proc_root.c - programs in another root, without /proc: chroot, pivot_root,
 * and /proc unmounted. They start programs of their own there, and see no
 * more descriptors than they should. And the program itself, mounted under
 * another name. Needs root.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

static char dir[] = "/tmp/ferry-root-XXXXXX";
static char self[4096];

static void
copy_self(const char *name)
{
	int from = open(self, O_RDONLY), to = open(name, O_WRONLY | O_CREAT,
						  0755);
	char buf[65536];
	ssize_t n;

	CHECK(from >= 0 && to >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		CHECK(write(to, buf, (size_t)n) == n);
	close(from);
	close(to);
}

/* Starts /prog N, which starts /prog N-1 ...; 0 returns 7. */
static int
start(int n)
{
	char number[8], *const argv[] = { (char *)"prog", number, NULL };
	char *const envp[] = { NULL };
	int status;
	pid_t pid;

	snprintf(number, sizeof(number), "%d", n);
	pid = n & 1 ? fork() : vfork();
	if (!pid) {
		execve(n & 1 ? "/prog" : "/script", argv, envp);
		_exit(100 + errno);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
check_descriptors(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY), i;

	CHECK(fd == 3);
	for (i = fd + 1; i < 3000; i++)
		FAILS(close(i), EBADF);
	FAILS(dup2(fd, -1), EBADF);
	CHECK(!close(fd));
	closefrom(3);
}

/* As run-times of containers do it, who then execute what they mounted. It has
 * to be a program of this mount namespace. */
static int
bind_own_file(void)
{
	char *const argv[] = { (char *)"prog", (char *)"bound", NULL };
	struct stat own, bound;
	int fd;

	CHECK(!mount("/proc/self/exe", "script", "", MS_BIND, ""));
	CHECK(!stat("/proc/self/exe", &own) && !stat("script", &bound));
	CHECK(own.st_dev == bound.st_dev && own.st_ino == bound.st_ino);
	fd = open("script", O_PATH | O_CLOEXEC);
	CHECK(fd >= 0 && !umount2("script", MNT_DETACH));
	fexecve(fd, argv, environ);
	return errno;
}

#define NO_MOUNT	8	/* "/" is no mount, as in a chroot */

static void
check_bound(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		CHECK(!unshare(CLONE_NEWNS));
		if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
			CHECK(errno == EINVAL);
			_exit(NO_MOUNT);
		}
		execl("prog", "prog", "bind", (char *)NULL);
		_exit(errno);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_MOUNT)
		puts("not tried: a mount in a root that is none itself");
	else
		CHECK(WEXITSTATUS(status) == 9);
}

static int
inside(int n)
{
	check_descriptors();
	FAILS(access("/proc/self", F_OK), ENOENT);
	return n ? start(n - 1) : 7;
}

static void
in_child(void (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		fn();
		CHECK(start(4) == 7);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
by_chroot(void)
{
	CHECK(!chroot(dir) && !chdir("/"));
}

static void
by_pivot(void)
{
	CHECK(!unshare(CLONE_NEWNS));
	CHECK(!mount(dir, dir, NULL, MS_BIND, NULL));
	CHECK(!chdir(dir));
	CHECK(!syscall(SYS_pivot_root, ".", "."));
	CHECK(!umount2(".", MNT_DETACH));
	CHECK(!chdir("/"));
}

/* Only /proc is gone; ferry's and our files are where they were. */
static void
by_umount(void)
{
	CHECK(!unshare(CLONE_NEWNS));
	CHECK(!umount2("/proc", MNT_DETACH));
	by_chroot();
}

int
main(int argc, char **argv)
{
	char command[100], line[100];
	ssize_t n;
	FILE *f;

	if (argc > 1 && !strcmp(argv[1], "bound"))
		return 9;
	if (argc > 1 && !strcmp(argv[1], "bind"))
		return bind_own_file();
	if (argc > 1)
		return inside(atoi(argv[argc - 1]));
	if (geteuid() != 0 || unshare(CLONE_NEWNS)) {
		printf("skipped: needs root\n");
		return 77;
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	CHECK(n > 0);
	CHECK(mkdtemp(dir) && !chdir(dir));
	copy_self("prog");
	snprintf(line, sizeof(line), "#!/prog again\n");
	f = fopen("script", "w");
	CHECK(f && fputs(line, f) > 0 && !fclose(f) && !chmod("script", 0755));
	closefrom(3);
	check_bound();
	in_child(by_chroot);
	/* What mounts do must not reach others; in a chroot that is no mount
	 * point nobody can say so. */
	if (!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		in_child(by_pivot);
		in_child(by_umount);
	} else {
		CHECK(errno == EINVAL);
		printf("not tested: pivot_root and umount, in a chroot\n");
	}
	CHECK(!chdir("/"));
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}
