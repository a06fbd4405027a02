/*
 * sys_stat.c - struct stat, whose layout differs, against statx, whose
 * layout does not.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "check.h"

static void
same(const struct stat *st, const struct statx *sx)
{
	CHECK(st->st_ino == sx->stx_ino);
	CHECK(st->st_mode == sx->stx_mode);
	CHECK(st->st_nlink == sx->stx_nlink);
	CHECK(st->st_uid == sx->stx_uid && st->st_gid == sx->stx_gid);
	CHECK((uint64_t)st->st_size == sx->stx_size);
	CHECK((uint64_t)st->st_blksize == sx->stx_blksize);
	CHECK((uint64_t)st->st_blocks == sx->stx_blocks);
	CHECK(st->st_dev == makedev(sx->stx_dev_major, sx->stx_dev_minor));
	CHECK(st->st_rdev == makedev(sx->stx_rdev_major, sx->stx_rdev_minor));
	CHECK(st->st_mtim.tv_sec == sx->stx_mtime.tv_sec);
	CHECK(st->st_mtim.tv_nsec == sx->stx_mtime.tv_nsec);
	CHECK(st->st_ctim.tv_sec == sx->stx_ctime.tv_sec);
	CHECK(st->st_ctim.tv_nsec == sx->stx_ctime.tv_nsec);
}

static void
compare(const char *path, int flags)
{
	struct stat st;
	struct statx sx;

	memset(&st, 0xaa, sizeof(st));
	CHECK(fstatat(AT_FDCWD, path, &st, flags) == 0);
	CHECK(statx(AT_FDCWD, path, flags, STATX_BASIC_STATS, &sx) == 0);
	same(&st, &sx);
}

int
main(void)
{
	char name[] = "/tmp/ferry-stat-XXXXXX", link_name[64];
	int fd = mkstemp(name);
	struct timespec ts[2] = { { 1000000007, 123456789 },
				  { 1500000000, 987654321 } };
	struct stat st;
	struct statx sx;
	struct statfs fs;
	char *page;

	CHECK(write(fd, "0123456789", 10) == 10);
	CHECK(fchmod(fd, 0751) == 0);
	CHECK(utimensat(AT_FDCWD, name, ts, 0) == 0);
	snprintf(link_name, sizeof(link_name), "%s.link", name);
	CHECK(symlink(name, link_name) == 0);
	CHECK(link(name, strcat(strcpy((char[80]){ 0 }, name), ".2")) == 0);

	compare(name, 0);
	compare(link_name, 0);
	compare(link_name, AT_SYMLINK_NOFOLLOW);
	compare("/", 0);
	compare("/dev/null", 0);
	check_group("fstatat");

	memset(&st, 0xaa, sizeof(st));
	CHECK(fstat(fd, &st) == 0);
	CHECK(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &sx) == 0);
	same(&st, &sx);
	CHECK(st.st_size == 10 && (st.st_mode & 07777) == 0751);
	CHECK(st.st_nlink == 2 && S_ISREG(st.st_mode));
	CHECK(st.st_atim.tv_sec == 1000000007);
	CHECK(st.st_atim.tv_nsec == 123456789);
	check_group("fstat");

	FAILS(fstatat(AT_FDCWD, "/nonexistent", &st, 0), ENOENT);
	FAILS(fstatat(AT_FDCWD, name, &st, 0x40000000), EINVAL);
	FAILS(fstatat(AT_FDCWD, bad_address, &st, 0), EFAULT);
	FAILS(fstat(-1, &st), EBADF);
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(page + 4096, 4096, PROT_NONE);
	FAILS(fstatat(AT_FDCWD, name, (void *)(page + 4096 - 64), 0), EFAULT);
	FAILS(fstat(fd, (void *)(page + 4096 - 64)), EFAULT);
	FAILS(statx(AT_FDCWD, name, 0, STATX_ALL, (void *)(page + 4096)),
	      EFAULT);
	check_group("errors");

	CHECK(statfs("/", &fs) == 0 && fs.f_bsize > 0);
	CHECK(fstatfs(fd, &fs) == 0);
	check_group("statfs");

	unlink(strcat(strcpy((char[80]){ 0 }, name), ".2"));
	unlink(link_name);
	unlink(name);
	return check_done();
}
