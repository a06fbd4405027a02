/*
 * proc_fds.c - the descriptors that a program sees are those that it has: in
 * the directories of /proc, by number, and by path. An emulator's own are not
 * among them, whatever it needs them for.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

#define MAX_FD	1200	/* above what anybody uses here */

struct entry {
	unsigned long ino, off;
	unsigned short len;
	unsigned char type;
	char name[];
};

/* Which descriptors are open. */
static char is_open[MAX_FD];

static void
scan(void)
{
	for (int fd = 0; fd < MAX_FD; fd++)
		is_open[fd] = fcntl(fd, F_GETFD) >= 0;
}

/* What directory `dir' lists, read with a buffer of `size' bytes, is open, and
 * all of that is listed. */
static void
check_list(int dir, size_t size)
{
	static char buf[32768] __attribute__((aligned(8)));
	char listed[MAX_FD] = "", *end;
	struct entry *e;
	int dots = 0;
	long n;

	CHECK(!lseek(dir, 0, SEEK_SET));
	while ((n = syscall(SYS_getdents64, dir, buf, size)) > 0) {
		for (long i = 0; i < n; i += e->len) {
			long fd;

			e = (struct entry *)(buf + i);
			CHECK(e->len >= 24 && e->len % 8 == 0);
			CHECK(i + e->len <= n);
			if (e->name[0] == '.') {
				dots++;
				continue;
			}
			fd = strtol(e->name, &end, 10);
			CHECK(end > e->name && !*end && fd < MAX_FD);
			CHECK(!listed[fd]);
			listed[fd] = 1;
		}
	}
	CHECK(n == 0 && dots == 2);
	for (int fd = 0; fd < MAX_FD; fd++)
		CHECK(listed[fd] == is_open[fd]);
}

static void
check_directory(const char *path)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY);

	CHECK(dir >= 0);
	scan();
	check_list(dir, 32768);
	check_list(dir, 24);	/* an entry at a time */
	check_list(dir, 60);
	close(dir);
}

static void
check_directories(void)
{
	static const char *const name[] = {
		"/proc/self/fd", "/proc/self/fdinfo", "/proc/thread-self/fd",
		"/proc/thread-self/fdinfo", "/dev/fd/",
	};
	char path[64];
	struct stat st;

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (!stat(name[i], &st))
			check_directory(name[i]);
	snprintf(path, sizeof(path), "/proc/%d/fd", getpid());
	check_directory(path);
	snprintf(path, sizeof(path), "/proc/%d/fdinfo", getpid());
	check_directory(path);
	snprintf(path, sizeof(path), "/proc/self/task/%ld/fd",
		 syscall(SYS_gettid));
	check_directory(path);
}

/* What is not open is not, whoever asks. */
static void
check_closed(int fd)
{
	char path[64], link[64];
	struct statx stx;
	struct stat st;
	int n;

	FAILS(fcntl(fd, F_GETFD), EBADF);
	FAILS(fcntl(fd, F_SETFD, 0), EBADF);
	FAILS(fcntl(fd, F_DUPFD, 0), EBADF);
	FAILS(dup(fd), EBADF);
	FAILS(dup2(fd, 500), EBADF);
	FAILS(close(fd), EBADF);
	FAILS(fstat(fd, &st), EBADF);
	FAILS(fstatat(fd, "", &st, AT_EMPTY_PATH), EBADF);
	FAILS(fstatat(fd, "x", &st, 0), EBADF);
	FAILS(openat(fd, "x", O_RDONLY), EBADF);
	FAILS(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &stx), EBADF);
	FAILS(ioctl(fd, FIONREAD, &n), EBADF);
	FAILS((int)syscall(SYS_execveat, fd, "", NULL, NULL, AT_EMPTY_PATH),
	      EBADF);
	CHECK(!fstatat(fd, "/proc", &st, 0));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	FAILS(open(path, O_RDONLY), ENOENT);
	FAILS(stat(path, &st), ENOENT);
	FAILS((int)readlink(path, link, sizeof(link)), ENOENT);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	FAILS(open(path, O_RDONLY), ENOENT);
}

/* Nothing but these three is open. */
static void
check_three(void)
{
	scan();
	for (int fd = 0; fd < MAX_FD; fd++) {
		CHECK(is_open[fd] == (fd < 3));
		if (fd >= 3)
			check_closed(fd);
	}
	check_directories();
}

