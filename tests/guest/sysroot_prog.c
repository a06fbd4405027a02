/*
 * sysroot_prog.c - relative paths from directories of the sysroot, and links
 * that lead into it; run by sysroot.sh, which has made /ferry-data there and
 * HOSTDIR on the host only.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "check.h"

static char
first_byte(int dirfd, const char *path)
{
	char c = 0;
	int fd = openat(dirfd, path, O_RDONLY);

	CHECK(fd >= 0);
	CHECK(read(fd, &c, 1) == 1);
	close(fd);
	return c;
}

/* `dirfd' is "/", and `host' HOSTDIR without its slash. */
static void
test_host_only(int dirfd, const char *host)
{
	char file[PATH_MAX], other[PATH_MAX], buf[PATH_MAX];
	struct stat st;
	ssize_t n;

	snprintf(file, sizeof(file), "%s/file", host);
	snprintf(other, sizeof(other), "%s/other", host);
	CHECK(first_byte(dirfd, file) == 'h');
	CHECK(fstatat(dirfd, host, &st, 0) == 0 && S_ISDIR(st.st_mode));
	CHECK(faccessat(dirfd, file, R_OK, 0) == 0);
	CHECK(linkat(dirfd, file, dirfd, other, 0) == 0);
	CHECK(renameat(dirfd, other, dirfd, other) == 0);
	CHECK(unlinkat(dirfd, other, 0) == 0);
	FAILS(fstatat(dirfd, other, &st, 0), ENOENT);
	CHECK(mkdirat(dirfd, other, 0700) == 0);
	CHECK(unlinkat(dirfd, other, AT_REMOVEDIR) == 0);
	CHECK(symlinkat("target", dirfd, other) == 0);
	n = readlinkat(dirfd, other, buf, sizeof(buf));
	CHECK(n == 6 && !memcmp(buf, "target", 6));
	CHECK(fstatat(dirfd, other, &st, AT_SYMLINK_NOFOLLOW) == 0);
	FAILS(fstatat(dirfd, other, &st, 0), ENOENT);
	CHECK(unlinkat(dirfd, other, 0) == 0);
	n = readlinkat(dirfd, "proc/self/exe", buf, sizeof(buf) - 1);
	CHECK(n > 12 && !memcmp(buf + n - 12, "sysroot_prog", 12));
}

