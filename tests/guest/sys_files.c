/*
 * sys_files.c - calls on files that qemu-user lacks or that few programs make:
 * asynchronous I/O, extended attributes, watches, locks, allocation, mounts.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fanotify.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "check.h"

#define NR_open_tree	428
#define NR_move_mount	429
#define NR_fsopen	430
#define NR_fsconfig	431
#define NR_fsmount	432
#define NR_close_range	436
#define NR_landlock_create_ruleset 444
#define NR_landlock_add_rule	445
#define NR_landlock_restrict_self 446
#define NR_cachestat	451
#define NR_fchmodat2	452
#define NR_setxattrat	463

static char dir[] = "/tmp/files-XXXXXX", file[64], other[64];
static int fd;

/* The call is not in this kernel. */
static int
lacks(long r)
{
	return r == -1 && (errno == ENOSYS || errno == EOPNOTSUPP);
}

static void
test_aio(void)
{
	aio_context_t ctx = 0;
	struct iocb cb[2], *list[2] = { &cb[0], &cb[1] };
	struct io_event ev[2];
	char buf[8] = "";

	CHECK(syscall(SYS_io_setup, 4, &ctx) == 0);
	memset(cb, 0, sizeof(cb));
	cb[0].aio_lio_opcode = IOCB_CMD_PWRITE;
	cb[0].aio_fildes = (uint32_t)fd;
	cb[0].aio_buf = (uintptr_t)"aio!";
	cb[0].aio_nbytes = 4;
	cb[0].aio_data = 77;
	CHECK(syscall(SYS_io_submit, ctx, 1, list) == 1);
	CHECK(syscall(SYS_io_getevents, ctx, 1, 2, ev, NULL) == 1);
	CHECK(ev[0].data == 77 && ev[0].res == 4);
	cb[1].aio_lio_opcode = IOCB_CMD_PREAD;
	cb[1].aio_fildes = (uint32_t)fd;
	cb[1].aio_buf = (uintptr_t)buf;
	cb[1].aio_nbytes = 4;
	CHECK(syscall(SYS_io_submit, ctx, 1, &list[1]) == 1);
	CHECK(syscall(SYS_io_pgetevents, ctx, 1, 2, ev, NULL, NULL) == 1);
	CHECK(ev[0].res == 4 && !memcmp(buf, "aio!", 4));
	FAILS(syscall(SYS_io_submit, ctx, 1, bad_address), EFAULT);
	CHECK(syscall(SYS_io_destroy, ctx) == 0);
	FAILS(syscall(SYS_io_destroy, ctx), EINVAL);
	check_group("aio");
}

static void
test_xattr(void)
{
	char buf[64];

	if (fsetxattr(fd, "user.ferry", "value", 5, 0) < 0 && lacks(-1))
		return;
	CHECK(fgetxattr(fd, "user.ferry", buf, sizeof(buf)) == 5);
	CHECK(!memcmp(buf, "value", 5));
	FAILS(setxattr(file, "user.ferry", "x", 1, XATTR_CREATE), EEXIST);
	CHECK(setxattr(file, "user.ferry", "xyz", 3, XATTR_REPLACE) == 0);
	CHECK(getxattr(file, "user.ferry", NULL, 0) == 3);
	FAILS(getxattr(file, "user.ferry", buf, 2), ERANGE);
	CHECK(listxattr(file, buf, sizeof(buf)) >= 11);
	CHECK(flistxattr(fd, NULL, 0) >= 11);
	CHECK(removexattr(file, "user.ferry") == 0);
	FAILS(fremovexattr(fd, "user.ferry"), ENODATA);
	check_group("xattr");
}

static void
test_inotify(void)
{
	char buf[512] __attribute__((aligned(8)));
	struct inotify_event *e = (void *)buf;
	int in = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), wd;

	CHECK(in >= 0);
	wd = inotify_add_watch(in, dir, IN_CREATE | IN_DELETE);
	CHECK(wd > 0);
	CHECK(close(open(other, O_CREAT | O_WRONLY, 0600)) == 0);
	CHECK(read(in, buf, sizeof(buf)) > 0);
	CHECK(e->wd == wd && e->mask == IN_CREATE);
	CHECK(!strcmp(e->name, "other"));
	unlink(other);
	CHECK(read(in, buf, sizeof(buf)) > 0 && e->mask == IN_DELETE);
	CHECK(inotify_rm_watch(in, wd) == 0);
	FAILS(inotify_rm_watch(in, wd), EINVAL);
	close(in);
	check_group("inotify");
}

static void
test_fanotify(void)
{
	char buf[512] __attribute__((aligned(8)));
	struct fanotify_event_metadata *e = (void *)buf;
	struct stat a, b;
	int fan = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK,
				O_RDONLY | O_LARGEFILE | O_CLOEXEC);

	if (fan < 0 && (errno == EPERM || lacks(-1)))
		return;
	CHECK(fan >= 0);
	CHECK(fanotify_mark(fan, FAN_MARK_ADD, FAN_CLOSE_WRITE, AT_FDCWD,
			    file) == 0);
	CHECK(close(open(file, O_WRONLY)) == 0);
	CHECK(read(fan, buf, sizeof(buf)) >= (ssize_t)sizeof(*e));
	CHECK(e->vers == FANOTIFY_METADATA_VERSION);
	CHECK(e->mask == FAN_CLOSE_WRITE && e->pid == getpid());
	CHECK(fstat(e->fd, &a) == 0 && fstat(fd, &b) == 0);
	CHECK(a.st_ino == b.st_ino);
	CHECK((fcntl(e->fd, F_GETFL) & (O_DIRECTORY | O_NOFOLLOW)) == 0);
	close(e->fd);
	close(fan);
	check_group("fanotify");
}