/* Many, and those that an emulator may have had before. */
static void
test_many(void)
{
	for (int fd = 10; fd < MAX_FD - 10; fd += 7)
		CHECK(dup2(1, fd) == fd || errno == EBADF);
	for (int fd = 198; fd < 230; fd++)
		CHECK(dup2(1, fd) == fd);
	check_directories();
	CHECK(!close_range(3, ~0u, 0));
	check_three();
	check_group("many");
}

static void *
in_thread(void *unused)
{
	check_directories();
	return unused;
}

static void
test_thread(void)
{
	pthread_t t;

	CHECK(!pthread_create(&t, NULL, in_thread, NULL));
	CHECK(!pthread_join(t, NULL));
	check_group("thread");
}

/* What a vfork child does to its descriptors, and gives up, its parent does not
 * lose; nor does the child's program have more. */
static void
test_vfork(void)
{
	char *const argv[] = { "proc_fds", "child", NULL };
	struct rlimit lim;
	int status, pid, round;

	CHECK(!getrlimit(RLIMIT_AS, &lim));
	for (round = 0; round < 3; round++) {
		pid = vfork();
		if (!pid) {
			if (round == 0)
				setrlimit(RLIMIT_AS, &lim);
			if (round == 1)
				setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1);
			for (int fd = 190; round == 2 && fd < 230; fd++)
				if (dup3(1, fd, O_CLOEXEC) != fd)
					_exit(8);
			execv("/proc/self/exe", argv);
			_exit(9);
		}
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
		check_three();
	}
	for (int fd = 198; fd < 230; fd++)
		CHECK(dup2(1, fd) == fd);
	check_directories();
	CHECK(!close_range(3, ~0u, 0));
	check_three();
	check_group("vfork");
}

/* A child's directory is as good as the own. */
static void
test_child(void)
{
	char path[64];
	int pid, dir, status;

	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		check_directories();
		raise(SIGSTOP);
		_exit(0);
	}
	/* While it runs it may have others open: to say what it calls. */
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	scan();
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = open(path, O_RDONLY | O_DIRECTORY);
	CHECK(dir >= 0);
	check_list(dir, 32768);
	close(dir);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, NULL, 0) == pid);
	check_group("child");
}

/* Other directories with numbers for names are complete. */
static void
test_files(void)
{
	char dir[] = "/tmp/ferry-fds-XXXXXX", name[16];
	int fd, n = 0;
	struct dirent *e;
	DIR *d;

	CHECK(mkdtemp(dir) && !chdir(dir));
	CHECK(!mkdir("fd", 0700) && !chdir("fd"));
	for (int i = 0; i < MAX_FD; i++) {
		snprintf(name, sizeof(name), "%d", i);
		fd = open(name, O_CREAT | O_WRONLY, 0600);
		CHECK(fd >= 0 && !close(fd));
	}
	d = opendir(".");
	CHECK(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	CHECK(n == MAX_FD);
	for (int i = 0; i < MAX_FD; i++) {
		snprintf(name, sizeof(name), "%d", i);
		CHECK(!unlink(name));
	}
	CHECK(!chdir("/") && !rmdir(strcat(dir, "/fd")));
	*strrchr(dir, '/') = '\0';
	CHECK(!rmdir(dir));
	check_group("files");
}

/* Runs this program from a file without a name. */
static void
test_nameless(void)
{
	char *const argv[] = { "proc_fds", "nameless", NULL };
	int from = open("/proc/self/exe", O_RDONLY), to, status, pid;
	static char buf[65536];
	ssize_t n;

	to = memfd_create("nameless", MFD_CLOEXEC);
	CHECK(from >= 0 && to >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		CHECK(write(to, buf, (size_t)n) == n);
	close(from);
	pid = fork();
	if (!pid) {
		fexecve(to, argv, environ);
		_exit(9);
	}
	close(to);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	check_group("nameless");
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		check_three();
		check_group(argv[1]);
		return check_done();
	}
	CHECK(!close_range(3, ~0u, 0));
	check_three();
	check_group("three");
	/* It fails, but it has an emulator think of its own file. */
	FAILS(chroot("/nonexistent"), geteuid() ? EPERM : ENOENT);
	check_three();
	check_group("after chroot");
	test_thread();
	test_child();
	check_three();
	check_group("after fork");
	test_vfork();
	test_nameless();
	test_files();
	test_many();
	return check_done();
}