static void
test_in_sysroot(int dirfd, const char *host)
{
	char up[PATH_MAX];
	struct stat st;
	int fd;

	CHECK(first_byte(dirfd, "file") == 's');
	CHECK(first_byte(dirfd, "absolute") == 's');
	CHECK(first_byte(dirfd, "to-host") == 'h');
	CHECK(fstatat(dirfd, "absolute", &st, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(S_ISLNK(st.st_mode));
	snprintf(up, sizeof(up), "../%s/file", host);
	CHECK(first_byte(dirfd, up) == 'h');
	/* What is made here, stays here. */
	fd = openat(dirfd, "new", O_CREAT | O_EXCL | O_WRONLY, 0600);
	CHECK(fd >= 0);
	close(fd);
	CHECK(access("/ferry-data/new", F_OK) == 0);
	CHECK(unlinkat(dirfd, "new", 0) == 0);
	FAILS(openat(dirfd, "new", O_RDONLY), ENOENT);
	FAILS(openat(dirfd, "", O_RDONLY), ENOENT);
	FAILS(openat(dirfd, "nowhere/new", O_CREAT | O_WRONLY, 0600), ENOENT);
}

/* Absolute links to what both the host and the sysroot have. */
static void
test_both(int dirfd, const char *prefix)
{
	static const char *const name[] = { "to-both", "over-both",
					    "dir-both/file", "./dir-both//file" };
	char path[PATH_MAX], buf[PATH_MAX];
	struct stat st, same;
	int fd;

	for (unsigned i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", prefix, name[i]);
		CHECK(first_byte(dirfd, path) == 's');
		CHECK(fstatat(dirfd, path, &st, 0) == 0 && st.st_size == 8);
		CHECK(faccessat(dirfd, path, R_OK, 0) == 0);
	}
	snprintf(path, sizeof(path), "%sto-both", prefix);
	CHECK(fstatat(dirfd, path, &same, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(S_ISLNK(same.st_mode));
	CHECK(readlinkat(dirfd, path, buf, sizeof(buf)) > 10);
	FAILS(openat(dirfd, path, O_RDONLY | O_NOFOLLOW), ELOOP);
	snprintf(path, sizeof(path), "%sdir-both/new", prefix);
	fd = openat(dirfd, path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	CHECK(fd >= 0 && fstat(fd, &st) == 0 && close(fd) == 0);
	snprintf(path, sizeof(path), "%sdir-both/../both/new", prefix);
	CHECK(fstatat(dirfd, path, &same, 0) == 0);
	CHECK(same.st_ino == st.st_ino && unlinkat(dirfd, path, 0) == 0);
}

/* Links that are on the host and name what only the sysroot has. */
static void
test_links_of_host(int dirfd, const char *host)
{
	char path[PATH_MAX], buf[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/to-sysroot", host);
	CHECK(first_byte(dirfd, path) == 's');
	CHECK(fstatat(dirfd, path, &st, 0) == 0 && S_ISREG(st.st_mode));
	CHECK(fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(S_ISLNK(st.st_mode));
	CHECK(readlinkat(dirfd, path, buf, sizeof(buf)) == 16);
	snprintf(path, sizeof(path), "%s/twice", host);
	CHECK(first_byte(dirfd, path) == 's');
	snprintf(path, sizeof(path), "%s/to-dir/absolute", host);
	CHECK(first_byte(dirfd, path) == 's');
	snprintf(path, sizeof(path), "%s/to-dir/new", host);
	fd = openat(dirfd, path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	CHECK(fd >= 0);
	close(fd);
	CHECK(access("/ferry-data/new", F_OK) == 0);
	CHECK(unlinkat(dirfd, path, 0) == 0);
	FAILS(unlinkat(dirfd, path, 0), ENOENT);
	snprintf(path, sizeof(path), "%s/broken", host);
	FAILS(openat(dirfd, path, O_RDONLY), ENOENT);
	CHECK(readlinkat(dirfd, path, buf, sizeof(buf)) == 8);
	snprintf(path, sizeof(path), "%s/loop", host);
	FAILS(openat(dirfd, path, O_RDONLY), ELOOP);
}

/* The longest path, made longer by its directory's name. */
static void
test_long(int dirfd)
{
	static char path[PATH_MAX];
	int i;

	for (i = 0; i < PATH_MAX - 2; i += 2)
		memcpy(path + i, "x/", 2);
	path[i] = 'x';
	FAILS(openat(dirfd, path, O_RDONLY), ENOENT);
}

static void
test_exec(const char *host)
{
	char prog[PATH_MAX];
	int status;
	pid_t pid;

	for (unsigned i = 0; i < 2; i++) {
		snprintf(prog, sizeof(prog), i ? "%s/to-dir/prog" :
			 "%s/sysroot_prog", host);
		pid = fork();
		if (pid == 0) {
			execl(prog, prog, (char *)NULL);
			_exit(1);
		}
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	}
	FAILS(execl("ferry-data/missing", "missing", (char *)NULL), ENOENT);
}

int
main(int argc, char **argv)
{
	char prefix[PATH_MAX];
	const char *host;
	int root, data;

	if (argc < 2)
		return 42;
	host = argv[1] + 1;
	root = open("/", O_PATH | O_DIRECTORY);
	data = open("/ferry-data", O_RDONLY | O_DIRECTORY);
	CHECK(root >= 0 && data >= 0);
	test_host_only(root, host);
	test_in_sysroot(data, host);
	test_long(data);
	test_both(data, "");
	snprintf(prefix, sizeof(prefix), "%s/", host);
	test_both(root, prefix);
	snprintf(prefix, sizeof(prefix), "%s/", argv[1]);
	test_both(root, prefix);
	test_links_of_host(root, host);
	test_links_of_host(root, argv[1]);

	CHECK(chdir("/") == 0);
	test_host_only(AT_FDCWD, host);
	test_links_of_host(AT_FDCWD, host);
	test_exec(host);
	CHECK(chdir("ferry-data") == 0);
	test_in_sysroot(AT_FDCWD, host);
	test_long(AT_FDCWD);
	CHECK(chdir("..") == 0 && chdir(host) == 0);
	CHECK(first_byte(AT_FDCWD, "file") == 'h');
	test_links_of_host(AT_FDCWD, ".");
	test_both(AT_FDCWD, "");
	FAILS(open("missing", O_RDONLY), ENOENT);
	return 0;
}
