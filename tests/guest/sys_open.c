/*
 * sys_open.c - open flags: those whose values differ between machines, in
 * every call that takes or returns them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

static char dir[] = "/tmp/ferry-open-XXXXXX";
static char file[64], link_name[64];

static void
test_open(void)
{
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL, 0640);
	struct stat st;

	CHECK(fd >= 0);
	CHECK(fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0640);
	CHECK(write(fd, "hello", 5) == 5);
	close(fd);
	FAILS(open(file, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	FAILS(open(file, O_RDONLY | O_DIRECTORY), ENOTDIR);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	close(fd);
	FAILS(open(dir, O_WRONLY), EISDIR);
	check_group("open");
}

static void
test_nofollow(void)
{
	int fd;

	CHECK(symlink("file", link_name) == 0);
	FAILS(open(link_name, O_RDONLY | O_NOFOLLOW), ELOOP);
	fd = open(link_name, O_RDONLY);
	CHECK(fd >= 0);
	close(fd);
	fd = open(link_name, O_PATH | O_NOFOLLOW);
	CHECK(fd >= 0);
	close(fd);
	check_group("nofollow");
}

/* F_GETFL shows O_LARGEFILE, which is another machine's O_NOFOLLOW. */
static void
test_getfl(void)
{
	int fd = open(file, O_RDWR | O_APPEND | O_NONBLOCK), fl;

	fl = fcntl(fd, F_GETFL);
	CHECK((fl & O_ACCMODE) == O_RDWR);
	CHECK(fl & O_APPEND && fl & O_NONBLOCK);
	CHECK(!(fl & (O_NOFOLLOW | O_DIRECTORY | O_DIRECT)));
	CHECK(fcntl(fd, F_SETFL, fl & ~O_NONBLOCK) == 0);
	CHECK(!(fcntl(fd, F_GETFL) & O_NONBLOCK));
	close(fd);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	fl = fcntl(fd, F_GETFL);
	CHECK(fl & O_DIRECTORY && fl & O_NOFOLLOW && !(fl & O_DIRECT));
	close(fd);
	check_group("getfl");
}

static void
test_direct(void)
{
	int p[2], fl;

	/* In a pipe, O_DIRECT keeps packets apart. */
	CHECK(pipe2(p, O_DIRECT | O_CLOEXEC | O_NONBLOCK) == 0);
	fl = fcntl(p[1], F_GETFL);
	CHECK(fl & O_DIRECT && !(fl & O_DIRECTORY));
	CHECK(write(p[1], "ab", 2) == 2 && write(p[1], "cd", 2) == 2);
	char buf[8];
	CHECK(read(p[0], buf, sizeof(buf)) == 2 && buf[0] == 'a');
	CHECK(fcntl(p[1], F_SETFL, O_NONBLOCK) == 0);
	CHECK(!(fcntl(p[1], F_GETFL) & O_DIRECT));
	close(p[0]);
	close(p[1]);
	check_group("direct");
}

static void
test_tmpfile(void)
{
	int fd = open(dir, O_TMPFILE | O_RDWR, 0600);
	struct stat st;

	if (fd < 0 && errno == EOPNOTSUPP)
		return;
	CHECK(fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0);
	close(fd);
	check_group("tmpfile");
}

static long
openat2_(int dirfd, const char *path, uint64_t flags, uint64_t mode,
	 uint64_t resolve, size_t size)
{
	uint64_t how[8] = { flags, mode, resolve };

	return syscall(437, dirfd, path, how, size);
}

static void
test_openat2(void)
{
	int d = open(dir, O_PATH), fd;

	FAILS(openat2_(d, "file", O_RDONLY | O_DIRECTORY, 0, 0, 24), ENOTDIR);
	FAILS(openat2_(d, "link", O_RDONLY | O_NOFOLLOW, 0, 0, 24), ELOOP);
	fd = (int)openat2_(d, "link", O_RDONLY, 0, 0, 24);
	CHECK(fd >= 0);
	close(fd);
	fd = (int)openat2_(d, "file", O_RDONLY, 0, 0x08 /* BENEATH */, 64);
	CHECK(fd >= 0);
	close(fd);
	FAILS(openat2_(d, "/etc", O_RDONLY, 0, 0x08, 24), EXDEV);
	FAILS(openat2_(d, "file", O_RDONLY, 0, 0, 16), EINVAL);
	FAILS(openat2_(d, "file", O_RDONLY, 0x1ff, 0, 24), EINVAL);
	FAILS(openat2_(d, "file", O_RDONLY, 0, 0, 8192), E2BIG);
	uint64_t how[4] = { O_RDONLY, 0, 0, 1 };
	FAILS(syscall(437, d, "file", how, 32), E2BIG);
	FAILS(syscall(437, d, "file", bad_address, 24), EFAULT);
	close(d);
	check_group("openat2");
}

static void
test_dup(void)
{
	int fd = open(file, O_RDONLY), other;

	FAILS(dup3(fd, fd, 0), EINVAL);
	FAILS(dup3(fd, 77, O_APPEND), EINVAL);
	other = dup3(fd, 77, O_CLOEXEC);
	CHECK(other == 77 && fcntl(77, F_GETFD) == FD_CLOEXEC);
	CHECK(fcntl(fd, F_DUPFD, 100) == 100);
	CHECK(fcntl(fd, F_DUPFD_CLOEXEC, 100) == 101);
	CHECK(syscall(436, 77, 101, 0) == 0);
	FAILS(fcntl(100, F_GETFD), EBADF);
	FAILS(close(77), EBADF);
	close(fd);
	check_group("dup");
}

static void
test_lock(void)
{
	int fd = open(file, O_RDWR);
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
			    .l_start = 1, .l_len = 2 };

	CHECK(fcntl(fd, F_SETLK, &fl) == 0);
	fl.l_type = F_WRLCK;
	CHECK(fcntl(fd, F_GETLK, &fl) == 0 && fl.l_type == F_UNLCK);
	FAILS(fcntl(fd, F_GETLK, bad_address), EFAULT);
	close(fd);
	check_group("lock");
}

static void
test_paths(void)
{
	char big[PATH_MAX + 10];

	memset(big, 'a', sizeof(big));
	big[sizeof(big) - 1] = 0;
	FAILS(open(big, O_RDONLY), ENAMETOOLONG);
	FAILS(open("", O_RDONLY), ENOENT);
	FAILS(open(bad_address, O_RDONLY), EFAULT);
	FAILS(faccessat(AT_FDCWD, bad_address, R_OK, 0), EFAULT);
	FAILS(readlink(bad_address, big, 10), EFAULT);
	CHECK(readlink(link_name, big, 2) == 2 && !memcmp(big, "fi", 2));
	FAILS(readlink(link_name, big, 0), EINVAL);
	FAILS(readlink(file, big, 10), EINVAL);
	CHECK(access(file, R_OK) == 0);
	FAILS(access("/nonexistent", F_OK), ENOENT);
	CHECK(faccessat(AT_FDCWD, link_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
	check_group("paths");
}

int
main(void)
{
	CHECK(mkdtemp(dir) != NULL);
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(link_name, sizeof(link_name), "%s/link", dir);
	test_open();
	test_nofollow();
	test_getfl();
	test_direct();
	test_tmpfile();
	test_openat2();
	test_dup();
	test_lock();
	test_paths();
	unlink(link_name);
	unlink(file);
	rmdir(dir);
	return check_done();
}
