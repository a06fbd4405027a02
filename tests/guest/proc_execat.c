/*
 * proc_execat.c - execve by descriptor: execveat, programs and scripts with
 * and without close-on-exec, memory files, deleted programs; what the new
 * program finds in its auxv and open; errors.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "check.h"

static char dir[] = "/tmp/ferry-execat-XXXXXX";
static char self[4096];

/* execveat of this program as the child of a fork: what it says. */
static char out[4096];
static char *args[] = { (char *)"zero", (char *)"show", NULL };
static char *envs[] = { NULL };

static int
run_at(int fd, const char *path, int flags)
{
	int p[2], status;
	ssize_t n, all = 0;
	pid_t pid;

	CHECK(!pipe2(p, O_CLOEXEC));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		dup2(p[1], 1);
		syscall(SYS_execveat, fd, path, args, envs, flags);
		_exit(100 + errno);
	}
	close(p[1]);
	while ((n = read(p[0], out + all, sizeof(out) - 1 - (size_t)all)) > 0)
		all += n;
	out[all] = 0;
	close(p[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The new program: its arguments, AT_EXECFN, and what is open. */
static int
show(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++)
		printf("%s|", argv[i]);
	printf("%s|", (char *)getauxval(AT_EXECFN));
	CHECK(getauxval(AT_SECURE) == 0);
	for (i = 3; i < 200; i++)
		if (fcntl(i, F_GETFD) >= 0)
			printf("%d|", i);
	return 5;
}

/* A program without a name starts itself. */
static int
again(void)
{
	char name[64] = "";
	struct stat a;
	int fd = open("/proc/self/exe", O_RDONLY), i;

	CHECK(fd == 3 && !fstat(fd, &a) && a.st_nlink == 0);
	CHECK(!stat("/proc/self/exe", &a) && a.st_nlink == 0);
	CHECK(readlink("/proc/self/exe", name, sizeof(name) - 1) > 0);
	CHECK(!strcmp(name, "/memfd:m (deleted)"));
	close(fd);
	for (i = 3; i < 2000; i++)
		FAILS(close(i), EBADF);
	closefrom(3);
	args[1] = (char *)"show";
	execve("/proc/self/exe", args, envs);
	return 100 + errno;
}

static int
said(const char *format, ...)
{
	static char want[9000];
	va_list ap;

	va_start(ap, format);
	vsnprintf(want, sizeof(want), format, ap);
	va_end(ap);
	if (!strcmp(out, want))
		return 1;
	printf("said %s, not %s\n", out, want);
	return 0;
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CHECK(!fchmod(fd, mode));
	close(fd);
}

/* A copy of this program, as a file or in memory. */
static void
copy_self(int to)
{
	int from = open(self, O_RDONLY);
	char buf[65536];
	ssize_t n;

	CHECK(from >= 0 && to >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		CHECK(write(to, buf, (size_t)n) == n);
	close(from);
}

static void
test_program(void)
{
	int fd = open(self, O_RDONLY), path = open(self, O_PATH | O_CLOEXEC);
	int d = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	CHECK(run_at(fd, "", AT_EMPTY_PATH) == 5);
	CHECK(said("zero|show|/dev/fd/%d|3|", fd));	/* itself is open */
	CHECK(fd == 3);
	CHECK(run_at(path, "", AT_EMPTY_PATH) == 5);
	CHECK(said("zero|show|/dev/fd/%d|3|", path));
	close(fd);
	CHECK(run_at(path, "", AT_EMPTY_PATH) == 5);
	CHECK(said("zero|show|/dev/fd/%d|", path));
	CHECK(run_at(d, self + 1, 0) == 5);
	CHECK(said("zero|show|/dev/fd/%d%s|", d, self));
	CHECK(run_at(-1, self, 0) == 5);
	CHECK(said("zero|show|%s|", self));
	close(path);
	close(d);
}

static void
test_script(void)
{
	char line[5000];
	int fd, cloexec, d;

	snprintf(line, sizeof(line), "#!%s show\n", self);
	write_file("script", line, 0755);
	fd = open("script", O_RDONLY);
	cloexec = open("script", O_RDONLY | O_CLOEXEC);
	d = open(".", O_RDONLY | O_DIRECTORY);
	CHECK(run_at(fd, "", AT_EMPTY_PATH) == 5);
	CHECK(said("%s|show|/dev/fd/%d|show|/dev/fd/%d|%d|%d|", self, fd, fd,
		   fd, d));
	/* It would be gone when its interpreter wants to read it. */
	CHECK(run_at(cloexec, "", AT_EMPTY_PATH) == 100 + ENOENT);
	CHECK(run_at(d, "script", 0) == 5);
	CHECK(said("%s|show|/dev/fd/%d/script|show|/dev/fd/%d/script|%d|%d|",
		   self, d, d, fd, d));
	CHECK(!fcntl(d, F_SETFD, FD_CLOEXEC));
	CHECK(run_at(d, "script", 0) == 100 + ENOENT);
	close(fd);
	close(cloexec);
	close(d);
}

static void
test_memory(void)
{
	int fd = memfd_create("m", MFD_CLOEXEC), keep;

	copy_self(fd);
	CHECK(run_at(fd, "", AT_EMPTY_PATH) == 5);
	CHECK(said("zero|show|/dev/fd/%d|", fd));
	/* It can find itself again, and nobody else's descriptors. */
	args[1] = (char *)"again";
	CHECK(run_at(fd, "", AT_EMPTY_PATH) == 5);
	CHECK(said("zero|show|/proc/self/exe|"));
	args[1] = (char *)"show";
	keep = memfd_create("n", 0);
	copy_self(keep);
	CHECK(run_at(keep, "", AT_EMPTY_PATH) == 5);
	CHECK(said("zero|show|/dev/fd/%d|4|", keep) && keep == 4);
	close(fd);
	close(keep);
}

/* The machine's own programs get no more descriptors than others. */
static void
test_native(void)
{
	int fd = open("/bin/sh", O_RDONLY | O_CLOEXEC);
	char *const argv[] = { (char *)"sh", (char *)"-c",
		(char *)"for i in 3 4 5 6 7 8 9; do { true >&$i; } "
			"2>/dev/null && exit $i; done; exit 2", NULL };
	int status;
	pid_t pid = fork();

	CHECK(fd == 3);
	if (!pid) {
		syscall(SYS_execveat, fd, "", argv, envs, AT_EMPTY_PATH);
		_exit(100);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	close(fd);
}

/* Gone from its directory, but still open. */
static void
test_deleted(void)
{
	int fd = open("copy", O_WRONLY | O_CREAT | O_TRUNC, 0755);

	copy_self(fd);
	close(fd);
	fd = open("copy", O_RDONLY | O_CLOEXEC);
	CHECK(!unlink("copy"));
	CHECK(run_at(fd, "", AT_EMPTY_PATH) == 5);
	CHECK(said("zero|show|/dev/fd/%d|", fd));
	close(fd);
}

static void
fails(int fd, const char *path, int flags, int error)
{
	if (run_at(fd, path, flags) == 100 + error)
		return;
	printf("execveat of %s did not fail with %d\n", path, error);
	exit(1);
}

static void
test_errors(void)
{
	int d = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), fd;
	struct utsname u;
	int major = 0, minor = 0;

	write_file("plain", "#!/bin/sh\n", 0644);
	write_file("crlf", "#!/bin/sh\r\nexit 0\r\n", 0755);
	write_file("noexec", "#!./plain\n", 0755);
	write_file("indir", "#!/tmp\n", 0755);
	CHECK(!symlink(self, "link"));
	CHECK(!symlink("loop", "loop"));
	fails(d, "", 0, ENOENT);
	fails(d, "nothing", 0, ENOENT);
	fails(d, "plain", 0, EACCES);
	fails(d, "crlf", 0, ENOENT);
	fails(-1, "./crlf", AT_EMPTY_PATH, EBADF);
	fails(AT_FDCWD, "crlf", 0, ENOENT);
	fails(AT_FDCWD, "noexec", 0, EACCES);
	fails(AT_FDCWD, "indir", 0, EACCES);
	fails(d, "link", AT_SYMLINK_NOFOLLOW, ELOOP);
	fails(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, ELOOP);
	fails(d, "loop", 0, ELOOP);
	fails(d, "", AT_EMPTY_PATH, EACCES);
	fails(null, "", AT_EMPTY_PATH, EACCES);
	fails(null, "x", 0, ENOTDIR);
	fails(99, "x", 0, EBADF);
	fails(99, "", AT_EMPTY_PATH, EBADF);
	fails(d, "plain", 0x4000, EINVAL);
	/* A program that is being written; only newer kernels can tell. */
	uname(&u);
	sscanf(u.release, "%d.%d", &major, &minor);
	fd = open("busy", O_RDWR | O_CREAT, 0755);
	copy_self(fd);
	if (major > 6 || (major == 6 && minor >= 14)) {
		fails(AT_FDCWD, "busy", 0, ETXTBSY);
		fails(d, "busy", 0, ETXTBSY);
	}
	close(fd);
	CHECK(run_at(AT_FDCWD, "./busy", 0) == 5);
	close(null);
	close(d);
}

/* Where programs may not be started at all. */
static void
test_mount(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		/* Not root, or in a chroot that is no mount point. */
		if (unshare(CLONE_NEWNS) ||
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
			_exit(0);
		CHECK(!mount(dir, dir, NULL, MS_BIND, NULL));
		CHECK(!mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | MS_NOEXEC,
			     NULL));
		CHECK(!chdir(dir));
		fails(AT_FDCWD, "busy", 0, EACCES);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
test_limits(void)
{
	struct rlimit lim = { 64 << 10, RLIM_INFINITY };
	char *big[32], *long_arg = malloc(100000);
	int i, status;
	pid_t pid;

	/* As many bytes as the least limit of arguments, and more. */
	memset(long_arg, 'x', 99999);
	long_arg[99999] = 0;
	for (i = 0; i < 31; i++)
		big[i] = long_arg;
	big[31] = NULL;
	pid = fork();
	if (!pid) {
		setrlimit(RLIMIT_STACK, &lim);
		execve(self, big, envs);
		_exit(100 + errno);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 100 + E2BIG);
	free(long_arg);
}

int
main(int argc, char **argv)
{
	char command[100];
	ssize_t n;

	if (argc > 1 && !strcmp(argv[1], "show"))
		return show(argc, argv);
	if (argc > 1 && !strcmp(argv[1], "again"))
		return again();
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	CHECK(n > 0);
	CHECK(mkdtemp(dir) && !chdir(dir));
	closefrom(3);
	test_program();
	test_script();
	test_memory();
	test_native();
	test_deleted();
	test_errors();
	test_mount();
	test_limits();
	CHECK(!chdir("/"));
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}