static void
test_locks(void)
{
	int again = open(file, O_RDWR);
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	CHECK(flock(fd, LOCK_EX) == 0);
	FAILS(flock(again, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	CHECK(flock(fd, LOCK_UN) == 0);
	CHECK(fcntl(fd, F_OFD_SETLK, &l) == 0);
	l.l_pid = 0;
	CHECK(fcntl(again, F_OFD_GETLK, &l) == 0 && l.l_type == F_WRLCK);
	close(again);
	check_group("locks");
}

static void
test_space(void)
{
	struct stat st;
	int p[2], q[2];
	char c;

	CHECK(fallocate(fd, 0, 0, 8192) == 0);
	CHECK(fstat(fd, &st) == 0 && st.st_size == 8192);
	CHECK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
			4096) == 0);
	CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0);
	CHECK(readahead(fd, 0, 4096) == 0);
	CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
	CHECK(syscall(SYS_syncfs, fd) == 0);
	CHECK(sync_file_range(fd, 0, 4096, SYNC_FILE_RANGE_WRITE) == 0);
	CHECK(fchown(fd, (uid_t)-1, (gid_t)-1) == 0);
	CHECK(pipe(p) == 0 && pipe(q) == 0);
	CHECK(write(p[1], "t", 1) == 1 && tee(p[0], q[1], 1, 0) == 1);
	CHECK(read(p[0], &c, 1) == 1 && c == 't');
	CHECK(read(q[0], &c, 1) == 1 && c == 't');
	if (syscall(NR_fchmodat2, AT_FDCWD, file, 0640, 0) == 0)
		CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0640);
	CHECK(syscall(NR_close_range, p[0], p[0], 0) == 0);
	FAILS(close(p[0]), EBADF);
	close(p[1]);
	close(q[0]);
	close(q[1]);
	check_group("space");
}

static void
sandboxed(void)
{
	struct landlock_ruleset_attr rules = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE |
				     LANDLOCK_ACCESS_FS_WRITE_FILE,
	};
	struct landlock_path_beneath_attr path = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	int set = (int)syscall(NR_landlock_create_ruleset, &rules,
			       sizeof(rules), 0);

	CHECK(set >= 0);
	path.parent_fd = open(dir, O_PATH);
	CHECK(syscall(NR_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH,
		      &path, 0) == 0);
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(syscall(NR_landlock_restrict_self, set, 0) == 0);
	CHECK(close(open(file, O_RDONLY)) == 0);
	FAILS(open(file, O_WRONLY), EACCES);
	FAILS(open("/etc/passwd", O_RDONLY), EACCES);
	_exit(0);
}

static void
test_landlock(void)
{
	int status;

	if (syscall(NR_landlock_create_ruleset, NULL, 0, 1) < 1)
		return;
	if (fork() == 0)
		sandboxed();
	CHECK(wait(&status) > 0 && status == 0);
	check_group("landlock");
}

/* In namespaces of its own. */
static void
mounts(void)
{
	struct stat a, b;
	int fs, m, tree;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		_exit(77);
	fs = (int)syscall(NR_fsopen, "tmpfs", 0);
	CHECK(fs >= 0);
	CHECK(syscall(NR_fsconfig, fs, 1, "size", "1M", 0) == 0);
	CHECK(syscall(NR_fsconfig, fs, 6, NULL, NULL, 0) == 0);
	m = (int)syscall(NR_fsmount, fs, 0, 0);
	CHECK(m >= 0);
	CHECK(stat(dir, &a) == 0);
	CHECK(syscall(NR_move_mount, m, "", AT_FDCWD, dir, 4) == 0);
	CHECK(stat(dir, &b) == 0 && a.st_dev != b.st_dev);
	FAILS(open(file, O_RDONLY), ENOENT);
	tree = (int)syscall(NR_open_tree, AT_FDCWD, dir, 1 | O_CLOEXEC);
	CHECK(tree >= 0 && fcntl(tree, F_GETFD) == FD_CLOEXEC);
	CHECK(syscall(SYS_umount2, dir, 2) == 0);
	CHECK(close(open(file, O_RDONLY)) == 0);
	_exit(0);
}

static void
test_mounts(void)
{
	int status;

	if (fork() == 0)
		mounts();
	CHECK(wait(&status) > 0);
	CHECK(status == 0 || WEXITSTATUS(status) == 77);
	if (status == 0)
		check_group("mounts");
}

static void
test_handles(void)
{
	struct {
		struct file_handle h;
		unsigned char data[MAX_HANDLE_SZ];
	} h = { .h.handle_bytes = MAX_HANDLE_SZ };
	struct stat a, b;
	int id, in;

	if (name_to_handle_at(AT_FDCWD, file, &h.h, &id, 0) < 0)
		return;
	in = open_by_handle_at(AT_FDCWD, &h.h, O_RDONLY | O_NOFOLLOW);
	if (in < 0)
		return;
	CHECK(fstat(in, &a) == 0 && stat(file, &b) == 0);
	CHECK(a.st_ino == b.st_ino);
	CHECK(fcntl(in, F_GETFL) & O_NOFOLLOW);
	close(in);
	check_group("handles");
}

int
main(void)
{
	CHECK(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	fd = open(file, O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0);
	test_aio();
	test_xattr();
	test_inotify();
	test_fanotify();
	test_locks();
	test_space();
	test_handles();
	test_landlock();
	test_mounts();
	unlink(file);
	CHECK(rmdir(dir) == 0);
	return check_done();
}
